"""Weeks made by ruin and recreate: plans whose value is their score, and good ones."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from time import monotonic

import numpy as np
import pytest

from benchmarks.instances import large_cluster
from scheduler.domain.agency import Agency
from scheduler.domain.score import TIERS
from scheduler.planner.aside import Aside
from scheduler.planner.dispatcher import Week
from scheduler.planner.guide import Guide
from scheduler.planner.pool import Pool, make_pool, pool_week
from scheduler.planner.recreate import Recreation
from scheduler.planner.related import NEARBY, Related
from scheduler.planner.restricted import Prices
from scheduler.planner.solve import Solver
from scheduler.planner.weeks import LAST
from tests.test_parts import pinned
from tests.test_pricing import solver_of

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
    week, rows = recreated(solver, pool, prices, 1)
    known = week.score()
    for least, early in ((known[LAST], True), (known[LAST] - 1, False)):
        rng = Random(1)
        search = Recreation(solver.master, pool, prices, rng)
        drawn = rng.getstate()
        assert search.run(known, least, monotonic() + 120) == rows
        rest = Random(1)
        Recreation(solver.master, pool, prices, rest).run(known, 0, monotonic() + 120)
        assert drawn != rng.getstate()
        assert (rng.getstate() != rest.getstate()) == early


def test_days_near_each_other_are_emptied_together() -> None:
    solver, pool, prices = solved(WORLDS["7 schools, 2 officers"])
    _, rows = recreated(solver, pool, prices, 0)
    chosen: list[int | None] = [row for row, times in rows for _ in range(times)]
    travel = solver.problem.travel
    drives = np.array([[travel.schools(a, b) for b in pool.schools] for a in pool.schools], dtype=np.float64)

    def near(a: int, b: int) -> float:
        one, two = (
            [pool.school_of[e] for e in pool.visits[chosen[d]] if pool.school_of[e] >= 0] for d in (a, b)
        )
        return float(np.exp(-drives[np.ix_(one, two)] / NEARBY).sum())

    related = Related(pool, drives, Random(0))
    together: Counter[frozenset[int]] = Counter()
    for _ in range(2000):
        few = related.few(chosen, 2)
        assert len(set(few)) == 2 and all(0 <= d < len(chosen) for d in few)
        together[frozenset(few)] += 1
    pairs = [(a, b) for a in range(len(chosen)) for b in range(a)]
    often = [together[frozenset(pair)] for pair in pairs]
    assert min(often) > 0
    assert np.corrcoef(often, [near(*pair) for pair in pairs])[0, 1] > 0.7
    with_empty = related.few([*chosen[:-1], None], len(chosen))
    assert sorted(with_empty) == list(range(len(chosen)))


def test_reduced_costs_and_waste_add_up_to_no_more_than_the_score() -> None:
    """Weak duality: the relaxation, what each tour costs above it, and what is wasted, at their prices."""
    solver, pool, prices = solved(WORLDS["7 schools, 2 officers"])
    guide = Guide(solver.master, pool, prices)
    week, rows = recreated(solver, pool, prices, 1)
    assert week.score()[:LAST] == solver.week.score()[:LAST]  # Those are the caps of the prices.
    every = guide.used(np.arange(len(pool.entries) + 1))
    for order in (rows, rows[::-1]):
        guide.clear()
        total = prices.value
        for row in (r for r, times in order for _ in range(times)):
            total += guide.costs[row] + guide.wasted(every)[pool.visits[row]].sum()
            guide.put(pool.visits[row], 1)
        assert prices.value < total <= week.score()[LAST] + 1e-6


def test_a_second_process_finds_weeks_and_ends_when_it_is_to() -> None:
    solver, pool, prices = solved(WORLDS["7 schools, 2 officers"])

    def search() -> Recreation:
        return Recreation(solver.master, pool, prices, Random(0))

    with Aside() as aside:
        aside.begin(search(), solver.week.score(), solver.week.score()[LAST], monotonic() + 120)
        week = pool_week(solver.master, pool, solver.spaces, aside.end(monotonic() + 120, lambda: False))
        assert week.allowed() and week.score() == solver.week.score()
        ends: list[tuple[float, Callable[[], bool]]] = [
            (0.0, lambda: False), (monotonic() + 120, lambda: True),
        ]  # fmt: skip
        for until, stopped in ends:
            begun = monotonic()
            aside.begin(search(), solver.week.score(), 0, begun + 1000)
            found = aside.end(until, stopped)
            assert monotonic() < begun + 500
            assert pool_week(solver.master, pool, solver.spaces, found).allowed()


def test_a_second_process_that_dies_finds_nothing() -> None:
    solver, pool, prices = solved(WORLDS["6 schools"])
    search = Recreation(solver.master, pool, prices, Random(0))
    with Aside() as aside:
        aside.begin(search, NONE, 0, monotonic() + 120)
        os.kill(aside.pid, signal.SIGKILL)
        assert aside.end(monotonic() + 120, lambda: False) == []
        aside.begin(search, NONE, 0, monotonic() + 120)
        assert aside.end(monotonic() + 120, lambda: False) == []


@pytest.mark.parametrize("alive", [True, False])
def test_twenty_days_are_planned_with_a_second_process_or_without(
    alive: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the process is dead from the beginning."""
    begun: list[Aside] = []

    begin = Aside.begin

    def killed(aside: Aside, search: Recreation, known: Sequence[int], least: int, until: float) -> None:
        begun.append(aside)
        if not alive:
            os.kill(aside.pid, signal.SIGKILL)
        begin(aside, search, known, least, until)

    monkeypatch.setattr(Aside, "begin", killed)
    solver = solver_of(large_cluster(14, 4, 0), 2)
    solver.deadline = monotonic() + 8
    found = solver.solve()
    assert begun and found.week.allowed()
    assert found.bound <= found.best == found.week.score()
    assert not any(found.best[:LAST])
