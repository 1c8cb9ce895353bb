"""The linear programme over a pool, with the branches of a node: columns are priced as needed."""

from collections.abc import Iterable, Mapping
from time import monotonic

import numpy as np
from ortools.linear_solver import pywraplp

from scheduler.planner.columns import Floats
from scheduler.planner.features import ANY, SHORTAGE, WEEK, Feature, Features
from scheduler.planner.grid import Ints
from scheduler.planner.linear import new_lp, solve_lp
from scheduler.planner.master import INF, Master
from scheduler.planner.pool import Pool

CUTTINGS = 2
"""Rounds of cuts in a node, at most."""
ENTERING = 60
"""Tours that enter in a round of pricing, at most."""
BREAKING, WORST, HARDEST = 5_000.0, 100_000, 1_000_000.0
"""Breaking a cap or a branch costs more than any week that could be better; harder where a part of
a unit was still worth it."""
IMPOSSIBLE = 1e-4
"""More than this must be broken where no week is possible."""
TOLERANCE = 1e-6
WHOLE = 1e-4
"""How far from a whole number counts as whole."""

Branches = Mapping[Feature, tuple[int, int]]
"""Least and most of each feature that is branched on."""


class Unsolved(Exception):
    """Time is up, or the solver gave no answer."""


class Programme:
    """Minimises one tier over the pool, the tiers above capped, under the branches of a node.

    One is used by one thread at a time; the pool and the features are shared.
    """

    def __init__(self, master: Master, features: Features, tier: int,
                 caps: tuple[int, ...], best: int, tight: Ints, begin: Ints,
                 deadline: float) -> None:  # fmt: skip
        """`caps` are the most of each tier above, `best` the value to beat; `tight` the master's
        rows to take up (all but implied ones that the relaxation has slack in); `begin` the tours
        to begin with."""
        self.master, self.features, self.pool = master, features, features.pool
        self.tight = tight
        self.brings = self.pool.brings[:, tight]
        self.tier, self.deadline = tier, deadline
        self.offset = master.constants[tier]
        self.capped = capped_tiers(master, self.pool, tier)
        self.cost = self.pool.tiers[:, tier].astype(np.float64)
        self.breaking = BREAKING + 2.0 * min(best, WORST)
        self._breaks: list[pywraplp.Variable] = []
        self._costing = 1.0
        """0 while breaking alone is minimised."""
        self._build(caps)
        self._activate(begin)

    def _build(self, caps: tuple[int, ...]) -> None:
        solver = self.solver = new_lp()
        self.slacks, self.rows = own_rows(self.master, self.tight, solver, integer=False)
        for t in self.capped:
            self.rows.append(cap_row(self.master, solver, self.slacks, t, caps[t]))
            self._breakable(self.rows[-1], (-1.0,))
        for low, limit in zip(self.pool.least.tolist(), self.pool.limits.tolist(), strict=True):
            self.rows.append(solver.Constraint(low, limit, ""))
            if low:
                self._breakable(self.rows[-1], (1.0,))
        objective = solver.Objective()
        objective.SetMinimization()
        for variable, kind in zip(self.slacks, self.master.slacks, strict=True):
            if kind.tier == self.tier:
                objective.SetCoefficient(variable, kind.cost)
        self.variables: dict[int, pywraplp.Variable] = {}
        self.branch_rows: dict[Feature, pywraplp.Constraint] = {}
        self.branches: Branches = {}
        self.active = np.zeros(self.pool.size, dtype=np.bool_)
        self.open = np.ones(self.pool.size, dtype=np.bool_)

    def _breakable(self, row: pywraplp.Constraint, signs: tuple[float, ...]) -> None:
        """Breaking a cap or a branch at a high cost keeps every programme feasible and every
        value a bound."""
        for sign in signs:
            variable = self.solver.NumVar(0, self.solver.infinity(), "")
            row.SetCoefficient(variable, sign)
            self.solver.Objective().SetCoefficient(variable, self.breaking)
            self._breaks.append(variable)

    def _activate(self, tours: Ints) -> None:
        objective = self.solver.Objective()
        for tour in tours.tolist():
            if tour in self.variables:
                continue
            variable = self.solver.NumVar(0, self.solver.infinity(), "")
            for i, value in tour_rows(self.pool, self.brings, tour, self.capped):
                self.rows[i].SetCoefficient(variable, value)
            for feature, row in self.branch_rows.items():
                count = int(self.features.counts(feature)[tour])
                if count:
                    row.SetCoefficient(variable, count)
            objective.SetCoefficient(variable, self._costing * float(self.cost[tour]))
            self.variables[tour] = variable
            self.active[tour] = True

    def _branch_row(self, feature: Feature) -> pywraplp.Constraint:
        if feature not in self.branch_rows:
            row = self.solver.Constraint(-self.solver.infinity(), self.solver.infinity(), "")
            set_branch(self.features, row, feature, self.variables.items(), self.slacks)
            self._breakable(row, (-1.0, 1.0))
            self.branch_rows[feature] = row
        return self.branch_rows[feature]

    def _set(self, branches: Branches, tours: Ints) -> None:
        """Sets the branches of a node and the tours that it may use; only what differs."""
        infinity = self.solver.infinity()
        for feature in self.branches:
            if feature not in branches:
                self._branch_row(feature).SetBounds(-infinity, infinity)
        for feature, (low, high) in branches.items():
            if self.branches.get(feature) != (low, high):
                self._branch_row(feature).SetBounds(low, high)
        self.branches = dict(branches)
        allowed = np.zeros(self.pool.size, dtype=np.bool_)
        allowed[tours] = True
        for tour in np.flatnonzero(self.active & (allowed != self.open)).tolist():
            self.variables[tour].SetUb(infinity if allowed[tour] else 0.0)
        self.open = allowed

    def probe(self, branches: Branches, tours: Ints) -> float | None:
        """The value over the tours known here: not a bound, but near one. None where the solver
        gives none."""
        self._set(branches, tours)
        if solve_lp(self.solver) != pywraplp.Solver.OPTIMAL:
            return None
        return float(self.solver.Objective().Value()) + self.offset

    def solve(self, branches: Branches, tours: Ints) -> tuple[float, Floats]:
        """The value of a node, and the reduced costs of its tours. Raises Unsolved."""
        self._set(branches, tours)
        value, reduced = self._priced(tours)
        return value + self.offset, reduced

    def _priced(self, tours: Ints) -> tuple[float, Floats]:
        while True:
            if solve_lp(self.solver) != pywraplp.Solver.OPTIMAL:
                raise Unsolved
            value = float(self.solver.Objective().Value())
            reduced = self._reduced(tours)
            few = min(ENTERING, len(reduced) - 1)
            worst = np.argpartition(reduced, few)[:ENTERING].tolist() if len(reduced) else []
            worst = [w for w in worst if reduced[w] < -TOLERANCE and not self.active[tours[w]]]
            if not worst:
                return value, reduced
            if monotonic() > self.deadline:
                raise Unsolved
            self._activate(tours[sorted(worst, key=lambda w: (reduced[w], w))])

    def _reduced(self, tours: Ints) -> Floats:
        pool = self.pool
        count = len(self.tight)
        duals = np.array([r.dual_value() for r in self.rows])
        out = self._costing * self.cost[tours] - pool.sums(self.brings @ duals[:count], tours)
        for position, t in enumerate(self.capped):
            if duals[count + position]:
                out = out - duals[count + position] * pool.tiers[tours, t]
        out = out - duals[count + len(self.capped) :][pool.of_class[tours]]
        for feature, row in self.branch_rows.items():
            dual = row.dual_value()
            if dual:
                out = out - dual * self.features.counts(feature)[tours]
        return np.asarray(out, dtype=np.float64)

    def amounts(self, kind: int) -> dict[Feature, float]:
        """How much of each feature of a kind the last solution has."""
        if kind == SHORTAGE:
            return {
                Feature(SHORTAGE, WEEK, ANY, i): v.solution_value()
                for i, (v, s) in enumerate(zip(self.slacks, self.master.slacks, strict=True))
                if s.integer
            }
        return self.features.amounts(kind, *self.solution())

    def broken(self) -> bool:
        """Whether the last solution breaks a cap or a branch."""
        return any(v.solution_value() > TOLERANCE for v in self._breaks)

    def possible(self, tours: Ints) -> bool:
        """Whether the caps and the branches of the last node can be kept at all: the least that must
        be broken, whatever it costs. From then on breaking costs more. Raises Unsolved."""
        self.breaking = HARDEST
        try:
            self._costing = 0.0
            self._write_objective(1.0)
            least, _ = self._priced(tours)
        finally:
            self._costing = 1.0
            self._write_objective(self.breaking)
        return least <= IMPOSSIBLE

    def _write_objective(self, breaking: float) -> None:
        objective = self.solver.Objective()
        for variable, kind in zip(self.slacks, self.master.slacks, strict=True):
            if kind.tier == self.tier:
                objective.SetCoefficient(variable, self._costing * kind.cost)
        for tour, variable in self.variables.items():
            objective.SetCoefficient(variable, self._costing * float(self.cost[tour]))
        for variable in self._breaks:
            objective.SetCoefficient(variable, breaking)

    def solution(self) -> tuple[Ints, Floats]:
        """The tours taken in the last solution, and how often each."""
        taken = [(t, v.solution_value()) for t, v in self.variables.items()]
        taken = [(t, x) for t, x in taken if x > 1e-9]
        return np.array([t for t, _ in taken], dtype=np.int64), np.array([x for _, x in taken])


