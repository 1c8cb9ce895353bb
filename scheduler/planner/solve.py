"""One week, tier by tier: the best plan found and what is proven of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from scheduler.domain.plan import Visit
from scheduler.domain.score import TIERS
from scheduler.planner.columns import Column
from scheduler.planner.descent import Descent
from scheduler.planner.dispatcher import Week
from scheduler.planner.many import MOST_RELAX, SHARPEN, UNCAPPED, ManyDays
from scheduler.planner.nodes import all_task_sets_fit
from scheduler.planner.problem import WeekProblem
from scheduler.planner.proof import EVERY, FEW, POOL
from scheduler.planner.restricted import Prices
from scheduler.planner.threads import Threads
from scheduler.planner.weeks import LAST, ROUNDS, Report

DIRECT_PART, DEMAND_PART = 0.5, 0.7
"""Parts of a tier's time left in which a proof in the tier itself is tried, over few tours, and in which one
less is asked for, whatever it costs in the last tier. Either one is by far the shorter now and then."""
TOURS = 60
"""Tours that are told with the best week, an officer-day."""
DESCENT_PART = 0.5
"""Part of the time left in which a tier is searched by branch and price, without any pool."""
DIVE_PART = 0.25
"""Part of the same in which dives look for one less."""
ALL_PART = 0.9
"""The former where all tours are looked at that may be, after both over few: the latter seldom ends then."""
ABOVE_PART = 0.7
"""Part of the time left that a tier above the last may take: where it is not proven, none below it is."""
AGAIN_PARTS = (1.0, 0.9)
"""The same two parts where time is left at the end, and a tier above the last is not proven."""


@dataclass(frozen=True)
class Solution:
    """The best week found, its score, its proven bound (compared from the top down), and the `tours` that the
    relaxation of the last tier likes best."""

    week: Week
    best: tuple[int, ...]
    bound: tuple[int, ...]
    tours: tuple[Column, ...] = ()


class Solver(ManyDays):
    """Solves one week problem."""

    def __init__(
        self, problem: WeekProblem, deadline: float, report: Report,
        stopped: Callable[[], bool] = lambda: False, last_tier: int = LAST, threads: Threads = 1,
        start: Sequence[Visit] = (), proving: bool = True,
    ) -> None:  # fmt: skip
        """As `ManyDays`; tiers below `last_tier` are left as they come. Unless `proving`, nothing but the
        relaxation of the last one is looked at."""
        super().__init__(problem, deadline, report, stopped, threads, start)
        self.last_tier, self.start, self.proving = last_tier, tuple(start), proving
        self.exact = all_task_sets_fit(problem)
        self.tours: tuple[Column, ...] = ()
        self.settled: list[tuple[tuple[int, ...], int]] = []
        """Caps of the first tiers, and what no week that keeps them is below in the next one."""

    def solve(self) -> Solution:
        """The best week until the deadline."""
        self.report(0, None, tuple(self.bound))
        self.begin()
        if self.left() > 0 and not self._at_floor(self.last_tier):
            self.search()
        return Solution(self.week, self.week.score(), tuple(self.bound), self.tours)

    def begin(self) -> None:
        """A first week."""
        self.dispatch(1 if self.most else ROUNDS)

    def search(self) -> None:
        """Looks for better weeks than the one at hand, and proves what it can."""
        self._collect()
        self._tier_by_tier()
        if self.by_chance and self.last_tier == LAST and self.week.score() == tuple(self.bound):
            self._find_again()

    def _find_again(self) -> None:
        """The best is proven: of the weeks that are as good, the one that is found whatever was found on the
        way, which depends on time, so that one seed gives one plan."""
        anew = ManyDays(self.problem, self.deadline, lambda *_: None, self.stopped, self.sharing)
        week = anew.found_again(self.week.score())
        if week is not None:
            self.week = self.week_of(week.columns.values())

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
        if tier == LAST and prices is not None:
            self.tours = tuple(self.relaxation.cheapest(TOURS * len(self.spaces)))
        if tier == LAST and not self.proving:
            self.dive(tier, least, until, 1)
            return least
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

    def _settle_above(
        self, tier: int, least: int, prices: Prices | None, floor: int, until: float, direct: float
    ) -> tuple[int, Prices | None]:
        """For a tier above the last: looks for less by dives and proofs, as long as that is found. The bound
        and prices of the tier, where they were looked for."""
        while (best := self.week.score()[tier]) > least and monotonic() < until:
            least = max(least, self._demand_less(tier, least, until, proving=False))
            if self.week.score()[tier] > least:
                least = max(least, self._descend(tier, least, until))
            if self.week.score()[tier] > least and prices is None:
                prices = self._relax(tier, floor, until)[1]
            for most, part in ((FEW, direct), (POOL, ALL_PART)):
                if self.week.score()[tier] > least and prices is not None:
                    share = monotonic() + (until - monotonic()) * part
                    least = max(least, self.prove(tier, prices, share, self.week.score(), least, most))
                if self.week.score()[tier] > least:
                    share = monotonic() + (until - monotonic()) * DEMAND_PART
                    least = max(least, self._demand_less(tier, least, share, proving=True, most=most))
            if self.week.score()[tier] == best:
                break
        return least, prices

    def _descend(self, tier: int, least: int, until: float) -> int:
        """Looks for less in a tier above the last by branch and price in it; what no week is below."""
        above = self.week.score()[:tier]
        until = monotonic() + (until - monotonic()) * DESCENT_PART
        days = {c.first: c.days for c in self.relaxation.classes}

        def found(columns: Sequence[Column]) -> bool:
            free = {first: list(members) for first, members in days.items()}
            best = self.week.score()[: tier + 1]
            week = self.week_of(replace(c, day=free[c.day].pop(0)) for c in columns)
            self.take(self.polish(week))
            self.report(tier, self.week.score(), tuple(self.bound))
            return self.week.score()[: tier + 1] < best

        def late() -> bool:
            return monotonic() > until or self.left() <= 0 or self.week.score()[:tier] != above

        descent = Descent(self.relaxation, tier, lambda: self.week.score()[tier], found, late, until)
        proven = descent.run(least)
        return proven if self.week.score()[:tier] == above else least

    def _demand_less(self, tier: int, least: int, until: float, proving: bool, most: int = POOL) -> int:
        """Asks for one less in a tier, whatever it costs in the last, as long as that is found:
        by dives, or among all tours, or those that cost little more than the relaxation, `most` at a time.
        The bound that follows where all tours together cannot."""
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
                self.dive(tier, best - 1, monotonic() + (until - monotonic()) * DIVE_PART)
            elif prices.value - bound < 1e-4:
                prices = relaxation.sharpened(LAST, prices, until)
                caps = (*self.week.score()[:tier], best - 1, *(UNCAPPED for _ in TIERS[tier + 1 :]))
                known = max((bound for seen, bound in self.settled if seen == caps[:LAST]), default=0)
                proven = self.prove(LAST, prices, until, caps, known, most)
                if proven >= EVERY and self.week.score()[tier] >= best:
                    least = best
                elif proven < EVERY:
                    self.settled.append((caps[:LAST], proven))
            if self.week.score()[tier] >= best:
                break
        relaxation.cap(tier, self.week.score()[tier])
        return least
