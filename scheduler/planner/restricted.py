"""The restricted master: the linear programme over the tours known so far.

One variable a tour, one row for each thing asked for, caps on the tiers already settled, and the hull
inequalities that solutions were found to violate. Its duals are the prices of `relaxation`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from ortools.linear_solver import pywraplp

from scheduler.domain.score import TIERS
from scheduler.planner.alike import day_classes
from scheduler.planner.columns import Column, Floats, Worth, column_rows
from scheduler.planner.hull import Cut, SchoolHull
from scheduler.planner.linear import new_lp, solve_lp
from scheduler.planner.master import TIER, Master
from scheduler.planner.tours import TourSpace

UNDER, MINUTES = TIER["under_served"], TIER["minutes_cost"]
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


class RestrictedMaster:
    """The linear programme over the tours known so far; tiers already settled are caps. Tours
    of officer-days that are alike are those of the first of them, as often as there are days."""

    def __init__(self, master: Master, spaces: dict[int, TourSpace], worths: dict[int, Worth]) -> None:
        self.master, self.spaces, self.worths = master, spaces, worths
        self.columns: dict[object, Column] = {}
        self.weights = np.zeros(len(TIERS))
        self._solver = new_lp()
        self._variables: list[tuple[Column, pywraplp.Variable]] = []
        self._slacks = [self._solver.NumVar(0, s.upper, "") for s in master.slacks]
        self._rows = []
        for demand in master.demands:
            row = self._solver.Constraint(_finite(demand.lower), _finite(demand.upper), "")
            for slack, coefficient in demand.slacks.items():
                row.SetCoefficient(self._slacks[slack], coefficient)
            self._rows.append(row)
        self.classes = day_classes(spaces, worths)
        self._class_of = {day: members for members in self.classes for day in members.days}
        self._days = {}
        for members in self.classes:
            least = 1 if spaces[members.first].fixed else 0
            self._days[members.first] = self._solver.Constraint(least, len(members.days), "")
        self._caps: dict[int, pywraplp.Constraint] = {}
        self._excess: list[pywraplp.Variable] = []
        self.hulls = self._make_hulls()

    def add(self, columns: Iterable[Column]) -> int:
        """Adds tours that are not known yet; how many."""
        added = 0
        for made in columns:
            column = replace(made, day=self._class_of[made.day].first)
            if column.key in self.columns:
                continue
            self.columns[column.key] = column
            variable = self._solver.NumVar(0, self._solver.infinity(), "")
            space = self.spaces[column.day]
            for row, value in column_rows(self.master, space, column).items():
                self._rows[row].SetCoefficient(variable, value)
            self._days[column.day].SetCoefficient(variable, 1)
            for tier, cap in self._caps.items():
                if column.tiers[tier]:
                    cap.SetCoefficient(variable, column.tiers[tier])
            self._solver.Objective().SetCoefficient(variable, self._cost(column))
            self._variables.append((column, variable))
            added += 1
        return added

    def _cost(self, column: Column) -> float:
        return float(sum(w * t for w, t in zip(self.weights, column.tiers, strict=True)))

    def minimise(self, weights: Sequence[float]) -> None:
        """Sets the objective: one weight a tier."""
        self.weights = np.array(weights, dtype=np.float64)
        objective = self._solver.Objective()
        objective.SetMinimization()
        for variable, slack in zip(self._slacks, self.master.slacks, strict=True):
            objective.SetCoefficient(variable, float(self.weights[slack.tier] * slack.cost))
        for column, variable in self._variables:
            objective.SetCoefficient(variable, self._cost(column))
        constant = float(np.dot(self.weights, self.master.constants))
        objective.SetOffset(constant)
        for excess in self._excess:
            objective.SetCoefficient(excess, EXCESS)

    def tighten(self) -> int:
        """Adds the hull inequalities that the last solution violates; how many."""
        visits: dict[str, Floats] = {}
        for column, amount in self.values():
            for stop in column.stops:
                if stop.length >= 0:
                    s = stop.option.school_id
                    counts = visits.setdefault(s, np.zeros(len(self.master.lengths)))
                    counts[stop.length] += amount
        found = []
        for (school_id, tier), hull in self.hulls.items():
            counts = visits.get(school_id, np.zeros(len(self.master.lengths)))
            slacks = self.master.short_slacks(school_id, tier)
            short = sum(self._slacks[i].solution_value() for i in slacks)
            cut = hull.cut(counts, short)
            if cut is not None:
                found.append((school_id, tier, cut))
        for school_id, tier, cut in found:
            self._add_cut(school_id, tier, cut)
        return len(found)

    def _add_cut(self, school_id: str, tier: int, cut: Cut) -> None:
        index = self.master.add_cut(school_id, tier, cut.by_length, cut.least)
        demand = self.master.demands[index]
        row = self._solver.Constraint(cut.least, self._solver.infinity(), "")
        for slack, coefficient in demand.slacks.items():
            row.SetCoefficient(self._slacks[slack], coefficient)
        for column, variable in self._variables:
            for stop in column.stops:
                if stop.length >= 0 and stop.option.school_id == school_id:
                    row.SetCoefficient(variable, float(cut.by_length[stop.length]))
        self._rows.append(row)
        for worth in self.worths.values():
            worth.add_row(index, school_id, cut.by_length)

    def _make_hulls(self) -> dict[tuple[str, int], SchoolHull]:
        master, out = self.master, {}
        days = {(s, od.day) for od in master.problem.officer_days for s in od.schools}
        for school_id in master.problem.shares:
            most = sum(s == school_id for s, _ in days)
            missing, levels = master.missing(school_id), master.levels(school_id)
            if missing and most and len(master.lengths):
                out[(school_id, MINUTES)] = SchoolHull(
                    master.lengths, most, missing, partial(_below, missing)
                )
            if levels and most and len(master.lengths):
                out[(school_id, UNDER)] = SchoolHull(
                    master.lengths, most, max(levels), partial(_levels_below, levels)
                )
        return out

    def cap(self, tier: int, most: int) -> None:
        """No more than `most` in a tier from now on."""
        limit = most - self.master.constants[tier]
        if tier in self._caps:
            self._caps[tier].SetUb(limit)
            return
        row = self._solver.Constraint(-self._solver.infinity(), limit, "")
        for variable, slack in zip(self._slacks, self.master.slacks, strict=True):
            if slack.tier == tier:
                row.SetCoefficient(variable, slack.cost)
        for column, variable in self._variables:
            if column.tiers[tier]:
                row.SetCoefficient(variable, column.tiers[tier])
        self._caps[tier] = row
        # Going over a cap at a high cost keeps the programme feasible whatever tours are known,
        # and every value a bound.
        excess = self._solver.NumVar(0, self._solver.infinity(), "")
        row.SetCoefficient(excess, -1)
        self._solver.Objective().SetCoefficient(excess, EXCESS)
        self._excess.append(excess)

    def solve(self) -> Prices | None:
        """Solves over the tours known; None where the solver fails or nothing is feasible."""
        if solve_lp(self._solver) != pywraplp.Solver.OPTIMAL:
            return None
        value = self._solver.Objective().Value()
        rows = np.array([r.dual_value() for r in self._rows])
        days = {d: r.dual_value() for d, r in self._days.items()}
        tiers = self.weights.copy()
        for tier, cap in self._caps.items():
            tiers[tier] -= cap.dual_value()
        return Prices(rows, days, tiers, value)

    def within_caps(self) -> bool:
        """Whether the last solution keeps all caps."""
        return all(x.solution_value() < 1e-6 for x in self._excess)

    def values(self) -> list[tuple[Column, float]]:
        """The columns of the last solution that are above 0."""
        found = [(c, v.solution_value()) for c, v in self._variables]
        return [(c, x) for c, x in found if x > 1e-7]


def _below(missing: int, minutes: int) -> int:
    return max(0, missing - minutes)


def _levels_below(levels: list[int], minutes: int) -> int:
    return sum(minutes < level for level in levels)


def _finite(bound: float) -> float:
    return bound if np.isfinite(bound) else float(np.copysign(pywraplp.Solver.infinity(), bound))
