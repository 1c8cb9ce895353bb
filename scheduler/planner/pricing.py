"""Pricing: the tours that would lower the value of the restricted master, at given prices."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from scheduler.planner.columns import Column, Worth
from scheduler.planner.grid import Ints
from scheduler.planner.master import INF, Master
from scheduler.planner.reduced_costs import ReducedCosts
from scheduler.planner.restricted import Prices
from scheduler.planner.search import best_tours
from scheduler.planner.threads import Threads, now
from scheduler.planner.tightening import TightMaster
from scheduler.planner.timing import timed
from scheduler.planner.tours import TourSpace

EPSILON = 1e-6
PROMISING = 14
"""Schools that pricing looks at first where there are many."""
PER_DAY = 12
"""Tours added an officer-day and pricing round."""


@dataclass(frozen=True)
class Priced:
    """Tours that would lower the value, and for each class of days (by its first) how much one of its days
    at most could (infinite where not all were looked at)."""

    columns: list[Column]
    over: dict[int, float]
    short: float
    """What all days together could lower the value by."""

    def safe(self, prices: Prices) -> Prices:
        """Prices at which no tour lowers the value, which is a bound then (Lagrange)."""
        days = {d: price - self.over.get(d, 0.0) for d, price in prices.days.items()}
        return replace(prices, days=days, value=prices.value - self.short)


class Pricing(TightMaster):
    """The restricted master, and the search for tours that it lacks."""

    def __init__(
        self, master: Master, spaces: dict[int, TourSpace], worths: dict[int, Worth],
        stopped: Callable[[], bool], threads: Threads,
    ) -> None:  # fmt: skip
        """`stopped` says when to end early; `threads` look at classes of days side by side."""
        super().__init__(master, spaces, worths)
        self.stopped, self._threads = stopped, threads
        self._wide = any(len(s.schools) > PROMISING for s in spaces.values())
        self._same: dict[int, int] = {}
        for members in self.classes:
            space = spaces[members.first]
            same = (d for d in self._same.values() if spaces[d].alike(space))
            self._same[members.first] = next(same, members.first)

    @property
    def threads(self) -> int:
        """How many may work now."""
        return now(self._threads)

    def price(
        self, prices: Prices, per_day: int = PER_DAY, days: Iterable[int] | None = None,
        most_schools: int | None = None,
    ) -> Priced:  # fmt: skip
        """Looks at the classes with these first days, all unless given, and at so many schools that are
        worth most, all unless given."""
        groups: dict[tuple[int, bytes], list[tuple[int, ReducedCosts]]] = {}
        for day in self._days if days is None else days:
            space = self.spaces[day]
            if space.od.most == 0 or not len(space.nodes):
                continue
            reduced = ReducedCosts(self, prices, day)
            key = (self._same[day], reduced.worth.tobytes() + reduced.fixed_worth.tobytes())
            groups.setdefault(key, []).append((day, reduced))

        def search(group: Sequence[tuple[int, ReducedCosts]]) -> list["_Found"]:
            return self._search(group, per_day, most_schools)

        if self.threads > 1 and most_schools is None and self._wide and len(groups) > 1:
            with ThreadPoolExecutor(self.threads) as pool:
                answers = list(pool.map(search, groups.values()))
        else:
            answers = [search(group) for group in groups.values()]
        best = {day: (reduced, result) for group, found in zip(groups.values(), answers, strict=True)
                for (day, reduced), result in zip(group, found, strict=True)}  # fmt: skip
        columns: list[Column] = []
        over: dict[int, float] = {}
        for day in sorted(best):
            reduced, result = best[day]
            if not result.complete:
                over[day] = INF
            if result.top is None or result.top <= reduced.above + EPSILON:
                continue
            over.setdefault(day, result.top - reduced.above)
            for sequence in result.sequences:
                made = timed(self.spaces[day], sequence, reduced.masked, reduced.fixed_worth,
                             reduced.road, reduced.chosen)  # fmt: skip
                if made is not None:
                    columns.append(made[1])
        short = sum(by * len(self._class_of[day].days) for day, by in over.items())
        return Priced(columns, over, short)

    def _search(
        self, group: Sequence[tuple[int, ReducedCosts]], per_day: int, most_schools: int | None
    ) -> list["_Found"]:
        """The best tours of each day of a group, in which visits are worth the same."""
        out: list[_Found] = []
        for day, reduced in group:
            if not out or out[-1].none_above > reduced.above:
                result = best_tours(
                    self.spaces[day], reduced.masked, reduced.fixed_worth, reduced.road,
                    reduced.above + EPSILON, most_schools,
                )  # fmt: skip
                top = float(result.values[0]) if len(result.values) else None
                few = self._first_of_each(self.spaces[day], result.sequences, per_day)
                out.append(_Found(top, few, reduced.above, result.complete))
            else:
                out.append(out[-1])
        return out

    def _first_of_each(self, space: TourSpace, sequences: Ints, most: int) -> Ints:
        """So many of the sequences; where there are few schools, the first of those to the same schools
        alone: another order of them says little new."""
        if len(space.schools) > PROMISING:
            return sequences[:most]
        places = np.where(sequences < len(space.nodes), space.place[sequences % len(space.nodes)], -1)
        sets = np.sort(np.where(sequences < 0, -1, places), axis=1)
        _, first = np.unique(sets, axis=0, return_index=True)
        return sequences[np.sort(first)[:most]]


@dataclass(frozen=True)
class _Found:
    """What a pricing search found for days that are alike: the best value (None: nothing is
    worth more than `above`) and the sequences; and whether it looked at all."""

    top: float | None
    sequences: Ints
    above: float
    complete: bool

    @property
    def none_above(self) -> float:
        """Above what it is known that there is nothing; −inf where something was found."""
        return self.above if self.top is None else -INF
