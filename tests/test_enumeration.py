"""Every tour that the clock allows is enumerated, with every choice of lengths but the last visit's, which
is as long as it can be, and no other."""

from itertools import combinations, permutations, product

import numpy as np
import pytest

from scheduler.domain.calendar import Calendar
from scheduler.domain.travel import TravelTimes
from scheduler.planner.builder import ProblemBuilder
from scheduler.planner.enumeration import enumerate_tours
from scheduler.planner.ties import tied_groups
from scheduler.planner.timing import timed
from scheduler.planner.tours import TourSpace
from scheduler.rules.history import History
from tests.worlds import MONDAY, random_agency


def spaces(seed: int) -> list[TourSpace]:
    world = random_agency(seed)
    calendar, travel = Calendar(world), TravelTimes(world)
    builder = ProblemBuilder(world, MONDAY, History(world, calendar, MONDAY), calendar, travel, None)
    out = []
    for group in tied_groups(world, builder.fixed, calendar, [MONDAY]):
        problem = builder.problem(tuple(group))
        out += [TourSpace(problem, od) for od in problem.officer_days]
    return [s for s in out if s.od.clock is not None and len(s.nodes) and s.od.most]


def all_tours(space: TourSpace, sizes: range) -> set[tuple[tuple[int, int], ...]]:
    """By trying every order of every set of visits with every lengths: (node, length) in order."""
    count, fixed = len(space.nodes), list(range(len(space.nodes), len(space.nodes) + len(space.fixed)))
    found = set()
    for size in sizes:
        for chosen in combinations(range(count), size):
            if len({int(space.place[n]) for n in chosen}) < size:
                continue
            for sequence in permutations((*chosen, *fixed)):
                if [n for n in sequence if n >= count] != fixed or not sequence:
                    continue
                for lengths in product(range(len(space.hops)), repeat=size):
                    worth = np.full(space.masks.shape, -np.inf)
                    of = dict(zip(chosen, lengths, strict=True))
                    for n, k in of.items():
                        worth[n, :, k] = np.where(space.masks[n, :, k], 0.0, -np.inf)
                    m = len(fixed)
                    if timed(space, list(sequence), worth, np.zeros(m), 0.0, (0,) * m) is not None:
                        found.add(tuple((n, of.get(n, 0)) for n in sequence))
    return found


def longest_last(tours: set[tuple[tuple[int, int], ...]]) -> set[tuple[tuple[int, int], ...]]:
    """Those that no other with a longer last visit makes needless."""
    longest: dict[tuple[object, ...], int] = {}
    for *before, (node, length) in tours:
        longest[*before, node] = max(length, longest.get((*before, node), 0))
    return {t for t in tours if longest[*t[:-1], t[-1][0]] == t[-1][1]}


def few(space: TourSpace) -> bool:
    return len(space.nodes) * len(space.hops) <= 24


WITH_PINS = [(seed, i) for seed in range(150) for i, s in enumerate(spaces(seed)) if s.fixed and few(s)]
FREE = [(seed, i) for seed in range(30) for i, s in enumerate(spaces(seed)) if not s.fixed and few(s)]


@pytest.mark.parametrize(("seed", "index"), [*WITH_PINS[:12], *FREE[:8]])
def test_enumeration_is_complete(seed: int, index: int) -> None:
    space = spaces(seed)[index]
    worth = np.where(space.masks, 1.0, -np.inf)
    made = enumerate_tours(space, worth, np.zeros(len(space.fixed)), 0.0, -1.0, 10**6, float("inf"))
    found = {
        tuple((int(n), int(k)) for n, k in zip(nodes, lengths, strict=True) if n >= 0)
        for nodes, lengths in zip(made.nodes, made.lengths, strict=True)
    }
    count = len(space.nodes)
    short = {t for t in found if sum(n < count for n, _ in t) <= 2}
    assert short == longest_last(all_tours(space, range(min(space.most, 2) + 1)))
    for nodes, travel in zip(made.nodes.tolist(), made.travel.tolist(), strict=True):
        assert travel == space.travel_of([n for n in nodes if n >= 0])


def three(space: TourSpace) -> bool:
    return space.most >= 3 and len(space.nodes) * len(space.hops) <= 15


LONG = [(seed, i) for seed in range(150) for i, s in enumerate(spaces(seed)) if three(s)]


def test_of_three_visits_the_leading_orders_are_kept() -> None:
    """For each tour there is one with the same visits, none shorter, and no more driving; and orders that
    drive more were left out."""
    left_out = 0
    for seed, index in LONG[:12]:
        space = spaces(seed)[index]
        count = len(space.nodes)
        worth = np.where(space.masks, 1.0, -np.inf)
        made = enumerate_tours(space, worth, np.zeros(len(space.fixed)), 0.0, -1.0, 10**6, float("inf"))
        best: dict[frozenset[int], list[tuple[dict[int, int], int]]] = {}
        kept = 0
        every = all_tours(space, range(3, 4))
        rows = zip(made.nodes.tolist(), made.lengths.tolist(), made.travel.tolist(), strict=True)
        for nodes, lengths, travel in rows:
            tour = tuple((n, k) for n, k in zip(nodes, lengths, strict=True) if n >= 0)
            of = {n: k for n, k in tour if n < count}
            if len(of) == 3:
                assert tour in every
                kept += 1
                best.setdefault(frozenset(of), []).append((of, travel))
        for tour in every:
            of, travel = {n: k for n, k in tour if n < count}, space.travel_of([n for n, _ in tour])
            assert any(
                driven <= travel and all(other[n] >= k for n, k in of.items())
                for other, driven in best[frozenset(of)]
            )
        left_out += len(longest_last(every)) - kept
    assert left_out > 0


def test_there_is_something_to_test() -> None:
    assert len(WITH_PINS) >= 12 and len(FREE) >= 8 and len(LONG) >= 12
