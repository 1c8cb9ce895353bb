"""Ruin and recreate over a pool of promising tours, and weeks crossed: good weeks fast.

Runs from an empty week (Schrimpf et al. 2000) end where they freeze, whatever their length, each elsewhere.
So many short ones make a few weeks, and then two of them at a time are crossed: what one does in a part
of the map, and what the other does elsewhere; a short run mends what does not fit (hybrid genetic search:
Vidal et al. 2012). What shortages count goes up while the week has more of them than it must, and down
while it has not, so that the search stays where weeks just have no more (as penalties in Gendreau, Hertz
and Laporte 1994).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from time import monotonic
from typing import NamedTuple

import numpy as np

from scheduler.planner.annealing import (
    BEST_COST,
    BEST_SHORT,
    EMPTY,
    SHORTAGE_KNOWN,
    TOO_SHORT,
    anneal,
    inherit,
    keep,
    put,
    value,
    weigh,
)  # fmt: skip
from scheduler.planner.grid import Ints
from scheduler.planner.master import INF, Master
from scheduler.planner.pool import Pool
from scheduler.planner.restricted import Prices
from scheduler.planner.tour_arrays import State
from scheduler.planner.tour_tables import WEIGHTS, empty_week, tour_tables

Chosen = list[tuple[int, int]]
"""(row of the pool, how often) of a week."""


class Run(NamedTuple):
    """How days are emptied and filled again: in what part of the rounds of a whole run, beginning at what
    temperature (minutes), shortages having what part of their weight."""

    rounds: float
    hot: float
    part: float


FROM_EMPTY, MENDING = Run(1.0, 200.0, 0.05), Run(0.1, 10.0, 0.15)
"""Of an empty week, and of one that was crossed."""
ROUNDS, LEAST_ROUNDS = 10, 3_000
"""Rounds of a whole run: times the square of the officer-days, and at least."""
WEEKS = 20
"""Weeks that are kept to be crossed."""
ALIKE = 0.7
"""Part of the officer-days with the same tours from which on two weeks are too much alike to keep both."""
LEAST_PART, MOST_PART = 0.25, 0.75
"""Part of the officer-days that a week gives to one that is crossed of it: those nearest to one of them."""
MOST_TAKEN = 30.0
"""What a tour of the other may cost by the guide as the rest stands, in minutes."""
IDLE = 40
"""Crossed weeks in a row without a better one after which nothing more is looked for, an officer-day."""
AT_ONCE = 500
"""Rounds between looks at the clock."""


@dataclass(frozen=True, eq=False)
class _Member:
    """A week: what it is short of by full weights, what it costs in the last tier, its tours, and how often
    each class of days has each of them."""

    short: float
    cost: float
    chosen: Ints
    tours: Counter[tuple[int, int]]

    def value(self, needed: float) -> float:
        """By which weeks are compared; no more shortages than what weighs `needed` must be."""
        return self.short + self.cost + TOO_SHORT * (self.short - needed)

    def like(self, other: "_Member") -> bool:
        """Whether two weeks are nearly the same."""
        return (self.tours & other.tours).total() > ALIKE * len(self.chosen)


class Recreation:
    """A search over the weeks that the tours of a pool can make up."""

    def __init__(
        self, master: Master, pool: Pool, prices: Prices, rng: Random, start: Sequence[int] = ()
    ) -> None:  # fmt: skip
        """`start` are rows of a week to begin with, as far as the pool holds it."""
        self.rng, self._start = rng, start
        self._constants = np.array(master.constants)
        self._tours, self._rows = tour_tables(master, pool, prices, rng.getrandbits(32))
        self._members: list[_Member] = []
        self._needed = 0.0

    def run(
        self, known: Sequence[int], least: int, until: float, stopped: Callable[[], bool] = lambda: False
    ) -> Chosen:
        """The best week found. `known` is the best score so far. Ends where its tiers above the last are
        reached, with `least` in the last, where crossing weeks finds nothing better for long, or at `until`
        (seconds of the monotonic clock)."""
        self._needed = self._weighed(known)
        target = self._needed + WEIGHTS[-1] * (least - self._constants[-1]) + 1e-6
        self._members = []

        def late() -> bool:
            return monotonic() > until or stopped()

        made, idle, best = 0, 0, INF
        if self._start:
            self._anneal(self._begun(), MENDING, late)
        while not made or (best > target and idle < IDLE * len(self._tours.class_of) and not late()):
            if made < WEEKS:
                self._anneal(empty_week(self._tours, self._seed()), FROM_EMPTY, late)
            else:
                self._anneal(self._crossed(), MENDING, late)
            found = self._best().value(self._needed)
            idle = 0 if found < best - 1e-6 or made < WEEKS else idle + 1
            made, best = made + 1, found
        return sorted(Counter(self._rows[t] for t in self._best().chosen.tolist() if t >= 0).items())

    def reached(self, above: Sequence[int]) -> bool:
        """Whether a week is known that is no worse in the tiers above the last."""
        return self._needed <= self._weighed(above) + 1e-6

    def _weighed(self, above: Sequence[int]) -> float:
        return float(WEIGHTS[:-1] @ (np.array(above[: len(WEIGHTS) - 1]) - self._constants[:-1]))

    def _seed(self) -> int:
        return self.rng.getrandbits(32)

    def _best(self) -> _Member:
        return min(self._members, key=lambda m: m.value(self._needed))

    def _anneal(self, week: State, run: Run, late: Callable[[], bool]) -> None:
        """A run from this week; what comes of it joins the others."""
        t = self._tours
        rounds = round(run.rounds * max(LEAST_ROUNDS, ROUNDS * len(week.chosen) ** 2))
        week.values[SHORTAGE_KNOWN] = self._needed
        weigh(t, week, run.part)
        keep(week, *value(t, week))
        for begin in range(0, rounds, AT_ONCE):
            anneal(t, week, begin, min(rounds, begin + AT_ONCE), rounds, run.hot)
            if late():
                break
        short, cost = week.values[BEST_SHORT : BEST_COST + 1].tolist()
        self._needed = min(self._needed, short)
        classes = t.class_of.tolist()
        self._join(_Member(short, cost, week.best, Counter(zip(classes, week.best.tolist(), strict=True))))

    def _join(self, week: _Member) -> None:
        """Keeps a week in place of those nearly the same, if it is better than they are, or of the worst."""

        def worth(member: _Member) -> float:
            return member.value(self._needed)

        alike = [m for m in self._members if m.like(week)]
        if alike and min(map(worth, alike)) <= worth(week):
            return
        self._members = [*(m for m in self._members if m not in alike), week]
        if len(self._members) > WEEKS:
            self._members.remove(max(self._members, key=worth))

    def _crossed(self) -> State:
        """A week that is one of those kept where some of its tours go, and another one elsewhere."""
        t, rng = self._tours, self.rng
        one, other = self._chosen_one(), self._chosen_one()
        week, days = self._holding(one.chosen), len(one.chosen)
        first = one.chosen[rng.randrange(days)]
        near = [
            (t.near[first, t.tour_places[tour]].sum() if first >= 0 and tour >= 0 else EMPTY)
            * (rng.random() + 0.5)
            for tour in one.chosen.tolist()
        ]  # fmt: skip
        count = rng.randint(round(LEAST_PART * days), round(MOST_PART * days))
        kept = np.zeros(days, dtype=bool)
        kept[np.argsort(near)[days - count :]] = True
        week.values[SHORTAGE_KNOWN] = self._needed
        inherit(t, week, kept, other.chosen, MOST_TAKEN)
        return week

    def _holding(self, chosen: Ints) -> State:
        week = empty_week(self._tours, self._seed())
        for day, tour in enumerate(chosen.tolist()):
            if tour >= 0:
                put(self._tours, week, tour, 1)
                week.chosen[day] = tour
        return week

    def _begun(self) -> State:
        """The week to begin with."""
        t = self._tours
        chosen = np.full(len(t.class_of), -1, dtype=np.int64)
        for tour in np.argsort(self._rows)[list(self._start)].tolist():
            of_class = np.searchsorted(t.starts, tour, side="right") - 1
            free = np.flatnonzero((t.class_of == of_class) & (chosen < 0))
            chosen[free[0]] = tour
        return self._holding(chosen)

    def _chosen_one(self) -> _Member:
        """The better one of two drawn."""
        two = self.rng.choices(self._members, k=2)
        return min(two, key=lambda m: m.value(self._needed))
