"""Ruin and recreate over a pool of promising tours: good weeks fast (Schrimpf et al. 2000).

Some officer-days are emptied and filled again one after the other, each with the tour that brings most
as the others stand, a little noise added so that the first does not take what a later one needs.
Half of them look at reduced costs instead, and what is wasted of a tour that brings more than is asked
for: what brings most is a day of many short visits, what costs least leaves something for all days.
What comes of it is kept by the rule of simulated annealing. What a tour brings is the sum over its
visits, as no tour is at a school twice, so all tours of a day are judged at once.
"""

from collections import Counter
from collections.abc import Callable
from random import Random
from time import monotonic

import numpy as np

from scheduler.planner.dispatcher import shortfall
from scheduler.planner.grid import Floats, Ints
from scheduler.planner.guide import TOO_MUCH, Guide
from scheduler.planner.master import INF, Demand, Master
from scheduler.planner.pool import Pool
from scheduler.planner.restricted import Prices

WEIGHTS = np.array([800.0, 700.0, 600.0, 500.0, 450.0, 400.0, 350.0, 300.0, 1.0])
"""Of the tiers, in minutes."""
LIGHT, HEAVIER = 0.12, 2.5
"""The part of these weights that shortages have in the first run, so that a bad week is a way to a good one:
with all of it half of all runs freeze around a session missed. They become heavier where a run likes a
shortage best."""
RUNS, ROUNDS = 4, 24
"""Runs, each from an empty week; how often days are emptied in one, times the square of the officer-days."""
FEWEST, MOST = 2, 5
"""Officer-days that are emptied at once."""
HOT, COOLING = 200.0, 0.01
"""Temperature to begin with (minutes), and the part of it that is left in the end."""
NOISE, QUIET = 2.0, 0.3
"""Mean noise in what a tour brings (minutes), to begin with and at least."""
GUIDED = 0.5
"""Part of the days that are filled by reduced costs; never the last of those that were emptied."""
DRAWN = 1 << 16
"""Noises drawn once, more than tours: each day is filled with some that follow each other."""


