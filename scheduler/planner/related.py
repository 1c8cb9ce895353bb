"""Which officer-days to empty together: those whose tours are near each other (Shaw 1998).

What one tour gives up another can take up only where it passes by; days far apart are filled again as
they were. A few choices stay wholly random, so that none is out of reach.
"""

from collections.abc import Sequence
from random import Random

import numpy as np

from scheduler.planner.grid import Floats
from scheduler.planner.pool import Pool

RELATED = 0.8
"""Part of the choices that look at where tours go."""
NEARBY = 5.0
"""Minutes on the road at which two schools are related by 1/e of what a school is to itself."""
EMPTY = 1.0
"""How an empty day is related to every other, in schools."""


class Related:
    """Chooses among the days that tours of a pool were given to."""

    def __init__(self, pool: Pool, drives: Floats, rng: Random) -> None:
        """`drives` are the minutes on the road from each school of the pool to each other."""
        count = len(pool.schools)
        near = np.zeros((count + 1, count + 1))
        near[:count, :count] = np.exp(-drives / NEARBY)
        self._schools = np.vstack([pool.school_of[pool.visits], np.full((1, pool.visits.shape[1]), -1)])
        """Of each tour, and of none behind the last."""
        self._near = near[self._schools].sum(axis=1)
        self._rng, self._draw = rng, np.random.default_rng(rng.getrandbits(32))

    def few(self, chosen: Sequence[int | None], count: int) -> list[int]:
        """So many of the days, in random order; `chosen` is the tour of each."""
        days = len(chosen)
        first = self._rng.randrange(days)
        tour = chosen[first]
        if tour is None or self._rng.random() >= RELATED:
            return self._rng.sample(range(days), count)
        tours = np.array([-1 if t is None else t for t in chosen])
        likely = np.where(tours < 0, EMPTY, self._near[tour].take(self._schools[tours]).sum(axis=1))
        likely *= self._draw.random(days)
        likely[first] = np.inf
        few: list[int] = np.argpartition(-likely, count - 1)[:count].tolist()
        self._rng.shuffle(few)
        return few
