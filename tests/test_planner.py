"""The planner against every plan there is on tiny worlds, and by properties on larger ones."""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import numpy as np
import pytest

from scheduler.domain.agency import Absence, Agency, Role, Task
from scheduler.domain.calendar import planned_weeks, week_days
from scheduler.domain.clock import Window
from scheduler.domain.plan import Plan, Published, Visit
from scheduler.domain.policy import Policy, RotationPolicy
from scheduler.domain.scope import restricted
from scheduler.domain.score import Score
from scheduler.planner import Cancel, Crew, PlanResult, Question, plan, plan_many
from scheduler.planner.relaxation import Prices
from tests.brute import best_by_brute_force, size_of
from tests.worlds import MONDAY, agency, officer, random_agency, school, shifts

FREE = Policy(rotation=RotationPolicy(unpredictability_price=0))


def solve(world: Agency, seconds: float = 20, **options: object) -> PlanResult:
    options.setdefault("price", 0.0)
    return plan(world, [MONDAY], time_limit=seconds, workers=1, seed=1, **options)  # type: ignore[arg-type]


TINY = [s for s in range(70) if size_of(random_agency(s, tiny=True), MONDAY) < 20_000]
TINY = [s for s in TINY if not (random_agency(s, tiny=True).pins and random_agency(s, tiny=True).tasks)]


@pytest.mark.parametrize("seed", [*TINY[:30], 3210])
def test_the_best_plan_is_the_best_of_all_plans(seed: int) -> None:
    world = random_agency(seed, tiny=True)
    best, _ = best_by_brute_force(world, MONDAY)
    result = solve(world)
    assert result.best == best
    assert result.bound <= best
    assert result.gap is None or result.gap >= 0


@pytest.mark.parametrize("seed", range(100, 125))
def test_every_plan_passes_the_rules_and_the_bound_holds(seed: int) -> None:
    # plan() itself raises where a rule is broken or the score is another.
    world = random_agency(seed)
    result = plan(world, [MONDAY], time_limit=4, workers=1, seed=seed)
    assert result.best is not None and result.score is not None
    assert result.bound <= result.best
    assert tuple(result.score)[:8] == tuple(result.best)[:8]
    assert (result.status == "optimal") == (result.best == result.bound)


@pytest.mark.parametrize("seed", range(125, 135))
def test_re_planning_keeps_what_is_past(seed: int) -> None:
    world, rng = random_agency(seed), Random(seed)
    before = plan(world, [MONDAY], time_limit=4, workers=1, seed=seed).plan
    assert before is not None
    day = rng.choice(week_days(MONDAY))
    moment = datetime(day.year, day.month, day.day, 11, 30)
    sick = Absence(rng.choice(list(world.officers)), moment, moment + timedelta(hours=6))
    changed = replace(world, absences=(*world.absences, sick))
    result = plan(changed, [MONDAY], time_limit=4, workers=1, seed=seed, published=Published(before, moment))
    assert result.plan is not None
    assert {v for v in before.visits if v.starts < moment} <= set(result.plan.visits)


@pytest.mark.parametrize("seed", range(135, 139))
def test_weeks_in_a_row(seed: int) -> None:
    weeks = planned_weeks(MONDAY, 3)
    result = plan(random_agency(seed), weeks, time_limit=9, workers=1, seed=seed)
    assert result.weeks == weeks
    assert result.best is not None and result.bound <= result.best


@pytest.mark.parametrize("seed", [3, 8, 21, 35])
def test_more_leave_never_improves_the_upper_tiers(seed: int) -> None:
    # Leave lowers the fair shares as well, so that the tiers of shares are another question.
    world = random_agency(seed, tiny=True)
    away = Absence(next(iter(world.officers)), datetime(2026, 11, 30, 0, 0), datetime(2026, 12, 2, 0, 0))
    less = solve(replace(world, absences=(*world.absences, away)))
    assert less.best is not None
    assert solve(world).bound.to_dict()["missed_sessions"] <= less.best.missed_sessions
    assert tuple(solve(world).bound)[:2] <= tuple(less.best)[:2]


def test_renaming_ids_changes_names_alone() -> None:
    world = agency([school("a"), school("b"), school("c")], [officer("o")], policy=FREE)
    renamed = agency(
        [replace(s, school_id=f"z{s.school_id}") for s in world.schools.values()],
        [officer("é")],
        policy=FREE,
    )
    first, second = solve(world), solve(renamed)
    assert first.status == second.status == "optimal"
    assert first.best == second.best


