"""Scenario makers answer changes that fit the folder and do what their names say."""

from collections.abc import Callable
from datetime import date

import pytest

from scheduler.domain.agency import Closure, Role, Session, Task
from scheduler.domain.calendar import Calendar
from scheduler.domain.change import Change, Scenario
from scheduler.domain.clock import Window
from scheduler.domain.plan import Visit
from scheduler.errors import InputError
from scheduler.explain.makers import (
    more_officers,
    officer_out,
    officers_counted,
    relief_lent,
    school_added,
    school_closed,
    school_moved,
    shift_changed,
    visits_changed,
)
from scheduler.tables.changes import apply_changes
from tests.worlds import MONDAY, agency, officer, school, shifts

TUESDAY = date(2026, 12, 1)
WORLD = agency(
    [school("a", private_space=(Window(600, 690),)), school("b"), school("x", "q")],
    [officer("o", qualifications=("dare",)), officer("n", "q"), officer("r", role=Role.RELIEF)],
    shifts={**shifts("o"), **shifts("n", days="01"), **shifts("r")},
    sessions={"s": Session("s", "a", TUESDAY, 600, 45, "DARE")},
    tasks={"t": Task("t", "a", MONDAY, TUESDAY, 20, "Review")},
    closures={(TUESDAY, "a"): Closure(TUESDAY, "a", Window(550, 890))},
    pins=(Visit("o", "a", MONDAY, 600, 660, "law_enforcement"),),
    travel={("school:a", "school:b"): 9},
)


def test_an_officer_is_out_for_whole_days() -> None:
    made = officer_out(WORLD, "o", TUESDAY, date(2026, 12, 2))
    calendar = Calendar(apply_changes(WORLD, made.changes))
    on_duty = [calendar.duty("o", date.fromordinal(MONDAY.toordinal() + i)) is not None for i in range(5)]
    assert on_duty == [True, False, False, True, True]
    assert made.name == "Officer o out from Tue 1 Dec to Wed 2 Dec"


def test_a_relief_officer_is_lent_and_keeps_the_own_precinct() -> None:
    changed = apply_changes(WORLD, relief_lent(WORLD, "r", "q").changes)
    assert changed.served_precincts(changed.officers["r"]) == {"p", "q"}
    for who, where in (("o", "q"), ("r", "p")):
        with pytest.raises(InputError):
            relief_lent(WORLD, who, where)


def test_schools_move_come_and_go() -> None:
    assert apply_changes(WORLD, school_moved(WORLD, "b", "q").changes).schools["b"].precinct_id == "q"
    changed = apply_changes(WORLD, school_added(WORLD, "p", "New", 39.25, -76.65, like="a").changes)
    new = changed.schools["new-school-1"]
    assert (new.name, new.opens, new.private_space) == ("New", 540, (Window(600, 690),))
    closed = apply_changes(WORLD, school_closed(WORLD, "a").changes)
    assert set(closed.schools) == {"b", "x"}
    assert not (closed.sessions or closed.tasks or closed.closures or closed.pins or closed.travel)
    assert len(WORLD.schools) == 3


def test_visits_and_shifts_change() -> None:
    changed = apply_changes(WORLD, visits_changed(WORLD, ["a", "b"], 3).changes)
    assert [changed.schools[s].visits_per_week for s in "abx"] == [3, 3, 1]
    longer = apply_changes(WORLD, shift_changed(WORLD, "n", 30).changes)
    assert {s.end for (o, _), s in longer.shifts.items() if o == "n"} == {990}
    with pytest.raises(InputError):
        shift_changed(WORLD, "n", -480)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_precinct_has_as_many_officers_as_asked_for(count: int) -> None:
    changed = apply_changes(WORLD, officers_counted(WORLD, "q", count, [MONDAY]).changes)
    calendar = Calendar(changed)
    own = [o for o in changed.officers.values() if o.role is Role.ESRO and o.precinct_id == "q"]
    assert sum(calendar.duty(o.officer_id, MONDAY) is not None for o in own) == count
    assert len(apply_changes(WORLD, more_officers(WORLD, "q", 2).changes).officers) == 5


@pytest.mark.parametrize(
    "make",
    [
        lambda: officer_out(WORLD, "nobody", MONDAY, MONDAY),
        lambda: officer_out(WORLD, "o", TUESDAY, MONDAY),
        lambda: school_moved(WORLD, "a", "nowhere"),
        lambda: visits_changed(WORLD, [], 2),
        lambda: visits_changed(WORLD, ["a"], 9),
    ],
)
def test_what_the_agency_does_not_have_is_a_sentence(make: Callable[[], Scenario]) -> None:
    with pytest.raises(InputError) as error:
        make()
    assert str(error.value).endswith(".")


def test_changes_read_as_sentences() -> None:
    change = Change("schools.csv", "update", {"school_id": "a"}, {"visits_per_week": 2})
    assert change.sentence == "schools.csv: a: visits_per_week becomes 2."
    assert Change("sessions.csv", "remove", {"session_id": "s"}).sentence == "sessions.csv: s is removed."
    policy = Change("agency.toml", "update", {"path": "visits.most_per_day"}, {"value": 5})
    assert policy.sentence == "agency.toml: visits.most_per_day becomes 5."
