"""What branches are made on: how many tours of a class, or of the week, have something in common.

Five kinds, looked at one after the other, each until all its counts are whole: visits to a
school, and tours of at least so many visits; shortages of the master that are whole in whole plans;
pairs of schools on one day; visits to a school of at least some length; one tour. How many days hold
few long visits and how many hold many short ones is what the relaxation mixes most: branching on it
made the tree of precinct 6 twenty times smaller.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scheduler.planner.counts import WEEK
from scheduler.planner.grid import Floats, Ints
from scheduler.planner.pool import Pool

ANY = -1
"""In place of a school: all of them."""
VISITS, SHORTAGE, PAIR, LENGTH, TOUR = range(5)
KINDS = 5
Counts = npt.NDArray[np.int8]


class Feature(NamedTuple):
    """VISITS to `school`, tours with the PAIR of it and `other`, or visits to it of LENGTH index
    `other` or more, of one class of days or of the week; tours of at least `other` VISITS to ANY
    school; the TOUR or SHORTAGE of number `other`."""

    kind: int
    day_class: int
    school: int
    other: int


class Features:
    """Counts of features in the tours of a pool."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._school = pool.school_of
        self._length = pool.length_of
        self._known: dict[Feature, Counts] = {}

    def counts(self, feature: Feature) -> Counts:
        """How often each tour has it."""
        if feature not in self._known:
            self._known[feature] = self._count(feature)
        return self._known[feature]

    def limit(self, feature: Feature) -> int:
        """More than it can be counted in a week."""
        if feature.day_class == WEEK:
            return 1000
        return int(self.pool.limits[feature.day_class])

    def _count(self, feature: Feature) -> Counts:
        if feature.kind == SHORTAGE:
            return np.zeros(self.pool.size, dtype=np.int8)
        if feature.kind == TOUR:
            return np.asarray(np.arange(self.pool.size) == feature.other, dtype=np.int8)
        visits = self.pool.visits
        schools = self._school[visits]
        if feature.school == ANY:
            found = schools >= 0
        elif feature.kind == LENGTH:
            found = (schools == feature.school) & (self._length[visits] >= feature.other)
        else:
            found = schools == feature.school
        out = found.sum(axis=1)
        if feature.kind == PAIR:
            out = (out > 0) & (schools == feature.other).any(axis=1)
        elif feature.school == ANY and feature.other > 0:
            out = out >= feature.other
        if feature.day_class != WEEK:
            out = out * (self.pool.of_class == feature.day_class)
        return np.asarray(out, dtype=np.int8)

    def amounts(self, kind: int, tours: Ints, values: Floats) -> dict[Feature, float]:
        """The features of a kind that these tours have, and how much of each in a solution
        that takes `values` of them."""
        out: dict[Feature, float] = {}
        for tour, value in zip(tours.tolist(), values.tolist(), strict=True):
            if kind == TOUR:
                out[Feature(TOUR, int(self.pool.of_class[tour]), ANY, tour)] = value
                continue
            entries = [at for at in self.pool.visits[tour].tolist() if self._school[at] >= 0]
            schools = [int(self._school[at]) for at in entries]
            c = int(self.pool.of_class[tour])
            for feature in _features(kind, c, schools, [int(self._length[at]) for at in entries]):
                out[feature] = out.get(feature, 0.0) + value
        return out


def _features(kind: int, c: int, schools: Sequence[int], lengths: Sequence[int]) -> list[Feature]:
    if kind == VISITS:
        return [
            *(Feature(VISITS, k, s, -1) for s in schools for k in (c, WEEK)),
            *(Feature(VISITS, WEEK, ANY, -1) for _ in schools),
            *(Feature(VISITS, k, ANY, m) for m in range(1, len(schools) + 1) for k in (c, WEEK)),
        ]
    if kind == PAIR:
        inner = sorted(schools)
        return [Feature(PAIR, c, a, b) for i, a in enumerate(inner) for b in inner[i + 1 :]]
    return [
        Feature(LENGTH, k, s, low)
        for s, length in zip(schools, lengths, strict=True)
        for low in range(1, length + 1)
        for k in (c, WEEK)
    ]
