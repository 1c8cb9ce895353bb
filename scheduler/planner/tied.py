"""One week of clusters that relief officers tie: tried apart first, then together.

Where the clusters alone leave nothing out that relief could mend, their optima are the group's
(`scheduler.planner.apart`). Otherwise they show which of them need relief officers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import monotonic

from scheduler.domain.plan import Visit
from scheduler.planner.apart import left_out, part_of
from scheduler.planner.columns import Column
from scheduler.planner.dispatcher import Week
from scheduler.planner.problem import WeekProblem
from scheduler.planner.relief import RELIEF, ReliefSolver, silent
from scheduler.planner.solve import Solution, Solver
from scheduler.planner.tours import TourSpace

APART, RELIEVED = 0.3, 0.6
"""Part of the time in which clusters are tried without the relief officers who tie them; and of what is left
then, the part in which those are given to the clusters alone that leave something out."""


class TiedSolver(ReliefSolver):
    """Solves one week problem of one cluster or several."""

    def begin(self) -> None:
        """A first week; one round is enough where clusters alone come next."""
        if self.alone:
            self.dispatch(1)
        else:
            super().begin()

    def search(self) -> None:
        """Tries the clusters alone first."""
        if not self.alone or not self.solve_apart():
            super().search()

    def solve_apart(self) -> bool:
        """Solves the clusters without relief officers, where that leaves nothing out that relief
        could mend; whether it does, so that the group's best is theirs."""
        parts: list[Solution] = []
        start = self.start
        for last_tier, share in ((RELIEF - 1, APART), (self.last_tier, 1.0)):
            parts = self._solved(self.alone, share, last_tier, start)
            best = [sum(tier) for tier in zip(*(p.best for p in parts), strict=True)]
            if best[:RELIEF] != list(self.master.floor[:RELIEF]):
                self._relieve(parts)
                return False
            start = _visits(parts)
        upto = self.last_tier + 1
        open_ = [i for i, part in enumerate(parts) if part.best[:upto] != part.bound[:upto]]
        again = self._solved([self.alone[i] for i in open_], 1.0, self.last_tier, start)
        for i, part in zip(open_, again, strict=True):  # Those before it have left more time.
            week = min(part.week, parts[i].week, key=Week.score)
            parts[i] = Solution(week, week.score(), max(part.bound, parts[i].bound), part.tours)
        self.take(self.polish(self.week_of([c for p in parts for c in p.week.columns.values()])))
        self.bound = [sum(tier) for tier in zip(*(p.bound for p in parts), strict=True)]
        return True

    def _solved(
        self, problems: Sequence[WeekProblem], share: float, last_tier: int, start: Sequence[Visit],
        proving: bool = True,
    ) -> list[Solution]:  # fmt: skip
        """Each of these problems solved by itself, all in a part of the time left."""
        until = monotonic() + self.left() * share
        out = []
        for i, problem in enumerate(problems):
            deadline = monotonic() + max(0.0, until - monotonic()) / (len(problems) - i)
            solver = Solver(problem, deadline, silent, self.stopped, last_tier, self.sharing, start, proving)
            out.append(solver.solve())
        return out

    def _relieve(self, parts: Sequence[Solution]) -> None:
        """Where some clusters alone leave nothing out, and others do: a good week in which relief officers
        are there for those others only. What is proven of these down to the relief days holds for the group:
        without its visits elsewhere any plan of the group is one of theirs, with no more relief days. Where
        they need none, all that is proven of the parts holds."""
        short = [
            problem for problem, found in zip(self.alone, parts, strict=True)
            if found.best[:RELIEF] != found.week.master.floor[:RELIEF]
        ]  # fmt: skip
        if not short or len(short) == len(self.alone):
            super().begin()
            return
        precincts = [precinct for p in short for precinct in p.precincts]
        relieved = [
            *(p for p in self.alone if p not in short),
            part_of(self.problem, precincts, relief=True),
        ]
        parts = self._solved(relieved, RELIEVED, self.last_tier, _visits(parts), proving=False)
        if not parts[-1].best[RELIEF]:  # They need none: what is left of the week is theirs, too.
            parts = self._solved(relieved, RELIEVED, self.last_tier, _visits(parts))
        self.take(self.polish(self.begun(_visits(parts))))
        for part in parts:
            self.relaxation.share_cuts(part.week.master)
            self.relaxation.add(moved(column, part.week.spaces, self.spaces) for column in part.tours)
        best, least = (
            [sum(tier) for tier in zip(*tiers, strict=True)]
            for tiers in ([p.best for p in parts], [p.bound for p in parts])
        )
        upto = RELIEF if parts[-1].best[RELIEF] else self.last_tier  # No part serves another.
        if best[: RELIEF + 1] == least[: RELIEF + 1] and left_out(self.problem, precincts):
            self.settled += [
                (tuple(best[:tier]), least[tier]) for tier in range(upto + 1) if best[:tier] == least[:tier]
            ]


def moved(column: Column, of: Mapping[int, TourSpace], to: Mapping[int, TourSpace]) -> Column:
    """A tour of a day as a tour of the same day where it may go to more schools."""
    before, after = of[column.day], to[column.day]
    nodes = {node.option: i for i, node in enumerate(after.nodes)}
    more = len(after.nodes) - len(before.nodes)
    stops = tuple(replace(s, node=nodes[s.option] if s.length >= 0 else s.node + more) for s in column.stops)
    return replace(column, stops=stops)


def _visits(parts: Sequence[Solution]) -> tuple[Visit, ...]:
    return tuple(v for p in parts for v in p.week.visits())
