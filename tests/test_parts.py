"""Weeks that are split before their tours are enumerated: the same best, proven as well."""

from dataclasses import replace
from functools import partial
from time import monotonic

import pytest

from benchmarks.instances import large_cluster
from scheduler.domain.agency import Agency
from scheduler.planner import PlanResult, parts, plan, proof
from scheduler.planner.counts import WEEK, Count, counted
from scheduler.planner.features import Features
from scheduler.planner.parts import Part, Splitting
from scheduler.planner.pool import column_at, make_pool
from scheduler.planner.proof import branches
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


@pytest.mark.parametrize("world", [large_cluster(6, 1, 0), pinned(large_cluster(7, 2, 4))])
def test_a_search_counts_in_its_tours_what_the_relaxation_counts(world: Agency) -> None:
    """Whatever a week is split on: else a part would hold other weeks for the one than for the other."""
    solver = solver_of(world)
    solver.solve()
    _, prices = solver.relaxation.solve_tier(LAST, 0, 10_000, monotonic() + 60)
    assert prices is not None
    pool = make_pool(solver.relaxation, prices, 40.0, 20_000, monotonic() + 60)
    features = Features(pool)
    firsts = [pool.classes[c].first for c in pool.of_class]
    columns = [replace(column_at(pool, solver.spaces[d], i), day=d) for i, d in enumerate(firsts)]
    days = [WEEK, *(c.first for c in pool.classes)]
    lengths = range(len(solver.master.lengths))
    counts = [Count(s, d, n) for s in ("", *pool.schools[:3]) for d in days for n in lengths]
    seen = 0
    for count in (*counts, *(Count("", d, tours=True) for d in days)):
        as_branch = branches({count: (0, 1)}, pool)
        for feature, limits in as_branch.items():
            told = [counted(count, column) for column in columns]
            assert limits == (0, 1) and features.counts(feature).tolist() == told, count
            seen += any(told)
        assert as_branch or (count.length and not count.school_id) or (count.tours and pool.least.any())
    assert seen >= 20


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
