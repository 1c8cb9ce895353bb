"""Pricing: prices are safe where it says so, and threads change nothing."""

from math import ceil
from time import monotonic

import numpy as np
import pytest

from benchmarks.instances import large_cluster
from scheduler.domain.agency import Agency
from scheduler.domain.score import TIERS
from scheduler.planner.master import INF
from scheduler.planner.relaxation import Relaxation
from scheduler.planner.restricted import Prices
from scheduler.planner.weeks import LAST
from tests.solvers import pinned, solver_of
from tests.worlds import random_agency

WORLDS = {
    "6 schools": large_cluster(6, 1, 3),
    "16 schools, 2 officers": large_cluster(16, 2, 1),
    "7 schools, 2 officers, pin": pinned(large_cluster(7, 2, 4)),
    "random": random_agency(604),
}


def begun(world: Agency, threads: int = 1) -> Relaxation:
    """The relaxation of a first week in the last tier, before any pricing."""
    solver = solver_of(world, threads)
    solver.dispatch(1)
    solver.relaxation.add(solver.week.columns.values())
    for tier in range(LAST):
        solver.relaxation.cap(tier, solver.week.score()[tier])
    solver.relaxation.minimise([float(t == LAST) for t in range(len(TIERS))])
    return solver.relaxation


@pytest.mark.parametrize("name", WORLDS)
def test_at_safe_prices_no_tour_lowers_the_value_which_no_week_is_below(name: str) -> None:
    relaxation = begun(WORLDS[name])
    first = relaxation.solve()
    assert first is not None
    values = []
    for _ in range(4):  # Each from other prices, far from the last ones and near.
        prices = relaxation.solve()
        assert prices is not None
        priced = relaxation.price(prices)
        safe = priced.safe(prices)
        again = relaxation.price(safe)
        assert not again.columns and again.short <= 1e-5
        assert safe.value <= prices.value + 1e-9
        values.append(safe.value)
        relaxation.add(priced.columns)
    bound, exact = relaxation.converge(monotonic() + 60)
    assert exact is not None and max(values) <= exact.value + 1e-5
    assert relaxation.safe is not None and np.isclose(relaxation.safe.value, bound)
    assert not relaxation.price(relaxation.safe).columns


def test_the_bound_of_safe_prices_is_below_the_best_week() -> None:
    world = WORLDS["6 schools"]
    solver = solver_of(world)
    solver.solve()
    relaxation = solver.relaxation
    relaxation.solve_tier(LAST, 0, solver.week.score()[LAST], monotonic() + 60)
    assert relaxation.safe is not None
    assert ceil(relaxation.safe.value - 1e-3) <= solver.week.score()[LAST]


def test_threads_find_the_same_tours() -> None:
    """Days in groups of the same worth are searched side by side, and told in the order of the days."""
    found = []
    for threads in (1, 2):
        relaxation = begun(WORLDS["16 schools, 2 officers"], threads)
        assert relaxation.threads == threads
        rounds = []
        for _ in range(3):
            prices = relaxation.solve()
            assert prices is not None
            priced = relaxation.price(prices)
            rounds.append((priced.short, [c.key for c in priced.columns]))
            relaxation.add(priced.columns)
        found.append(rounds)
    assert found[0] == found[1]
    assert found[0][0][1]


def test_safe_prices_are_sharpened_though_rows_came_since(monkeypatch: pytest.MonkeyPatch) -> None:
    relaxation = begun(WORLDS["16 schools, 2 officers"])
    relaxation.converge(monotonic() + 120)
    safe = relaxation.safe
    assert safe is not None and relaxation.tighten()
    converge = relaxation.converge

    def unfinished(until: float) -> tuple[float, Prices | None]:
        return -INF, converge(until)[1]

    monkeypatch.setattr(relaxation, "converge", unfinished)
    sharp = relaxation.sharpened(LAST, safe, monotonic() + 120)
    assert len(sharp.rows) == len(relaxation.master.demands) > len(safe.rows)
    assert not relaxation.price(sharp).columns
