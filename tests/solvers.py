"""A week problem of a small agency, ready to be solved, for tests of the planner's parts."""

from dataclasses import replace
from time import monotonic

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import Calendar
from scheduler.domain.plan import Visit
from scheduler.domain.travel import TravelTimes
from scheduler.planner.builder import ProblemBuilder
from scheduler.planner.solve import Solver
from scheduler.rules.history import History
from tests.worlds import MONDAY


def solver_of(world: Agency, threads: int = 1) -> Solver:
    """A solver of all precincts together, with two minutes."""
    calendar, travel = Calendar(world), TravelTimes(world)
    builder = ProblemBuilder(world, MONDAY, History(world, calendar, MONDAY), calendar, travel, None)
    problem = builder.problem(tuple(world.precincts))
    return Solver(problem, monotonic() + 120, lambda *_: None, threads=threads)


def pinned(world: Agency) -> Agency:
    """With a pin on the first officer's first day."""
    officer, school = min(world.officers), min(world.schools)
    return replace(world, pins=(Visit(officer, school, MONDAY, 660, 720, "law_enforcement"),))
