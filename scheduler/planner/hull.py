"""Cuts from the exact trade-off of one school: visit lengths against minutes below its share.

In the linear relaxation, fractions of visits add up to a fair share that whole visits would miss
or overshoot. The true trade-off is the lower hull of all multisets of visit lengths with what
each leaves short. Where the relaxation lies under that hull, the duals of the small linear
programme that evaluates it are the most violated inequality

    shortfall + Σ α(length of visit) ≥ β,

valid for every whole plan (the convex hull of one school's part; mixed-integer rounding rows are
special cases of it).
"""

from collections.abc import Callable, Iterator

import numpy as np

from scheduler.planner.cuts import EPSILON, Cut
from scheduler.planner.grid import Floats, Ints
from scheduler.planner.linear import LinearProgramme

MOST_POINTS = 4_000


class SchoolHull:
    """The trade-off of one school: visits have `lengths` minutes, at most `most` are possible,
    and `left(minutes)` is what visits of so many minutes in all leave short; it is 0 from
    `missing` minutes on and never rises."""

    def __init__(self, lengths: Ints, most: int, missing: int, left: Callable[[int], int]) -> None:
        self.lengths = lengths
        points = list(_points([int(x) for x in lengths], most, missing))
        self.usable = len(points) <= MOST_POINTS
        self._counts = np.zeros((len(points), len(lengths)))
        for i, point in enumerate(points):
            for index in point:
                self._counts[i, index] += 1
        self._left = np.array([left(int(m)) for m in self._counts @ lengths], dtype=np.float64)
        self._programme: LinearProgramme | None = None

    def _build(self) -> LinearProgramme:
        """How to mix points so that no length is used more than a row says: least left."""
        programme = LinearProgramme()
        count = len(self.lengths)
        programme.add_rows(np.full(count, -np.inf), np.zeros(count))
        programme.add_rows(np.ones(1), np.ones(1))
        one = np.ones((len(self._left), 1))
        programme.add_columns(self._left, np.full(len(one), np.inf), np.hstack([self._counts, one]))
        return programme

    def cut(self, visits: Floats, shortfall: float) -> Cut | None:
        """See `SchoolCuts`."""
        if not self.usable:
            return None
        if self._programme is None:
            self._programme = self._build()
        programme = self._programme
        for row, amount in enumerate(visits.tolist()):
            programme.bound_row(row, -np.inf, max(0.0, amount))
        if not programme.solve() or programme.value <= shortfall + EPSILON:
            return None
        by_length = np.maximum(0.0, -programme.duals[:-1]).round(6)
        # The right-hand side that all whole points allow: valid whatever the duals' rounding.
        least = float((self._counts @ by_length + self._left).min())
        if least <= shortfall + float(by_length @ visits) + EPSILON:
            return None
        return Cut(by_length, least)


def _points(lengths: list[int], most: int, missing: int) -> Iterator[tuple[int, ...]]:
    """Multisets of length indices, at most `most` long, that no shorter one of at least
    `missing` minutes is part of; a few more than MOST_POINTS where there are too many."""
    stack: list[tuple[tuple[int, ...], int]] = [((), 0)]
    known = 0
    while stack and known <= MOST_POINTS:
        point, minutes = stack.pop()
        yield point
        known += 1
        if minutes < missing and len(point) < most:
            for index in range(point[-1] if point else 0, len(lengths)):
                stack.append(((*point, index), minutes + lengths[index]))
