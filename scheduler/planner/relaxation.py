"""The linear relaxation of the master, solved by column generation.

The restricted master holds some tours; its duals price all others, and the search in `tours`
finds those that would lower it (Desaulniers, Desrosiers and Solomon 2005). What the pricing
leaves over gives a proven bound at any moment: the value of the linear programme less the most
that each officer-day could still bring (Lagrange).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from time import monotonic

import numpy as np
from ortools.linear_solver import pywraplp

from scheduler.domain.score import TIERS
from scheduler.planner.alike import day_classes
from scheduler.planner.columns import Column, Floats, Worth, column_rows
from scheduler.planner.grid import Ints
from scheduler.planner.hull import Cut, SchoolHull
from scheduler.planner.linear import new_lp, solve_lp
from scheduler.planner.master import INF, TIER, Master
from scheduler.planner.search import best_tours
from scheduler.planner.timing import timed
from scheduler.planner.tours import TourSpace

CHANGED, RELIEF = TIER["changed_visits"], TIER["relief_days"]
UNDER, MINUTES = TIER["under_served"], TIER["minutes_cost"]
EPSILON = 1e-6
PER_DIVE = 4
PATIENCE, LITTLE = 4, 0.005
"""Rounds of pricing that lower the value by less than this part end a rough convergence."""
PROMISING = 14
"""Schools that pricing looks at first where there are many."""
EXCESS = 3_000.0
MOST_REFUSED = 6
SMOOTHING = 0.6
"""How far towards the best prices so far tours are priced, where there are many schools: with few
it only costs time."""
NEARLY = 1e-4
"""Part of the value within which the bound is so near that the last prices are as good."""
PER_DAY = 12
"""Tours added an officer-day and pricing round."""


@dataclass(frozen=True)
class Prices:
    """The duals of a solved restricted master: one a row, one a class of officer-days (by its
    first), and what a unit of each tier costs (its weight less the dual of its cap)."""

    rows: Floats
    days: dict[int, float]
    tiers: Floats
    value: float


class Relaxation:
    """The linear programme over the tours known so far; tiers already settled are caps. Tours
    of officer-days that are alike are those of the first of them, as often as there are days."""

    def __init__(
        self, master: Master, spaces: dict[int, TourSpace], worths: dict[int, Worth],
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        """`stopped` says when to end early."""
        self.master, self.spaces, self.worths = master, spaces, worths
        self.stopped = stopped
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
        self._wide = any(len(s.schools) > PROMISING for s in spaces.values())
        self._excess: list[pywraplp.Variable] = []
        self.hulls = self._make_hulls()
        self._same: dict[int, int] = {}
        for members in self.classes:
            space = spaces[members.first]
            same = (d for d in self._same.values() if spaces[d].alike(space))
            self._same[members.first] = next(same, members.first)

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

    def dive(self, rng: Random, until: float) -> list[Column] | None:
        """Whole tours near the relaxed point: fixes one tour after the other, the ones that the
        relaxation likes best first, and prices anew in between. None where it ends nowhere."""
        free = {members.first: list(members.days) for members in self.classes}
        fixed: list[tuple[pywraplp.Variable, Column]] = []
        taken: dict[object, int] = {}
        refused: list[pywraplp.Variable] = []
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
                    variable, column = fixed.pop()
                    first = self._class_of[column.day].first
                    free[first].insert(0, column.day)
                    key = replace(column, day=first).key
                    taken[key] -= 1
                    variable.SetBounds(taken[key], taken[key])
                    refused.append(variable)
                    continue
                self.add(self.price(prices, PER_DIVE, [d for d in free if free[d]], PROMISING)[0])
                if self.solve() is None or not (lenient or self.within_caps()):
                    continue
                open_ = [
                    (c, v, left)
                    for c, v in self._variables
                    if free[c.day] and (left := v.solution_value() - taken.get(c.key, 0)) > 1e-6
                ]
                if not open_:
                    return [column for _, column in fixed]
                column, variable, _ = max(open_, key=lambda cvx: min(cvx[2], 1.0) + 0.1 * rng.random())
                taken[column.key] = taken.get(column.key, 0) + 1
                variable.SetLb(taken[column.key])
                fixed.append((variable, replace(column, day=free[column.day].pop(0))))
            return None
        finally:
            for variable in (*(v for v, _ in fixed), *refused):
                variable.SetBounds(0, self._solver.infinity())

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
        self, deadline: float, enough: float = -INF, roughly: bool = False
    ) -> tuple[float, Prices | None]:
        """Generates columns until nothing lowers the value, the value is at most `enough`, or
        time is up; `roughly` also where the last rounds lowered it little. The proven bound
        (−inf where none) and the last prices.

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
            if not self.add(columns):
                return bound, prices


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


def _below(missing: int, minutes: int) -> int:
    return max(0, missing - minutes)


def _levels_below(levels: list[int], minutes: int) -> int:
    return sum(minutes < level for level in levels)


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


class ReducedCosts:
    """What tours of one officer-day are worth under some prices."""

    def __init__(self, relaxation: Relaxation, prices: Prices, day: int) -> None:
        space = relaxation.spaces[day]
        self.worth, self.fixed_worth, self.chosen = relaxation.worths[day].of(
            prices.rows, float(prices.tiers[CHANGED])
        )
        self.masked = relaxation.worths[day].masked(self.worth)
        self.road = float(prices.tiers[MINUTES])
        relief = float(prices.tiers[RELIEF]) if space.od.relief else 0.0
        self.above = prices.days[day] * -1.0 + relief


def _finite(bound: float) -> float:
    return bound if np.isfinite(bound) else float(np.copysign(pywraplp.Solver.infinity(), bound))
