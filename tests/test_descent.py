"""Tiers above the last by branch and price: never below what every plan tried says, and mostly just that."""

import pytest

from scheduler.planner.weeks import LAST
from tests.brute import best_by_brute_force, size_of
from tests.solvers import solver_of
from tests.worlds import MONDAY, random_agency

WORLDS = [s for s in range(70, 190) if size_of(random_agency(s, tiny=True), MONDAY) < 5_000]


def settled(seed: int) -> tuple[int, int]:
    """How many tiers that are not at their floor a descent from an empty week was made in, and how many of
    these it settled, one after the other until one is not; each against every plan there is."""
    world = random_agency(seed, tiny=True)
    best, _ = best_by_brute_force(world, MONDAY)
    solver = solver_of(world)
    if not solver.exact:
        return 0, 0
    solver.relaxation.add(solver.week.columns.values())
    tried = done = 0
    for tier in range(LAST):
        least = solver.master.floor[tier]
        if solver.week.score()[tier] > least:
            tried += 1
            proven = solver._descend(tier, least, solver.deadline)
            assert proven <= tuple(best)[tier]
            if proven < solver.week.score()[tier]:
                break
            done += 1
        assert solver.week.score()[: tier + 1] == tuple(best)[: tier + 1]
        solver.relaxation.cap(tier, solver.week.score()[tier])
    return tried, done


@pytest.mark.parametrize("part", range(4))
def test_it_ends_with_the_least_there_is(part: int) -> None:
    found = [settled(seed) for seed in WORLDS[part::4]]
    tried, done = (sum(of) for of in zip(*found, strict=True))
    assert tried >= 20
    assert done == tried
