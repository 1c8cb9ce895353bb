"""One week, tier by tier: the best plan found and what is proven of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from scheduler.domain.plan import Visit
from scheduler.domain.score import TIERS
from scheduler.planner.dispatcher import Week
from scheduler.planner.linear import rounded_up
from scheduler.planner.master import INF
from scheduler.planner.nodes import all_task_sets_fit
from scheduler.planner.problem import WeekProblem
from scheduler.planner.proof import EVERY, FEW, Proofs
from scheduler.planner.restricted import Prices
from scheduler.planner.weeks import LAST, ROUNDS, Report

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
"""Parts of the time left: what the relaxation of the last tier may take beforehand, the search in a second
process meanwhile, and one under its prices where the best week is not as good as it takes for granted."""
FAR_OFF, MOST_RELAX, SHARPEN = 0.02, 0.5, 0.15
"""With most officer-days: the part of the value beyond which a bound is too far off to look for weeks under
its prices; and the parts of the time left that the last relaxation, and then its sharpening, may take."""
DIRECT_PART, DEMAND_PART = 0.5, 0.7
"""Parts of a tier's time left in which a proof in the tier itself is tried, over few tours, and in which one
less is asked for, whatever it costs in the last tier. Either one is by far the shorter now and then."""
ABOVE_PART = 0.55
"""Part of the time left that a tier above the last may take: where it is not proven, none below it is."""
AGAIN_PARTS = (1.0, 0.9)
"""The same two parts where time is left at the end, and a tier above the last is not proven."""
UNCAPPED = 1_000_000


@dataclass(frozen=True)
class Solution:
    """The best week found, its score, and its proven bound (compared from the top down)."""

    week: Week
    best: tuple[int, ...]
    bound: tuple[int, ...]


class Solver(Proofs):
    """Solves one week problem."""

    def __init__(
        self, problem: WeekProblem, deadline: float, report: Report,
        stopped: Callable[[], bool] = lambda: False, last_tier: int = LAST, threads: int = 1,
        start: Sequence[Visit] = (),
    ) -> None:  # fmt: skip
        """As `Proofs`; tiers below `last_tier` are left as they come."""
        super().__init__(problem, deadline, report, stopped, threads, start)
        self.last_tier, self.start = last_tier, tuple(start)
        self.exact = all_task_sets_fit(problem)
        self.ahead: tuple[list[int], Prices | None] | None = None
        """What every tier above the last was taken to be in a relaxation beforehand, and its prices."""
        self.settled: list[tuple[tuple[int, ...], int]] = []
        """Caps of the first tiers, and what no week that keeps them is below in the next one."""

    def solve(self) -> Solution:
        """The best week until the deadline."""
        self.report(0, None, tuple(self.bound))
        self.begin()
        if self.left() > 0 and not self._at_floor(self.last_tier):
            self.search()
        return Solution(self.week, self.week.score(), tuple(self.bound))

    def begin(self) -> None:
        """A first week."""
        self.dispatch(1 if self.most else ROUNDS)

    def search(self) -> None:
        """Looks for better weeks than the one at hand, and proves what it can."""
        self._collect()
        self._tier_by_tier()

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

    def _tier_by_tier(self) -> None:
        """Settles all tiers; those from the first that is not proven on once more, where time is left."""
        first = self._pass(0, ABOVE_PART, DIRECT_PART)
        while first is not None and self.left() > 0:
            before = self.week.score(), list(self.bound)
            for tier in range(first, self.last_tier + 1):
                self.relaxation.cap(tier, UNCAPPED)
            first = self._pass(first, *AGAIN_PARTS)
            if before == (self.week.score(), self.bound):
                break

    def _pass(self, first: int, part: float, direct: float) -> int | None:
        """Settles the tiers from `first` on, those above it being proven; the first that is not proven."""
        open_: int | None = None
        for tier in range(first, self.last_tier + 1):
            self.report(tier, self.week.score(), tuple(self.bound))
            least, known = self.master.floor[tier], self._known(tier)
            if self.week.score()[tier] > known and self.left() > 0:
                caps = self.week.score()[:tier]
                known = self._settle(tier, part if tier < LAST else 1.0, direct)
                self.settled.append((caps, known))
            if open_ is None:
                self.bound[tier] = max(least, known) if self.exact else least
                if self.week.score()[tier] != self.bound[tier]:
                    open_ = tier
            self.relaxation.cap(tier, self.week.score()[tier])
        return open_

    def _known(self, tier: int) -> int:
        """What is known so far that no week with the tiers above as good is below."""
        found = (
            bound for caps, bound in self.settled
            if len(caps) == tier and all(a <= b for a, b in zip(self.week.score(), caps, strict=False))
        )  # fmt: skip
        return max([self.master.floor[tier], *found])

    def _settle(self, tier: int, part: float, direct: float) -> int:
        """Improves the week in one tier, in a part of the time left; the proven bound of it, given the
        tiers above. `direct` is the part of that in which a proof in the tier itself is tried."""
        until, floor = monotonic() + self.left() * part, self.master.floor[tier]
        part = 0.5 if tier < LAST else MOST_RELAX if self.most else 0.7
        share = monotonic() + (until - monotonic()) * part
        least, prices = self._relax(tier, floor, share, exact=tier == LAST)
        least = max(least, self._known(tier))
        if prices is None and tier == LAST and (prices := self._safe()) is not None:
            share = monotonic() + (until - monotonic()) * SHARPEN
            prices = self.relaxation.sharpened(tier, prices, share)
        if tier < LAST:
            least, prices = self._settle_above(tier, least, prices, floor, until, direct)
        if prices is not None and self.many and tier == LAST:
            least = self._settle_many(prices, least, until)
        if prices is not None and self.week.score()[tier] > least and monotonic() < until:
            least = max(least, self.prove(tier, prices, until, self.week.score(), least))
        if tier == LAST and self.week.score()[tier] > least:
            self.dive(tier, least, until)
            if prices is not None:
                least = max(least, self.prove(tier, prices, until, self.week.score(), least))
        return least

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

    def _settle_above(
        self, tier: int, least: int, prices: Prices | None, floor: int, until: float, direct: float
    ) -> tuple[int, Prices | None]:
        """For a tier above the last: looks for less by dives and proofs, as long as that is found. The bound
        and prices of the tier, where they were looked for."""
        while (best := self.week.score()[tier]) > least and monotonic() < until:
            least = max(least, self._demand_less(tier, least, until, proving=False))
            if self.week.score()[tier] > least:
                if prices is None:
                    prices = self._relax(tier, floor, until)[1]
                if prices is not None:
                    share = monotonic() + (until - monotonic()) * direct
                    least = max(least, self.prove(tier, prices, share, self.week.score(), least, FEW))
            if self.week.score()[tier] > least:
                share = monotonic() + (until - monotonic()) * DEMAND_PART
                least = max(least, self._demand_less(tier, least, share, proving=True))
            if self.week.score()[tier] == best:
                break
        return least, prices

    def _demand_less(self, tier: int, least: int, until: float, proving: bool) -> int:
        """Asks for one less in a tier, whatever it costs in the last, as long as that is found:
        by dives, or among all tours, or those that cost little more than the relaxation. The
        bound that follows where all tours together cannot."""
        relaxation = self.relaxation
        while self.week.score()[tier] > least and monotonic() < until and self.left() > 0:
            best = self.week.score()[tier]
            relaxation.cap(tier, best - 1)
            bound, prices = relaxation.solve_tier(
                LAST, 0, self.week.score()[LAST], until, roughly=not proving
            )
            if prices is None:
                break
            if not relaxation.within_caps():  # Then how far it is over them is a proof.
                relaxation.minimise([0.0] * len(TIERS))
                bound, _ = relaxation.converge(until)
                least = best if bound > 1.0 else least
                break
            if not proving:
                self.dive(tier, best - 1, until)
            elif prices.value - bound < 1e-4:
                prices = relaxation.sharpened(LAST, prices, until)
                caps = (*self.week.score()[:tier], best - 1, *(UNCAPPED for _ in TIERS[tier + 1 :]))
                proven = self.prove(LAST, prices, until, caps, 0)
                if proven >= EVERY and self.week.score()[tier] >= best:
                    least = best
                elif proven < EVERY:
                    self.settled.append((caps[:LAST], proven))
            if self.week.score()[tier] >= best:
                break
        relaxation.cap(tier, self.week.score()[tier])
        return least

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
