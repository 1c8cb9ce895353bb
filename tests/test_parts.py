"""Weeks that are split before their tours are enumerated: the same best, proven as well."""

from functools import partial
from time import monotonic

import pytest

from benchmarks.instances import large_cluster
from scheduler.domain.agency import Agency
from scheduler.planner import PlanResult, parts, plan, proof
from scheduler.planner.parts import Part, Splitting
from scheduler.planner.weeks import LAST
from tests.solvers import pinned, solver_of
from tests.worlds import MONDAY, random_agency

Split = tuple[Part, list[Part]]


def solve(world: Agency) -> PlanResult:
    return plan(world, [MONDAY], time_limit=60, workers=1, seed=1, price=0.0)


WORLDS = {
    **{f"6 schools {s}": large_cluster(6, 1, s) for s in range(5)},
    **{f"7 schools, 2 officers {s}": large_cluster(7, 2, s) for s in (0, 2)},
    **{f"7 schools, 2 officers, pin {s}": pinned(large_cluster(7, 2, s)) for s in range(4, 6)},
    **{f"random {s}": random_agency(s) for s in range(600, 608)},
}


@pytest.fixture
def splits(monkeypatch: pytest.MonkeyPatch) -> list[Split]:
    """The splits made, where every week is split that can be."""
    made: list[Split] = []
    split = Splitting.split

    def noted(self: Splitting, part: Part) -> list[Part] | None:
        found = split(self, part)
        if found is not None:
            made.append((part, found))
        return found

    monkeypatch.setattr(proof, "FEW", 3)
    monkeypatch.setattr(proof, "GAP_PARTS", (0.2,))
    monkeypatch.setattr(parts, "LEAST_GAIN", 0.0)
    monkeypatch.setattr(Splitting, "split", noted)
    return made


def test_a_week_in_parts_has_the_same_best(splits: list[Split]) -> None:
    weeks = 0
    for name, world in WORLDS.items():
        splits.clear()
        in_parts = solve(world)
        weeks += bool(splits)
        _sound(splits)
        with pytest.MonkeyPatch.context() as whole:
            whole.setattr(proof, "FEW", proof.POOL)
            plain = solve(world)
        assert (in_parts.best, in_parts.bound) == (plain.best, plain.bound), name
        assert plain.status == in_parts.status == "optimal", name
    assert weeks >= 5


def _sound(splits: list[Split]) -> None:
    """Each part has one bound more than what it is of, or a closer one, and proves no less."""
    for whole, halves in splits:
        assert len(halves) <= 2
        for half in halves:
            ((count, (low, high)),) = set(half.bounds.items()) - set(whole.bounds.items())
            before = whole.bounds.get(count, (0, parts.MOST))
            assert before[0] <= low <= high <= before[1]
            assert half.bound >= whole.bound
        if len(halves) == 2:
            (a, b) = (set(h.bounds.items()) - set(whole.bounds.items()) for h in halves)
            ((one, first), (two, second)) = (*a, *b)
            assert one == two and max(first[0], second[0]) == min(first[1], second[1]) + 1


def test_splitting_again_and_again_raises_the_bound_and_never_above_the_best() -> None:
    """Whenever it ends; and without an end it proves the best."""
    raised = 0
    for name, world in WORLDS.items():
        solver = solver_of(world)
        best = solver.solve().best
        relaxation = solver.relaxation
        bound, prices = relaxation.solve_tier(LAST, 0, best[LAST] + 1, monotonic() + 60)
        if prices is None or bound >= best[LAST]:
            continue
        looks = 0

        def stopped(most: int) -> bool:
            nonlocal looks
            looks += 1
            return looks > most

        for most in (30, 100, 300):
            looks = 0
            splitting = Splitting(
                relaxation, LAST, lambda best=best: best[LAST] + 1, monotonic() + 60, partial(stopped, most)
            )  # fmt: skip
            found = splitting.raised(Part({}, bound, prices))
            splitting.leave()
            assert bound <= found <= best[LAST] + 1e-6, name
            raised += found > bound + 0.5
    assert raised >= 5
