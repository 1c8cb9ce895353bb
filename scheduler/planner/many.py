"""Weeks of many officer-days: tours collected for all tiers at once, weeks made of them by ruin and recreate,
and bounds raised beside that."""

from collections.abc import Sequence
from time import monotonic

from scheduler.planner.dispatcher import Week
from scheduler.planner.enumeration import TooMany
from scheduler.planner.linear import rounded_up
from scheduler.planner.master import INF
from scheduler.planner.pool import make_pool, pool_week
from scheduler.planner.proof import POOL, Proofs
from scheduler.planner.restricted import Prices
from scheduler.planner.weeks import LAST

MIXED = (20000.0, 10000.0, 6000.0, 2000.0, 1000.0, 800.0, 500.0, 150.0, 1.0)
"""Weights of the tiers in the relaxation that collects tours for all of them at once."""
COLLECT, RELAX = 0.4, 0.25
"""Part of the time in which tours for all tiers are collected, and of the relaxation in it where there
are most officer-days."""
RECREATE, RECREATE_FAR, FAR = 0.4, 0.9, 0.03
"""Part of the time left in which weeks are made by ruin and recreate, and where the best is so far above
what is proven that no search will end."""
BESIDE, ALONE, ALONE_FAR = 0.95, 0.5, 0.7
"""The same with most officer-days, where the bound is raised beside it, or after it."""
PROVE_FIRST = 0.75
"""Part of the time left in which the proof is tried before that."""
MIXED_NEAR, MIXED_GAP, MIXED_PART = 0.004, 1_000.0, 0.4
"""Part of the value within which the bound of that relaxation is near enough; the largest reduced cost of
a tour in the first good week looked for under its prices; and part of the time until then that this takes."""
AHEAD, ASIDE_PART, CATCH_UP = 0.45, 0.25, 0.4
"""Parts of the time left: what the relaxation of the last tier may take beforehand, the search
for weeks meanwhile, and one under its prices where the best week is not as good as it takes for granted."""
FAR_OFF, MOST_RELAX, SHARPEN = 0.02, 0.5, 0.15
"""With most officer-days: the part of the value beyond which a bound is too far off to look for weeks under
its prices; and the parts of the time left that the last relaxation, and then its sharpening, may take."""
UNCAPPED = 1_000_000


