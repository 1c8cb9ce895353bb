"""Good weeks where clusters need relief officers who could serve each of them.

How few relief days will do is mostly known soon, and what is best in the tiers between; in the last tier
weeks differ in who is relieved where, and the relaxation, in which every relief day is taken in parts by
several clusters at once, says little of it. So weeks are looked for in three ways.
"""

from functools import cached_property
from itertools import combinations
from math import comb
from time import monotonic

from scheduler.planner.apart import apart, part_amid
from scheduler.planner.many import FAR
from scheduler.planner.master import INF, TIER
from scheduler.planner.parts import Part
from scheduler.planner.problem import WeekProblem
from scheduler.planner.restricted import Prices
from scheduler.planner.solve import Solver

RELIEF = TIER["relief_days"]
ROUGHLY, DIVING, TRYING, REPLANNING = 0.6, 0.3, 0.5, 0.95
"""Parts of the time left: for dives from a relaxation that is solved roughly; for dives once it is solved,
for one choice of relief days after the other, and for planning one cluster after the other anew."""
ONE_PART, ONE_LEAST = 0.25, 4.0
"""Part of what is left of that for one choice of relief days, in which so many seconds are needed."""
MORE_DAYS, MOST_CHOICES = 7, 5_000
"""Relief days more than are to be chosen, among which they are; choices of them that are listed, at most."""


def silent(_tier: int, _best: tuple[int, ...] | None, _bound: tuple[int, ...]) -> None:
    """For parts whose progress is not told."""


class ReliefSolver(Solver):
    """Solves one week problem, and looks longer for good weeks where relief officers are needed."""

    @cached_property
    def alone(self) -> list[WeekProblem]:
        """The clusters alone. The smallest come first: the time that they leave over goes to those that need
        it."""
        return sorted(apart(self.problem), key=lambda p: len(p.schools))

    def _relieved(self) -> bool:
        """Whether the week needs relief officers, as far as is known, whom clusters can do without."""
        return bool(self.alone) and self.week.score()[RELIEF] > self.master.floor[RELIEF]

    def _relax(
        self, tier: int, floor: int, until: float, exact: bool = True
    ) -> tuple[int, Prices | None]:  # fmt: skip
        """As all do; in the last tier dives come first, from what is solved in part: all of it takes long."""
        if tier == self.last_tier and self._relieved():
            best, share = self.week.score()[tier], monotonic() + (until - monotonic()) * ROUGHLY
            self.relaxation.solve_tier(tier, floor, best, share, roughly=True)
            self._dive_on(floor, share)
        return super()._relax(tier, floor, until, exact)

    def _settle_many(self, prices: Prices, least: int, until: float) -> int:
        """As all do, once good weeks were made where relief officers are needed."""
        if self._relieved():
            if self.week.score()[self.last_tier] > least:
                self._dive_on(least, monotonic() + (until - monotonic()) * DIVING)
                self._try_relief_days(prices, least, monotonic() + (until - monotonic()) * TRYING)
            if self._far(least):
                self._replan(monotonic() + (until - monotonic()) * REPLANNING)
        return super()._settle_many(prices, least, until)

    def _far(self, least: int) -> bool:
        return self.week.score()[self.last_tier] > (1 + FAR) * least

    def _dive_on(self, least: int, until: float) -> bool:
        """Dives as long as each one helps, where there are several relief days; whether the first did."""
        begun = before = self.week.score()
        several = begun[RELIEF] > self.master.floor[RELIEF] + 1  # With one, dives mostly end with none.
        while several and monotonic() < until and self.left() > 0:
            self.by_chance = True  # Where they end depends on the time.
            self.dive(self.last_tier, least, until, 1)
            if self.week.score() == before:
                break
            before = self.week.score()
        return before < begun

    def _try_relief_days(self, prices: Prices, least: int, until: float) -> None:
        """Makes weeks in which relief officers come on as many days as may be and on no others, for one
        choice of days after the other, those first that the relaxation likes best, while the best is far off.
        A search that is free to choose hardly comes to weeks with so few relief days."""
        if self.relaxation.solve() is None:
            return
        amounts = {c.first: 0.0 for c in self.relaxation.classes if self.spaces[c.first].od.relief}
        for column, amount in self.relaxation.values():
            if column.day in amounts:
                amounts[column.day] += amount
        count = self.week.score()[RELIEF] - self.master.floor[RELIEF]
        liked = sorted(amounts, key=lambda d: -amounts[d])[: count + MORE_DAYS]
        while comb(len(liked), count) > MOST_CHOICES:
            liked.pop()
        choices = sorted(combinations(liked, count), key=lambda days: -sum(amounts[d] for d in days))
        splitting = self._splitting(self.last_tier, until)
        for days in choices:
            left = until - monotonic()
            if left < ONE_LEAST or self.left() <= 0 or not self._far(least):
                break
            part = splitting.on_days(Part({}, least, prices), days, amounts)
            if part is not None and part.least < self.week.score()[self.last_tier]:
                if not self._dive_on(part.least, monotonic() + left * ONE_PART):
                    sharp = self.relaxation.sharpened(self.last_tier, part.prices, until)
                    share = monotonic() + max(left * ONE_PART, ONE_LEAST)
                    self.recreate(sharp, INF, part.least, min(share, until))
        splitting.leave()

    def _replan(self, until: float) -> None:
        """Plans one cluster after the other anew with all else as it stands, relief visits elsewhere too, as
        long as that helps (large neighbourhood search: Shaw 1998)."""
        self.by_chance = True
        idle, order = 0, [p.precincts for p in self.alone]
        while idle < len(order) and monotonic() < until and self.left() > 0:
            start = self.week.visits()
            part = part_amid(self.problem, order[0], start)
            own = {s.school_id for s in part.schools}
            deadline = monotonic() + (until - monotonic()) / (len(order) - idle)
            found = Solver(part, deadline, silent, self.stopped, self.last_tier, self.sharing, start).solve()
            stand = [v for v in start if v.school_id not in own]
            week = self.begun([*stand, *(v for v in found.week.visits() if v.school_id in own)])
            idle = 0 if week.score() < self.week.score() and self.take(self.polish(week)) else idle + 1
            order.append(order.pop(0))
