"""A tier above the last, whole number by whole number: branch and price on counts, without any pool.

Such a tier is a small number, and its relaxation is flat: many weeks that are alike in it, and so many tours
of no reduced cost that no pool holds them. But where a count is split on, one half mostly needs one more at
once, and is closed; what is left goes deeper with the other half, and ends in a week or closed as well.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from scheduler.planner.columns import Column
from scheduler.planner.counts import Bounds, Count, doubtful
from scheduler.planner.parts import halves_of
from scheduler.planner.relaxation import Relaxation

PROBED = 10
"""Counts tried over the tours known."""
WHOLE = 1e-4
"""How far from a whole number a tour is taken as often as that."""


class _Probe(NamedTuple):
    """How a split looks over the tours known: what its halves need in the tier, that with more first."""

    more: float
    less: float
    parts: tuple[Bounds, Bounds]


class Descent:
    """Looks for a week of less in a tier above the last, or shows that there is none."""

    def __init__(
        self, relaxation: Relaxation, tier: int, best: Callable[[], int],
        found: Callable[[Sequence[Column]], bool], late: Callable[[], bool], until: float,
    ) -> None:  # fmt: skip
        """The tiers above `tier` (an index) are capped in the relaxation; `best` is the value to beat;
        `found` is called with a week that the relaxation came to, and answers whether it beats that; `late`
        says when to end, at `until` (seconds of the monotonic clock) at the latest."""
        self.relaxation, self.tier, self.best = relaxation, tier, best
        self.found, self.late, self.until = found, late, until

    def run(self, floor: int) -> int:
        """What no week is below: `floor` where time is up before more is known, or where a part has counts
        that are whole and tours that are not."""
        stack: list[Bounds] = [{}]
        while stack and not self.late() and self.best() > floor:
            bounds = stack.pop()
            if not self._open(bounds):
                continue
            split = self._split(bounds)
            if split is None:
                stack.append(bounds)
                break
            stack += split
        self.relaxation.bound_counts({})
        return floor if stack else self.best()

    def _open(self, bounds: Bounds) -> bool:
        """Whether a part may hold a week of less, with all tours priced."""
        relaxation = self.relaxation
        relaxation.bound_counts(bounds)
        while not self.late():
            bound, _ = relaxation.solve_tier(self.tier, 0, self.best(), self.until, exact=False)
            if bound > self.best() - 1 + WHOLE:
                return False
            prices = relaxation.solve()
            if prices is None or self._doubtful() or not relaxation.tighten():
                break
        return True

    def _split(self, bounds: Bounds) -> tuple[Bounds, ...] | None:
        """The parts of a part that are left, the one to look at first behind; nothing where it was a week."""
        if self.relaxation.solve() is None:
            return None
        values, counts = self.relaxation.values(), self._doubtful()
        if not counts:
            if any(abs(x - round(x)) > WHOLE for _, x in values):
                return None
            week = [column for column, x in values for _ in range(round(x))]
            return (bounds,) if self.found(week) else None
        probes = []
        for count, amount in islice(counts.items(), PROBED):
            if self.late():
                return None
            probes.append(self._probe(count, halves_of(bounds, count, amount)))
        most = self.best() - 1 + WHOLE  # Beyond it a half is closed, however far.
        chosen = max(probes, key=lambda p: (min(p.less, most), min(p.more, most)))
        return (chosen.parts[1], chosen.parts[0]) if chosen.more > most else chosen.parts

    def _doubtful(self) -> dict[Count, float]:
        """What is not whole in the last solution, and may be split on."""
        return {**self.relaxation.doubtful_slacks(self.tier), **doubtful(self.relaxation.values())}

    def _probe(self, count: Count, parts: tuple[Bounds, Bounds]) -> _Probe:
        values = []
        for bounds in parts:
            self.relaxation.bound_counts(bounds)
            prices = self.relaxation.solve()
            values.append(float("inf") if prices is None else prices.value)
        if values[0] >= values[1]:
            return _Probe(values[0], values[1], parts)
        return _Probe(values[1], values[0], (parts[1], parts[0]))
