"""Ruin and recreate over a pool of promising tours: good weeks fast (Schrimpf et al. 2000).

Some officer-days are emptied and filled again one after the other, each with the tour that brings most
as the others stand, a little noise added so that the first does not take what a later one needs.
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
from scheduler.planner.master import INF, Demand, Master
from scheduler.planner.pool import Pool

WEIGHTS = np.array([800.0, 700.0, 600.0, 500.0, 450.0, 400.0, 350.0, 300.0, 1.0])
"""Of the tiers, in minutes: little enough that a bad week is a way to a good one; what is found is
judged by its score."""
TOO_MUCH = 100_000.0
"""What a unit above what is allowed costs."""
RUNS, ROUNDS = 8, 12
"""Runs, each from an empty week; how often days are emptied in one, times the square of the officer-days.
One long run freezes around the first good week as often as not, with a session missed."""
FEWEST, MOST = 2, 5
"""Officer-days that are emptied at once."""
HOT, COOLING = 100.0, 0.01
"""Temperature to begin with (minutes), and the part of it that is left in the end."""
NOISE, QUIET = 2.0, 0.3
"""Mean noise in what a tour brings (minutes), to begin with and at least."""
DRAWN = 1 << 16
"""Noises drawn once, more than tours: each day is filled with some that follow each other."""


class Recreation:
    """A search over the weeks that the tours of a pool can make up."""

    def __init__(self, master: Master, pool: Pool, rng: Random) -> None:
        self.pool, self.rng = pool, rng
        self._noise = np.random.default_rng(rng.getrandbits(32)).exponential(size=pool.size + DRAWN)
        own = [i for i, d in enumerate(master.demands) if not d.implied]
        self._costs = _cost_table(master, [master.demands[i] for i in own], pool.brings[:, own])
        self._rows, self._brings = _packed(pool.brings[:, own])
        self._activity = np.zeros(len(own) + 1, dtype=np.int64)
        self._tiers = pool.tiers @ WEIGHTS
        self._of_class = [np.flatnonzero(pool.of_class == c) for c in range(len(pool.classes))]
        self._every = np.arange(len(own) + 1)
        self._tiers_of = [self._tiers[tours] for tours in self._of_class]
        self._used: list[tuple[Ints, Ints, Ints]] = []
        self._visits: list[Ints] = []
        for tours in self._of_class:
            used, places = np.unique(pool.visits[tours].T, return_inverse=True)
            rows = self._rows[used]
            self._used.append((rows, self._brings[used], rows * self._costs.shape[1]))
            self._visits.append(places.reshape(-1, len(tours)))
        self._days = [c for c, limit in enumerate(pool.limits.tolist()) for _ in range(limit)]
        self._must = [bool(pool.least[c]) for c in self._days]
        self._chosen: list[int | None] = [None] * len(self._days)

    def run(
        self, target: float, until: float, stopped: Callable[[], bool] = lambda: False
    ) -> list[tuple[int, int]]:
        """(row of the pool, how often) of the best week found. Ends at `target` (the weighted
        tiers), after its runs, or at `until` (seconds of the monotonic clock)."""
        best, found = INF, list(self._chosen)
        for run in range(RUNS):
            begun = monotonic()
            value, chosen = self._anneal(target, begun + (until - begun) / (RUNS - run), stopped)
            if value < best:
                best, found = value, chosen
            if best <= target or monotonic() > until or stopped():
                break
        return sorted(Counter(tour for tour in found if tour is not None).items())

    def _anneal(
        self, target: float, until: float, stopped: Callable[[], bool]
    ) -> tuple[float, list[int | None]]:
        """The best week of one run from an empty one, and its value."""
        days = len(self._days)
        self._chosen = [None] * days
        self._activity[:] = 0
        for day in self._shuffled(range(days)):
            self._fill(day, NOISE)
        value = best = self._value()
        found = list(self._chosen)
        rounds, begun = ROUNDS * days * days, monotonic()
        for done in range(rounds):
            passed = (monotonic() - begun) / max(1e-9, until - begun)
            if best <= target or passed >= 1 or (done % 100 == 0 and stopped()):
                break
            part = max(done / rounds, passed)
            heat = HOT * COOLING**part
            few = self._shuffled(range(days))[: self.rng.randint(min(FEWEST, days), min(MOST, days))]
            before, activity = [self._chosen[d] for d in few], self._activity.copy()
            for day in few:
                self._put(day, None)
            for day in few:
                self._fill(day, max(QUIET, NOISE * (1 - part)))
            new = self._value()
            if new <= value + min(3.0, self.rng.expovariate(1.0)) * heat:
                value = new
                if value < best - 1e-6:
                    best, found = value, list(self._chosen)
                continue
            self._activity = activity
            for day, tour in zip(few, before, strict=True):
                self._chosen[day] = tour
        return best, found

    def _shuffled(self, days: range) -> list[int]:
        return self.rng.sample(days, len(days))

    def _fill(self, day: int, noise: float) -> None:
        """Gives an empty officer-day the tour that costs least as the others stand."""
        c = self._days[day]
        tours, (rows, brings, places) = self._of_class[c], self._used[c]
        if not len(tours):
            return
        most = self._costs.shape[1] - 1
        now = self._costs[self._every, np.minimum(self._activity, most)]
        then = np.minimum(self._activity.take(rows) + brings, most)
        each = (self._costs.take(places + then) - now.take(rows)).sum(axis=1)
        begin = self.rng.randrange(len(self._noise) - len(tours))
        cost = self._noise[begin : begin + len(tours)] * noise
        cost += self._tiers_of[c]
        for visits in self._visits[c]:
            cost += each.take(visits)
        least = int(np.argmin(cost))
        if self._must[day] or cost[least] < noise:
            self._put(day, int(tours[least]))

    def _put(self, day: int, tour: int | None) -> None:
        """Gives an officer-day another tour, or none."""
        for which, sign in ((self._chosen[day], -1), (tour, 1)):
            if which is None:
                continue
            entries = self.pool.visits[which]
            np.add.at(self._activity, self._rows.take(entries, 0), sign * self._brings.take(entries, 0))
        self._activity[-1] = 0
        self._chosen[day] = tour

    def _value(self) -> float:
        at = np.minimum(self._activity, self._costs.shape[1] - 1)
        tours = [t for t in self._chosen if t is not None]
        return float(self._costs[self._every, at].sum() + self._tiers[tours].sum())


def _cost_table(master: Master, demands: list[Demand], brings: Floats) -> Floats:
    """(row × activity): what a row costs, weighted, when visits bring so much to it; a row of
    zeros behind the last."""
    lowers = [d.lower for d in demands if d.lower > -INF]
    size = int(max(lowers, default=0)) + int(brings.max(initial=0)) + 3
    out = np.zeros((len(demands) + 1, size))
    for i, demand in enumerate(demands):
        if demand.lower > -INF and demand.slacks:
            weight = WEIGHTS[master.slacks[next(iter(demand.slacks))].tier]
            out[i] += [weight * shortfall(master, demand, float(a)) for a in range(size)]
        if demand.upper < INF:
            out[i] += TOO_MUCH * np.maximum(0.0, np.arange(size) - demand.upper)
    return out


def _packed(brings: Floats) -> tuple[Ints, Ints]:
    """(entry × few): the rows that each visit brings something to, and how much; rows behind the
    last where it brings to fewer. The last entry, the empty one, brings nothing."""
    brings = np.vstack([brings, np.zeros(brings.shape[1])])
    entry, row = np.nonzero(brings)
    counts = np.bincount(entry, minlength=len(brings))
    width = int(counts.max(initial=0))
    place = np.arange(len(entry)) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = np.full((len(brings), width), brings.shape[1], dtype=np.int64)
    values = np.zeros((len(brings), width), dtype=np.int64)
    rows[entry, place] = row
    values[entry, place] = np.round(brings[entry, row]).astype(np.int64)
    return rows, values
