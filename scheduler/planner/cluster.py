"""One group of tied clusters over the planned weeks: solved, drawn, and reported."""

from collections.abc import Callable
from fractions import Fraction
from math import floor
from random import Random
from time import monotonic

from scheduler.domain.calendar import Calendar
from scheduler.domain.plan import Visit
from scheduler.domain.score import TIERS, Score
from scheduler.domain.travel import TravelTimes
from scheduler.planner.builder import ProblemBuilder
from scheduler.planner.draw import draw, familiar_cells
from scheduler.planner.job import ClusterJob, ClusterPlan
from scheduler.planner.problem import WeekProblem
from scheduler.planner.result import ClusterResult, Progress, Status
from scheduler.planner.threads import Threads
from scheduler.planner.tied import TiedSolver
from scheduler.rules.history import History

MOST_DRAW = 3.0
"""Seconds."""
DRAW_PART = 0.15
"""Part of a week's time that is kept for the random draw."""


Stopped = Callable[[], bool]


def plan_cluster(
    job: ClusterJob, listen: Callable[[Progress], None], stopped: Stopped = lambda: False,
    threads: Threads = 1,
) -> ClusterPlan:  # fmt: skip
    """Plans week after week, each on the history of those before."""
    return _ClusterRun(job, listen, stopped, threads).run()


class _ClusterRun:
    def __init__(
        self, job: ClusterJob, listen: Callable[[Progress], None], stopped: Stopped, threads: Threads
    ) -> None:  # fmt: skip
        self.job, self.listen, self.stopped, self.threads = job, listen, stopped, threads
        self.begun = monotonic()
        self.score = self.best = self.bound = Score()
        self.visits: list[Visit] = []

    def run(self) -> ClusterPlan:
        job = self.job
        calendar, travel = Calendar(job.agency), TravelTimes(job.agency)
        history = History(job.agency, calendar, job.weeks[0])
        for i, monday in enumerate(job.weeks):
            builder = ProblemBuilder(job.agency, monday, history, calendar, travel, job.published)
            left = self.begun + job.seconds - monotonic()
            until = monotonic() + left / (len(job.weeks) - i)
            visits = self._week(builder.problem(job.precincts), history, until, first=i == 0)
            self.visits.extend(visits)
            history = history.after(visits)
        seconds = monotonic() - self.begun
        status: Status = "optimal" if self.best == self.bound else "feasible"
        self._tell("minutes_cost", self.best, self.bound, done=True)
        return ClusterPlan(
            tuple(self.visits),
            ClusterResult(job.precincts, status, self.score, self.best, self.bound, round(seconds, 3)),
        )

    def _week(self, problem: WeekProblem, history: History, until: float, first: bool) -> tuple[Visit, ...]:
        def report(tier: int, best: tuple[int, ...] | None, bound: tuple[int, ...]) -> None:
            shown = None if best is None else self.best + Score(*best)
            self._tell(TIERS[tier], shown, self.bound + Score(*bound) if first else self.bound)

        left = until - monotonic()
        price = Fraction(self.job.price)
        keep = min(left * DRAW_PART, MOST_DRAW) if price else 0.0
        job = self.job
        solver = TiedSolver(
            problem, until - keep, report, self.stopped, job.last_tier, self.threads, job.start
        )
        solution = solver.solve()
        week, best = solution.week, solution.best
        if price:
            rng = Random(f"{self.job.seed} {problem.monday} {' '.join(problem.precincts)}")
            week = draw(
                solver.dispatcher, solution.week, floor(price * problem.reachable),
                familiar_cells(problem, history), rng, max(until, monotonic() + 0.2),
            )  # fmt: skip
        # Where the best is not proven, the walk may have come upon a better one.
        self.best += Score(*min(best, week.score()))
        self.score += Score(*week.score())
        if first:  # What a later week asks for depends on the plans of the weeks before.
            self.bound = Score(*solution.bound)
        return week.visits()

    def _tell(self, tier: str, best: Score | None, bound: Score, done: bool = False) -> None:
        seconds = monotonic() - self.begun
        self.listen(Progress(self.job.precincts, tier, best, bound, seconds, done))
