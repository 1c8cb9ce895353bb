"""The best week so far, and the ways in which better ones are found.

The dispatcher begins; dives from the relaxed point follow, or, where there are many officer-days, ruin
and recreate over the tours that the relaxation's prices like best. None of them proves anything.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from time import monotonic
from typing import TYPE_CHECKING

from scheduler.domain.plan import Visit
from scheduler.domain.score import TIERS
from scheduler.planner.begin import tours_of
from scheduler.planner.columns import Column, Worth
from scheduler.planner.day_tables import Known
from scheduler.planner.dispatcher import Dispatcher, Week
from scheduler.planner.enumeration import TooMany
from scheduler.planner.master import Master
from scheduler.planner.pool import Pool, make_pool, pool_week, rows_held
from scheduler.planner.problem import WeekProblem
from scheduler.planner.relaxation import Relaxation
from scheduler.planner.restricted import Prices
from scheduler.planner.threads import Threads, now
from scheduler.planner.tours import TourSpace

if TYPE_CHECKING:
    from scheduler.planner.recreate import Recreation

LAST = len(TIERS) - 1
BRIEF = 2.0
"""Seconds for a first plan where a run is stopped."""
ROUNDS = 100
"""Of the dispatcher, at most; it ends where a round improves nothing."""
DIVES = 3
"""Dives in a row without success that end the search by dives."""
MANY_DAYS = 8
"""Officer-days from which on weeks are made by ruin and recreate; dives do for fewer."""
MOST_DAYS = 20
"""Officer-days from which on that is done before any dive, and over more tours, where at least half of
them are like another: one search then serves many, and the relaxation of all tiers is solved in time."""
PROMISING_PARTS, ENOUGH, RICH = (
    (0.0001, 0.0005, 0.001, 0.0016, 0.0025, 0.004, 0.008, 0.016, 0.032),
    8_000,
    60_000,
)
"""Parts of the minutes in the last tier, one after the other, until so many tours cost no more than that
above it (MORE where there are most officer-days); never more than the last."""
MORE = 20_000
SIDE_BY_SIDE = 2
"""Searches by ruin and recreate at once, at most."""

Report = Callable[[int, tuple[int, ...] | None, tuple[int, ...]], None]
"""Called with the tier being worked on, the best score so far and the proven bound."""


class Weeks:
    """One week problem as it is being solved. The best week so far is always at hand in `week`."""

    def __init__(
        self, problem: WeekProblem, deadline: float, report: Report, stopped: Callable[[], bool],
        threads: Threads = 1, start: Iterable[Visit] = (),
    ) -> None:  # fmt: skip
        """`deadline` in seconds of the monotonic clock; `stopped` says when to end early; `threads` share
        the work and change nothing; `start` is a plan at hand to begin with."""
        self.problem, self.deadline, self.report = problem, deadline, report
        self.stopped, self.sharing = stopped, threads
        self.master = Master(problem)
        tables: Known = {}
        self.spaces = {od.index: TourSpace(problem, od, tables) for od in problem.officer_days}
        self.worths = {i: Worth(self.master, s) for i, s in self.spaces.items()}
        for space in self.spaces.values():
            space.until = deadline
        self.many = len(self.spaces) >= MANY_DAYS
        self.dispatcher = Dispatcher(self.master, self.spaces, self.worths)
        self.week = self.begun(start)
        self.relaxation = Relaxation(self.master, self.spaces, self.worths, stopped, threads)
        alike = 2 * len(self.relaxation.classes) <= len(self.spaces)
        self.most = alike and len(self.spaces) >= MOST_DAYS
        self.rng = Random(0)
        self.bound = list(self.master.floor)
        self.by_chance = False
        """Whether anything was looked for whose outcome depends on how much time there was."""

    @property
    def threads(self) -> int:
        """How many may work now."""
        return now(self.sharing)

    def begun(self, start: Iterable[Visit]) -> Week:
        """The fixed visits alone, which are always a plan, and what can be kept of the plan at hand."""
        tours = tours_of(self.problem, self.spaces, start)
        held = [d for d, space in self.spaces.items() if space.fixed and d not in tours]
        week = self.week_of([self.dispatcher.fixed_alone(d) for d in held])
        for day in sorted(tours):
            week.put(tours[day])
            if not week.allowed():
                week.take(day)
                if self.spaces[day].fixed:
                    week.put(self.dispatcher.fixed_alone(day))
        return week

    def left(self) -> float:
        """Seconds; none where it is to be stopped."""
        return 0.0 if self.stopped() else self.deadline - monotonic()

    def dispatch(self, rounds: int = ROUNDS) -> None:
        """A first week, officer-day by officer-day, and so many rounds while they improve it."""
        left = self.left() * 0.5
        if self.stopped():  # A plan that was stopped before it began is still a plan.
            left = min(BRIEF, max(0.0, self.deadline - monotonic()))
        until = monotonic() + left
        days = list(self.spaces)
        for _ in range(rounds):
            if not self.dispatcher.round(self.week, days, until) or monotonic() > until:
                break
        self.report(0, self.week.score(), tuple(self.bound))

    def polish(self, week: Week) -> Week:
        """Re-plans day by day while that improves; keeps the tours found."""
        days = list(self.spaces)
        while self.dispatcher.round(week, days, self.deadline) and self.left() > 0:
            pass
        self.relaxation.add(week.columns.values())
        return week

    def take(self, week: Week | None) -> bool:
        """Takes a week as the best one if it is."""
        if week is None or week.score() >= self.week.score():
            return False
        self.week = week
        return True

    def dive(self, tier: int, least: int, until: float, most: int = 100) -> None:
        """Dives from the relaxed point, and polishes, while that helps in the tier."""
        idle = 0
        for _ in range(most):
            if idle >= DIVES or self.week.score()[tier] <= least:
                break
            if monotonic() > until or self.left() <= 0:
                break
            columns, before = self.relaxation.dive(self.rng, min(until, self.deadline)), self.week.score()
            idle += 1
            if columns is not None and self.take(self.polish(self.week_of(columns))):
                idle = 0 if self.week.score()[: tier + 1] < before[: tier + 1] else idle
                self.report(tier, self.week.score(), tuple(self.bound))

    def recreate(
        self, prices: Prices, gap: float, least: int, until: float,
        meanwhile: Callable[[], Sequence[int] | None] | None = None,
    ) -> bool:  # fmt: skip
        """Looks for a good week among the tours that these prices like best, of reduced cost up to
        `gap`; `least` in the last tier is as good as any. Whether it found what is not worse. With threads
        enough, what is to be done `meanwhile` is done beside it, or the same search on other ways. It says
        how good in the tiers above the last a week must be that is enough from then on, if any is."""
        pool = self.promising(prices, gap, until)
        if pool is None or monotonic() > until:
            return False
        self.by_chance = True
        score, until = self.week.score(), min(until, self.deadline)
        beside = meanwhile is not None and self.threads > 1
        count = min(self.threads, SIDE_BY_SIDE) if self.most and not beside else 1
        held = rows_held(pool, self.spaces, self.week.columns.values())
        searches = [self.search_over(pool, prices, held) for _ in range(count)]
        wanted: list[Sequence[int]] = []

        def found_enough() -> bool:
            return self.stopped() or any(s.reached(tiers) for tiers in wanted for s in searches)

        with ThreadPoolExecutor(count) as executor:
            made = [executor.submit(s.run, score, least, until, found_enough) for s in searches]
            if meanwhile is not None and beside and (tiers := meanwhile()) is not None:
                wanted.append(tiers)
            found = [future.result() for future in made]
        weeks = [pool_week(self.master, pool, self.spaces, chosen) for chosen in found if chosen]
        weeks = [week for week in weeks if self.whole(week)]  # One that was stopped early may break a rule.
        if not weeks:
            return False
        week = self.polish(min(weeks, key=Week.score))
        if self.take(week):
            self.report(LAST, self.week.score(), tuple(self.bound))
        return week is self.week

    def promising(self, prices: Prices, gap: float, until: float) -> Pool | None:
        """The tours that these prices like best, of reduced cost up to `gap`."""
        pool: Pool | None = None
        minutes = min(prices.value, self.week.score()[LAST])
        for part in PROMISING_PARTS:
            try:
                pool = make_pool(self.relaxation, prices, min(part * minutes, gap), RICH, until, self.threads)
            except TooMany:
                break
            if pool.size > (MORE if self.most else ENOUGH) or part * minutes > gap:
                break
        return pool

    def search_over(self, pool: Pool, prices: Prices, start: Sequence[int] = ()) -> "Recreation":
        """A search by ruin and recreate; `start` are rows of a week to begin with."""
        from scheduler.planner.recreate import Recreation  # Most weeks go without, and begin sooner.

        return Recreation(self.master, pool, prices, self.rng, start)

    def whole(self, week: Week) -> bool:
        """Whether a week is a plan: it breaks no rule, and has all fixed visits."""
        return week.allowed() and all(d in week.columns for d, space in self.spaces.items() if space.fixed)

    def week_of(self, columns: Iterable[Column]) -> Week:
        """The week of these tours."""
        week = Week(self.master, self.spaces)
        for column in columns:
            week.put(column)
        return week
