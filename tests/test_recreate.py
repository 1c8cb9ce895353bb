"""Weeks made by ruin and recreate: plans whose value is their score, and good ones."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from time import monotonic

import pytest

from benchmarks.instances import large_cluster
from scheduler.planner import plan
from scheduler.planner.dispatcher import Week
from scheduler.planner.many import ManyDays
from scheduler.planner.pool import Pool, pool_week, rows_held
from scheduler.planner.recreate import Recreation
from scheduler.planner.restricted import Prices
from scheduler.planner.solve import Solver
from scheduler.planner.weeks import LAST, Weeks
from tests.solvers import FEW_SCHOOLS, NONE, solved, solver_of
from tests.worlds import MONDAY


def recreated(solver: Solver, pool: Pool, prices: Prices, seed: int) -> tuple[Week, list[tuple[int, int]]]:
    rows = Recreation(solver.master, pool, prices, Random(seed)).run(NONE, 0, monotonic() + 120)
    return pool_week(solver.master, pool, solver.spaces, rows), rows


@pytest.mark.parametrize("name", FEW_SCHOOLS)
def test_weeks_are_plans_and_the_best_is_among_them(name: str) -> None:
    solver, pool, prices = solved(FEW_SCHOOLS[name])
    found = []
    for seed in range(3):
        week, rows = recreated(solver, pool, prices, seed)
        tours = Counter({int(c): 0 for c in pool.of_class})
        for row, times in rows:
            tours[int(pool.of_class[row])] += times
        assert all(pool.least[c] <= n <= pool.limits[c] for c, n in tours.items())
        assert week.allowed()
        found.append(week.score())
    assert min(found) == solver.week.score()


def test_days_without_a_promising_tour_stay_empty() -> None:
    solver, pool, prices = solved(FEW_SCHOOLS["7 schools, 2 officers"])
    kept = pool.of_class != 0
    assert 0 < kept.sum() < pool.size
    rest = replace(
        pool, of_class=pool.of_class[kept], visits=pool.visits[kept], tiers=pool.tiers[kept],
    )  # fmt: skip
    week, rows = recreated(solver, rest, prices, 0)
    assert rows and week.allowed() and not set(week.columns) & set(pool.classes[0].days)


def test_it_ends_where_its_value_is_the_weighted_score_asked_for() -> None:
    solver, pool, prices = solved(FEW_SCHOOLS["7 schools, 2 officers"])
    known = solver.week.score()
    ways = []
    for least in (known[LAST], known[LAST] - 1, 0):
        rng = Random(1)
        search = Recreation(solver.master, pool, prices, rng)
        rows = search.run(known, least, monotonic() + 120)
        assert pool_week(solver.master, pool, solver.spaces, rows).score() == known
        assert search.reached(known)
        ways.append(rng.getstate())
    assert ways[0] != ways[1] == ways[2]


def test_it_ends_when_it_is_to_and_knows_how_good_its_weeks_are() -> None:
    solver, pool, prices = solved(FEW_SCHOOLS["7 schools, 2 officers"])
    search = Recreation(solver.master, pool, prices, Random(0))
    looks = 0

    def stopped() -> bool:
        nonlocal looks
        looks += 1
        return looks > 2

    begun = monotonic()
    rows = search.run(NONE, 0, begun + 1000, stopped)
    assert monotonic() < begun + 500 and looks < 6
    week = pool_week(solver.master, pool, solver.spaces, rows)
    assert week.allowed() and search.reached(week.score())
    assert not search.reached((*(-1 for _ in range(LAST)), 0))


def test_it_goes_on_from_a_week_at_hand() -> None:
    solver, pool, prices = solved(FEW_SCHOOLS["7 schools, 2 officers, pin"])
    columns = solver.week.columns.values()
    rows = rows_held(pool, solver.spaces, columns)
    counts = sorted(Counter(rows).items())
    assert pool_week(solver.master, pool, solver.spaces, counts).score() == solver.week.score()
    search = Recreation(solver.master, pool, prices, Random(0), rows)
    score = solver.week.score()
    found = search.run(score, score[LAST], monotonic() + 120)
    assert pool_week(solver.master, pool, solver.spaces, found).score() == score
    lacking = replace(
        pool, of_class=pool.of_class[1:], visits=pool.visits[1:], tiers=pool.tiers[1:]
    )  # fmt: skip
    gone = sum(row == 0 for row in rows)
    assert [row + 1 for row in rows_held(lacking, solver.spaces, columns)] == [r for r in rows if r]
    assert len(rows_held(lacking, solver.spaces, ())) == 0 and gone <= len(rows)


@pytest.mark.parametrize("threads", [1, 2])
def test_twenty_days_are_planned_on_one_core_or_on_two(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With two the relaxation is solved, and the bound raised, beside the search."""
    beside: list[bool] = []
    recreate = Weeks.recreate

    def noted(
        solver: Weeks, prices: Prices, gap: float, least: int, until: float,
        meanwhile: Callable[[], Sequence[int] | None] | None = None,
    ) -> bool:  # fmt: skip
        beside.append(meanwhile is not None and solver.threads > 1)
        return recreate(solver, prices, gap, least, until, meanwhile)

    monkeypatch.setattr(Weeks, "recreate", noted)
    solver = solver_of(large_cluster(14, 4, 0), threads)
    solver.deadline = monotonic() + 8
    found = solver.solve()
    assert beside and any(beside) == (threads > 1) and found.week.allowed()
    assert found.bound <= found.best == found.week.score()
    assert not any(found.best[:LAST])


def test_what_fails_beside_a_search_is_not_lost() -> None:
    solver = solver_of(large_cluster(14, 4, 0), 2)
    solver.dispatch(1)
    solver.relaxation.add(solver.week.columns.values())
    for tier in range(LAST):
        solver.relaxation.cap(tier, 1000)
    _, prices = solver.relaxation.solve_tier(LAST, 0, 10**6, monotonic() + 60)
    assert prices is not None

    def fails() -> Sequence[int]:
        solver.deadline = 0.0
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        solver.recreate(prices, 1000.0, 0, monotonic() + 3, fails)


def test_a_week_that_breaks_a_rule_or_lacks_a_fixed_visit_is_never_taken() -> None:
    solver, _, _ = solved(FEW_SCHOOLS["7 schools, 2 officers, pin"])
    assert solver.whole(solver.week)
    fixed = [d for d, space in solver.spaces.items() if space.fixed]
    lacking = solver.week_of(c for d, c in solver.week.columns.items() if d not in fixed)
    assert fixed and lacking.allowed() and not solver.whole(lacking)


def test_twenty_days_proven_best_have_one_plan_on_one_core_and_on_two() -> None:
    """What is found on the way differs there: with two the bound is raised beside the search."""
    world = large_cluster(8, 4, 3)
    one, two = (plan(world, [MONDAY], time_limit=120, workers=n, seed=1, price=0.05) for n in (1, 2))
    assert one.status == two.status == "optimal"
    assert one.plan is not None and two.plan is not None
    assert one.plan.visits == two.plan.visits


def test_the_best_is_not_found_again_where_time_is_up() -> None:
    solver = solver_of(large_cluster(8, 4, 3))
    found = solver.solve()
    assert found.best == found.bound and solver.by_chance
    late = ManyDays(solver.problem, monotonic(), lambda *_: None)
    assert late.found_again(found.best) is None
