"""Changes are read by people: names in place of ids, and what stood before."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from scheduler.domain.agency import Absence, Closure, Role, Session, Task
from scheduler.domain.change import Change
from scheduler.domain.plan import Visit
from scheduler.explain import makers
from scheduler.explain.change_words import change_words
from scheduler.explain.compare import difference
from scheduler.explain.explain import explain
from scheduler.tables.changes import apply_changes
from tests.worlds import MONDAY, agency, officer, school

THURSDAY = date(2026, 12, 3)
WORLD = agency(
    [school("a", visits_per_week=2), school("b", max_gap_days=8), school("x", "q")],
    [officer("o"), officer("r", role=Role.RELIEF, covers=("p",)), officer("n", "q")],
    sessions={"s1": Session("s1", "a", THURSDAY, 600, 45, "DARE")},
    tasks={"t1": Task("t1", "b", MONDAY, THURSDAY, 30, "Talk", "law_enforcement", None, "", "o")},
    absences=(Absence("o", datetime(2026, 12, 1, 8), datetime(2026, 12, 1, 12), "court"),),
    closures={(THURSDAY, None): Closure(THURSDAY, None, None, "Snow")},
    pins=(Visit("o", "b", THURSDAY, 600, 660, "law_enforcement"),),
    travel={("school:a", "precinct:p"): 9},
)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change("schools.csv", "update", {"school_id": "a"}, {"visits_per_week": 1}),
         "School a: visits a week 1 in place of 2."),
        (Change("schools.csv", "update", {"school_id": "b"}, {"max_gap_days": ""}),
         "School b: most days unseen none in place of 8."),
        (Change("sessions.csv", "update", {"session_id": "s1"}, {"date": "2026-12-04"}),
         "DARE at School a on Thu 3 Dec, 10:00: date Fri 4 Dec in place of Thu 3 Dec."),
        (Change("sessions.csv", "remove", {"session_id": "s1"}),
         "DARE at School a on Thu 3 Dec, 10:00 is cancelled."),
        (Change("tasks.csv", "update", {"task_id": "t1"}, {"officer_id": ""}),
         "Talk at School b: officer anyone in place of Officer o."),
        (Change("absences.csv", "remove",
                {"officer_id": "o", "start": "2026-12-01T08:00", "end": "2026-12-01T12:00"}),
         "Taken back: Officer o's absence on Tue 1 Dec, 08:00-12:00."),
        (Change("absences.csv", "add", {}, {"officer_id": "o", "start": "2026-12-02T00:00",
                                            "end": "2026-12-02T23:59", "reason": "sick"}),
         "Officer o is away (sick) all day on Wed 2 Dec."),
        (Change("absences.csv", "add", {}, {"officer_id": "o", "start": "2026-12-02T00:00",
                                            "end": "2026-12-04T00:00"}),
         "Officer o is away from Wed 2 Dec to Thu 3 Dec."),
        (Change("closures.csv", "remove", {"date": "2026-12-03", "school_id": ""}),
         "Taken back: All schools closed on Thu 3 Dec (Snow)."),
        (Change("pins.csv", "remove", {"officer_id": "o", "school_id": "b", "date": "2026-12-03"}),
         "Taken back: Officer o at School b on Thu 3 Dec, 10:00-11:00."),
        (Change("travel.csv", "remove", {"from_id": "school:a", "to_id": "precinct:p"}),
         "Removed: drive from School a to Precinct p."),
        (Change("agency.toml", "update", {"path": "visits.most_per_day"}, {"value": 5}),
         "An officer makes at most so many visits a day: 5 in place of 4."),
        (Change("shifts.csv", "update", {"officer_id": "o", "weekday": "Mon"}, {"end": "17:00"}),
         "Officer o on Mondays: end 17:00 in place of 16:00."),
    ],
)  # fmt: skip
def test_a_change_in_words(change: Change, sentence: str) -> None:
    apply_changes(WORLD, [change])
    assert change_words(WORLD, [change]) == [sentence]


def test_what_a_scenario_makes_is_named_in_it() -> None:
    made = makers.more_officers(WORLD, "p")
    joins, works = change_words(WORLD, made.changes)
    assert joins == "Extra officer 1 joins Precinct p as an officer."
    assert works == "Extra officer 1 works on Mondays, Tuesdays, Wednesdays, Thursdays, Fridays, 08:00-16:00."
    (opens,) = change_words(WORLD, makers.school_added(WORLD, "p", "Birch", 39.2, -76.7).changes)
    assert opens == "Birch opens in Precinct p, 09:00-15:00."
    (lent,) = change_words(WORLD, makers.relief_lent(WORLD, "r", "q").changes)
    assert lent == "Officer r: precincts covered Precinct p, Precinct q in place of Precinct p."
    closing = change_words(WORLD, makers.school_closed(replace(WORLD, pins=()), "a").changes)
    assert closing[-1] == "School a is served no more."


def test_a_visit_on_another_day_is_moved() -> None:
    def visit(school_id: str, day: int, start: int = 600) -> Visit:
        return Visit("o", school_id, date(2026, 12, day), start, start + 45, "law_enforcement")

    before = (visit("a", 1), visit("b", 1), visit("b", 2), visit("c", 2))
    after = (visit("a", 1, 700), visit("b", 2), visit("b", 4), visit("d", 3))
    found = difference(before, after)
    assert found.moved == ((visit("a", 1), visit("a", 1, 700)), (visit("b", 1), visit("b", 4)))
    assert (found.added, found.removed) == ((visit("d", 3),), (visit("c", 2),))


def test_a_pin_and_a_rival_session_are_facts() -> None:
    """The officer is at School b, by a pin or for a session, when School a has its session."""
    rival = Session("s2", "b", THURSDAY, 600, 45, "GREAT")
    world = agency([school("a"), school("b")], [officer("o")], sessions={**WORLD.sessions, "s2": rival})
    (shortage,) = explain(world, (MONDAY,), time_limit=20, workers=1).shortages
    assert {f.change.key.get("session_id") for f in shortage.conflict} >= {"s1", "s2"}
    world = agency([school("a"), school("b")], [officer("o")], sessions=WORLD.sessions, pins=WORLD.pins)
    (shortage,) = explain(world, (MONDAY,), time_limit=20, workers=1).shortages
    pinned = next(f for f in shortage.conflict if f.change.table == "pins.csv")
    assert pinned.sentence == "Officer o is pinned to School b on Thu 3 Dec, 10:00-11:00."
    assert shortage.irreducible and all(r.proven for r in shortage.repairs)
