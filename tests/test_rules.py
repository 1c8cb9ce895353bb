"""Each rule and tier on a world as small as it can be, and the registry whole."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from scheduler.domain.agency import Absence, Closure, Role, Session, Task
from scheduler.domain.calendar import planned_weeks
from scheduler.domain.clock import Window
from scheduler.domain.plan import PastVisit, Plan, Published, Visit
from scheduler.domain.policy import BreakPolicy, Policy, RotationPolicy, VisitPolicy
from scheduler.domain.score import TIERS
from scheduler.rules.case import Case
from scheduler.rules.registry import RULES, TIER_COUNTS, score, violations
from tests.worlds import MONDAY, agency, officer, school, shifts

TUESDAY = date(2026, 12, 1)
WORLD = agency([school("a"), school("b")], [officer("o")])


def visit(start: int = 600, end: int = 660, **values: object) -> Visit:
    plain = Visit("o", "a", MONDAY, start, end, "law_enforcement")
    return replace(plain, **values)


def broken(world: object, *visits: Visit, published: Published | None = None) -> list[str]:
    case = Case(world, (MONDAY,), visits, published)  # type: ignore[arg-type]
    return [v.rule for v in violations(case)]


def counts(world: object, *visits: Visit, published: Published | None = None) -> dict[str, int]:
    return score(Case(world, (MONDAY,), visits, published)).to_dict()  # type: ignore[arg-type]


def test_a_plain_visit_breaks_nothing() -> None:
    assert broken(WORLD, visit()) == []


def test_own_cluster() -> None:
    world = agency([school("a"), school("x", "q")], [officer("o")])
    assert broken(world, visit(school_id="x")) == ["own_cluster"]
    relief = agency([school("x", "q")], [officer("o", role=Role.RELIEF, covers=("q",))])
    assert broken(relief, visit(school_id="x")) == []


def test_qualified() -> None:
    world = replace(WORLD, policy=Policy(visits=VisitPolicy(required_qualification="sro")))
    assert broken(world, visit()) == ["qualified"]


def test_within_duty_counts_the_drive_and_absences() -> None:
    drive = Case(WORLD, (MONDAY,), ()).drive_out(visit())
    world = replace(WORLD, shifts=shifts("o", 600 - drive, 960))
    assert broken(world, visit()) == []
    assert broken(replace(WORLD, shifts=shifts("o", 601 - drive, 960)), visit()) == ["within_duty"]
    away = Absence("o", datetime(2026, 11, 30, 10, 30), datetime(2026, 11, 30, 10, 45))
    assert "within_duty" in broken(replace(WORLD, absences=(away,)), visit())


def test_one_place_at_a_time() -> None:
    drive = Case(WORLD, (MONDAY,), ()).drive(visit(), visit(school_id="b"))
    late = -(-(660 + drive) // 5) * 5
    assert broken(WORLD, visit(), visit(late, late + 60, school_id="b")) == []
    assert broken(WORLD, visit(), visit(late - 5, late + 55, school_id="b")) == ["one_place_at_a_time"]


def test_absence_between_visits_counts_outside_the_duty_span_too() -> None:
    # Away from 15:00 to 18:00, pinned at 17:00 all the same: 14:00-15:00 leaves no time for the drive.
    world = agency([school("a", closes=1200), school("b", closes=1200)], [officer("o")])
    pin = visit(1020, 1080, school_id="b")
    world = replace(world, pins=(pin,))
    away = Absence("o", datetime(2026, 11, 30, 15, 0), datetime(2026, 11, 30, 18, 0))
    assert broken(world, visit(840, 900), pin) == []
    assert broken(replace(world, absences=(away,)), visit(840, 900), pin) == ["one_place_at_a_time"]


def test_school_open() -> None:
    shut = replace(WORLD, closures={(MONDAY, None): Closure(MONDAY, None, None)})
    assert broken(shut, visit()) == ["school_open"]
    early = Closure(MONDAY, "a", Window(540, 659))
    assert broken(replace(WORLD, closures={(MONDAY, "a"): early}), visit()) == ["school_open"]


@pytest.mark.parametrize(("start", "end"), [(600, 630), (600, 800), (600, 650), (603, 663), (660, 600)])
def test_visit_length(start: int, end: int) -> None:
    assert "visit_length" in broken(WORLD, visit(start, end))


def test_once_a_day() -> None:
    assert "once_a_day" in broken(WORLD, visit(), visit(780, 840))


def test_most_per_day() -> None:
    world = replace(WORLD, policy=Policy(visits=VisitPolicy(most_per_day=1)))
    assert broken(world, visit(), visit(780, 840, school_id="b")) == ["most_per_day"]


def test_break_is_found_beside_visits_and_drives() -> None:
    world = replace(WORLD, policy=Policy(**{"break": BreakPolicy(earliest=660, latest=690)}))
    assert broken(world, visit(540, 600)) == []
    assert broken(world, visit(630, 675)) == ["break"]
    pinned = replace(world, pins=(visit(630, 675),))
    assert broken(pinned, visit(630, 675)) == []


def test_a_break_overlaps_no_absence_before_the_duty_span() -> None:
    # Away until 11:45, pinned 10:00-11:00 all the same: 11:00-11:45 is no break.
    away = Absence("o", datetime(2026, 11, 30, 7, 0), datetime(2026, 11, 30, 11, 45))
    rest = BreakPolicy(earliest=660, latest=735, due_after_minutes=60)
    pin = visit(600, 660)
    world = replace(WORLD, policy=Policy(**{"break": rest}), absences=(away,), pins=(pin,))
    assert broken(world, pin, visit(725, 770, school_id="b")) == ["break"]
    assert broken(replace(world, absences=()), pin, visit(725, 770, school_id="b")) == []


def test_focus_fits() -> None:
    assert broken(WORLD, visit(focus="teaching")) == ["focus_fits"]
    assert broken(WORLD, visit(focus="mentoring")) == ["focus_fits"]
    world = agency([school("a", private_space=(Window(600, 630),))], [officer("o")])
    assert broken(world, visit(focus="mentoring")) == []


def test_tasks_fit() -> None:
    task = Task("t", "a", MONDAY, TUESDAY, 30, "Review", window=Window(540, 600))
    world = replace(WORLD, tasks={"t": task})
    assert broken(world, visit(tasks=("t",))) == ["tasks_fit"]
    assert broken(world, visit(570, 615, tasks=("t",))) == []
    again = visit(570, 615, date=TUESDAY, tasks=("t",))
    assert broken(world, visit(570, 615, tasks=("t",)), again) == ["tasks_fit"]


def test_past_kept() -> None:
    before = Published(Plan.of([visit()]), datetime(2026, 11, 30, 11, 0))
    assert broken(WORLD, visit(), published=before) == []
    assert broken(WORLD, published=before) == ["past_kept"]
    assert broken(WORLD, visit(), visit(540, 585, school_id="b"), published=before) == ["past_kept"]


def test_tasks_of_what_is_past_are_judged_as_those_of_pins() -> None:
    world = replace(WORLD, tasks={"t": Task("t", "b", MONDAY, TUESDAY, 30, "Review")})
    past = Published(Plan.of([visit(tasks=("t",))]), datetime(2026, 11, 30, 11, 0))
    assert broken(world, visit(tasks=("t",)), published=past) == ["tasks_fit"]


def test_pins_kept() -> None:
    assert broken(replace(WORLD, pins=(visit(),))) == ["pins_kept"]


def test_missed_sessions_counts_lessons_and_tasks_that_run_out() -> None:
    session = Session("s", "a", MONDAY, 600, 45, "DARE")
    task = Task("t", "b", MONDAY, date(2026, 12, 6), 30, "Review")
    world = replace(WORLD, sessions={"s": session}, tasks={"t": task})
    assert counts(world)["missed_sessions"] == 2
    assert counts(world, visit(focus="teaching"))["missed_sessions"] == 1


def test_missing_visits_hurts_more_at_one_school() -> None:
    world = agency([school("a", visits_per_week=3)], [officer("o")])
    assert counts(world)["missing_visits"] == 6
    assert counts(world, visit())["missing_visits"] == 3


def test_overdue_days() -> None:
    past = PastVisit(visit(date=date(2026, 11, 20)))
    world = agency([school("a", max_gap_days=2)], [officer("o")], history=(past,))
    assert counts(world)["overdue_days"] == 5
    assert counts(world, visit())["overdue_days"] == 3
    assert counts(replace(world, history=()))["overdue_days"] == 4  # Monday's span is not known.


def test_changed_visits_counts_both_ends_of_a_move() -> None:
    before = Published(Plan.of([visit()]), datetime(2026, 11, 30, 8, 0))
    assert counts(WORLD, visit(615, 675), published=before)["changed_visits"] == 0
    assert counts(WORLD, visit(620, 680), published=before)["changed_visits"] == 2


def test_a_pin_before_the_moment_is_the_counterpart_of_a_visit_to_come() -> None:
    before = Published(Plan.of([visit()]), datetime(2026, 11, 30, 10, 0))
    world = replace(WORLD, pins=(visit(590, 650),))
    assert broken(world, visit(590, 650), published=before) == []
    assert counts(world, visit(590, 650), published=before)["changed_visits"] == 0


def test_relief_days() -> None:
    world = agency([school("a"), school("b")], [officer("o", role=Role.RELIEF)])
    assert counts(world, visit(), visit(780, 840, school_id="b"))["relief_days"] == 1


def test_open_tasks_are_those_due_next_week() -> None:
    task = Task("t", "a", MONDAY, date(2026, 12, 8), 30, "Review")
    world = replace(WORLD, tasks={"t": task})
    assert counts(world)["open_tasks"] == 1
    assert counts(world, visit(tasks=("t",)))["open_tasks"] == 0


def test_focus_gaps_wait_for_a_whole_known_cycle() -> None:
    policy = Policy(rotation=RotationPolicy(cycle_weeks=2))
    past = PastVisit(visit(date=date(2026, 11, 23), focus="mentoring"))
    world = agency([school("a", private_space=(Window(600, 660),))], [officer("o")], policy=policy)
    assert counts(world)["focus_gaps"] == 0
    assert counts(replace(world, history=(past,)))["focus_gaps"] == 1
    assert counts(replace(world, history=(past,)), visit())["focus_gaps"] == 0


def test_under_served_and_minutes_cost() -> None:
    # 09:00-15:00 on five days, less 30 minutes of break: A = 1650, a share of 825 each.
    drives = 2 * Case(WORLD, (MONDAY,), ()).drive_out(visit())
    assert counts(WORLD)["under_served"] == 4
    assert counts(WORLD)["minutes_cost"] == 2 * 2 * 825
    assert counts(WORLD, visit())["minutes_cost"] == 2 * 2 * 825 - 2 * 60 + drives


def test_a_planned_week_is_history_for_the_next() -> None:
    weeks = planned_weeks(MONDAY, 2)
    world = agency([school("a", max_gap_days=5)], [officer("o")])
    friday = visit(date=date(2026, 12, 4))
    assert score(Case(world, weeks, (friday,))).overdue_days == 1  # the second Friday


def test_the_registry_is_the_contract_in_order_and_documented() -> None:
    assert tuple(t.name for t in TIER_COUNTS) == TIERS
    page = (Path(__file__).parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")
    for part in (*RULES, *TIER_COUNTS):
        assert f"`{part.name}`" in page, part.name
    sources = Path(__file__).read_text(encoding="utf-8")
    for part in (*RULES, *TIER_COUNTS):
        assert f"def test_{part.name}" in sources or part.name == "minutes_cost", part.name
