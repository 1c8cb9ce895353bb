"""The Week page: every widget that changes something, run as Streamlit runs it."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scheduler.domain.plan import Visit
from scheduler.domain.publication import Publication
from scheduler.service import drafting, editing, handwork, publishing
from scheduler.ui.state import KEY, State
from tests.offices import ADMIN, MONDAY, SERGEANT, WEEK, Desk, visit
from tests.pages import (
    choose,
    drawn,
    fill,
    finished,
    opened,
    page,
    planning_until_stopped,
    press,
    running,
    words,
)

BEFORE = MONDAY - timedelta(weeks=1)
CHANGES = {
    "Move": lambda at: _place(at, "To, the best first", 0), "Length": lambda at: _slide(at, 75),
    "Hand over": lambda at: _select(at, "To", 0), "Focus": lambda at: _choose(at, "Focus", "mentoring"),
    "Remove": lambda at: at,
}  # fmt: skip
"""What can be done with a visit, and what is said then."""


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return opened(tmp_path, monkeypatch)


def _box(at: AppTest, label: str):
    return [s for s in at.selectbox if s.label == label][-1]


def _select(at: AppTest, label: str, index: int) -> AppTest:
    return drawn(_box(at, label).select_index(index).run())


def _place(at: AppTest, label: str, index: int) -> AppTest:
    (found,) = [r for r in at.radio if r.label == label]
    assert all(c.endswith(".") and not c[0].islower() for c in found.proto.captions)
    return fill(at, label, index)


def _choose(at: AppTest, label: str, value: str) -> AppTest:
    return drawn(_box(at, label).set_value(value).run())


def _slide(at: AppTest, minutes: int) -> AppTest:
    return fill(at, "Minutes", minutes)


def picked(at: AppTest, index: int, how: str) -> AppTest:
    """The page with a visit of the plan picked, and what to do with it."""
    at = _select(at, "Visit", index)
    return fill(at, "Change it", how)


def newest(town: Desk) -> tuple[Visit, ...]:
    """The visits of the draft made last."""
    drafts = drafting.list_drafts(town.office, ADMIN, MONDAY, "p")
    return next(d for d in drafts if d.parent is not None).plan.visits


def standing(town: Desk) -> Publication:
    """What is published."""
    return publishing.list_publications(town.office, ADMIN, MONDAY, "p")[0]


def test_a_week_is_generated_and_published(town: Desk) -> None:
    """Generate makes a draft in the background; Publish asks for a reason, says what it does, and what it
    meant stays until it is read."""
    at = press(page("week", town, SERGEANT), "Generate")
    at, _ = finished(at, "plan p")
    assert len(drafting.list_drafts(town.office, SERGEANT, MONDAY, "p")) == 1
    at = press(at, "Publish…")
    assert "This is the first; 1 officer's calendar changes." in words(at)
    at = press(fill(at, "Why (for the record)", "Weekly rounds"), "Publish")
    assert (standing(town).number, standing(town).reason) == (1, "Weekly rounds")
    assert "Published as revision 1" in words(at) and "has no calendar link yet" in words(at)
    assert "Published as revision 1" not in words(press(at, "Done"))


def test_planning_is_stopped(town: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop asks the work to end with the best so far."""
    planning_until_stopped(monkeypatch)
    at = press(page("week", town, SERGEANT), "Generate")
    job = running(at)
    press(at, "Stop")
    assert job.over.wait(30) and job.state == "done"


