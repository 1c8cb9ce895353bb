"""The week in parts, before any tour is enumerated: branch and price on counts.

Where the relaxation has 4.25 tours, a plan has 4 or 5: each part has a relaxation of its own, solved with
all tours. The count whose two parts are both proven worse most is split on (strong branching). A part
that is near its bound then has few tours left to enumerate, where the whole week had too many.
"""

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import floor
from time import monotonic
from typing import NamedTuple

from scheduler.planner.counts import EVERY, MOST, Bounds, Count, doubtful
from scheduler.planner.linear import rounded_up
from scheduler.planner.master import INF
from scheduler.planner.relaxation import Relaxation
from scheduler.planner.restricted import Prices

PROBED, TRIED = 48, 4
"""Counts that are tried over the tours known, and of those that look best with all tours."""
AT_FIRST, KNOWN, NEW, FEWER_TRIED = 120, 16, 8, 2
"""Where nothing is searched, and parts are split again and again: counts tried over the tours known in the
whole week; in a part, of those that raised most where they were tried, and of others; and with all tours."""
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


class _Probe(NamedTuple):
    """A split as it looks over the tours known: the least value of its parts, and they, the one that is lower
    first."""

    value: float
    on: Count
    halves: Sequence[Bounds]


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
        counts = self._doubtful(part)
        probed = None if counts is None else self._probed(part, dict(islice(counts.items(), PROBED)))
        if probed is None:
            return None
        gap = min(self.best() - part.bound, LIKELY * max(part.bound, 1.0))
        return self._best_of(part, probed[:TRIED], LEAST_GAIN * gap, ENOUGH * gap)

    def on_days(self, part: Part, days: Collection[int], among: Iterable[int]) -> Part | None:
        """The weeks of a part with one tour on each of the classes `days` (by their first) and none on the
        others `among` them."""
        bounds = {Count(EVERY, d, tours=True): (int(d in days), int(d in days)) for d in among}
        return self._solved({**part.bounds, **bounds}, part)

    def raised(self, part: Part) -> float:
        """What splitting a part again and again, the lowest one first, proves of it until time is up."""
        heap, order = [(part.bound, 0, part)], 0
        gains: dict[Count, float] = {}
        while heap and not self._late():
            halves = self._again(heap[0][-1], gains)
            if halves is None:
                break
            heapq.heappop(heap)
            for half in halves:
                order += 1
                heapq.heappush(heap, (half.bound, order, half))
        return heap[0][0] if heap else float(self.best())

    def _again(self, part: Part, gains: dict[Count, float]) -> list[Part] | None:
        """A part split on the likeliest counts, by what they raised over the tours known where they were
        tried (pseudo-costs)."""
        counts = self._doubtful(part)
        if counts is None:
            return None
        known = sorted((c for c in counts if c in gains), key=lambda c: -gains[c])
        new = [c for c in counts if c not in gains]
        few = [*known[:KNOWN], *new[:NEW]] if gains else new[:AT_FIRST]
        probed = self._probed(part, {c: counts[c] for c in few})
        if probed is None:
            return None
        for probe in probed:
            gain = probe.value - part.bound
            gains[probe.on] = (gains.get(probe.on, gain) + gain) / 2
        return self._best_of(part, probed[:FEWER_TRIED], 0.0, INF)

    def _doubtful(self, part: Part) -> dict[Count, float] | None:
        """The counts that are not whole where the relaxation of a part is least."""
        self.enter(part)
        return None if self.relaxation.solve() is None else doubtful(self.relaxation.values())

    def _probed(self, part: Part, counts: Mapping[Count, float]) -> list[_Probe] | None:
        """What splits on these counts raise over the tours known, the most first; None where time is up."""
        out = []
        for count, amount in counts.items():
            if self._late():
                return None
            halves = halves_of(part.bounds, count, amount)
            values = []
            for bounds in halves:
                self.relaxation.bound_counts(bounds)
                prices = self.relaxation.solve()
                values.append(INF if prices is None else prices.value)
            out.append(_Probe(min(values), count, halves if values[0] <= values[1] else halves[::-1]))
        return sorted(out, key=lambda p: -p.value)

    def _best_of(
        self, part: Part, probed: Sequence[_Probe], raised: float, enough: float
    ) -> list[Part] | None:  # fmt: skip
        """The two parts that raise the bound most with all tours, and by more than `raised`, of splits tried
        until it is raised by `enough`; without those that are proven to hold no better week."""
        chosen = None
        for probe in probed:
            if probe.value <= part.bound + raised or self._late():  # It is no more with all tours.
                break
            found = self._both(probe.halves, part, part.bound + raised)
            if found is not None:
                raised, chosen = min(p.bound for p in found) - part.bound, found
            if raised > enough:
                break
        self.enter(part)
        return None if chosen is None else [p for p in chosen if p.least < self.best()]

    def _late(self) -> bool:
        return monotonic() > self.until or self.stopped()

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


def halves_of(bounds: Bounds, count: Count, amount: float) -> tuple[Bounds, Bounds]:
    low, high = bounds.get(count, (0, MOST))
    return {**bounds, count: (low, floor(amount))}, {**bounds, count: (floor(amount) + 1, high)}
