"""The linear relaxation of the master, solved by column generation.

The restricted master holds some tours; its duals price all others, and `search` finds those that
would lower it (Desaulniers, Desrosiers and Solomon 2005). What the pricing leaves over gives a proven
bound at any moment: the value of the linear programme less the most that each officer-day could
still bring (Lagrange).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from random import Random
from time import monotonic

import numpy as np

from scheduler.domain.score import TIERS
from scheduler.planner.columns import Column, Worth
from scheduler.planner.grid import Ints
from scheduler.planner.linear import rounded_up
from scheduler.planner.master import INF, Master
from scheduler.planner.reduced_costs import ReducedCosts
from scheduler.planner.restricted import Prices, RestrictedMaster
from scheduler.planner.search import best_tours
from scheduler.planner.timing import timed
from scheduler.planner.tours import TourSpace

EPSILON = 1e-6
PER_DIVE = 4
PATIENCE, LITTLE = 4, 0.005
"""Rounds of pricing that lower the value by less than this part end a rough convergence."""
PROMISING = 14
"""Schools that pricing looks at first where there are many."""
MOST_REFUSED = 6
SMOOTHING = 0.6
"""How far towards the best prices so far tours are priced, where there are many schools: with few
it only costs time."""
NEARLY = 1e-4
"""Part of the value within which the bound is so near that the last prices are as good."""
MORE, SHARP = 1e-3, 1e-2
"""Part that is asked for more, and what the value may fall by, to make prices sharp."""
PER_DAY = 12
"""Tours added an officer-day and pricing round."""
TIGHTENINGS, AT_ONCE = 15, 4
"""Rounds of cuts in a tier; rounds more over the tours known before others are priced."""
CLOSE = 0.005
"""Part of the value within which the bound is near enough to look for cuts."""


class Relaxation(RestrictedMaster):
    """The linear relaxation over all tours: the restricted master, and the pricing that finds the
    tours which it lacks."""

    def __init__(
        self, master: Master, spaces: dict[int, TourSpace], worths: dict[int, Worth],
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        """`stopped` says when to end early."""
        super().__init__(master, spaces, worths)
        self.stopped = stopped
        self._wide = any(len(s.schools) > PROMISING for s in spaces.values())
        self._same: dict[int, int] = {}
        for members in self.classes:
            space = spaces[members.first]
            same = (d for d in self._same.values() if spaces[d].alike(space))
            self._same[members.first] = next(same, members.first)

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
                self.add(self.price(prices, PER_DIVE, [d for d in free if free[d]], PROMISING)[0])
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

    # -- pricing -----------------------------------------------------------------------------

    def price(
        self, prices: Prices, per_day: int = PER_DAY, days: Iterable[int] | None = None,
        most_schools: int | None = None,
    ) -> tuple[list[Column], float]:  # fmt: skip
        """Tours (of the classes with these first days, all unless given) that would lower the
        value, and by how much all of them at most could (where `most_schools` does not narrow the
        search)."""
        found: list[Column] = []
        short = 0.0
        known: dict[tuple[int, bytes], _Found] = {}
        for day in self._days if days is None else days:
            space = self.spaces[day]
            reduced = ReducedCosts(self, prices, day)
            if space.od.most == 0 or not len(space.nodes):
                continue
            key = (self._same[day], reduced.worth.tobytes() + reduced.fixed_worth.tobytes())
            if key not in known or known[key].none_above > reduced.above:
                result = best_tours(
                    space,
                    reduced.masked,
                    reduced.fixed_worth,
                    reduced.road,
                    reduced.above + EPSILON,
                    most_schools,
                )
                top = float(result.values[0]) if len(result.values) else None
                known[key] = _Found(top, result.sequences[:per_day], reduced.above)
                short += 0.0 if result.complete else INF
            top = known[key].top
            if top is None or top <= reduced.above + EPSILON:
                continue
            short += (top - reduced.above) * len(self._class_of[day].days)
            for sequence in known[key].sequences:
                made = timed(space, sequence, reduced.masked, reduced.fixed_worth, reduced.road,
                             reduced.chosen)  # fmt: skip
                if made is not None:
                    found.append(made[1])
        return found, short

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
            if self._wide and self.add(self.price(prices, most_schools=PROMISING)[0]):
                continue
            far = prices.value - bound > NEARLY * abs(prices.value)
            if centre is not None and far and self._wide:
                trial = _between(centre, prices)
                columns, short = self.price(trial)
                if trial.value - short > bound:
                    bound, centre = trial.value - short, trial
                if self.add(columns):
                    continue
            columns, short = self.price(prices)
            if prices.value - short > bound:
                bound, centre = prices.value - short, prices
            close = (
                near > 0
                and bound > -INF
                and (
                    prices.value - bound < near * abs(prices.value)
                    or rounded_up(bound) >= rounded_up(prices.value)
                )
            )
            if not self.add(columns):
                return bound, prices
            if close:
                return bound, self.solve()

    def sharpened(self, tier: int, prices: Prices, until: float) -> Prices:
        """Prices of the same value that make more tours dear. Where several prices are best, those
        stay best that ask most for what the tiers above ask for, as if a little more were asked for:
        far fewer tours are then worth looking at. `prices` themselves where time is short."""
        more = self.demand_more(tier, MORE)
        bound, found = self.converge(until)
        self.demand_more(tier, 0.0)
        self.solve()
        if found is None or found.value - bound > 1e-4:
            return prices
        sharp = _less(found, more)
        return sharp if prices.value - sharp.value < SHARP else prices

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


@dataclass(frozen=True)
class _Found:
    """What a pricing search found for days that are alike: the best value (None: nothing is
    worth more than `above`) and the sequences."""

    top: float | None
    sequences: Ints
    above: float

    @property
    def none_above(self) -> float:
        """Above what it is known that there is nothing; −inf where something was found."""
        return self.above if self.top is None else -INF