def test_before_the_first_plan_stands_what_the_week_asks_for(
    town: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nothing planned, and while the first plan is made: each school with its visits, sessions and tasks
    due, and how long ago it was seen; gone once there is a plan."""
    town.at(-1, "12:00", BEFORE)
    town.publish(visit("b", 3, "09:00", week=BEFORE), week=BEFORE)
    town.at(-3, "15:00")
    planning_until_stopped(monkeypatch)
    at = page("week", town, SERGEANT)
    for _ in range(2):
        said = words(at)
        assert "4 schools ask for 4 visits." in said
        assert re.findall(r"<tr><th>([^<]*)</th><td>1</td><td>(.*?)</td><td>(.*?)</td></tr>", said) == [
            ("School a", "DARE, Tue 1 Dec 10:00", "not known"),
            ("School b", "Plan review, by Fri 4 Dec", "4 <small>(Thu 26 Nov)</small>"),
            ("School c", "", "not known"), ("School d", "", "not known"),
        ]  # fmt: skip
        if not at.session_state[KEY].jobs.known():
            at = press(at, "Generate")
    job = running(at)
    press(at, "Stop")
    assert job.over.wait(30)
    town.draft(*WEEK)
    assert "What this week asks for" not in words(page("week", town, SERGEANT))


@pytest.mark.parametrize("how", CHANGES)
def test_a_visit_is_changed_by_hand(town: Desk, how: str) -> None:
    """What is done with a visit is weighed in words first, and kept as a new draft of that visit alone."""
    town.draft(*WEEK)
    at = picked(page("week", town, SERGEANT), 3, how)
    at = CHANGES[how](at)
    (keep,) = [b.label for b in at.button if b.label.startswith("Keep it")]
    press(at, keep)
    left, came = set(WEEK) - set(newest(town)), set(newest(town)) - set(WEEK)
    assert left == {WEEK[3]}
    expected: dict[str, Callable[[Visit], bool]] = {
        "Move": lambda v: v.school_id == "c" and (v.date, v.start) != (WEEK[3].date, WEEK[3].start),
        "Length": lambda v: v.minutes == 75, "Hand over": lambda v: v.officer_id == "r",
        "Focus": lambda v: v.focus == "mentoring",
    }  # fmt: skip
    assert [expected[how](v) for v in came] == ([] if how == "Remove" else [True])


def test_a_change_that_breaks_a_rule_is_told_before_it_is_kept(town: Desk) -> None:
    """The rule stands beside the button, which says that it would be kept anyway."""
    town.draft(WEEK[0], visit("b", 0, "10:10"))
    at = picked(page("week", town, SERGEANT), 0, "Length")
    at = _slide(at, 105)
    assert at.warning and "Keep it anyway" in [b.label for b in at.button]


def test_a_change_tells_what_it_costs_and_whether_it_can_be_foreseen(town: Desk) -> None:
    """What is covered less, and what a watcher would guess, stand beside the button."""
    town.draft(*WEEK)
    said = words(picked(page("week", town, SERGEANT), 3, "Remove"))
    assert "This means 1 more missing visit" in said
    assert "Someone who watches the rounds would foresee 0 of " in said


def test_a_change_by_hand_is_undone(town: Desk) -> None:
    """One button leads back to the draft before the change, and that one is published then."""
    town.draft(*WEEK)
    at = picked(page("week", town, SERGEANT), 3, "Remove")
    assert "Undo the last change" not in words(at)
    town.time += timedelta(minutes=1)
    at = press(at, "Keep it")
    assert "Draft 2 " in words(at)
    at = press(at, "Undo the last change")
    assert "Draft 1 " in words(at) and "Undo the last change" not in words(at)
    press(press(at, "Publish…"), "Publish")
    assert set(standing(town).plan.visits) == set(WEEK)


def test_what_is_published_is_shown_beside_a_draft(town: Desk) -> None:
    """One button shows what stands, another the draft again."""
    town.publish(*WEEK)
    town.time += timedelta(minutes=1)
    town.draft(*WEEK[:3])
    at = page("week", town, SERGEANT)
    assert "not published" in words(at)
    at = press(at, "Show what is published")
    assert "Published · revision 1" in words(at) and "has revision 1" in words(at)
    assert "Draft 2 · not published" in words(press(at, "Show the draft"))


def test_a_draft_is_compared_with_what_is_published(town: Desk) -> None:
    """On the page and once more before it is published: what comes and goes, and for how many; and what
    the week leaves out."""
    town.publish(*WEEK)
    town.time += timedelta(minutes=1)
    moved = visit("d", 4, "13:00")
    town.draft(*WEEK[:3], moved)
    at = page("week", town, SERGEANT)
    assert "2 visits not as published" in words(at)
    at = press(at, "Publish…")
    said = words(at)
    assert "Moved: School d, Thu 3 Dec 13:00-14:00 to Fri 4 Dec 13:00-14:00, Officer o." in said
    assert "Cancelled: School c, Wed 2 Dec 09:00-10:00, Officer o." in said
    assert "1 officer's calendar changes" in said and "It leaves something out: 3 of 4 schools" in said


def test_what_is_published_tells_who_has_it(town: Desk) -> None:
    """The chip counts the officers, and names whom to call."""
    town.publish(*WEEK)
    said = words(page("week", town, SERGEANT))
    assert "0 of 1 officer has revision 1" in said
    assert "Officer o has no calendar link: call, or send a text." in said


def test_a_visit_is_pinned_and_the_pin_taken_away(town: Desk) -> None:
    """The pin goes into the tables, and out of them again."""
    town.draft(*WEEK)
    at = press(picked(page("week", town, SERGEANT), 3, "Pin"), "Pin it")
    (pin,) = editing.tables(town.office).agency.pins
    assert pin.pin_key == WEEK[3].pin_key
    press(at, "Take the pin away")
    assert not editing.tables(town.office).agency.pins


def test_a_draft_is_published_with_its_own_visits_pinned(town: Desk) -> None:
    """A pin on a visit of the draft does not put it out of date; one on another visit does."""
    town.draft(*WEEK)
    at = press(picked(page("week", town, SERGEANT), 3, "Pin"), "Pin it")
    assert "The tables changed since" not in words(at)
    press(press(at, "Publish…"), "Publish")
    assert set(standing(town).plan.visits) == set(WEEK)
    town.time += timedelta(minutes=1)
    town.draft(*WEEK[:3], visit("d", 4, "13:00"))
    assert "The tables changed since" not in words(page("week", town, SERGEANT))
    handwork.pin(town.office, ADMIN, WEEK[4], True)
    at = page("week", town, SERGEANT)
    assert "The tables changed since" in words(at)
    assert "Plan the week again" in words(press(press(at, "Publish…"), "Publish"))


def test_a_visit_is_added(town: Desk) -> None:
    """A school and one of the places that the page proposes make one visit more."""
    town.draft(*WEEK[:-1])
    at = choose(page("week", town, SERGEANT), "School", _school(town, "d"))
    at = _place(at, "Where, the best first", 0)
    press(at, next(b.label for b in at.button if b.label.startswith("Keep it")))
    (added,) = set(newest(town)) - set(WEEK[:-1])
    assert added.school_id == "d"


def test_more_places_are_shown_when_asked_for(town: Desk) -> None:
    """The best few places stand there first; the switch shows more of them, in the same order."""
    town.draft(*WEEK)
    at = picked(page("week", town, SERGEANT), 3, "Move")
    few = at.radio[0].options
    more = fill(at, "More places", True).radio[0].options
    assert len(few) == 5 < len(more) and more[:5] == few


def _school(town: Desk, school_id: str) -> object:
    return editing.tables(town.office).agency.schools[school_id]


def test_a_publication_is_undone(town: Desk) -> None:
    """Undo says what comes back, and publishes it as another revision with a reason."""
    town.publish(*WEEK)
    town.time += timedelta(minutes=1)
    town.publish(*WEEK[:-1])
    at = press(page("week", town, SERGEANT), "Undo the last publication…")
    assert "The plan before revision 2 is published again" in words(at)
    at = press(fill(at, "Why (for the record)", "Sent too early"), "Undo it")
    assert (standing(town).number, standing(town).reason) == (3, "Sent too early")
    assert set(standing(town).plan.visits) == set(WEEK)


def test_another_draft_is_shown(town: Desk) -> None:
    """The list of drafts shows an earlier one, and that one is published then."""
    first = town.draft(*WEEK)
    town.time += timedelta(minutes=1)
    town.draft(*WEEK[:-1])
    at = page("week", town, SERGEANT)
    at = choose(at, "Show the draft", first.draft_id)
    assert "Draft 1 " in words(at)
    press(press(at, "Publish…"), "Publish")
    assert standing(town).draft_id == first.draft_id


def test_weeks_and_precincts_are_turned(town: Desk) -> None:
    """The arrows go to the week before and after, any day to its week, the list to another precinct."""
    at = page("week", town)
    state: State = at.session_state[KEY]
    drawn(at.button(key="week-after").click().run())
    assert state.week == MONDAY + timedelta(weeks=1)
    drawn(at.button(key="week-before").click().run())
    assert state.week == MONDAY
    fill(at, "Week of", MONDAY + timedelta(days=23))
    assert state.week == MONDAY + timedelta(weeks=3)
    choose(at, "Precinct", "q")
    assert state.precinct_id == "q"
