"""The compiled loops of the search for tours, against the same done plainly."""

import numpy as np
import pytest

from scheduler.planner import compile as ahead
from scheduler.planner import label_loops
from scheduler.planner.grid import Floats, Ints
from tests.solvers import FEW_SCHOOLS, solved

NO = -np.inf
LABELS, NODES, PLACES, SIZE, LENGTHS = 5, 4, 3, 7, 2


class Day:
    """Random tables of a day, of the shapes that `TourSpace` has; some of what could be cannot."""

    def __init__(self, seed: int, layers: int) -> None:
        self.rng, self.layers = np.random.default_rng(seed), layers
        self.hops = np.array([1, 3])
        self.place = np.array([0, 1, 1, 2])
        self.use = np.array([0, 2, 3])
        self.places = np.unique(self.place[self.use])
        self.drive = self.rng.integers(1, 30, (PLACES, PLACES))
        self.last_end = self.rng.integers(-1, SIZE, (2, PLACES, PLACES, SIZE))
        self.first_next = self.rng.integers(0, SIZE + 1, (2, PLACES, PLACES, SIZE))
        self.worth = self.values(LENGTHS, NODES, SIZE)
        self.rows, self.to = self.rng.integers(0, LABELS, 9), self.rng.integers(0, NODES, 9)
        self.last = self.rng.integers(0, NODES, 9)
        self.road = 0.5

    def values(self, *shape: int) -> Floats:
        """Numbers, a quarter of them NO."""
        return np.where(self.rng.random(shape) < 0.25, NO, self.rng.random(shape) * 100)

    def label_values(self) -> Floats:
        """By label, b and slot; the slot for never is NO."""
        values = self.values(LABELS, self.layers, SIZE + 1)
        values[:, :, SIZE] = NO
        return values


@pytest.fixture(params=[(seed, layers) for seed in range(6) for layers in (1, 2)])
def day(request: pytest.FixtureRequest) -> Day:
    return Day(*request.param)


def most(*values: float) -> float:
    return max([NO, *values])


def test_arrivals(day: Day) -> None:
    best, last, to = day.label_values(), day.place[day.last], day.place[day.to]
    made = label_loops.arrivals_free(best, day.rows, last, to, day.last_end, day.drive, day.road)
    for p, (row, i, j) in enumerate(zip(day.rows, last, to, strict=True)):
        for b in range(day.layers):
            for s in range(SIZE):
                ends = [(b, day.last_end[0, i, j, s]), *([(0, day.last_end[1, i, j, s])] if b else [])]
                reached = [
                    best[row, before, end] - day.road * day.drive[i, j] for before, end in ends if end >= 0
                ]
                assert made[p, b, s] == most(*reached)


def plainly_over(arrive: Floats, worth: Floats, hops: Ints) -> list[float]:
    """Of one label and b: the most by each slot; `worth` is length × start."""
    ends = [
        most(*(arrive[t - hop] + worth[k, t - hop] for k, hop in enumerate(hops) if t >= hop))
        for t in range(SIZE)
    ]
    return [most(*ends[: t + 1]) for t in range(SIZE)]


def test_what_a_visit_ends_with(day: Day) -> None:
    arrive = day.values(len(day.to), day.layers, SIZE)
    made = label_loops.over_by(arrive, day.to, day.worth, day.hops)
    assert (made[:, :, SIZE] == NO).all()
    for p, node in enumerate(day.to):
        one = label_loops.ended(arrive[p], np.ascontiguousarray(day.worth[:, node].T), day.hops)
        for b in range(day.layers):
            plain = plainly_over(arrive[p, b], day.worth[:, node], day.hops)
            assert made[p, b, :SIZE].tolist() == one[b].tolist() == plain


def test_when_a_visit_began(day: Day) -> None:
    arrive, worth = day.values(1, SIZE), np.ascontiguousarray(day.worth[:, 0].T)
    done = label_loops.ended(arrive, worth, day.hops)[0]
    for slot in np.flatnonzero(np.isfinite(done)).tolist():
        start, k = label_loops.begun(arrive[0], worth, day.hops, slot, done[slot])
        ways = [
            (-length, s) for length, hop in enumerate(day.hops) for s in range(slot - hop + 1)
            if arrive[0, s] + worth[s, length] == done[slot]
        ]  # fmt: skip
        assert (-k, start) == min(ways)
    assert label_loops.begun(arrive[0], worth, day.hops, SIZE - 1, 1e9) == (-1, -1)


def test_the_best_with_what_follows(day: Day) -> None:
    arrive, then = day.values(len(day.to), day.layers, SIZE), day.values(NODES, day.layers, SIZE)
    made = label_loops.best_with(arrive, day.to, then)
    assert made.tolist() == (arrive + then[day.to]).max(axis=(1, 2)).tolist()


def test_a_coarse_look_at_what_follows(day: Day) -> None:
    best, follow = day.label_values(), day.values(NODES, day.layers, SIZE + 1)
    begins, ends = np.array([0, 3, 5]), np.array([2, 4, 6])
    last, to = day.place[day.last], day.place[day.to]
    made = label_loops.best_onward(
        best, day.rows, last, to, day.to, day.first_next, day.drive, day.road, follow, begins, ends
    )
    for p, (row, i, j) in enumerate(zip(day.rows, last, to, strict=True)):
        spans = [
            best[row, b, end] + follow[day.to[p], b, min(day.first_next[0, i, j, begin], SIZE)]
            for begin, end in zip(begins, ends, strict=True) for b in range(day.layers)
        ]  # fmt: skip
        assert made[p] == most(*spans) - day.road * day.drive[i, j]


def test_what_starting_brings(day: Day) -> None:
    end = day.values(PLACES, day.layers, SIZE)
    made = label_loops.worth_from(end, day.use, day.place, day.worth, day.hops)
    for node in range(NODES):
        for b in range(day.layers):
            for s in range(SIZE):
                ends = [
                    day.worth[k, node, s] + end[day.place[node], b, s + hop]
                    for k, hop in enumerate(day.hops) if node in day.use and s + hop < SIZE
                ]  # fmt: skip
                assert made[node, b, s] == most(*ends)


def test_going_on(day: Day) -> None:
    go = day.values(NODES, day.layers, SIZE)
    made = label_loops.going_on(go, day.use, day.place, day.places, day.first_next, day.drive, day.road)
    for i in range(PLACES):
        for b in range(day.layers):
            for t in range(SIZE):
                ways = [
                    go[node, after, s] - day.road * day.drive[i, day.place[node]]
                    for node in day.use
                    for rest, after in [(0, b), *([(1, 1)] if day.layers == 2 and not b else [])]
                    for s in range(day.first_next[rest, i, day.place[node], t], SIZE)
                    if i in day.places
                ]  # fmt: skip
                assert made[i, b, t] == most(*ways)


def test_every_loop_is_compiled_ahead_for_what_it_is_given() -> None:
    """A second kind of array would be compiled while a plan waits."""
    ahead.compile_loops()
    for world in FEW_SCHOOLS.values():
        solved(world)
    loops = {name: f for name, f in vars(label_loops).items() if hasattr(f, "signatures")}
    assert {name: len(f.signatures) for name, f in loops.items()} == dict.fromkeys(loops, 1)
    assert len(loops) == 8
