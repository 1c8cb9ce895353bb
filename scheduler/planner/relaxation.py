"""The linear relaxation of the master, solved by column generation.

The restricted master holds some tours; its duals price all others, and `search` finds those that
would lower it (Desaulniers, Desrosiers and Solomon 2005). What the pricing leaves over gives a proven
bound at any moment: the value of the linear programme less the most that each officer-day could
still bring (Lagrange).
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from time import monotonic

import numpy as np

from scheduler.domain.score import TIERS
from scheduler.planner.columns import Column
from scheduler.planner.linear import rounded_up
from scheduler.planner.master import INF
from scheduler.planner.pricing import EPSILON, PROMISING, Pricing
from scheduler.planner.restricted import Prices

PER_DIVE = 4
PATIENCE, LITTLE = 4, 0.005
"""Rounds of pricing that lower the value by less than this part end a rough convergence."""
MOST_REFUSED = 6
SMOOTHING = 0.6
"""How far towards the best prices so far tours are priced, where there are many schools: with few
it only costs time."""
NEARLY = 1e-4
"""Part of the value within which the bound is so near that the last prices are as good."""
MORE, SHARP = 1e-3, 1e-2
"""Part that is asked for more, and what the value may fall by, to make prices sharp."""
TIGHTENINGS, AT_ONCE = 15, 4
"""Rounds of cuts in a tier; rounds more over the tours known before others are priced."""
CLOSE = 0.005
"""Part of the value within which the bound is near enough to look for cuts."""


class Relaxation(Pricing):
    """The linear relaxation over all tours: the restricted master, and the pricing that finds the
    tours which it lacks."""

    safe: Prices | None = None
    """The prices that gave the best bound since the objective was set, such that no tour lowers the value."""

    def minimise(self, weights: Sequence[float]) -> None:
        """Sets the objective: one weight a tier."""
        super().minimise(weights)
        self.safe = None

    def dive(self, rng: Random, until: float) -> list[Column] | None:
        """Whole tours near the relaxed point: fixes one tour after the other, the ones that the
        relaxation likes best first, and prices anew in between. None where it ends nowhere."""
        free = {members.first: list(members.days) for members in self.classes}
        fixed: list[tuple[int, Column]] = []
        taken: dict[int, int] = {}
        refused: set[int] = set()
        lenient = False
        """Over a cap from here on: what is polished afterwards may keep it again."""
        try:
            while monotonic() < until and not self.stopped():
                prices = self.solve()
                if prices is None or not (lenient or self.within_caps()):
                    if prices is None and (not fixed or len(refused) > MOST_REFUSED):
                        return None
                    if not fixed or len(refused) > MOST_REFUSED:
                        lenient = True
                        continue
                    tour, column = fixed.pop()
                    free[self._class_of[column.day].first].insert(0, column.day)
                    taken[tour] -= 1
                    self.hold(tour, taken[tour], taken[tour])
                    refused.add(tour)
                    continue
                self.add(self.price(prices, PER_DIVE, [d for d in free if free[d]], PROMISING).columns)
                if self.solve() is None or not (lenient or self.within_caps()):
                    continue
                left = {
                    i: min(amount, 1.0) + 0.1 * rng.random()
                    for i, x in enumerate(self.amounts().tolist())
                    if (amount := x - taken.get(i, 0)) > 1e-6 and free[self.known[i].day]
                }
                if not left:
                    return [column for _, column in fixed]
                tour = max(left, key=left.__getitem__)
                column = self.known[tour]
                taken[tour] = taken.get(tour, 0) + 1
                self.hold(tour, taken[tour], np.inf)
                fixed.append((tour, replace(column, day=free[column.day].pop(0))))
            return None
        finally:
            for tour in {*taken, *refused}:
                self.hold(tour, 0, np.inf)

    def converge(
        self, deadline: float, enough: float = -INF, roughly: bool = False, near: float = 0.0
    ) -> tuple[float, Prices | None]:
        """Generates columns until nothing lowers the value, the value is at most `enough` or within
        a part `near` of the bound, or time is up; `roughly` also where the last rounds lowered it
        little. The proven bound (−inf where none) and the last prices.

        Tours are priced between the best prices so far and the last ones (dual price smoothing:
        Pessoa, Sadykov, Uchoa and Vanderbeck 2018), at the last ones where that finds none.
        """
        bound, prices = -INF, None
        centre: Prices | None = None
        values: list[float] = []
        eager: list[int] | None = None
        """The days whose promising schools gave tours in the last round; all, after a full one."""
        while True:
            prices = self.solve()
            if prices is None or prices.value <= enough + EPSILON:
                return bound, prices
            if monotonic() > deadline or self.stopped():
                return bound, prices
            values.append(prices.value)
            if roughly and len(values) > PATIENCE:
                if values[-1 - PATIENCE] - values[-1] < LITTLE * abs(values[-1]):
                    return bound, prices
            if self._wide:
                columns = self.price(prices, days=eager, most_schools=PROMISING).columns
                if self.add(columns):
                    eager = sorted({c.day for c in columns})
                    continue
            eager = None
            far = prices.value - bound > NEARLY * abs(prices.value)
            if centre is not None and far and self._wide:
                trial = _between(centre, prices)
                priced = self.price(trial)
                if trial.value - priced.short > bound:
                    bound, centre = trial.value - priced.short, trial
                    self._keep_safe(priced.safe(trial))
                if self.add(priced.columns):
                    continue
            priced = self.price(prices)
            if prices.value - priced.short > bound:
                bound, centre = prices.value - priced.short, prices
                self._keep_safe(priced.safe(prices))
            close = (
                near > 0
                and bound > -INF
                and (
                    prices.value - bound < near * abs(prices.value)
                    or rounded_up(bound) >= rounded_up(prices.value)
                )
            )
            if not self.add(priced.columns):
                return bound, prices
            if close:
                return bound, self.solve()

    def _keep_safe(self, prices: Prices) -> None:
        if self.safe is None or prices.value > self.safe.value:
            self.safe = prices

    def sharpened(self, tier: int, prices: Prices, until: float) -> Prices:
        """Prices of the same value that make more tours dear. Where several prices are best, those
        stay best that ask most for what the tiers above ask for, as if a little more were asked for:
        far fewer tours are then worth looking at. `prices` themselves where time is short; where they are
        the `safe` ones, what they become until then may have a value a little less."""
        kept, self.safe = self.safe, None
        more = self.demand_more(tier, MORE)
        bound, found = self.converge(until)
        self.demand_more(tier, 0.0)
        self.solve()
        near, self.safe = self.safe, kept
        if found is not None and found.value - bound <= 1e-4:
            sharp = _less(found, more)
            return sharp if prices.value - sharp.value < SHARP else prices
        if prices is kept and near is not None:
            sharp = _less(near.widened(len(self.master.demands)), more)
            return sharp if prices.value - sharp.value < CLOSE * abs(prices.value) else prices
        return prices

    def solve_tier(
        self, tier: int, floor: int, best: int, until: float, roughly: bool = False, exact: bool = True
    ) -> tuple[float, Prices | None]:
        """The relaxation in one tier (an index), tightened while that helps: its bound and prices, in
        units of the tier. It ends at `floor`, below which no week is, where it shows that `best`
        cannot be lowered, at `until` (seconds of the monotonic clock), and, unless `exact`, where
        what is left could not change the whole number that the bound proves."""
        weights = [0.0] * len(TIERS)
        weights[tier] = 1.0
        self.minimise(weights)
        near = 0.0 if roughly else CLOSE
        proven, prices = self.converge(until, floor, roughly, near)
        for _ in range(TIGHTENINGS if not roughly else 2):
            if prices is None or proven > best - 1 or monotonic() > until:
                return proven, prices
            before = max(prices.value, floor)
            if not self._tightened():
                break
            bound, prices = self.converge(until, floor, roughly, near)
            proven = max(proven, bound)
            # At the floor cuts may add up before they show.
            if not roughly and prices is not None and floor < prices.value < before + 0.1:
                break
        settled = prices is not None and proven > -INF and rounded_up(proven) >= rounded_up(prices.value)
        if roughly or (settled and not exact):
            return proven, prices
        bound, prices = self.converge(until, floor)
        return max(proven, bound), prices

    def _tightened(self) -> int:
        """Adds the inequalities that the last solution violates, and a few times those that the next
        one does over the tours known; how many were violated first."""
        first = self.tighten()
        found = first
        for _ in range(AT_ONCE):
            if not found or self.solve() is None:
                break
            found = self.tighten()
        return first


def _less(prices: Prices, more: dict[int, float]) -> Prices:
    """The prices with the value that they have where so much less is asked for."""
    return replace(prices, value=prices.value - sum(by * float(prices.rows[i]) for i, by in more.items()))


def _between(centre: Prices, prices: Prices) -> Prices:
    """Prices on the way from the last ones to the centre; the value of prices is linear in them."""
    rows = np.zeros(len(prices.rows))
    rows[: len(centre.rows)] = centre.rows
    keep = SMOOTHING
    return Prices(
        keep * rows + (1 - keep) * prices.rows,
        {d: keep * centre.days[d] + (1 - keep) * p for d, p in prices.days.items()},
        keep * centre.tiers + (1 - keep) * prices.tiers,
        keep * centre.value + (1 - keep) * prices.value,
    )