def test_one_seed_one_plan_and_other_seeds_others() -> None:
    world = agency([school(s) for s in "abcdef"], [officer("o")])
    first = plan(world, [MONDAY], time_limit=30, workers=1, seed=5, price=0.1)
    again = plan(world, [MONDAY], time_limit=30, workers=1, seed=5, price=0.1)
    assert first.plan == again.plan
    others = {plan(world, [MONDAY], time_limit=30, workers=1, seed=s, price=0.1).plan for s in range(4)}
    assert len(others) > 1
    assert first.score is not None and first.best is not None
    assert first.score.minutes_cost <= first.best.minutes_cost + int(0.1 * 1650)


def test_nobody_on_duty_leaves_an_empty_plan_that_is_proven() -> None:
    world = agency([school("a")], [officer("o")], shifts={})
    result = solve(world)
    assert result.plan is not None and result.plan.visits == ()
    assert result.status == "optimal" and result.best == Score(missing_visits=1)


def test_an_agency_without_schools_has_an_empty_plan() -> None:
    result = solve(agency([], [officer("o")]))
    assert result.plan is not None and result.plan.visits == () and result.status == "optimal"


def test_a_relief_officer_ties_clusters_and_comes_only_when_needed() -> None:
    schools = [school("a"), school("x", "q")]
    relief = officer("r", role=Role.RELIEF, covers=("*",))
    world = agency(schools, [officer("o"), relief], policy=FREE)
    result = solve(world)
    assert [c.precincts for c in result.clusters] == [("p", "q")]
    assert result.best is not None and result.best.missing_visits == 0
    assert result.best.relief_days >= 1
    own = agency(schools, [officer("o"), officer("n", "q"), relief], policy=FREE)
    assert solve(own).best.relief_days == 0  # type: ignore[union-attr]


def test_pins_outside_duty_stay_and_take_up_tasks() -> None:
    pin = Visit("o", "a", MONDAY, 1201, 1263, "law_enforcement")
    task = Task("t", "a", MONDAY, MONDAY, 60, "Review", window=Window(1200, 1290))
    world = agency([school("a")], [officer("o")], pins=(pin,), tasks={"t": task}, policy=FREE)
    result = solve(world)
    assert result.plan is not None
    assert replace(pin, tasks=("t",)) in result.plan.visits
    assert result.best is not None and result.best.missed_sessions == 0


@pytest.mark.parametrize(
    ("seed", "best"), [(3132, (2, 0, 4, 0, 0, 0, 0, 4, 1902)), (3133, (0, 1, 1, 0, 0, 0, 0, 0, 285))]
)
def test_weeks_with_pins_that_may_take_up_tasks_are_proven(seed: int, best: tuple[int, ...]) -> None:
    world = random_agency(seed)
    assert any(p.school_id == t.school_id for p in world.pins for t in world.tasks.values())
    result = plan(world, [MONDAY], time_limit=60, price=0.0, workers=1)
    assert (tuple(result.best or ()), result.status) == (best, "optimal")


def test_what_is_not_proven_above_the_last_tier_is_planned_again_in_the_overtime() -> None:
    world = random_agency(3132)
    short = plan(world, [MONDAY], time_limit=0.01, price=0.0, workers=1)
    assert any(c.open_above for c in short.clusters)
    done = []
    result = plan(world, [MONDAY], time_limit=0.01, price=0.0, workers=1, overtime=60,
                  progress=lambda p: done.append(p.precincts) if p.done else None)  # fmt: skip
    assert not any(c.open_above for c in result.clusters)
    assert tuple(result.best or ())[:8] == (2, 0, 4, 0, 0, 0, 0, 4)
    again = {c.precincts for c in short.clusters if c.open_above}
    assert sorted(done) == sorted([*(c.precincts for c in short.clusters), *again])


def test_an_overloaded_week_gives_the_least_bad_plan() -> None:
    schools = [school(f"s{i:02}", visits_per_week=5) for i in range(20)]
    result = solve(agency(schools, [officer("o")], policy=FREE), 10)
    assert result.best is not None and result.best.missing_visits > 0
    assert result.plan is not None and len(result.plan.visits) >= 15


def test_the_time_limit_holds() -> None:
    schools = [school(f"s{i:02}", visits_per_week=2) for i in range(30)]
    officers = [officer(f"o{i}") for i in range(3)]
    begun = time.monotonic()
    result = solve(agency(schools, officers), 3)
    assert result.plan is not None
    assert time.monotonic() - begun < 8  # generous: this proves that it ends, not how fast


