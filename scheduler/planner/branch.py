"""Branch and bound over a pool of tours: the best week, proven.

Branches are on how many days of a class visit a school; every node solves a linear programme
over the pool with the columns priced by one matrix product, and drops tours whose reduced cost
exceeds what is left of the gap. Small nodes go to a mixed-integer solver.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

import numpy as np
from ortools.linear_solver import pywraplp

from scheduler.planner.columns import Floats
from scheduler.planner.grid import Ints
from scheduler.planner.linear import MARGIN, rounded_up, solve_lp
from scheduler.planner.master import INF, Master
from scheduler.planner.pool import WEEK, Pool

SMALL = 300
"""Tours in a node that the mixed-integer solver gets at once."""
ACTIVE = 300
BREAKING = 5_000.0
PROBES = 4
RELIABLE = 3
"""Probes of a place after which its rates are trusted."""
TOLERANCE = 1e-6


@dataclass(order=True)
class _Node:
    bound: float
    order: int
    lower: Ints = field(compare=False)
    upper: Ints = field(compare=False)
    columns: Ints = field(compare=False)


@dataclass(frozen=True)
class Outcome:
    """What a search proved: no plan of the pool is below `bound` in the tier; `complete` where
    everything was looked at."""

    bound: float
    complete: bool


class BranchAndBound:
    """Minimises one tier over the pool, the tiers above capped."""

    def __init__(
        self, master: Master, pool: Pool, tier: int, caps: tuple[int, ...], best: int,
        found: Callable[[list[tuple[int, int]]], int], deadline: float,
    ) -> None:  # fmt: skip
        """`best` is the tier's value to beat; `found` takes (row of the pool, how often) of a
        better week and answers the value to beat from then on."""
        self.master, self.pool, self.tier, self.caps = master, pool, tier, caps
        self.best, self.found, self.deadline = best, found, deadline
        self.offset = master.constants[tier]
        capped = [t for t in range(tier) if pool.tiers[:, t].any() or self._has_slack(t)]
        self.capped = capped
        one = np.zeros((pool.size, len(pool.classes)))
        one[np.arange(pool.size), pool.of_class] = 1.0
        self.matrix = np.hstack([pool.rows, pool.tiers[:, capped].astype(np.float64), one, pool.on])
        self.cost = pool.tiers[:, tier].astype(np.float64)
        self._build()
        self.order = 0

    def _has_slack(self, tier: int) -> bool:
        return any(s.tier == tier for s in self.master.slacks)

    # -- the linear programme --------------------------------------------------------------------

    def _build(self) -> None:
        solver = self.solver = pywraplp.Solver.CreateSolver("GLOP")
        infinity = solver.infinity()
        slacks = [solver.NumVar(0, s.upper, "") for s in self.master.slacks]
        self.rows = []
        for demand in self.master.demands:
            low = demand.lower if demand.lower > -INF else -infinity
            high = demand.upper if demand.upper < INF else infinity
            row = solver.Constraint(low, high, "")
            for slack, coefficient in demand.slacks.items():
                row.SetCoefficient(slacks[slack], coefficient)
            self.rows.append(row)
        for t in self.capped:
            row = solver.Constraint(-infinity, self.caps[t] - self.master.constants[t], "")
            for variable, kind in zip(slacks, self.master.slacks, strict=True):
                if kind.tier == t:
                    row.SetCoefficient(variable, kind.cost)
            self.rows.append(row)
        for members in self.pool.classes:
            self.rows.append(solver.Constraint(-infinity, len(members.days), ""))
        self.first_place = len(self.rows)
        for limit in self.pool.limits.tolist():
            self.rows.append(solver.Constraint(0, limit, ""))
        objective = solver.Objective()
        objective.SetMinimization()
        for variable, kind in zip(slacks, self.master.slacks, strict=True):
            if kind.tier == self.tier:
                objective.SetCoefficient(variable, kind.cost)
        # Breaking a cap or a branch at a high cost keeps every programme feasible and every
        # value a bound.
        begin = len(self.master.demands)
        for i in range(begin, len(self.rows)):
            for sign in (-1.0,) if i < self.first_place else (-1.0, 1.0):
                variable = solver.NumVar(0, infinity, "")
                self.rows[i].SetCoefficient(variable, sign)
                objective.SetCoefficient(variable, BREAKING)
        self.variables: dict[int, pywraplp.Variable] = {}
        count = len(self.pool.places)
        self.lower = np.zeros(count, dtype=np.int64)
        self.upper = self.pool.limits
        self.active = np.zeros(self.pool.size, dtype=np.bool_)
        self.open = np.ones(self.pool.size, dtype=np.bool_)
        self.gain = np.zeros((count, 2))
        self.tries = np.zeros(count, dtype=np.int64)

    def _activate(self, columns: Ints) -> None:
        objective = self.solver.Objective()
        for column in columns.tolist():
            if column in self.variables:
                continue
            variable = self.solver.NumVar(0, self.solver.infinity(), "")
            values = self.matrix[column]
            for i in np.flatnonzero(values).tolist():
                self.rows[i].SetCoefficient(variable, float(values[i]))
            objective.SetCoefficient(variable, float(self.cost[column]))
            self.variables[column] = variable
            self.active[column] = True

    def _bounds(self, node: _Node) -> None:
        """Sets the branches of a node; only what differs from the node before."""
        changed = np.flatnonzero((node.lower != self.lower) | (node.upper != self.upper))
        for i in changed.tolist():
            self.rows[self.first_place + i].SetBounds(int(node.lower[i]), int(node.upper[i]))
        self.lower, self.upper = node.lower, node.upper
        allowed = np.zeros(self.pool.size, dtype=np.bool_)
        allowed[node.columns] = True
        infinity = self.solver.infinity()
        for column in np.flatnonzero(self.active & (allowed != self.open)).tolist():
            self.variables[column].SetUb(infinity if allowed[column] else 0.0)
        self.open = allowed

    def _solve(self, node: _Node) -> tuple[float, Floats]:
        """The node's value and the reduced costs of its columns. Raises _Unsolved."""
        self._bounds(node)
        while True:
            status = solve_lp(self.solver)
            if status != pywraplp.Solver.OPTIMAL:
                raise _Unsolved
            value = self.solver.Objective().Value() + self.offset
            duals = np.array([r.dual_value() for r in self.rows])
            reduced = self.cost[node.columns] - self.matrix[node.columns] @ duals
            worst = node.columns[np.argsort(reduced)[:60]]
            entering = [
                c for c in worst[np.sort(reduced)[:60] < -TOLERANCE].tolist() if c not in self.variables
            ]
            if not entering:
                return value, reduced
            if monotonic() > self.deadline:
                raise _Unsolved
            self._activate(np.array(entering))

    # -- the search --------------------------------------------------------------------------------

    def run(self, reduced: Floats) -> Outcome:
        """Searches until everything is proven or time is up. `reduced` says which tours to begin
        with (lowest first)."""
        self._activate(np.argsort(reduced)[:ACTIVE])
        root = _Node(-INF, 0, self.lower, self.upper, np.arange(self.pool.size))
        heap = [root]
        while heap:
            node = heapq.heappop(heap)
            if self._beaten(node.bound):
                break
            if monotonic() > self.deadline:
                return Outcome(node.bound, False)
            try:
                for child in self._expand(node):
                    heapq.heappush(heap, child)
            except _Unsolved:
                return Outcome(node.bound, False)
        return Outcome(self.best, True)

    def _beaten(self, value: float) -> bool:
        return value > -INF and rounded_up(value) >= self.best

    def _expand(self, node: _Node) -> list[_Node]:
        value, reduced = self._solve(node)
        if self._beaten(value):
            return []
        columns = node.columns[reduced <= self.best - 1 - value + MARGIN]
        if len(columns) <= SMALL:
            self._small(node, columns)
            return []
        node = _Node(value, node.order, node.lower, node.upper, columns)
        amounts = np.zeros(len(self.pool.places))
        for column, variable in self.variables.items():
            x = variable.solution_value()
            if x > 1e-9:
                amounts += x * self.pool.on[column]
        part = np.abs(amounts - np.round(amounts))
        if part.max(initial=0.0) < 1e-5:
            self._small(node, columns)
            return []
        place = self._choose(node, amounts, part)
        return self._children(node, place, amounts[place])

    def _children(self, node: _Node, place: int, amount: float) -> list[_Node]:
        low, high = int(np.floor(amount)), int(np.floor(amount)) + 1
        out = []
        for down in (True, False):
            lower, upper = node.lower.copy(), node.upper.copy()
            columns = node.columns
            if down:
                upper[place] = low
                if low == 0:
                    columns = columns[self.pool.on[columns, place] == 0]
            else:
                lower[place] = high
                c, _ = self.pool.places[place]
                if c != WEEK and high == len(self.pool.classes[c].days):
                    other = self.pool.of_class[columns] != c
                    columns = columns[other | (self.pool.on[columns, place] > 0)]
            self.order += 1
            out.append(_Node(node.bound, self.order, lower, upper, columns))
        return out

    def _choose(self, node: _Node, amounts: Floats, part: Floats) -> int:
        """The place whose two branches raise the bound most: probed while little is known of it,
        then by what its branches brought so far (reliability branching: Achterberg 2005)."""
        doubtful = np.flatnonzero(part > 1e-4)
        down = np.mod(amounts[doubtful], 1.0)
        known = self.tries[doubtful]
        usual = self.gain.sum(axis=0) / max(1, int(self.tries.sum()))
        rate = np.where(known[:, None] > 0, self.gain[doubtful] / np.maximum(known, 1)[:, None], usual)
        guess = np.maximum(rate[:, 0] * down, 1e-3) * np.maximum(rate[:, 1] * (1 - down), 1e-3)
        order = np.lexsort((-part[doubtful], -guess))
        best, chosen, idle = -1.0, int(doubtful[order[0]]), 0
        for at in order.tolist():
            place = int(doubtful[at])
            value = float(guess[at])
            if self.tries[place] < RELIABLE:
                value = self._probe(node, place, float(amounts[place]))
            if value > best:
                best, chosen, idle = value, place, 0
            else:
                idle += 1
            if idle >= PROBES:
                break
        return chosen

    def _probe(self, node: _Node, place: int, amount: float) -> float:
        """The product of what both branches on a place bring; remembers their rates."""
        gains = []
        for child in self._children(node, place, amount):
            self._bounds(child)
            if solve_lp(self.solver) == pywraplp.Solver.OPTIMAL:
                value = self.solver.Objective().Value() + self.offset - node.bound
                gains.append(min(max(value, 0.0), self.best - node.bound))
            else:
                gains.append(self.best - node.bound)
        down = amount - np.floor(amount)
        self.gain[place] += (gains[0] / max(down, 0.05), gains[1] / max(1 - down, 0.05))
        self.tries[place] += 1
        return float(max(gains[0], 1e-3) * max(gains[1], 1e-3))

    # -- small nodes -------------------------------------------------------------------------------

    def _small(self, node: _Node, columns: Ints) -> None:
        """Solves the rest of a node outright. Raises _Unsolved where time is too short."""
        left = self.deadline - monotonic()
        if left < 0.01:
            raise _Unsolved
        solver = pywraplp.Solver.CreateSolver("SCIP")
        solver.SetTimeLimit(int(left * 1000) + 1)
        solver.SetSolverSpecificParametersAsString(
            "propagating/probing/maxprerounds = 0\npresolving/maxrounds = 3\n"
        )
        infinity = solver.infinity()
        slacks = [
            solver.IntVar(0, s.upper, "") if s.integer else solver.NumVar(0, s.upper, "")
            for s in self.master.slacks
        ]
        rows = []
        for i, model in enumerate(self.rows):
            low, high = model.lb(), model.ub()
            if i >= self.first_place:
                low = float(node.lower[i - self.first_place])
                high = float(node.upper[i - self.first_place])
            rows.append(solver.Constraint(max(low, -infinity), min(high, infinity), ""))
        for i, demand in enumerate(self.master.demands):
            for slack, coefficient in demand.slacks.items():
                rows[i].SetCoefficient(slacks[slack], coefficient)
        for position, t in enumerate(self.capped):
            for variable, kind in zip(slacks, self.master.slacks, strict=True):
                if kind.tier == t:
                    rows[len(self.master.demands) + position].SetCoefficient(variable, kind.cost)
        objective = solver.Objective()
        objective.SetMinimization()
        limit = solver.Constraint(-infinity, self.best - 1 - self.offset, "")
        for variable, kind in zip(slacks, self.master.slacks, strict=True):
            if kind.tier == self.tier:
                objective.SetCoefficient(variable, kind.cost)
                limit.SetCoefficient(variable, kind.cost)
        variables = []
        for column in columns.tolist():
            most = len(self.pool.classes[int(self.pool.of_class[column])].days)
            variable = solver.IntVar(0, most, "")
            values = self.matrix[column]
            for i in np.flatnonzero(values).tolist():
                rows[i].SetCoefficient(variable, float(values[i]))
            cost = float(self.cost[column])
            objective.SetCoefficient(variable, cost)
            limit.SetCoefficient(variable, cost)
            variables.append((column, variable))
        status = solver.Solve()
        if status in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
            chosen = [(c, round(v.solution_value())) for c, v in variables]
            self.best = min(self.best, self.found([(c, n) for c, n in chosen if n]))
        if status not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.INFEASIBLE):
            raise _Unsolved


class _Unsolved(Exception):
    """Time is up, or the solver gave no answer."""
