"""The compiled loops of ruin and recreate, against the same done plainly."""

from collections import Counter
from collections.abc import Callable
from itertools import product
from random import Random
from time import monotonic

import numpy as np
import pytest

from scheduler.planner import jit
from scheduler.planner.annealing import GUIDE, TOO_MUCH, choose, fill, inherit, judged, put, value, weigh
from scheduler.planner.grid import Ints
from scheduler.planner.pool import Pool, pool_week
from scheduler.planner.recreate import Recreation
from scheduler.planner.restricted import Prices
from scheduler.planner.solve import Solver
from scheduler.planner.tour_arrays import State, Tours
from scheduler.planner.tour_tables import NEARBY, WEIGHTS, empty_week, tour_tables
from scheduler.planner.weeks import LAST
from tests.solvers import FEW_SCHOOLS, NONE, solved


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


@pytest.mark.parametrize("name", FEW_SCHOOLS)
def test_its_value_of_a_week_is_the_weighted_score(name: str) -> None:
    solver, pool, prices = solved(FEW_SCHOOLS[name])
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


@pytest.mark.parametrize("name", FEW_SCHOOLS)
def test_a_day_is_given_the_tour_that_costs_least(name: str) -> None:
    """Of all its tours, by the score and by the guide; without noise. What was worked out before counts only
    where nothing has changed since."""
    solver, pool, prices = solved(FEW_SCHOOLS[name])
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
    solver, pool, prices = solved(FEW_SCHOOLS["7 schools, 2 officers"])
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
    solver, pool, prices = solved(FEW_SCHOOLS["7 schools, 2 officers"])
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
    solver, pool, prices = solved(FEW_SCHOOLS["7 schools, 2 officers"])
    rows = Recreation(solver.master, pool, prices, Random(1)).run(NONE, 0, monotonic() + 120)
    week = pool_week(solver.master, pool, solver.spaces, rows)
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


def test_loops_are_compiled_where_nothing_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder to keep compiled code in can be written to: it is compiled each time."""
    asked: list[bool] = []

    def njit(
        cache: bool = False, nogil: bool = False
    ) -> Callable[[Callable[..., float]], Callable[..., float]]:
        asked.append(cache)
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(jit.numba, "njit", njit)
    assert jit.compiled(float)(2) == 2.0 and asked == [True, False]