def set_branch(
    features: Features, row: pywraplp.Constraint, feature: Feature,
    variables: Iterable[tuple[int, pywraplp.Variable]], slacks: list[pywraplp.Variable],
) -> None:  # fmt: skip
    """Writes what a row that counts a feature counts."""
    if feature.kind == SHORTAGE:
        row.SetCoefficient(slacks[feature.other], 1)
        return
    counts = features.counts(feature)
    for tour, variable in variables:
        if counts[tour]:
            row.SetCoefficient(variable, int(counts[tour]))


def capped_tiers(master: Master, pool: Pool, tier: int) -> list[int]:
    """The tiers above in which anything can be counted."""
    slack = {s.tier for s in master.slacks}
    return [t for t in range(tier) if t in slack or pool.tiers[:, t].any()]


def own_rows(
    master: Master, which: Ints, solver: pywraplp.Solver, integer: bool
) -> tuple[list[pywraplp.Variable], list[pywraplp.Constraint]]:
    """The master's slacks and some of its rows in a solver."""
    infinity = solver.infinity()
    slacks = [
        solver.IntVar(0, s.upper, "") if integer and s.integer else solver.NumVar(0, s.upper, "")
        for s in master.slacks
    ]
    rows = []
    for demand in (master.demands[i] for i in which.tolist()):
        low = demand.lower if demand.lower > -INF else -infinity
        high = demand.upper if demand.upper < INF else infinity
        row = solver.Constraint(low, high, "")
        for slack, coefficient in demand.slacks.items():
            row.SetCoefficient(slacks[slack], coefficient)
        rows.append(row)
    return slacks, rows


def cap_row(
    master: Master, solver: pywraplp.Solver, slacks: list[pywraplp.Variable], tier: int, most: int
) -> pywraplp.Constraint:
    """A row for the slacks of a tier: no more than `most` in all."""
    row = solver.Constraint(-solver.infinity(), most - master.constants[tier], "")
    for variable, kind in zip(slacks, master.slacks, strict=True):
        if kind.tier == tier:
            row.SetCoefficient(variable, kind.cost)
    return row


def tour_rows(pool: Pool, brings: Floats, tour: int, capped: list[int]) -> list[tuple[int, float]]:
    """(row, coefficient) of a tour: the master's rows in `brings`, the caps, the classes."""
    visits = pool.visits[tour]
    values = brings[visits[visits < len(pool.entries)]].sum(axis=0)
    out = [(int(i), float(values[i])) for i in np.flatnonzero(values)]
    count = len(values)
    for position, t in enumerate(capped):
        if pool.tiers[tour, t]:
            out.append((count + position, float(pool.tiers[tour, t])))
    out.append((count + len(capped) + int(pool.of_class[tour]), 1.0))
    return out
