"""The restricted master: the linear programme over the tours known so far.

One variable a tour, one row for each thing asked for, caps on the tiers already settled, and the hull
inequalities that solutions were found to violate. Its duals are the prices of `relaxation`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scheduler.domain.score import TIERS
from scheduler.planner.alike import day_classes
from scheduler.planner.columns import Column, Worth, column_rows
from scheduler.planner.counts import EVERY, NONE, WEEK, WHOLE, Bounds, Count, counted
from scheduler.planner.grid import Floats
from scheduler.planner.linear import LinearProgramme
from scheduler.planner.master import Master
from scheduler.planner.tours import TourSpace

EXCESS = 3_000.0
"""What a unit over a cap costs."""


@dataclass(frozen=True)
class Prices:
    """The duals of a solved restricted master: one a row, one a class of officer-days (by its
    first), and what a unit of each tier costs (its weight less the dual of its cap). `value` is that
    of the objective."""

    rows: Floats
    days: dict[int, float]
    tiers: Floats
    value: float

    def widened(self, rows: int) -> "Prices":
        """The same where rows were added since: those cost nothing, so the value is a bound still."""
        return replace(self, rows=np.pad(self.rows, (0, rows - len(self.rows))))


class RestrictedMaster:
    """The linear programme over the tours known so far; tiers already settled are caps. Tours
    of officer-days that are alike are those of the first of them, as often as there are days."""

    def __init__(self, master: Master, spaces: dict[int, TourSpace], worths: dict[int, Worth]) -> None:
        self.master, self.spaces, self.worths = master, spaces, worths
        self.columns: dict[object, Column] = {}
        self.weights = np.zeros(len(TIERS))
        self.classes = day_classes(spaces, worths)
        self._class_of = {day: members for members in self.classes for day in members.days}
        self._known: list[Column] = []
        self._at: list[int] = []
        """The column of the programme that each known tour is."""
        self._with: dict[str, list[tuple[int, int, int]]] = {}
        """Columns with a visit to a school, the index of its length, and the class of days."""
        self._caps: dict[int, int] = {}
        self._counts: dict[Count, int] = {}
        """The row of the programme of each count that was ever bounded."""
        self.bounds: Bounds = {}
        """Of counts, as they are now."""
        self._excess: list[int] = []
        self._offset = 0.0
        self._build()

    def _build(self) -> None:
        master, programme = self.master, LinearProgramme()
        lowers = np.array([d.lower for d in master.demands])
        uppers = np.array([d.upper for d in master.demands])
        programme.add_rows(lowers, uppers)
        self._rows = list(range(len(lowers)))
        """The row of the programme that each row of the master is."""
        least = np.array([float(bool(self.spaces[c.first].fixed)) for c in self.classes])
        first = programme.add_rows(least, np.array([float(len(c.days)) for c in self.classes]))
        self._days = {c.first: first + i for i, c in enumerate(self.classes)}
        slacks = np.zeros((len(master.slacks), programme.rows))
        for row, demand in enumerate(master.demands):
            for slack, coefficient in demand.slacks.items():
                slacks[slack, row] = coefficient
        most = np.array([s.upper for s in master.slacks], dtype=np.float64)
        programme.add_columns(np.zeros(len(most)), most, slacks)
        self._programme = programme

    def add(self, columns: Iterable[Column]) -> int:
        """Adds tours that are not known yet; how many."""
        new: list[Column] = []
        for made in columns:
            column = replace(made, day=self._class_of[made.day].first)
            if column.key not in self.columns:
                self.columns[column.key] = column
                new.append(column)
        if not new:
            return 0
        brings = np.zeros((len(new), self._programme.rows))
        for i, column in enumerate(new):
            for row, value in column_rows(self.master, self.spaces[column.day], column).items():
                brings[i, self._rows[row]] = value
            brings[i, self._days[column.day]] = 1
            for tier, row in self._caps.items():
                brings[i, row] = column.tiers[tier]
            for count, row in self._counts.items():
                brings[i, row] = counted(count, column)
        costs = np.array([c.tiers for c in new], dtype=np.float64) @ self.weights
        first = self._programme.add_columns(costs, np.full(len(new), np.inf), brings)
        for i, column in enumerate(new):
            self._known.append(column)
            self._at.append(first + i)
            for stop in column.stops:
                if stop.length >= 0:
                    visit = (first + i, stop.length, column.day)
                    self._with.setdefault(stop.option.school_id, []).append(visit)
        return len(new)

    def minimise(self, weights: Sequence[float]) -> None:
        """Sets the objective: one weight a tier."""
        self.weights = np.array(weights, dtype=np.float64)
        costs = np.zeros(self._programme.columns)
        costs[: len(self.master.slacks)] = [self.weights[s.tier] * s.cost for s in self.master.slacks]
        if self._known:
            costs[self._at] = np.array([c.tiers for c in self._known], dtype=np.float64) @ self.weights
        costs[self._excess] = EXCESS
        self._offset = float(np.dot(self.weights, self.master.constants))
        self._programme.set_costs(costs)

    def cap(self, tier: int, most: int) -> None:
        """No more than `most` in a tier from now on."""
        limit = most - self.master.constants[tier]
        if tier in self._caps:
            self._programme.bound_row(self._caps[tier], -np.inf, limit)
            return
        brings = np.zeros(self._programme.columns)
        for i, slack in enumerate(self.master.slacks):
            if slack.tier == tier:
                brings[i] = slack.cost
        brings[self._at] = [c.tiers[tier] for c in self._known]
        row = self._programme.add_row(-np.inf, limit, np.arange(len(brings)), brings)
        self._caps[tier] = row
        self._soften(row, -1.0)

    def _soften(self, row: int, sign: float) -> None:
        """Breaking a row at a high cost keeps the programme feasible whatever tours are known, and every
        value a bound."""
        over = np.zeros((1, self._programme.rows))
        over[0, row] = sign
        self._excess.append(self._programme.add_columns(np.full(1, EXCESS), np.full(1, np.inf), over))

    def bound_counts(self, bounds: Bounds) -> None:
        """Bounds these counts from now on, and no others."""
        self.bounds = bounds
        for count in bounds:
            if count not in self._counts:
                self._counts[count] = self._count_row(count)
        for count, row in self._counts.items():
            self._programme.bound_row(row, *bounds.get(count, (-np.inf, np.inf)))

    def none_on(self, day: int) -> bool:
        """Whether the days of this class (by its first) are bounded to have no tour."""
        return self.bounds.get(Count(EVERY, day, tours=True), (0, 1))[1] == 0

    def _count_row(self, count: Count) -> int:
        brings = np.zeros(self._programme.columns)
        of_visits = not count.tours and count.slack == NONE
        if count.slack != NONE:
            brings[count.slack] = 1.0
        elif count.tours:
            brings[self._at] = [float(count.day in (WEEK, c.day)) for c in self._known]
        for school_id in self._with if of_visits else ():
            if count.school_id in (EVERY, school_id):
                for column, length, day in self._with[school_id]:
                    brings[column] += length >= count.length and count.day in (WEEK, day)
        row = self._programme.add_row(-np.inf, np.inf, np.arange(len(brings)), brings)
        if of_visits:
            index = self.master.add_count()
            self._rows.append(row)
            long_enough = np.arange(len(self.master.lengths)) >= count.length
            for day, worth in self.worths.items():
                if count.day in (WEEK, day):
                    for school_id in self.spaces[day].schools:
                        if count.school_id in (EVERY, school_id):
                            worth.add_row(index, school_id, long_enough.astype(np.float64))
        self._soften(row, -1.0)
        self._soften(row, 1.0)
        return row

    def solve(self) -> Prices | None:
        """Solves over the tours known; None where the solver fails or nothing is feasible."""
        if not self._programme.solve():
            return None
        duals = self._programme.duals
        days = {d: float(duals[row]) for d, row in self._days.items()}
        for count, row in self._counts.items():
            for d in days if count.tours else ():
                days[d] += float(duals[row]) if count.day in (WEEK, d) else 0.0
        tiers = self.weights.copy()
        for tier, row in self._caps.items():
            tiers[tier] -= duals[row]
        return Prices(duals[self._rows], days, tiers, self._programme.value + self._offset)

    def demand_more(self, tier: int, more: float) -> dict[int, float]:
        """Asks for a part more of all that the tiers above `tier` ask for; by how much, for each row
        of the master. With 0 all is as before."""
        out = {}
        for i, demand in enumerate(self.master.demands):
            tiers = {self.master.slacks[slack].tier for slack in demand.slacks}
            if demand.implied or not tiers or max(tiers) >= tier:
                continue
            out[i] = more * max(1.0, demand.lower)
            self._programme.bound_row(self._rows[i], demand.lower + out[i], demand.upper + out[i])
        return out

    def hold(self, tour: int, least: float, most: float) -> None:
        """Bounds on how often a known tour (its number in `amounts`) is taken."""
        at = np.array([self._at[tour]])
        self._programme.bound_columns(at, np.array([float(least)]), np.array([float(most)]))

    def within_caps(self) -> bool:
        """Whether the last solution keeps all caps."""
        return bool((self._programme.values[self._excess] < 1e-6).all())

    def amounts(self) -> Floats:
        """How often each known tour is taken in the last solution, in the order of `known`."""
        return self._programme.values[self._at]

    def cheapest(self, most: int) -> list[Column]:
        """So many known tours of the least reduced cost in the last solution."""
        at = self._programme.reduced_costs()[self._at]
        return [self._known[i] for i in np.argsort(at, kind="stable")[:most].tolist()]

    @property
    def known(self) -> Sequence[Column]:
        """The tours known so far."""
        return self._known

    def doubtful_slacks(self, tier: int) -> dict[Count, float]:
        """The shortages of a tier that are not whole in the last solution."""
        amounts = {
            i: float(self._programme.values[i]) for i, s in enumerate(self.master.slacks)
            if s.tier == tier and s.integer
        }  # fmt: skip
        return {Count(EVERY, slack=i): a for i, a in amounts.items() if abs(a - round(a)) > WHOLE}

    def values(self) -> list[tuple[Column, float]]:
        """The columns of the last solution that are above 0."""
        amounts = self.amounts()
        return [(self._known[i], float(amounts[i])) for i in np.flatnonzero(amounts > 1e-7).tolist()]
