"""Ruin and recreate over a pool of promising tours: good weeks fast (Schrimpf et al. 2000).

Some officer-days near each other are emptied and filled again one after the other, each with the tour
that brings most as the others stand, a little noise added so that the first does not take what a later
one needs. Half of them look at reduced costs instead, and what is wasted of a tour that brings more than
is asked for: what brings most is a day of many short visits, what costs least leaves something for all
days. What comes of it is kept by the rule of simulated annealing. What a tour brings is the sum over its
visits, as no tour is at a school twice, so all tours of a day are judged at once.

What shortages count goes up while the week has more of them than it must, and down while it has not, so
that the search stays where weeks just have no more (as penalties in Gendreau, Hertz and Laporte 1994).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from time import monotonic

import numpy as np

from scheduler.planner.dispatcher import shortfall
from scheduler.planner.grid import Floats, Ints
from scheduler.planner.guide import TOO_MUCH, Guide
from scheduler.planner.master import INF, Demand, Master
from scheduler.planner.pool import Pool
from scheduler.planner.related import Related
from scheduler.planner.restricted import Prices

Chosen = list[tuple[int, int]]
"""(row of the pool, how often) of a week."""

WEIGHTS = np.array([800.0, 700.0, 600.0, 500.0, 450.0, 400.0, 350.0, 300.0, 1.0])
"""Of the tiers, in minutes."""
LIGHT, HEAVY = 0.05, 0.5
"""The part of these weights that shortages have at least and at most, so that a bad week is a way to a good
one: with all of it half of all runs freeze around a session missed."""
ENDING, REHEATED = 0.8, 0.5
"""The part of a run after which all of it counts, and how far the cooling goes back then, so that what the
week is still short of is mended."""
HEAVIER, STEPS = 1.06, 300
"""By what that part rises or falls, and how often in a run."""
RUNS, ROUNDS, LONG_ENOUGH = 2, 110, 10.0
"""Runs, each from an empty week, as one in five freezes around a shortage; how often days are emptied in
one at most, times the square of the officer-days; and seconds after which another run finds more than a
longer one: weeks of 30 days, half as long, all freeze."""
TOO_SHORT = 10.0
"""How many times their weight shortages count that a week need not have, where the best week is kept."""
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
        self.rng, self._tours = rng, pool.visits
        self._guide = Guide(master, pool, prices)
        self._related = Related(pool, _drives(master, pool), rng)
        self._noise = np.random.default_rng(rng.getrandbits(32)).exponential(size=pool.size + DRAWN)
        own = np.array([i for i, d in enumerate(master.demands) if not d.implied], dtype=np.int64)
        asked = [master.demands[i] for i in own.tolist()]
        self._costs = self._full_costs = _cost_table(master, asked, pool.brings[:, own])
        self._constants = np.array(master.constants)
        self._short = np.array([_tier(master, d) < len(WEIGHTS) - 1 for d in asked] + [False])
        self._shares = np.stack([self._short, ~self._short]).astype(np.float64)
        self._rows, brings = pool.packed(own)
        self._brings = np.round(brings).astype(np.int64)
        self._activity = np.zeros(len(own) + 1, dtype=np.int64)
        own_costs = pool.tiers * WEIGHTS
        self._own_costs = np.stack([own_costs[:, :-1].sum(axis=1), own_costs[:, -1]], axis=1)
        """Of each tour: what it adds to the tiers above the last, and to the last."""
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
        self, known: Sequence[int], least: int, until: float, stopped: Callable[[], bool] = lambda: False
    ) -> Chosen:
        """The best week found. `known` is the best score so far. Ends
        where its tiers above the last are reached, with `least` in the last, after its runs, or at
        `until` (seconds of the monotonic clock)."""
        best, found = INF, list(self._chosen)
        asked = WEIGHTS * (np.array([*known[: len(WEIGHTS) - 1], least]) - self._constants)
        needed, target = float(asked[:-1].sum()), float(asked.sum())
        for run in range(RUNS):
            left = until - monotonic()
            share = left / max(1, min(RUNS - run, round(left / LONG_ENOUGH)))
            value, chosen = self._anneal(needed, target, monotonic() + share, stopped)
            if value < best:
                best, found = value, chosen
            if best <= target or monotonic() > until or stopped():
                break
        return sorted(Counter(tour for tour in found if tour is not None).items())

    def _anneal(
        self, needed: float, target: float, until: float, stopped: Callable[[], bool]
    ) -> tuple[float, list[int | None]]:
        """The best week of one run from an empty one, and its value. No more shortages than what weighs
        `needed` are asked for, or than the best week has."""
        days = len(self._days)
        self._chosen = [None] * days
        self._activity[:] = 0
        self._guide.clear()
        for day in self._shuffled(range(days)):
            self._fill(day, NOISE, self.rng.random() < GUIDED)
        part, step = LIGHT, 0
        self._weigh(part)
        best, found = INF, list(self._chosen)
        short, cost = self._value()
        rounds, begun = ROUNDS * days * days, monotonic()
        for done in range(rounds):
            passed = (monotonic() - begun) / max(1e-9, until - begun)
            if best <= target or passed >= 1 or (done % 100 == 0 and stopped()):
                break
            gone = max(done / rounds, passed)
            cool = gone / ENDING if gone < ENDING else 1 - (1 - gone) / (1 - ENDING) * (1 - REHEATED)
            if int(gone * STEPS) > step:
                by = HEAVIER ** (int(gone * STEPS) - step)
                step = int(gone * STEPS)
                part = min(HEAVY, part * by) if short > needed + 1e-6 else max(LIGHT, part / by)
                part = part if gone < ENDING else 1.0
                self._weigh(part)
            few = self._related.few(self._chosen, self.rng.randint(min(FEWEST, days), min(MOST, days)))
            before = [self._chosen[d] for d in few]
            activity, over = self._activity.copy(), self._guide.over.copy()
            for day in few:
                self._put(day, None)
            for day in few:
                guided = day != few[-1] and self.rng.random() < GUIDED
                self._fill(day, max(QUIET, NOISE * (1 - cool)), guided)
            now_short, now_cost = self._value()
            worse = part * (now_short - short) + now_cost - cost
            if worse <= min(3.0, self.rng.expovariate(1.0)) * HOT * COOLING**cool:
                short, cost = now_short, now_cost
                needed = min(needed, short)
                value = short + cost + TOO_SHORT * (short - needed)
                if value < best - 1e-6:
                    best, found = value, list(self._chosen)
                continue
            self._activity, self._guide.over = activity, over
            for day, tour in zip(few, before, strict=True):
                self._chosen[day] = tour
        return best, found

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
            entries = self._tours[which]
            np.add.at(self._activity, self._rows.take(entries, 0), sign * self._brings.take(entries, 0))
            self._guide.put(entries, sign)
        self._activity[-1] = 0
        self._chosen[day] = tour

    def _weigh(self, part: float) -> None:
        """Shortages count this part of their weight from here on."""
        self._costs = np.where(self._short[:, None], part * self._full_costs, self._full_costs)
        tiers = self._own_costs @ np.array([part, 1.0])
        self._tiers_of = [tiers[tours] for tours in self._of_class]

    def _value(self) -> tuple[float, float]:
        """What the week is short of, by the full weights, and what it costs in the last tier."""
        at = np.minimum(self._activity, self._full_costs.shape[1] - 1)
        rows = self._shares @ self._full_costs[self._every, at]
        tours = self._own_costs[[t for t in self._chosen if t is not None]].sum(axis=0)
        short, cost = (rows + tours).tolist()
        return short, cost


def _drives(master: Master, pool: Pool) -> Floats:
    travel = master.problem.travel
    drives = [[travel.schools(a, b) for b in pool.schools] for a in pool.schools]
    return np.array(drives, dtype=np.float64).reshape(len(pool.schools), len(pool.schools))


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
