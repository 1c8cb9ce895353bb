"""Mixed-integer rounding cuts of one school's fair share (Marchand and Wolsey 2001).

Minutes below the share are missing − Σ lengths. For each divisor d and r = missing mod d,

    below + Σ (r ⌊length/d⌋ + min(r, length mod d)) ≥ r ⌈missing/d⌉

holds for all whole plans and cuts off fractions of visits that together hit the share exactly.
They stand in where a school has too many combinations of lengths for its hull (`hull`).
"""

import numpy as np

from scheduler.planner.cuts import EPSILON, Cut
from scheduler.planner.grid import Floats, Ints


class SchoolRounding:
    """The rounding cuts of a school that is `missing` minutes of its share, with visits of
    `lengths` minutes on a grid of `step` minutes."""

    def __init__(self, lengths: Ints, missing: int, step: int) -> None:
        longest = int(lengths[-1])
        divisors = np.array(
            [d for d in range(step, longest + 1, step) if missing % d and d <= missing + longest],
            dtype=np.int64,
        )
        over, by = (missing % divisors)[:, None], divisors[:, None]
        self._by_length = over * (lengths // by) + np.minimum(over, lengths % by)
        self._least = over[:, 0] * -(-missing // divisors)

    def cut(self, visits: Floats, shortfall: float) -> Cut | None:
        """See `SchoolCuts`."""
        violation = self._least - self._by_length @ visits - shortfall
        if not len(violation) or violation.max() <= EPSILON:
            return None
        most = int(np.argmax(violation))
        return Cut(self._by_length[most].astype(np.float64), float(self._least[most]))