class Recreation:
    """A search over the weeks that the tours of a pool can make up."""

    def __init__(self, master: Master, pool: Pool, prices: Prices, rng: Random) -> None:
        self.pool, self.rng = pool, rng
        self._guide = Guide(master, pool, prices)
        self._noise = np.random.default_rng(rng.getrandbits(32)).exponential(size=pool.size + DRAWN)
        own = np.array([i for i, d in enumerate(master.demands) if not d.implied], dtype=np.int64)
        asked = [master.demands[i] for i in own.tolist()]
        self._costs = self._full_costs = _cost_table(master, asked, pool.brings[:, own])
        self._short = np.array([_tier(master, d) < len(WEIGHTS) - 1 for d in asked] + [False])[:, None]
        self._rows, brings = pool.packed(own)
        self._brings = np.round(brings).astype(np.int64)
        self._activity = np.zeros(len(own) + 1, dtype=np.int64)
        self._full_tiers = pool.tiers @ WEIGHTS
        self._of_class = [np.flatnonzero(pool.of_class == c) for c in range(len(pool.classes))]
        self._every = np.arange(len(own) + 1)
        self._weigh(1.0)
        self._used: list[tuple[Ints, Ints, Ints]] = []
        self._priced: list[tuple[Floats, tuple[Ints, Floats, Floats]]] = []
        self._visits: list[Ints] = []
        for tours in self._of_class:
            used, places = np.unique(pool.visits[tours].T, return_inverse=True)
            rows = self._rows[used]
            self._priced.append((self._guide.costs[tours], self._guide.used(used)))
            self._used.append((rows, self._brings[used], rows * self._costs.shape[1]))
            self._visits.append(places.reshape(pool.visits.shape[1], len(tours)))
        self._days = [c for c, limit in enumerate(pool.limits.tolist()) for _ in range(limit)]
        self._must = [bool(pool.least[c]) for c in self._days]
        self._chosen: list[int | None] = [None] * len(self._days)

    def run(
        self, target: float, until: float, stopped: Callable[[], bool] = lambda: False
    ) -> list[tuple[int, int]]:
        """(row of the pool, how often) of the best week found. Ends at `target` (the weighted
        tiers), after its runs, or at `until` (seconds of the monotonic clock)."""
        best, found, part = INF, list(self._chosen), LIGHT
        for run in range(RUNS):
            begun = monotonic()
            self._weigh(part)
            value, chosen, short = self._anneal(target, begun + (until - begun) / (RUNS - run), stopped)
            if value < best:
                best, found = value, chosen
            if best <= target or monotonic() > until or stopped():
                break
            part = min(1.0, part * HEAVIER) if short else part
        return sorted(Counter(tour for tour in found if tour is not None).items())

    def _anneal(
        self, target: float, until: float, stopped: Callable[[], bool]
    ) -> tuple[float, list[int | None], bool]:
        """The best week of one run from an empty one, by the full weights, and its value; and whether the
        best by the run's own weights is short of something."""
        days = len(self._days)
        self._chosen = [None] * days
        self._activity[:] = 0
        self._guide.clear()
        for day in self._shuffled(range(days)):
            self._fill(day, NOISE, self.rng.random() < GUIDED)
        value = least = self._value(self._costs, self._tiers)
        best, found = self._value(self._full_costs, self._full_tiers), list(self._chosen)
        short = best > value + 1e-6
        rounds, begun = ROUNDS * days * days, monotonic()
        for done in range(rounds):
            passed = (monotonic() - begun) / max(1e-9, until - begun)
            if best <= target or passed >= 1 or (done % 100 == 0 and stopped()):
                break
            part = max(done / rounds, passed)
            heat = HOT * COOLING**part
            few = self._shuffled(range(days))[: self.rng.randint(min(FEWEST, days), min(MOST, days))]
            before = [self._chosen[d] for d in few]
            activity, over = self._activity.copy(), self._guide.over.copy()
            for day in few:
                self._put(day, None)
            for day in few:
                guided = day != few[-1] and self.rng.random() < GUIDED
                self._fill(day, max(QUIET, NOISE * (1 - part)), guided)
            new = self._value(self._costs, self._tiers)
            if new <= value + min(3.0, self.rng.expovariate(1.0)) * heat:
                value = new
                if value < best - 1e-6:
                    full = self._value(self._full_costs, self._full_tiers)
                    if value < least - 1e-6:
                        least, short = value, full > value + 1e-6
                    if full < best - 1e-6:
                        best, found = full, list(self._chosen)
                continue
            self._activity, self._guide.over = activity, over
            for day, tour in zip(few, before, strict=True):
                self._chosen[day] = tour
        return best, found, short

    def _shuffled(self, days: range) -> list[int]:
        return self.rng.sample(days, len(days))

    def _fill(self, day: int, noise: float, guided: bool) -> None:
        """Gives an empty officer-day the tour that costs least as the others stand."""
        c = self._days[day]
        if not len(self._of_class[c]):
            return
        if guided:
            costs, used = self._priced[c]
            each = self._guide.wasted(used)
        else:
            costs, each = self._tiers_of[c], self._each(c)
        begin = self.rng.randrange(len(self._noise) - len(costs))
        cost = self._noise[begin : begin + len(costs)] * noise
        cost += costs
        for visits in self._visits[c]:
            cost += each.take(visits)
        least = int(np.argmin(cost))
        if self._must[day] or cost[least] < (TOO_MUCH / 2 if guided else noise):
            self._put(day, int(self._of_class[c][least]))

    def _each(self, c: int) -> Floats:
        """What each visit of a class would cost as the others stand, less what it mends."""
        rows, brings, places = self._used[c]
        most = self._costs.shape[1] - 1
        now = self._costs[self._every, np.minimum(self._activity, most)]
        then = np.minimum(self._activity.take(rows) + brings, most)
        return np.asarray((self._costs.take(places + then) - now.take(rows)).sum(axis=1))

    def _put(self, day: int, tour: int | None) -> None:
        """Gives an officer-day another tour, or none."""
        for which, sign in ((self._chosen[day], -1), (tour, 1)):
            if which is None:
                continue
            entries = self.pool.visits[which]
            np.add.at(self._activity, self._rows.take(entries, 0), sign * self._brings.take(entries, 0))
            self._guide.put(entries, sign)
        self._activity[-1] = 0
        self._chosen[day] = tour

    def _weigh(self, part: float) -> None:
        """Shortages count this part of their weight from here on."""
        self._costs = np.where(self._short, part * self._full_costs, self._full_costs)
        self._tiers = self.pool.tiers @ np.append(part * WEIGHTS[:-1], WEIGHTS[-1])
        self._tiers_of = [self._tiers[tours] for tours in self._of_class]

    def _value(self, costs: Floats, tiers: Floats) -> float:
        at = np.minimum(self._activity, costs.shape[1] - 1)
        tours = [t for t in self._chosen if t is not None]
        return float(costs[self._every, at].sum() + tiers[tours].sum())


def _tier(master: Master, demand: Demand) -> int:
    """The tier that a row's slacks count in; one behind the last where it has none."""
    return master.slacks[next(iter(demand.slacks))].tier if demand.slacks else len(WEIGHTS)


def _cost_table(master: Master, demands: list[Demand], brings: Floats) -> Floats:
    """(row × activity): what a row costs, weighted, when visits bring so much to it; a row of
    zeros behind the last."""
    lowers = [d.lower for d in demands if d.lower > -INF]
    size = int(max(lowers, default=0)) + int(brings.max(initial=0)) + 3
    out = np.zeros((len(demands) + 1, size))
    for i, demand in enumerate(demands):
        if demand.lower > -INF and demand.slacks:
            weight = WEIGHTS[_tier(master, demand)]
            out[i] += [weight * shortfall(master, demand, float(a)) for a in range(size)]
        if demand.upper < INF:
            out[i] += TOO_MUCH * np.maximum(0.0, np.arange(size) - demand.upper)
    return out
