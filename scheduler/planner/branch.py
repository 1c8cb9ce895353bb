"""Branch and bound over a pool of tours: the best week, proven.

Every node solves a linear programme over the pool and drops tours whose reduced cost exceeds what
is left of the gap. Branches are on counts of tours (`features`). Small nodes go to a mixed-integer
solver (`rest`). Two nodes are looked at side by side, each by a programme of its own; what they find
is merged in one order, so that the search is the same however many threads do it.
"""

import heapq
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import floor
from time import monotonic

import numpy as np

from scheduler.planner.brings import Brings
from scheduler.planner.counts import WEEK
from scheduler.planner.features import KINDS, Feature, Features
from scheduler.planner.grid import Ints
from scheduler.planner.linear import MARGIN, rounded_up
from scheduler.planner.master import COUNT, INF, Master
from scheduler.planner.pool import Pool
from scheduler.planner.programme import WHOLE, Branches, Programme, Unsolved
from scheduler.planner.rest import Chosen, solve_rest
from scheduler.planner.restricted import Prices

SIDE_BY_SIDE = 2
SMALL = 50
"""Tours in a node that the mixed-integer solver gets at once."""
ACTIVE = 300
PROBES = 5
"""Probes in a row that find no better feature to branch on, and end the choice."""
RELIABLE = 1
"""Probes of a feature after which its rates are trusted."""


@dataclass(order=True)
class _Node:
    """Nodes are ordered by the whole number that their bound proves, the latest made first: a
    score is whole, and depth finds weeks."""

    proven: int
    order: int
    bound: float = field(compare=False)
    branches: Branches = field(compare=False)
    tours: Ints = field(compare=False)


@dataclass(frozen=True)
class Outcome:
    """What a search proved: no plan of the pool is below `bound` in the tier; `complete` where
    everything was looked at."""

    bound: float
    complete: bool


@dataclass
class _Expanded:
    """What came of a node: branches with their tours, or a week, or that time was too short."""

    bound: float
    children: list[tuple[Branches, Ints]] = field(default_factory=list)
    chosen: Chosen | None = None
    rates: list[tuple[Feature, float, float]] = field(default_factory=list)
    unsolved: bool = False


