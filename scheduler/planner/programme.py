"""The linear programme over a pool, with the branches of a node: columns are priced as needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

import numpy as np

from scheduler.planner.brings import Brings
from scheduler.planner.counts import WEEK
from scheduler.planner.features import ANY, SHORTAGE, Feature, Features
from scheduler.planner.grid import Floats, Ints
from scheduler.planner.linear import LinearProgramme
from scheduler.planner.master import Master
from scheduler.planner.pool import Pool

MOST_ACTIVE, KEPT_ACTIVE = 600, 300
"""Tours in the programme before most are forgotten, and how many are kept."""
ENTERING = 60
"""Tours that enter in a round of pricing, at most."""
NEAR_TOURS = 5_000
"""Tours that are priced between two looks at all of them."""
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
                 caps: tuple[int, ...], best: int, tight: Ints, brings: Brings, begin: Ints,
                 deadline: float) -> None:  # fmt: skip
        """`caps` are the most of each tier above, `best` the value to beat; `tight` the master's
        rows to take up (all but implied ones that the relaxation has slack in), `brings` what
        visits bring to them; `begin` the tours to begin with."""
        self.master, self.features, self.pool = master, features, features.pool
        self.tight, self.brings = tight, brings
        self.tier, self.deadline = tier, deadline
        self.offset = master.constants[tier]
        self.capped = capped_tiers(master, self.pool, tier)
        self.cost = self.pool.tiers[:, tier].astype(np.float64)
        self.breaking = BREAKING + 2.0 * min(best, WORST)
        self._costing = 1.0
        """0 while breaking alone is minimised."""
        self._build(caps)
        self._activate(begin)

    def _build(self, caps: tuple[int, ...]) -> None:
        programme = self.programme = LinearProgramme()
        rows = slack_rows(self.master, self.tight)
        limits = [cap_row(self.master, t, caps[t]) for t in self.capped]
        programme.add_rows(rows.lowers, rows.uppers)
        programme.add_rows(np.full(len(limits), -np.inf), np.array([most for _, most in limits]))
        programme.add_rows(self.pool.least.astype(float), self.pool.limits.astype(float))
        slacks = np.vstack([rows.slacks, *(costs for costs, _ in limits)])
        uppers = np.array([s.upper for s in self.master.slacks], dtype=np.float64)
        self._costs = [s.cost * (s.tier == self.tier) for s in self.master.slacks]
        """What each column costs; a break of a cap or a branch: −1."""
        programme.add_columns(np.array(self._costs, dtype=np.float64), uppers, slacks.T)
        self._breaks: list[int] = []
        for position in range(len(limits)):
            self._breakable(len(self.tight) + position, -1.0)
        for c in np.flatnonzero(self.pool.least).tolist():
            self._breakable(len(self.tight) + len(limits) + c, 1.0)
        self.column = np.full(self.pool.size, -1, dtype=np.int64)
        """The column of each tour that is active."""
        self.active = np.empty(0, dtype=np.int64)
        self.branch_rows: dict[Feature, int] = {}
        self.branches: Branches = {}
        self.open = np.ones(self.pool.size, dtype=np.bool_)

    def _breakable(self, row: int, sign: float) -> None:
        """Breaking a cap or a branch at a high cost keeps every programme feasible and every
        value a bound."""
        brings = np.zeros((1, self.programme.rows))
        brings[0, row] = sign
        at = self.programme.add_columns(np.full(1, self.breaking), np.full(1, np.inf), brings)
        self._breaks.append(at)
        self._costs.append(-1)

    def _activate(self, tours: Ints) -> None:
        new = tours[self.column[tours] < 0]
        if not len(new):
            return
        brings = np.zeros((len(new), self.programme.rows))
        brings[:, : len(self.tight)] = self.brings.of(self.pool.visits[new])
        for position, t in enumerate(self.capped):
            brings[:, len(self.tight) + position] = self.pool.tiers[new, t]
        classes = len(self.tight) + len(self.capped) + self.pool.of_class[new]
        brings[np.arange(len(new)), classes] = 1
        for feature, row in self.branch_rows.items():
            brings[:, row] = self.features.counts(feature)[new]
        uppers = np.where(self.open[new], np.inf, 0.0)
        first = self.programme.add_columns(self._costing * self.cost[new], uppers, brings)
        self.column[new] = first + np.arange(len(new))
        self.active = np.append(self.active, new)
        self._costs.extend(self.cost[new].tolist())

    def _branch_row(self, feature: Feature) -> int:
        if feature not in self.branch_rows:
            brings = np.zeros(self.programme.columns)
            if feature.kind == SHORTAGE:
                brings[feature.other] = 1
            else:
                brings[self.column[self.active]] = self.features.counts(feature)[self.active]
            row = self.programme.add_row(-np.inf, np.inf, np.arange(len(brings)), brings)
            self._breakable(row, -1.0)
            self._breakable(row, 1.0)
            self.branch_rows[feature] = row
        return self.branch_rows[feature]

    def _set(self, branches: Branches, tours: Ints) -> None:
        """Sets the branches of a node and the tours that it may use; only what differs."""
        for feature in self.branches:
            if feature not in branches:
                self.programme.bound_row(self._branch_row(feature), -np.inf, np.inf)
        for feature, (low, high) in branches.items():
            if self.branches.get(feature) != (low, high):
                self.programme.bound_row(self._branch_row(feature), low, high)
        self.branches = dict(branches)
        allowed = np.zeros(self.pool.size, dtype=np.bool_)
        allowed[tours] = True
        changed = self.active[allowed[self.active] != self.open[self.active]]
        uppers = np.where(allowed[changed], np.inf, 0.0)
        self.programme.bound_columns(self.column[changed], np.zeros(len(changed)), uppers)
        self.open = allowed

    def probe(self, branches: Branches, tours: Ints) -> float | None:
        """The value over the tours known here: not a bound, but near one. None where the solver
        gives none."""
        self._set(branches, tours)
        if not self.programme.solve():
            return None
        return self.programme.value + self.offset

    def solve(self, branches: Branches, tours: Ints) -> tuple[float, Floats]:
        """The value of a node, and the reduced costs of its tours. Raises Unsolved."""
        if len(self.active) > MOST_ACTIVE:
            self._forget()
        self._set(branches, tours)
        value, reduced = self._priced(tours)
        return value + self.offset, reduced

    def _forget(self) -> None:
        """Keeps the tours that the last solution takes or nearly did: the fewer there are, the
        faster every solve. What is missed later is priced anew."""
        at = self.column[self.active]
        worst = np.argsort(self.programme.reduced_costs()[at], kind="stable")[KEPT_ACTIVE:]
        worst = worst[self.programme.values[at[worst]] <= 0.0]
        gone = at[worst]
        self.column[self.active[worst]] = -1
        self.active = np.delete(self.active, worst)
        place = self.programme.remove_columns(gone)
        self.column[self.active] = place[self.column[self.active]]
        self._breaks = place[self._breaks].tolist()
        self._costs = [c for c, new in zip(self._costs, place.tolist(), strict=True) if new >= 0]

    def _priced(self, tours: Ints) -> tuple[float, Floats]:
        """The value over these tours, and their reduced costs. Between two looks at all of them only
        those are priced that came out lowest in the first."""
        near = tours
        while True:
            if not self.programme.solve():
                raise Unsolved
            reduced = self._reduced(near)
            entering = self._entering(near, reduced)
            if not len(entering) and len(near) < len(tours):
                near, reduced = tours, self._reduced(tours)
                entering = self._entering(near, reduced)
            if not len(entering):
                return self.programme.value, reduced
            if monotonic() > self.deadline:
                raise Unsolved
            if len(near) > NEAR_TOURS:
                near = near[np.argpartition(reduced, NEAR_TOURS)[:NEAR_TOURS]]
            self._activate(entering)

    def _entering(self, tours: Ints, reduced: Floats) -> Ints:
        """The tours not known yet that lower the value most."""
        few = min(ENTERING, len(reduced) - 1)
        worst = np.argpartition(reduced, few)[:ENTERING] if len(reduced) else np.empty(0, np.int64)
        worst = worst[(reduced[worst] < -TOLERANCE) & (self.column[tours[worst]] < 0)]
        return tours[worst[np.lexsort((worst, reduced[worst]))]]

    def _reduced(self, tours: Ints) -> Floats:
        pool = self.pool
        count = len(self.tight)
        duals = self.programme.duals
        out = self._costing * self.cost[tours] - pool.sums(self.brings.worth(duals[:count]), tours)
        for position, t in enumerate(self.capped):
            if duals[count + position]:
                out = out - duals[count + position] * pool.tiers[tours, t]
        out = out - duals[count + len(self.capped) :][pool.of_class[tours]]
        for feature, row in self.branch_rows.items():
            if duals[row]:
                out = out - duals[row] * self.features.counts(feature)[tours]
        return np.asarray(out, dtype=np.float64)

    def amounts(self, kind: int) -> dict[Feature, float]:
        """How much of each feature of a kind the last solution has."""
        if kind == SHORTAGE:
            return {
                Feature(SHORTAGE, WEEK, ANY, i): float(self.programme.values[i])
                for i, s in enumerate(self.master.slacks)
                if s.integer
            }
        return self.features.amounts(kind, *self.solution())

    def broken(self) -> bool:
        """Whether the last solution breaks a cap or a branch."""
        return bool((self.programme.values[self._breaks] > TOLERANCE).any())

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
        costs = np.array(self._costs, dtype=np.float64) * self._costing
        costs[self._breaks] = breaking
        self.programme.set_costs(costs)

    def solution(self) -> tuple[Ints, Floats]:
        """The tours taken in the last solution, and how often each."""
        amounts = self.programme.values[self.column[self.active]]
        taken = np.flatnonzero(amounts > 1e-9)
        return self.active[taken], amounts[taken]


@dataclass(frozen=True)
class Rows:
    """Some rows of the master: bounds, and (row × slack) what slacks bring to them."""

    lowers: Floats
    uppers: Floats
    slacks: Floats


def capped_tiers(master: Master, pool: Pool, tier: int) -> list[int]:
    """The tiers above in which anything can be counted."""
    slack = {s.tier for s in master.slacks}
    return [t for t in range(tier) if t in slack or pool.tiers[:, t].any()]


def slack_rows(master: Master, which: Ints) -> Rows:
    """The master's rows of these numbers, without tours."""
    demands = [master.demands[i] for i in which.tolist()]
    slacks = np.zeros((len(demands), len(master.slacks)))
    for row, demand in enumerate(demands):
        for slack, coefficient in demand.slacks.items():
            slacks[row, slack] = coefficient
    return Rows(np.array([d.lower for d in demands]), np.array([d.upper for d in demands]), slacks)


def cap_row(master: Master, tier: int, most: int) -> tuple[Floats, float]:
    """What each slack adds to a tier, and how much all may: no more than `most` with the rest."""
    costs = np.array([s.cost * (s.tier == tier) for s in master.slacks], dtype=np.float64)
    return costs, float(most - master.constants[tier])
