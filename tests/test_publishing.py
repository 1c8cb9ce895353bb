"""Publications: numbered, immutable, with identities that last, refused where rules or tables say no."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.domain.change import Change
from scheduler.domain.plan import Visit
from scheduler.domain.publication import Mark, Place, PublishedVisit
from scheduler.errors import RefusedError
from scheduler.explain.makers import school_closed
from scheduler.publish.changes import ChangeKind, changes
from scheduler.publish.revisions import CANCELLED_STAYS, revised_visits
from scheduler.rules.case import Case
from scheduler.service import drafting, editing, publishing, scenarios
from scheduler.service.drafting import DraftRequest
from scheduler.store import publications, verify
from tests.offices import ADMIN, FOREIGN, MONDAY, OFFICER, SERGEANT, VIEWER, WEEK, Desk, town_agency, visit


def marks(publication) -> dict:
    """Visit to (uid, sequence, cancelled)."""
    return {v.visit: (v.mark.uid, v.mark.sequence, v.mark.cancelled) for v in publication.visits}


def test_a_publication_keeps_who_when_why_plan_and_proof(town: Desk) -> None:
    draft = town.draft(*WEEK)
    made = publishing.publish(town.office, SERGEANT, draft.draft_id, "Weekly rounds")
    assert (made.publication_id, made.number, made.author, made.reason) == (1, 1, "sgt@p", "Weekly rounds")
    assert made.plan == draft.plan and made.at == town.time and made.snapshot == draft.snapshot
    assert publishing.get_publication(town.office, VIEWER, 1) == made
    assert [a.session_id for a in made.appointments] == ["s1"]
    with town.office.database.reading() as connection:
        assert verify.faults(connection) == []
        assert town.office.agency(connection, made.inputs).schools_of["p"]


def test_a_moved_visit_keeps_its_identity_and_the_rest_stay_as_they_were(town: Desk) -> None:
    first = town.publish(*WEEK)
    town.time += timedelta(hours=1)
    later, other_day = visit("c", 2, "11:00"), visit("d", 4, "13:00")
    second = town.publish(WEEK[0], WEEK[1], WEEK[2], later, other_day)
    before, after = marks(first), marks(second)
    for v in WEEK[:3]:
        assert after[v] == before[v]
    assert after[later] == (before[WEEK[3]][0], 1, False)
    assert after[other_day] == (before[WEEK[4]][0], 1, False)
    assert len(second.visits) == 5 and second.number == 2


def test_a_visit_handed_to_another_officer_is_cancelled_for_one_and_new_for_the_other(town: Desk) -> None:
    first = town.publish(*WEEK)
    handed = replace(WEEK[4], officer_id="r")
    second = town.publish(*WEEK[:4], handed)
    after = marks(second)
    assert after[WEEK[4]] == (marks(first)[WEEK[4]][0], 1, True)
    assert after[handed][1:] == (0, False) and after[handed][0] != after[WEEK[4]][0]
    kinds = {(c.officer_id, c.kind) for c in changes(first, second)}
    assert kinds == {("o", ChangeKind.CANCELLED), ("r", ChangeKind.ADDED)}


def test_undo_publishes_the_earlier_plan_again_with_higher_sequences(town: Desk) -> None:
    first = town.publish(*WEEK)
    second = town.publish(*WEEK[:3], visit("c", 2, "11:00"))
    third = publishing.take_back(town.office, SERGEANT, second.publication_id, "wrong")
    assert third.plan == first.plan and third.number == 3 and third.undoes == 2
    before, after = marks(first), marks(third)
    assert {v: m[0] for v, m in after.items()} == {v: m[0] for v, m in before.items()}
    assert after[WEEK[3]][1:] == (2, False) and after[WEEK[4]][1:] == (2, False)
    assert after[WEEK[0]] == before[WEEK[0]]
    assert third.proof == first.proof


def test_undo_of_the_first_publication_cancels_the_week(town: Desk) -> None:
    town.publish(*WEEK)
    second = publishing.take_back(town.office, ADMIN, 1)
    assert second.plan.visits == () and all(v.mark.cancelled for v in second.visits)
    with pytest.raises(RefusedError, match="does not stand"):
        publishing.take_back(town.office, ADMIN, 1)


def test_what_has_begun_stays_also_through_undo(town: Desk) -> None:
    first = town.publish(*WEEK)
    second = town.publish(*WEEK[1:], visit("d", 0, "09:00"))
    town.at(0, "10:00")
    third = publishing.take_back(town.office, ADMIN, second.publication_id)
    assert visit("d", 0, "09:00") in third.plan.visits and WEEK[0] not in third.plan.visits
    assert set(WEEK[1:]) <= set(third.plan.visits)
    assert first.plan != third.plan and third.proof.status == "manual"


def test_a_draft_that_changes_what_has_begun_is_refused(town: Desk) -> None:
    town.publish(*WEEK)
    town.at(0, "10:00")
    for visits in (WEEK[1:], (*WEEK[1:], visit("d", 0, "09:00"))):
        with pytest.raises(RefusedError, match="breaks rules"):
            town.publish(*visits)
    town.publish(*WEEK[:4])
    town.at(7, "00:00")
    with pytest.raises(RefusedError, match="is over"):
        publishing.take_back(town.office, ADMIN, 2)


def test_a_plan_that_breaks_a_rule_is_refused_in_words(town: Desk) -> None:
    with pytest.raises(RefusedError, match="rules of the tables"):
        town.publish(visit("a", 0, "09:00"), visit("b", 0, "09:30"))
    with pytest.raises(RefusedError, match="rules"):
        town.publish(visit("a", 0, "14:30"))
    for other in (visit("x", 0, "09:00"), visit("a", 0, "09:00", officer_id="k"), visit("a", 7, "09:00")):
        with pytest.raises(RefusedError, match="is not"):
            town.publish(other)


def test_relief_cannot_be_in_two_precincts_at_once(town: Desk) -> None:
    town.publish(visit("x", 0, "09:00", officer_id="r"), precinct="q")
    with pytest.raises(RefusedError, match="rules"):
        town.publish(visit("a", 0, "09:30", officer_id="r"))
    town.publish(visit("a", 0, "12:30", officer_id="r"))


def test_a_draft_older_than_the_tables_or_the_last_publication_is_refused(town: Desk) -> None:
    old, newer = town.draft(*WEEK), town.draft(*WEEK[:3])
    publishing.publish(town.office, ADMIN, newer.draft_id)
    with pytest.raises(RefusedError, match="came after"):
        publishing.publish(town.office, ADMIN, old.draft_id)
    draft = town.draft(*WEEK)
    elsewhere = Change("schools.csv", "update", {"school_id": "x"}, {"enrollment": 300})
    editing.edit(town.office, ADMIN, 1, [elsewhere])
    here = Change("absences.csv", "add", {}, {"officer_id": "o", "start": "2026-12-03T08:00",
                                             "end": "2026-12-03T16:00"})  # fmt: skip
    editing.edit(town.office, ADMIN, 2, [here], "Leave of o")
    with pytest.raises(RefusedError, match="Leave of o"):
        publishing.publish(town.office, ADMIN, draft.draft_id)
    editing.undo(town.office, ADMIN, 3, 2)
    assert publishing.publish(town.office, ADMIN, draft.draft_id).number == 2


def test_only_who_plans_for_a_precinct_publishes_and_only_who_sees_it_reads(town: Desk) -> None:
    draft = town.draft(*WEEK)
    for actor in (FOREIGN, VIEWER, OFFICER):
        for call in (
            lambda a=actor: publishing.publish(town.office, a, draft.draft_id),
            lambda a=actor: drafting.manual_draft(town.office, a, "p", MONDAY, WEEK),
            lambda a=actor: drafting.get_draft(town.office, a, draft.draft_id),
            lambda a=actor: drafting.plan_drafts(town.office, a, DraftRequest(MONDAY, ("p",))),
        ):
            with pytest.raises(RefusedError):
                call()
        assert drafting.list_drafts(town.office, actor) == []
    publishing.publish(town.office, SERGEANT, draft.draft_id)
    for actor in (FOREIGN, OFFICER):
        assert publishing.list_publications(town.office, actor) == []
        for call in (publishing.get_publication, publishing.take_back):
            with pytest.raises(RefusedError):
                call(town.office, actor, 1)
    with pytest.raises(RefusedError):
        publishing.take_back(town.office, VIEWER, 1)
    assert len(publishing.list_publications(town.office, VIEWER)) == 1


def test_weeks_far_ahead_are_not_published(town: Desk) -> None:
    far = MONDAY + timedelta(weeks=8)
    with pytest.raises(RefusedError, match="weeks ahead"):
        town.publish(visit("a", 0, "09:00", week=far), week=far)


def test_planning_from_the_store_publishes_proven_and_plans_again_with_few_changes(town: Desk) -> None:
    request = DraftRequest(MONDAY, ("p", "q"), time_limit=20, seed=3, workers=1)
    drafts = drafting.plan_drafts(town.office, ADMIN, request)
    assert [d.precinct_id for d in drafts] == ["p", "q"] and {d.proof.status for d in drafts} == {"optimal"}
    for d in drafts:
        publishing.publish(town.office, ADMIN, d.draft_id)
    town.at(2, "11:00")
    sick = Change("absences.csv", "add", {}, {"officer_id": "o", "start": "2026-12-02T11:00",
                                             "end": "2026-12-02T23:00", "reason": "sick"})  # fmt: skip
    editing.edit(town.office, SERGEANT, 1, [sick], "sick")
    (again,) = drafting.plan_drafts(town.office, SERGEANT, DraftRequest(MONDAY, ("p",), 20, workers=1))
    stands = publishing.get_publication(town.office, ADMIN, 1)
    moment = town.office.local(editing.tables(town.office).agency)
    assert {v for v in stands.plan.visits if v.starts < moment} <= set(again.plan.visits)
    assert again.proof.status == "optimal" and again.follows == 1
    second = publishing.publish(town.office, SERGEANT, again.draft_id, "sick")
    assert not [v for v in second.plan.visits if v.officer_id == "o" and v.starts >= moment
                and v.date == moment.date()]  # fmt: skip


def test_a_week_that_begins_unpublished_is_planned_from_now_on(town: Desk) -> None:
    town.at(2, "10:00")
    (draft,) = drafting.plan_drafts(town.office, ADMIN, DraftRequest(MONDAY, ("p",), 20, workers=1))
    assert draft.plan.visits and min(v.starts for v in draft.plan.visits).isoformat() >= "2026-12-02T10:00"
    publishing.publish(town.office, ADMIN, draft.draft_id)


def test_the_history_of_the_next_week_is_what_was_published(town: Desk) -> None:
    town.publish(*WEEK)
    later = MONDAY + timedelta(weeks=1)
    (draft,) = drafting.plan_drafts(town.office, ADMIN, DraftRequest(later, ("p",), 2, workers=1))
    with town.office.database.reading() as connection:
        history = town.office.agency(connection, draft.inputs).history
    assert {p.visit for p in history} == set(WEEK) and {p.status for p in history} == {"done"}


visits = st.lists(
    st.builds(visit, st.sampled_from("abcd"), st.integers(0, 4),
              st.sampled_from(["09:00", "10:30", "13:00"]), st.sampled_from([45, 60, 90]),
              st.sampled_from(["o", "r"])),
    max_size=6, unique_by=lambda v: (v.school_id, v.date),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(visits, min_size=1, max_size=5))
def test_identities_and_sequences_hold_through_any_chain_of_plans(chain: list[list[Visit]]) -> None:
    """No identity stands twice, none is reused for another officer or school, sequences never fall,
    and rise exactly where what people see has changed."""
    case = Case(town_agency(), (MONDAY,), ())
    numbers = iter(range(10_000))
    at = datetime(2026, 11, 27, 20, tzinfo=UTC)
    moment = datetime(2026, 11, 27, 15)
    before: tuple[PublishedVisit, ...] = ()
    owners: dict[str, tuple[str, str]] = {}
    for plan in chain:
        at += timedelta(hours=1)
        after = revised_visits(before, case, plan, at, moment, lambda: f"u{next(numbers)}")
        uids = [v.mark.uid for v in after]
        assert len(uids) == len(set(uids))
        assert sorted(map(str, (v.visit for v in after if not v.mark.cancelled))) == sorted(map(str, plan))
        old = {v.mark.uid: v for v in before}
        for v in after:
            assert owners.setdefault(v.mark.uid, (v.visit.officer_id, v.visit.school_id)) == (
                v.visit.officer_id, v.visit.school_id)  # fmt: skip
            if v.mark.uid in old:
                same = old[v.mark.uid].shown == v.shown
                assert v.mark.sequence - old[v.mark.uid].mark.sequence == (0 if same else 1)
                assert (v.mark.changed == old[v.mark.uid].mark.changed) == same
        assert set(old) <= set(uids)
        before = after


def test_a_cancelled_visit_is_dropped_two_weeks_later() -> None:
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    place = Place("A", "", 1.0, 2.0)
    gone = PublishedVisit(Mark("u", 1, at, True), WEEK[0], place)
    case = Case(town_agency(), (MONDAY,), ())
    moment = datetime(2026, 11, 20)
    kept = revised_visits([gone], case, [], at + CANCELLED_STAYS, moment, lambda: "n")
    dropped = revised_visits([gone], case, [], at + CANCELLED_STAYS + timedelta(1), moment, lambda: "n")
    assert kept == (gone,) and dropped == ()


def test_publications_of_one_store_are_numbered_without_gaps(town: Desk) -> None:
    town.publish(*WEEK)
    town.publish(visit("x", 0, "09:00", officer_id="k"), precinct="q")
    town.publish(*WEEK[:2])
    with town.office.database.reading() as connection:
        found = publications.find(connection, "town")
        last = publications.find(connection, "town", latest=True)
    assert [(p.publication_id, p.precinct_id, p.number) for p in found] == [
        (1, "p", 1), (2, "q", 1), (3, "p", 2)]  # fmt: skip
    assert [p.publication_id for p in last] == [2, 3]


def test_a_week_is_planned_again_without_a_school_or_an_officer_who_is_gone(town: Desk) -> None:
    """Published visits that the tables hold no more are dropped from a week to come; once one has begun,
    planning says what to put back."""
    town.publish(*WEEK)
    closed = school_closed(editing.tables(town.office).agency, "a")
    scenarios.promote(town.office, SERGEANT, 1, closed)
    request = drafting.DraftRequest(MONDAY, ("p",), 10)
    (draft,) = drafting.plan_drafts(town.office, SERGEANT, request)
    assert {v.school_id for v in draft.plan.visits} == {"b", "c", "d"}
    told = publishing.publish(town.office, SERGEANT, draft.draft_id)
    assert {v.visit.school_id for v in told.visits if v.mark.cancelled} >= {"a"}
    town.at(4, "12:00")
    gone = school_closed(editing.tables(town.office).agency, draft.plan.visits[0].school_id)
    scenarios.promote(town.office, SERGEANT, 2, gone)
    with pytest.raises(RefusedError, match=r"has begun, and the school . is not in the precinct's tables"):
        drafting.plan_drafts(town.office, SERGEANT, request)