class BranchAndBound:
    """Minimises one tier over the pool, the tiers above capped."""

    def __init__(
        self, master: Master, pool: Pool, tier: int, caps: tuple[int, ...], best: int,
        found: Callable[[Chosen], int], deadline: float, threads: int = 1,
        stopped: Callable[[], bool] = lambda: False, branches: Branches | None = None,
    ) -> None:  # fmt: skip
        """`best` is the tier's value to beat; `found` takes (row of the pool, how often) of a
        better week and answers the value to beat from then on; `stopped` ends the search early;
        `branches` are those of the part of the week that is searched."""
        self.master, self.pool, self.tier, self.caps = master, pool, tier, caps
        self.best, self.found, self.deadline = best, found, deadline
        self.threads, self.stopped = threads, stopped
        self.begin: Branches = branches or {}
        self.features = Features(pool)
        self.order = 0
        self.gain: dict[Feature, tuple[float, float]] = {}
        self.tries: dict[Feature, int] = {}
        self.all_gain, self.all_tries = np.zeros(2), 0

    # -- the search --------------------------------------------------------------------------------

    def run(self, prices: Prices) -> Outcome:
        """Searches until everything is proven or time is up. `prices` of the relaxation say with
        which tours and rows to begin."""
        begin = np.argsort(self.pool.reduced_costs(prices), kind="stable")[:ACTIVE]
        tight = np.array([
            i for i, d in enumerate(self.master.demands)
            if not d.implied or (d.name != COUNT and abs(prices.rows[i]) > 1e-9)
        ], dtype=np.int64)  # fmt: skip
        brings = Brings(self.pool.brings[:, tight])
        programmes = [
            Programme(self.master, self.features, self.tier, self.caps, self.best, tight, brings, begin,
                      self.deadline)
            for _ in range(SIDE_BY_SIDE)
        ]  # fmt: skip
        heap = [_Node(0, 0, -INF, self.begin, np.arange(self.pool.size))]
        with ThreadPoolExecutor(min(self.threads, SIDE_BY_SIDE)) as executor:
            while heap and not self._beaten(heap[0].bound):
                nodes = [heapq.heappop(heap) for _ in range(min(SIDE_BY_SIDE, len(heap)))]
                if monotonic() > self.deadline or self.stopped():
                    return Outcome(min(n.bound for n in (*nodes, *heap)), False)
                if self.threads > 1:
                    made = list(executor.map(self._expand, programmes, nodes))
                else:
                    made = [self._expand(p, n) for p, n in zip(programmes, nodes, strict=False)]
                for result in made:
                    self._merge(result, heap)
                if any(result.unsolved for result in made):
                    left = [r.bound for r in made if r.unsolved] + [n.bound for n in heap]
                    return Outcome(min(*left, float(self.best)), False)
        return Outcome(self.best, True)

    def _merge(self, made: _Expanded, heap: list[_Node]) -> None:
        if made.chosen is not None:
            self.best = min(self.best, self.found(made.chosen))
        for feature, down, up in made.rates:
            had = self.gain.get(feature, (0.0, 0.0))
            self.gain[feature] = (had[0] + down, had[1] + up)
            self.tries[feature] = self.tries.get(feature, 0) + 1
            self.all_gain += (down, up)
            self.all_tries += 1
        for branches, tours in made.children:
            self.order += 1
            heapq.heappush(heap, _Node(rounded_up(made.bound), -self.order, made.bound, branches, tours))

    def _beaten(self, value: float) -> bool:
        return value > -INF and rounded_up(value) >= self.best

    def _expand(self, programme: Programme, node: _Node) -> _Expanded:
        made = _Expanded(node.bound)
        try:
            self._branch(programme, node, made)
        except Unsolved:
            made.children, made.unsolved = [], True
        return made

    def _branch(self, programme: Programme, node: _Node, made: _Expanded) -> None:
        value, reduced = programme.solve(node.branches, node.tours)
        made.bound = max(made.bound, value)
        if self._beaten(made.bound):
            return
        if programme.broken():
            if not programme.possible(node.tours):
                return
            value, reduced = programme.solve(node.branches, node.tours)
            made.bound = max(made.bound, value)
            if self._beaten(made.bound):
                return
            if programme.broken():
                raise Unsolved
        tours = node.tours[reduced <= self.best - 1 - value + MARGIN]
        doubtful: dict[Feature, float] = {}
        for kind in range(KINDS):
            if doubtful or len(tours) <= SMALL:
                break
            counted = programme.amounts(kind)
            doubtful = {f: a for f, a in counted.items() if abs(a - round(a)) > WHOLE}
        if doubtful:
            feature = self._choose(programme, node, made, tours, doubtful)
            made.children = self._children(node.branches, tours, feature, doubtful[feature])
        elif len(tours) > SMALL:
            taken, amounts = programme.solution()
            made.chosen = [(t, round(x)) for t, x in zip(taken.tolist(), amounts.tolist(), strict=True)]
        else:
            made.chosen = solve_rest(self.master, self.features, self.tier, self.caps, node.branches,
                                     tours, self.best, self.deadline)  # fmt: skip

    def _children(
        self, branches: Branches, tours: Ints, feature: Feature, amount: float
    ) -> list[tuple[Branches, Ints]]:
        """Down, then up."""
        low, high = branches.get(feature, (0, self.features.limit(feature)))
        counts = self.features.counts(feature)[tours]
        down, up = tours, tours
        if floor(amount) == 0:
            down = tours[counts == 0]
        elif feature.day_class != WEEK and floor(amount) + 1 == self.features.limit(feature):
            up = tours[(self.pool.of_class[tours] != feature.day_class) | (counts > 0)]
        return [
            ({**branches, feature: (low, floor(amount))}, down),
            ({**branches, feature: (floor(amount) + 1, high)}, up),
        ]

    # -- what to branch on -------------------------------------------------------------------------

    def _choose(
        self, programme: Programme, node: _Node, made: _Expanded, tours: Ints, doubtful: dict[Feature, float]
    ) -> Feature:
        """The feature whose two branches raise the bound most: probed while little is known of it,
        then by what its branches brought so far (reliability branching: Achterberg 2005)."""
        usual = self.all_gain / max(1, self.all_tries)
        guess: dict[Feature, float] = {}
        for feature, amount in doubtful.items():
            tries = self.tries.get(feature, 0)
            rate: Sequence[float] = usual.tolist()
            if tries:
                rate = [g / tries for g in self.gain[feature]]
            part = amount - floor(amount)
            guess[feature] = max(rate[0] * part, 1e-3) * max(rate[1] * (1 - part), 1e-3)
        order = sorted(guess, key=lambda f: (-guess[f], -abs(doubtful[f] - round(doubtful[f])), f))
        best, chosen, idle = -1.0, order[0], 0
        for feature in order:
            value = guess[feature]
            if self.tries.get(feature, 0) < RELIABLE:
                value = self._probe(programme, node, made, tours, feature, doubtful[feature])
            if value > best:
                best, chosen, idle = value, feature, 0
            else:
                idle += 1
            if idle >= PROBES:
                break
        return chosen

    def _probe(
        self, programme: Programme, node: _Node, made: _Expanded, tours: Ints, feature: Feature, amount: float
    ) -> float:  # fmt: skip
        """The product of what both branches on a feature bring; remembers their rates."""
        most = self.best - made.bound
        gains = []
        for branches, left in self._children(node.branches, tours, feature, amount):
            value = programme.probe(branches, left)
            gains.append(most if value is None else min(max(value - made.bound, 0.0), most))
        part = amount - floor(amount)
        made.rates.append((feature, gains[0] / max(part, 0.05), gains[1] / max(1 - part, 0.05)))
        return float(max(gains[0], 1e-3) * max(gains[1], 1e-3))
