"""Proofs that no week is better: searches over all tours that a better one could hold.

Pools of tours grow with the gap between the best week and the relaxation. Where they grow large, the
week is split (`parts`), and each part searched by itself.
"""

import heapq
from collections.abc import Callable, Iterable
from math import ceil, exp, log
from time import monotonic

from scheduler.domain.plan import Visit
from scheduler.planner.branch import BranchAndBound
from scheduler.planner.counts import EVERY as ALL_SCHOOLS
from scheduler.planner.counts import WEEK, Bounds
from scheduler.planner.enumeration import TooMany
from scheduler.planner.features import ANY, LENGTH, VISITS, Feature
from scheduler.planner.linear import rounded_up
from scheduler.planner.master import INF
from scheduler.planner.parts import Part, Splitting
from scheduler.planner.pool import Pool, make_pool, pool_week
from scheduler.planner.problem import WeekProblem
from scheduler.planner.restricted import Prices
from scheduler.planner.threads import Threads
from scheduler.planner.weeks import LAST, Report, Weeks

GAP_PARTS = (0.01, 0.02, 0.035, 0.055, 0.08, 0.12, 0.2)
"""Gaps above the relaxation that are searched one after the other, as parts of its value."""
FINE_PARTS, LARGE = (0.003, 0.006), 1000
"""Smaller gaps come first where a part of the value is many minutes."""
MANY = 300
"""Nodes of a search after which the next is long enough to look for a good week before."""
NEAR = 0.01
LITTLE = 100.0
EVERY = 10_000_000
POOL, ALL, FEW = 400_000, 50_000, 64_000
"""Tours that a search for the proof may hold; tours of all weeks, however dear, that it may; and more than
which are not searched before the week was split."""
BY_FAR = 2.0
"""How many times too large a pool must be expected to be that it is not tried."""
MOST_PARTS = 24
"""Parts of a week, split parts counted, from which on none is split further."""


