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
from dataclasses import dataclass

import numpy as np
from ortools.linear_solver import pywraplp

from scheduler.planner.columns import Floats
from scheduler.planner.grid import Ints

MOST_POINTS = 4_000
EPSILON = 1e-4


@dataclass(frozen=True)
class Cut:
    """shortfall + Σ `by_length`[length index] over the visits ≥ `least`."""

    by_length: Floats
    least: float


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
        self._solver: pywraplp.Solver | None = None

    def _build(self) -> pywraplp.Solver:
        solver = pywraplp.Solver.CreateSolver("GLOP")
        infinity = solver.infinity()
        self._rows = [solver.Constraint(-infinity, 0, "") for _ in self.lengths]
        whole = solver.Constraint(1, 1, "")
        objective = solver.Objective()
        objective.SetMinimization()
        for counts, left in zip(self._counts.tolist(), self._left.tolist(), strict=True):
            variable = solver.NumVar(0, infinity, "")
            whole.SetCoefficient(variable, 1)
            objective.SetCoefficient(variable, left)
            for row, count in zip(self._rows, counts, strict=True):
                if count:
                    row.SetCoefficient(variable, count)
        return solver

    def cut(self, visits: Floats, shortfall: float) -> Cut | None:
        """The most violated inequality at a relaxed point: `visits` (how many of each length)
        and its shortfall. None where it lies on the hull or above."""
        if not self.usable:
            return None
        if self._solver is None:
            self._solver = self._build()
        for row, amount in zip(self._rows, visits.tolist(), strict=True):
            row.SetUb(max(0.0, amount))
        if self._solver.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        if self._solver.Objective().Value() <= shortfall + EPSILON:
            return None
        by_length = np.round([max(0.0, -r.dual_value()) for r in self._rows], 6)
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