class ManyDays(Proofs):
    """What the solver of a week does beforehand, and in the last tier, where there are many officer-days."""

    ahead: tuple[list[int], Prices | None] | None = None
    """What every tier above the last was taken to be in a relaxation beforehand, and its prices."""

    def _collect(self) -> None:
        """Tours that are good for all tiers at once, and a first choice among them."""
        self.relaxation.add(self.week.columns.values())
        self.relaxation.minimise(MIXED)
        begun, left = monotonic(), self.left()
        until = begun + left * COLLECT
        self.relaxation.converge(
            begun + left * (RELAX if self.most else COLLECT), roughly=not self.most,
            near=MIXED_NEAR if self.most else 0.0,
        )  # fmt: skip
        prices = self._safe()
        share = monotonic() + (
            self.left() * ASIDE_PART if self.threads > 1 else (until - monotonic()) * MIXED_PART
        )
        if prices is not None and self.recreate(prices, MIXED_GAP, 0, share, self._ahead):
            self._catch_up()
            if self._at_floor(LAST - 1):
                return
        elif self.most:
            self.dispatch()  # Too little time for the relaxation: the rounds that were left out.
        self.dive(LAST, self.bound[LAST], until, 1)

    def _ahead(self) -> Sequence[int]:
        """Solves the relaxation of the last tier as if each one above were as low as its own relaxation: what
        tours that takes is known then when it is so. How low that is."""
        until = monotonic() + self.left() * AHEAD
        caps: list[int] = []
        for tier in range(LAST):
            least = self.master.floor[tier]
            if self.week.score()[tier] > least:
                bound, _ = self.relaxation.solve_tier(
                    tier, least, self.week.score()[tier], until, exact=False
                )
                least = max(least, rounded_up(bound) if bound > -INF else least)
            self.relaxation.cap(tier, least)
            caps.append(least)
        _, prices = self._relax(LAST, self.master.floor[LAST], until)
        self.ahead = caps, prices or self._safe()
        for tier in range(LAST):
            self.relaxation.cap(tier, UNCAPPED)
        self.relaxation.minimise(MIXED)
        return caps

    def _catch_up(self) -> None:
        """Where the best week is not as good as was taken for granted, looks for one under those prices."""
        if self.ahead is None:
            return
        caps, prices = self.ahead
        if prices is not None and any(a > b for a, b in zip(self.week.score(), caps, strict=False)):
            self.recreate(prices, MIXED_GAP, 0, monotonic() + self.left() * CATCH_UP)

    def _safe(self) -> Prices | None:
        """With most officer-days: the prices that gave the best bound, where that is near the value."""
        prices = self.relaxation.safe
        if not self.most or prices is None or (solved := self.relaxation.solve()) is None:
            return None
        return prices if solved.value - prices.value < FAR_OFF * abs(solved.value) else None

    def _at_floor(self, tier: int) -> bool:
        return self.week.score()[: tier + 1] == self.master.floor[: tier + 1]

    def _settle_many(self, prices: Prices, least: int, until: float) -> int:
        """With many officer-days: proves what a part of the time proves, unless they are so many that
        nothing will be, and makes weeks by ruin and recreate where that was too little."""
        if self.most:
            return self._settle_most(prices, least, until)
        if self.week.score()[LAST] > least:
            share = monotonic() + (until - monotonic()) * PROVE_FIRST
            least = max(least, self.prove(LAST, prices, share, self.week.score(), least))
        if self.week.score()[LAST] > least:
            part = RECREATE if self.week.score()[LAST] < (1 + FAR) * least else RECREATE_FAR
            share = monotonic() + (until - monotonic()) * part
            self.recreate(prices, self.week.score()[LAST] - prices.value, least, share)
        return least

    def _settle_most(self, prices: Prices, least: int, until: float) -> int:
        """With most officer-days: makes weeks by ruin and recreate, and splits the week, which raises the
        bound, beside it or one after the other."""
        best, beside = self.week.score()[LAST], self.threads > 1
        if best <= least:
            return least
        far = best >= (1 + FAR) * least
        bounds = [least]

        def raise_bound() -> None:
            bounds.append(self.raised(LAST, prices, least, share))

        part = BESIDE if beside else ALONE_FAR if far else ALONE
        share = monotonic() + (until - monotonic()) * part
        self.recreate(prices, best - prices.value, least, share, raise_bound if beside else None)
        if len(bounds) == 1 and self.week.score()[LAST] > least:
            share = monotonic() + (until - monotonic()) * BESIDE
            raise_bound()
        return max(bounds)

    def found_again(self, best: tuple[int, ...]) -> Week | None:
        """A week of the best score, which is known, by steps that are the same whatever else was done before
        and on however many cores; None where time is up first."""
        self.dispatch(1)
        self.relaxation.add(self.week.columns.values())
        for tier in range(LAST):
            self.relaxation.cap(tier, best[tier])
        _, prices = self.relaxation.solve_tier(LAST, 0, best[LAST] + 1, self.deadline)
        if prices is None:
            return None
        if self._searched_again(best, prices):
            return self.week if self.whole(self.week) else None
        if (pool := self.promising(prices, INF, self.deadline)) is None:
            return None
        chosen = self.search_over(pool, prices).run(best, best[LAST], self.deadline, self.stopped)
        week = self.polish(pool_week(self.master, pool, self.spaces, chosen))
        return week if week.score() == best and self.whole(week) else None

    def _searched_again(self, best: tuple[int, ...], prices: Prices) -> bool:
        """Whether a search of all tours for such a week comes to one; not where they are too many."""
        try:
            gap = best[LAST] - prices.value
            pool = make_pool(self.relaxation, prices, gap, POOL, self.deadline, self.threads)
        except TooMany:
            return False
        self._search(LAST, pool, best[LAST] + 1, self.deadline, best, prices)
        return self.week.score() == best

    def _relax(
        self, tier: int, floor: int, until: float, exact: bool = True
    ) -> tuple[int, Prices | None]:  # fmt: skip
        """The bound of the linear relaxation, rounded up, and the prices that gave it (unless `exact`,
        only where they come with it)."""
        best = self.week.score()[tier]
        bound, prices = self.relaxation.solve_tier(tier, floor, best, until, exact=exact)
        least = max(floor, rounded_up(bound)) if bound > -INF else floor
        if prices is None or bound == -INF or prices.value - bound > 1e-4:
            return least, None
        return least, self.relaxation.sharpened(tier, prices, until)
