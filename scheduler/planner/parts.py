"""The week in parts, before any tour is enumerated: branch and price on counts.

Where the relaxation has 4.25 tours, a plan has 4 or 5: each part has a relaxation of its own, solved with
all tours. The count whose two parts are both proven worse most is split on (strong branching). A part
that is near its bound then has few tours left to enumerate, where the whole week had too many.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor
from time import monotonic

from scheduler.planner.counts import MOST, Bounds, Count, doubtful
from scheduler.planner.linear import rounded_up
from scheduler.planner.master import INF
from scheduler.planner.relaxation import Relaxation
from scheduler.planner.restricted import Prices

PROBED, TRIED = 48, 4
"""Counts that are tried over the tours known, and of those that look best with all tours."""
CLOSE = 1e-4
"""How near the bound the value of a relaxation that was solved is."""
LIKELY = 0.025
"""Part of the bound that a better week is above it at the most, as weeks go."""
LEAST_GAIN, ENOUGH = 0.15, 0.4
"""Part of the gap that a split must close in both parts to be worth it, and that ends the search for a better
one."""


@dataclass(frozen=True)
class Part:
    """The weeks within some bounds of counts; none is below `bound` in the tier, under `prices`."""

    bounds: Bounds
    bound: float
    prices: Prices

    @property
    def least(self) -> int:
        """What it proves."""
        return rounded_up(self.bound)


class Splitting:
    """Splits a week whose relaxation was solved in one tier."""

    def __init__(
        self, relaxation: Relaxation, tier: int, best: Callable[[], int], until: float,
        stopped: Callable[[], bool],
    ) -> None:  # fmt: skip
        """`best` is the tier's value to beat."""
        self.relaxation, self.tier, self.best = relaxation, tier, best
        self.until, self.stopped = until, stopped

    def enter(self, part: Part) -> None:
        """Bounds the relaxation to a part."""
        self.relaxation.bound_counts(part.bounds)

    def leave(self) -> None:
        """The whole week again."""
        self.relaxation.bound_counts({})

    def split(self, part: Part) -> list[Part] | None:
        """The two parts that raise the bound most, without those that are proven to hold no better week;
        None where no split is worth it."""
        self.enter(part)
        if self.relaxation.solve() is None:
            return None
        counts = doubtful(self.relaxation.values())
        probed = []
        for count in list(counts)[:PROBED]:
            if self._late():
                return None
            halves = _halves(part.bounds, count, counts[count])
            probed.append((*self._probe(part, halves), halves))
        probed.sort(key=lambda p: -p[0])
        gap = min(self.best() - part.bound, LIKELY * max(part.bound, 1.0))
        raised, chosen = LEAST_GAIN * gap, None
        for most, downwards, halves in probed[:TRIED]:
            if most <= part.bound + raised or self._late():  # With all tours it is no more than over some.
                break
            found = self._both(halves if downwards else halves[::-1], part, part.bound + raised)
            if found is not None:
                raised, chosen = min(p.bound for p in found) - part.bound, found
            if raised > ENOUGH * gap:
                break
        self.enter(part)
        if chosen is None:
            return None
        return [p for p in chosen if p.least < self.best()]

    def _late(self) -> bool:
        return monotonic() > self.until or self.stopped()

    def _probe(self, part: Part, halves: tuple[Bounds, Bounds]) -> tuple[float, bool]:
        """The least value of the two parts over the tours known, and whether it is the first one's."""
        values = []
        for bounds in halves:
            self.relaxation.bound_counts(bounds)
            prices = self.relaxation.solve()
            values.append(INF if prices is None else prices.value)
        return min(values), values[0] <= values[1]

    def _both(self, halves: Sequence[Bounds], parent: Part, above: float) -> list[Part] | None:
        """Both parts, the one that is likely lower first, where neither is proven to less than `above`."""
        found = []
        for bounds in halves:
            part = self._solved(bounds, parent)
            if part is None or part.bound <= above:
                return None
            found.append(part)
        return found

    def _solved(self, bounds: Bounds, parent: Part) -> Part | None:
        """A part with all tours priced; None where time is up."""
        self.relaxation.bound_counts(bounds)
        bound, prices = self.relaxation.solve_tier(self.tier, 0, self.best(), self.until)
        if prices is None or bound == -INF:
            return None
        if prices.value - bound > CLOSE and rounded_up(bound) < self.best():
            return None
        return Part(bounds, max(bound, parent.bound), prices)


def _halves(bounds: Bounds, count: Count, amount: float) -> tuple[Bounds, Bounds]:
    low, high = bounds.get(count, (0, MOST))
    return {**bounds, count: (low, floor(amount))}, {**bounds, count: (floor(amount) + 1, high)}
