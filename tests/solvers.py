"""A week problem of a small agency, ready to be solved, for tests of the planner's parts."""

from dataclasses import replace
from time import monotonic

from benchmarks.instances import large_cluster
from scheduler.domain.agency import Agency
from scheduler.domain.calendar import Calendar
from scheduler.domain.plan import Visit
from scheduler.domain.score import TIERS
from scheduler.domain.travel import TravelTimes
from scheduler.planner.builder import ProblemBuilder
from scheduler.planner.pool import Pool, make_pool
from scheduler.planner.restricted import Prices
from scheduler.planner.solve import Solver
from scheduler.planner.weeks import LAST
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


FEW_SCHOOLS = {
    "6 schools": large_cluster(6, 1, 3),
    "7 schools, 2 officers": large_cluster(7, 2, 0),
    "7 schools, 2 officers, pin": pinned(large_cluster(7, 2, 4)),
}


NONE = (0,) * len(TIERS)


def solved(world: Agency) -> tuple[Solver, Pool, Prices]:
    """A solver with its proven best week, and all tours that cost little more than the relaxation, whose
    prices come last."""
    until = monotonic() + 120
    solver = solver_of(world)
    solver.solve()
    relaxation = solver.relaxation
    _, prices = relaxation.solve_tier(LAST, 0, solver.week.score()[LAST], until)
    assert prices is not None
    gap = solver.week.score()[LAST] - prices.value + 1.0
    return solver, make_pool(relaxation, prices, gap, 200_000, until), prices