class Growth:
    """How pools of one relaxation grow with the gap. Making one that turns out too large takes as long as
    making the largest that is not."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []

    def see(self, target: int, size: int) -> None:
        """A pool of weeks below `target` had so many tours."""
        self.seen.append((target, max(1, size)))

    def allowed(self, target: int, least: int) -> int:
        """`target`, or the largest from `least` on whose pool is likely not too large where that one's is by
        far. They grow by less and less: what the last two say is more than what comes."""
        if len(self.seen) < 2 or target >= EVERY:
            return target
        (before, few), (last, size) = self.seen[-2:]
        rate = log(size / few) / max(1, last - before)
        if rate <= 0 or size * exp(rate * (target - last)) < BY_FAR * POOL:
            return target
        return max(least, min(target, last + int(log(POOL / size) / rate)))


class Proofs(Weeks):
    """A week problem of which something is to be proven."""

    def __init__(
        self, problem: WeekProblem, deadline: float, report: Report,
        stopped: Callable[[], bool] = lambda: False, threads: Threads = 1, start: Iterable[Visit] = (),
    ) -> None:  # fmt: skip
        """As `Weeks`."""
        super().__init__(problem, deadline, report, stopped, threads, start)
        self.nodes = 0
        self.bounds: Bounds = {}
        """Of the part of the week that is searched."""

    def prove(
        self, tier: int, prices: Prices, until: float, caps: tuple[int, ...], least: int, most: int = POOL
    ) -> int:
        """Searches all tours that a week of these caps little above the relaxation could hold,
        then those a little further above, while they are few enough and time is left; the bound
        of the tier that this proves, `least` where nothing more. A rising gap keeps the pools
        small until a good week is known; none holds more than `most` tours. EVERY where all tours hold no
        such week."""
        settled = tier == LAST and caps[:tier] == self._caps(tier)
        growth = Growth()
        if settled:
            least, too_many = self._gaps(tier, prices, until, caps, least, FEW, growth)
            if not too_many or monotonic() > until:
                return least
            parts = self._splitting(tier, until).split(Part({}, max(prices.value, least), prices))
            if parts is not None:
                return max(least, self._in_parts(tier, parts, until, caps))
            self._splitting(tier, until).leave()
        return self._gaps(tier, prices, until, caps, least, most, growth)[0]

    def _gaps(
        self, tier: int, prices: Prices, until: float, caps: tuple[int, ...], least: int, most: int,
        growth: "Growth",
    ) -> tuple[int, bool]:  # fmt: skip
        """What searches of rising gaps prove, each over `most` tours at most; whether more were needed."""
        for part in (*(FINE_PARTS if prices.value > LARGE else ()), *GAP_PARTS, None):
            if self.nodes > MANY and caps[:tier] == self._caps(tier):
                self.dive(tier, least, until)
            settled = caps[:tier] == self._caps(tier)
            if caps[:tier] > self._caps(tier) or (settled and self.week.score()[tier] <= least):
                break
            target = EVERY if part is None else ceil(prices.value + part * max(prices.value, LITTLE))
            best = self.week.score()[tier]
            if settled and target + NEAR * prices.value >= best:
                target = best  # A search a little short of the best known would be made twice.
            if target <= max(least, prices.value):
                continue
            if monotonic() > until or self.left() <= 0:
                break
            target = growth.allowed(target, max(least, int(prices.value)) + 1)
            pool, target = self._pool(prices, target, max(least, int(prices.value)), until, most)
            if pool is None:
                return least, True
            growth.see(target, pool.size)
            least = max(least, self._search(tier, pool, target, until, caps, prices))
        return least, False

    def _pool(
        self, prices: Prices, target: int, known: int, until: float, most: int
    ) -> tuple[Pool | None, int]:
        """The tours of weeks below `target`, or below less, but more than the `known` bound, where those
        are too many; and below what. FEW are not looked for below less."""
        while target > known and monotonic() < until and self.left() > 0:
            limit = most if target < EVERY else min(most, ALL)
            try:
                gap = target - 1 - prices.value
                return make_pool(self.relaxation, prices, gap, limit, until, self.threads), target
            except TooMany:
                if most == FEW:
                    break
                target = (known + target) // 2 if target < EVERY else known
        return None, target

    def _caps(self, tier: int) -> tuple[int, ...]:
        return self.week.score()[:tier]

    # -- parts ---------------------------------------------------------------------------------

    def _splitting(self, tier: int, until: float) -> Splitting:
        return Splitting(self.relaxation, tier, lambda: self.week.score()[tier], until, self.stopped)

    def raised(self, tier: int, prices: Prices, least: int, until: float) -> int:
        """The bound of a tier that splitting the week proves until then, without a search of any part."""
        splitting = self._splitting(tier, until)
        bound = splitting.raised(Part({}, max(prices.value, least), prices))
        splitting.leave()
        return max(least, rounded_up(bound))

    def _in_parts(self, tier: int, parts: list[Part], until: float, caps: tuple[int, ...]) -> int:
        """The bound that searching the parts of a week proves, and splitting them further."""
        splitting = self._splitting(tier, until)
        heap = [(part.bound, order, part) for order, part in enumerate(parts)]
        heapq.heapify(heap)
        order, rest = len(heap), []
        while heap and monotonic() < until and self.left() > 0:
            _, _, part = heapq.heappop(heap)
            if part.least >= self.week.score()[tier] or self._searched(tier, splitting, part, until, caps):
                continue
            made = splitting.split(part) if order < MOST_PARTS else None
            if made is None:
                rest.append(part)
                continue
            for part in made:
                order += 1
                heapq.heappush(heap, (part.bound, order, part))
        open_ = [part.least for _, _, part in heap]
        for part in rest:
            if part.least < self.week.score()[tier]:
                prices = self._enter(tier, splitting, part, until)
                open_.append(self._gaps(tier, prices, until, caps, part.least, POOL, Growth())[0])
        splitting.leave()
        self.bounds = {}
        return min([self.week.score()[tier], *open_])

    def _enter(self, tier: int, splitting: Splitting, part: Part, until: float) -> Prices:
        """Bounds the relaxation and searches to a part; its prices."""
        self.bounds = part.bounds
        splitting.enter(part)
        return self.relaxation.sharpened(tier, part.prices, until)

    def _searched(
        self, tier: int, splitting: Splitting, part: Part, until: float, caps: tuple[int, ...]
    ) -> bool:
        """Whether a part has so few tours that it could be searched to the end."""
        if not part.bounds:
            return False
        prices = self._enter(tier, splitting, part, until)
        self.dive(tier, part.least, until, 1)
        best = self.week.score()[tier]
        if part.least >= best:
            return True
        pool, target = self._pool(prices, best, part.least, until, FEW)
        if pool is None:
            return False
        return self._search(tier, pool, target, until, caps, prices) >= min(target, self.week.score()[tier])

    # -- searches ------------------------------------------------------------------------------

    def _search(
        self, tier: int, pool: Pool, target: int, until: float, caps: tuple[int, ...], prices: Prices
    ) -> int:  # fmt: skip
        """Looks for a week below `target` in the pool; the bound that this proves."""
        best = target

        def found(chosen: list[tuple[int, int]]) -> int:
            nonlocal best
            week = pool_week(self.master, pool, self.spaces, chosen)
            best = min(best, week.score()[tier])
            self.take(self.polish(week))
            self.report(tier, self.week.score(), tuple(self.bound))
            if self.week.score()[:tier] == caps[:tier]:
                best = min(best, self.week.score()[tier])
            return best

        until = min(until, self.deadline)
        search = BranchAndBound(
            self.master, pool, tier, caps, target, found, until, self.threads, self.stopped,
            branches(self.bounds, pool),
        )  # fmt: skip
        outcome = search.run(prices.widened(len(self.master.demands)))
        self.nodes = search.order
        return rounded_up(outcome.bound) if outcome.bound > -INF else 0


def branches(bounds: Bounds, pool: Pool) -> dict[Feature, tuple[int, int]]:
    """Bounds of counts as branches over a pool; without those that its features do not count: tours where
    days have fixed visits, long visits to all schools, what no tour of the pool has."""
    places = {s: i for i, s in enumerate(pool.schools)}
    classes = {c.first: i for i, c in enumerate(pool.classes)} | {WEEK: WEEK}
    out = {}
    for count, limits in bounds.items():
        day, place = classes.get(count.day), places.get(count.school_id, ANY)
        if day is None or (place == ANY and count.school_id != ALL_SCHOOLS):
            continue
        if count.tours:
            if not pool.least[slice(None) if day == WEEK else day].any():
                out[Feature(VISITS, day, ANY, 1)] = limits
        elif not count.length:
            out[Feature(VISITS, day, place, -1)] = limits
        elif place != ANY:
            out[Feature(LENGTH, day, place, count.length)] = limits
    return out
