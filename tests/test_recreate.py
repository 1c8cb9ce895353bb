"""Weeks made by ruin and recreate: plans whose value is their score, and good ones."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from random import Random
from time import monotonic

import numpy as np
import pytest

from benchmarks.instances import large_cluster
from scheduler.domain.agency import Agency
from scheduler.domain.score import TIERS
from scheduler.planner.annealing import (
    GUIDE,
    TOO_MUCH,
    State,
    Tours,
    choose,
    fill,
    inherit,
    judged,
    put,
    value,
    weigh,
)  # fmt: skip
from scheduler.planner.dispatcher import Week
from scheduler.planner.grid import Ints
from scheduler.planner.pool import Pool, make_pool, pool_week, rows_held
from scheduler.planner.recreate import Recreation
from scheduler.planner.restricted import Prices
from scheduler.planner.solve import Solver
from scheduler.planner.tour_tables import NEARBY, WEIGHTS, empty_week, tour_tables
from scheduler.planner.weeks import LAST, Weeks
from tests.solvers import pinned, solver_of

WORLDS = {
    "6 schools": large_cluster(6, 1, 3),
    "7 schools, 2 officers": large_cluster(7, 2, 0),
    "7 schools, 2 officers, pin": pinned(large_cluster(7, 2, 4)),
}


NONE = (0,) * len(TIERS)


def solved(world: Agency) -> tuple[Solver, Pool, Prices]:
    """A solver with its proven best week, and all tours that cost little more than the relaxation, whose
    prices come last."""
    until = monotonic() + 120
    solver = solver_of(world)
    solver.solve()
    relaxation = solver.relaxation
    _, prices = relaxation.solve_tier(LAST, 0, solver.week.score()[LAST], until)
    assert prices is not None
    gap = solver.week.score()[LAST] - prices.value + 1.0
    return solver, make_pool(relaxation, prices, gap, 200_000, until), prices


def recreated(solver: Solver, pool: Pool, prices: Prices, seed: int) -> tuple[Week, list[tuple[int, int]]]:
    rows = Recreation(solver.master, pool, prices, Random(seed)).run(NONE, 0, monotonic() + 120)
    return pool_week(solver.master, pool, solver.spaces, rows), rows


@pytest.mark.parametrize("name", WORLDS)
def test_weeks_are_plans_and_the_best_is_among_them(name: str) -> None:
    solver, pool, prices = solved(WORLDS[name])
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
    solver, pool, prices = solved(WORLDS["7 schools, 2 officers"])
    kept = pool.of_class != 0
    assert 0 < kept.sum() < pool.size
    rest = replace(
        pool, of_class=pool.of_class[kept], visits=pool.visits[kept], tiers=pool.tiers[kept],
    )  # fmt: skip
    week, rows = recreated(solver, rest, prices, 0)
    assert rows and week.allowed() and not set(week.columns) & set(pool.classes[0].days)


def test_it_ends_where_its_value_is_the_weighted_score_asked_for() -> None:
    solver, pool, prices = solved(WORLDS["7 schools, 2 officers"])
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
    solver, pool, prices = solved(WORLDS["7 schools, 2 officers"])
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
    solver, pool, prices = solved(WORLDS["7 schools, 2 officers, pin"])
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


def filled(solver: Solver, pool: Pool, prices: Prices, seed: int) -> tuple[Tours, State, Ints]:
    """A week of any tours that may be together; a few days have none."""
    tours, rows = tour_tables(solver.master, pool, prices, seed)
    week, rng = empty_week(tours, seed), Random(seed)
    for day, c in enumerate(tours.class_of.tolist()):
        if rng.random() < 0.8:
            tour = rng.randrange(int(tours.starts[c]), int(tours.starts[c + 1]))
            put(tours, week, tour, 1)
            if max(value(tours, week)) < TOO_MUCH:
                week.chosen[day] = tour
            else:
                put(tours, week, tour, -1)
    return tours, week, rows


@pytest.mark.parametrize("name", WORLDS)
def test_its_value_of_a_week_is_the_weighted_score(name: str) -> None:
    solver, pool, prices = solved(WORLDS[name])
    seen = 0
    for seed in range(30):
        tours, week, rows = filled(solver, pool, prices, seed)
        chosen = Counter(int(rows[t]) for t in week.chosen.tolist() if t >= 0)
        made = pool_week(solver.master, pool, solver.spaces, sorted(chosen.items()))
        empty = [c for day, c in enumerate(tours.class_of.tolist()) if week.chosen[day] < 0]
        if not made.allowed() or any(pool.least[c] for c in empty):
            continue
        seen += 1
        short, cost = value(tours, week)
        score = np.array(made.score()) - np.array(solver.master.constants)
        assert short == pytest.approx(float(WEIGHTS[:-1] @ score[:-1]))
        assert cost == pytest.approx(float(score[-1]))
    assert seen > 3


@pytest.mark.parametrize("name", WORLDS)
def test_a_day_is_given_the_tour_that_costs_least(name: str) -> None:
    """Of all its tours, by the score and by the guide; without noise. What was worked out before counts only
    where nothing has changed since."""
    solver, pool, prices = solved(WORLDS[name])
    for seed, how in product(range(4), (0, GUIDE)):
        tours, week, _ = filled(solver, pool, prices, seed)
        weigh(tours, week, 0.3)
        rng = Random(seed)
        for _ in range(8):
            day = rng.randrange(len(week.chosen))
            if week.chosen[day] >= 0:
                put(tours, week, int(week.chosen[day]), -1)
                week.chosen[day] = -1
            before = value(tours, week)
            c = int(tours.class_of[day])
            costs = []
            for tour in range(int(tours.starts[c]), int(tours.starts[c + 1])):
                if how == GUIDE:
                    costs.append(judged(tours, week, tour))
                    continue
                week.chosen[day] = tour
                put(tours, week, tour, 1)
                short, cost = value(tours, week)
                costs.append(0.3 * (short - before[0]) + cost - before[1])
                put(tours, week, tour, -1)
            week.chosen[day] = -1
            fill(tours, week, day, how, 0.0)
            taken = int(week.chosen[day])
            if taken < 0:
                assert min(costs) >= -1e-3 and not tours.must[day]
            else:
                assert costs[taken - int(tours.starts[c])] == pytest.approx(min(costs), abs=1e-2)


def test_days_near_each_other_are_emptied_together() -> None:
    solver, pool, prices = solved(WORLDS["7 schools, 2 officers"])
    tours, week, rows = filled(solver, pool, prices, 0)
    for day, c in enumerate(tours.class_of.tolist()):
        week.chosen[day] = (int(tours.starts[c]) + int(tours.starts[c + 1])) // 2
    chosen = rows[week.chosen]
    travel = solver.problem.travel
    drives = np.array([[travel.schools(a, b) for b in pool.schools] for a in pool.schools], dtype=np.float64)

    def near(a: int, b: int) -> float:
        one, two = (
            [pool.school_of[e] for e in pool.visits[chosen[d]] if pool.school_of[e] >= 0] for d in (a, b)
        )
        return float(np.exp(-drives[np.ix_(one, two)] / NEARBY).sum())

    days = len(chosen)
    few, likely = np.zeros(8, dtype=np.int64), np.zeros(days)
    together: Counter[frozenset[int]] = Counter()
    for _ in range(2000):
        choose(tours, week, few, 2, likely)
        assert len(set(few[:2].tolist())) == 2 and all(0 <= d < days for d in few)
        together[frozenset(few[:2].tolist())] += 1
    pairs = [(a, b) for a in range(days) for b in range(a)]
    often = [together[frozenset(pair)] for pair in pairs]
    assert min(often) > 0
    assert np.corrcoef(often, [near(*pair) for pair in pairs])[0, 1] > 0.7
    week.chosen[-1] = -1
    choose(tours, week, few, min(8, days), likely)
    assert len(set(few[: min(8, days)].tolist())) == min(8, days)


def test_a_crossed_week_has_tours_of_both() -> None:
    solver, pool, prices = solved(WORLDS["7 schools, 2 officers"])
    for seed in range(10):
        tours, week, _ = filled(solver, pool, prices, seed)
        _, other, _ = filled(solver, pool, prices, seed + 100)
        own = week.chosen.copy()
        kept = np.array([Random(seed).random() < 0.5 for _ in own])
        inherit(tours, week, kept, other.chosen, 1e6)
        assert (week.chosen[kept & (own >= 0)] == own[kept & (own >= 0)]).all()
        came = [int(t) for t in week.chosen[~kept | (own < 0)].tolist() if t >= 0]
        assert came
        assert not Counter(came) - Counter(other.chosen.tolist())
        held = empty_week(tours, 0)
        for day, tour in enumerate(week.chosen.tolist()):
            if tour >= 0:
                assert tours.starts[tours.class_of[day]] <= tour < tours.starts[tours.class_of[day] + 1]
                put(tours, held, tour, 1)
        assert (held.activity == week.activity).all() and np.allclose(held.over, week.over)


def test_reduced_costs_and_waste_add_up_to_no_more_than_the_score() -> None:
    """Weak duality: the relaxation, what each tour costs above it, and what is wasted, at their prices."""
    solver, pool, prices = solved(WORLDS["7 schools, 2 officers"])
    week, rows = recreated(solver, pool, prices, 1)
    assert week.score()[:LAST] == solver.week.score()[:LAST]  # Those are the caps of the prices.
    tours, of_tour = tour_tables(solver.master, pool, prices, 0)
    for order in (rows, rows[::-1]):
        state = empty_week(tours, 0)
        total = prices.value
        for row in (r for r, times in order for _ in range(times)):
            (tour,) = np.flatnonzero(of_tour == row).tolist()
            total += judged(tours, state, tour)
            put(tours, state, tour, 1)
        assert prices.value < total <= week.score()[LAST] + 1e-3


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
