"""One week of tied clusters, tier by tier: the best plan found and what is proven of it."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from time import monotonic

from scheduler.domain.score import TIERS
from scheduler.planner.columns import Worth
from scheduler.planner.dispatcher import Dispatcher, Week
from scheduler.planner.integer import choose
from scheduler.planner.master import INF, Master
from scheduler.planner.nodes import all_task_sets_fit
from scheduler.planner.problem import WeekProblem
from scheduler.planner.relaxation import Relaxation
from scheduler.planner.tours import TourSpace

MIXED = (20000.0, 10000.0, 6000.0, 2000.0, 1000.0, 800.0, 500.0, 150.0, 1.0)
"""Weights of the tiers in the relaxation that collects tours for all of them at once."""
LAST = len(TIERS) - 1

Report = Callable[[int, tuple[int, ...] | None, tuple[int, ...]], None]
"""Called with the tier being worked on, the best score so far and the proven bound."""


@dataclass(frozen=True)
class Solution:
    """The best week found, its proven bound (compared from the top down), and the tours known
    of, for the random draw."""

    week: Week
    best: tuple[int, ...]
    bound: tuple[int, ...]

    @property
    def proven(self) -> bool:
        """Whether the best plan is proven to be optimal in every tier."""
        return self.best == self.bound


class Solver:
    """Solves one week problem. The best week so far is always at hand in `week`."""

    def __init__(
        self, problem: WeekProblem, deadline: float, report: Report,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        """`deadline` in seconds of the monotonic clock; `stopped` says when to end early."""
        self.problem, self.deadline, self.report = problem, deadline, report
        self.stopped = stopped
        self.master = Master(problem)
        self.spaces = {od.index: TourSpace(problem, od) for od in problem.officer_days}
        self.worths = {i: Worth(self.master, s) for i, s in self.spaces.items()}
        self.dispatcher = Dispatcher(self.master, self.spaces, self.worths)
        self.week = self._empty()
        self.relaxation = Relaxation(self.master, self.spaces, self.worths)
        self.exact = all_task_sets_fit(problem)
        self.bound = list(self.master.floor)

    def solve(self) -> Solution:
        """The best week until the deadline."""
        self.report(0, None, tuple(self.bound))
        self._dispatch()
        if not self._at_floor(LAST):
            self._collect()
            self._tier_by_tier()
        return Solution(self.week, self.week.score(), tuple(self.bound))

    def _empty(self) -> Week:
        """The fixed visits alone: always a plan."""
        week = Week(self.master, self.spaces)
        for day, space in self.spaces.items():
            if space.fixed:
                column = self.dispatcher.fixed_alone(day)
                week.put(column)
        return week

    def _left(self) -> float:
        return 0.0 if self.stopped() else self.deadline - monotonic()

    def _dispatch(self) -> None:
        until = monotonic() + self._left() * 0.5
        days = list(self.spaces)
        while self.dispatcher.round(self.week, days, until) and monotonic() < until:
            pass
        self.report(0, self.week.score(), tuple(self.bound))

    def _polish(self, week: Week) -> Week:
        """Re-plans day by day while that improves; keeps the tours found."""
        days = list(self.spaces)
        while self.dispatcher.round(week, days, self.deadline) and self._left() > 0:
            pass
        self.relaxation.add(week.columns.values())
        return week

    def _take(self, week: Week | None) -> bool:
        """Takes a week as the best one if it is."""
        if week is None or week.score() >= self.week.score():
            return False
        self.week = week
        return True

    def _collect(self) -> None:
        """Tours that are good for all tiers at once, and a first choice among them."""
        self.relaxation.add(self.week.columns.values())
        self.relaxation.minimise(MIXED)
        self.relaxation.converge(monotonic() + self._left() * 0.6)

    def _at_floor(self, tier: int) -> bool:
        return self.week.score()[: tier + 1] == self.master.floor[: tier + 1]

    def _tier_by_tier(self) -> None:
        proven = True
        for tier in range(len(TIERS)):
            self.report(tier, self.week.score(), tuple(self.bound))
            least = self.master.floor[tier]
            if self.week.score()[tier] > least and self._left() > 0:
                found = self._settle(tier, least)
                if proven and self.exact:
                    least = found
            if proven:
                self.bound[tier] = least
            proven = proven and self.week.score()[tier] == least
            self.relaxation.cap(tier, self.week.score()[tier])

    def _settle(self, tier: int, floor: int) -> int:
        """Improves the week in one tier; the proven bound of it, given the tiers above."""
        weights = [0.0] * len(TIERS)
        weights[tier] = 1.0
        self.relaxation.minimise(weights)
        part = 0.5 if tier < LAST else 0.6
        bound, _prices = self.relaxation.converge(monotonic() + self._left() * part, floor)
        least = max(floor, ceil(bound - 1e-6)) if bound > -INF else floor
        while self.week.score()[tier] > least and self._left() > 0.1:
            share = 0.5 if tier < LAST else 0.9
            better = choose(
                self.master, self.spaces, list(self.relaxation.columns.values()),
                self.week.score(), self.week, tier, monotonic() + self._left() * share, least,
            )  # fmt: skip
            if better is None or not self._take(self._polish(better)):
                break
            self.report(tier, self.week.score(), tuple(self.bound))
        return least