def test_a_part_day_absence_is_kept_free() -> None:
    away = Absence("o", datetime(2026, 11, 30, 10, 0), datetime(2026, 11, 30, 12, 0))
    world = agency([school("a"), school("b")], [officer("o")], absences=(away,), policy=FREE)
    result = solve(replace(world, shifts=shifts("o", days="0")))
    assert result.plan is not None and result.plan.visits
    assert all(v.end <= 600 or v.start >= 720 for v in result.plan.visits)


def test_clusters_in_worker_processes_give_the_same_as_in_turn() -> None:
    world = agency([school("a"), school("x", "q")], [officer("o"), officer("n", "q")], policy=FREE)
    seen = []
    both = plan(world, [MONDAY], time_limit=30, workers=2, seed=1, price=0.0, progress=seen.append)
    alone = plan(world, [MONDAY], time_limit=30, workers=1, seed=1, price=0.0)
    assert both.plan == alone.plan
    assert {p.precincts for p in seen if p.done} == {("p",), ("q",)}


def test_a_crew_serves_run_after_run() -> None:
    questions = [Question(random_agency(n), (MONDAY,)) for n in (1, 2, 3)]
    options = {"time_limit": 30, "seed": 0, "price": 0.0, "workers": 2}
    alone = [r.best for r in plan_many(questions, **options)]
    with Crew(2) as crew:
        crew.begin()
        assert [r.best for r in plan_many(questions, **options, crew=crew)] == alone
        stopped = plan_many(questions, **options, crew=crew, cancel=Cancel(wanted=True))
        assert all(r.plan is not None for r in stopped)
        assert [r.best for r in plan_many(questions, **options, crew=crew)] == alone


@pytest.mark.parametrize("seed", range(3))
def test_what_is_delivered_is_never_better_than_the_best(seed: int) -> None:
    # With a second for it, nothing is proven, and the random walk may come upon a better plan.
    schools = [school(f"s{i:02}", visits_per_week=2) for i in range(16)]
    result = plan(
        agency(schools, [officer("o"), officer("n")]), [MONDAY], time_limit=1, price=0.1, seed=seed, workers=1
    )
    assert result.best is not None and result.score is not None
    assert result.bound <= result.best <= result.score


def test_a_stopped_run_plans_what_it_had_not_begun() -> None:
    precincts = "pqr"
    world = agency(
        [school(f"{p}{i}", p) for p in precincts for i in range(6)], [officer(p, p) for p in precincts]
    )
    cancel = Cancel()

    def stop(_: object) -> None:
        cancel.wanted = True

    made = plan(world, [MONDAY], time_limit=60, workers=1, price=0.0, progress=stop, cancel=cancel)
    assert made.plan is not None and made.best is not None and made.best.missing_visits == 0
    assert {v.officer_id for v in made.plan.visits} == set(precincts)
    assert made.seconds < 30


def test_prices_from_before_a_cut_ask_nothing_of_its_row() -> None:
    """A tier above the last is proven with prices from before the cuts of asking for less."""
    prices = Prices(np.array([1.0, 2.0]), {0: 1.0}, np.zeros(9), 5.0)
    wide = prices.widened(4)
    assert wide.rows.tolist() == [1.0, 2.0, 0.0, 0.0] and wide.value == prices.value


def test_a_pin_before_the_moment_takes_up_tasks_and_stands_for_a_visit_to_come() -> None:
    task = Task("t", "a", MONDAY, MONDAY, 45, "Review")
    pin = Visit("o", "a", MONDAY, 590, 650, "law_enforcement")
    world = agency([school("a")], [officer("o")], tasks={"t": task}, pins=(pin,))
    coming = replace(pin, start=600, end=660)
    result = solve(world, published=Published(Plan.of([coming]), datetime(2026, 11, 30, 10, 0)))
    assert result.best is not None and result.plan is not None
    assert result.best.missed_sessions == 0
    assert replace(pin, tasks=("t",)) in result.plan.visits
    assert result.best.changed_visits == 0
    assert result.bound == result.best


def test_a_precinct_alone_keeps_the_pins_of_officers_from_elsewhere() -> None:
    pin = Visit("k", "a", MONDAY, 600, 660, "law_enforcement")
    world = agency([school("a"), school("x", "q")], [officer("o"), officer("k", "q")], pins=(pin,))
    result = solve(restricted(world, ["p"]))
    assert result.plan is not None
    assert pin in result.plan.visits
    assert all(v.school_id == "a" for v in result.plan.visits)
