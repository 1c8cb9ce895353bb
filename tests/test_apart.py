"""Clusters that relief officers tie, solved apart first."""

from dataclasses import replace
from time import monotonic

from benchmarks.instances import county
from scheduler.domain.scope import restricted
from scheduler.domain.score import TIERS
from scheduler.domain.travel import school_place
from scheduler.planner.apart import left_out, part_of
from scheduler.planner.solve import Solver
from scheduler.planner.tied import TiedSolver
from tests.solvers import solver_of


def test_relief_goes_first_to_the_clusters_alone_that_leave_something_out() -> None:
    """Precinct 3 alone leaves nothing out, precinct 4 does: the first good week is as good as both of them
    solved by themselves, the one with relief; what is polished then may be better."""
    world = restricted(county(), ["3", "4"])
    problem, last = solver_of(world).problem, TIERS.index("minutes_cost")
    solver = TiedSolver(problem, monotonic() + 120, lambda *_: None)
    assert not solver.solve_apart()
    week = solver.week
    assert week.allowed()
    least = [0] * len(TIERS)
    for precinct, relief in (("3", False), ("4", True)):
        part = solver_of(world)
        problem = part_of(part.problem, [precinct], relief)
        found = Solver(problem, monotonic() + 120, lambda *_: None).solve()
        assert found.best == found.bound
        least = [a + b for a, b in zip(least, found.best, strict=True)]
    assert least[TIERS.index("relief_days")]
    assert list(week.score()[:last]) == least[:last] and week.score()[last] <= least[last]
    relief = TIERS.index("relief_days")
    assert [solver._known(t) for t in range(relief + 1)] == least[: relief + 1]


def test_a_visit_on_the_way_cannot_be_left_out_where_the_straight_drive_takes_hours() -> None:
    world = restricted(county(), ["3", "4"])
    a, c = (school_place(s.school_id) for s in world.schools_of["4"][:2])
    long = replace(world, travel={**world.travel, (a, c): 400, (c, a): 400})
    assert left_out(solver_of(world).problem, ["4"])
    assert not left_out(solver_of(long).problem, ["4"])


def test_what_no_relief_can_mend_is_proven_by_the_clusters_alone() -> None:
    """A session of precinct 1 that nobody may hold is missed with or without relief officers."""
    world = restricted(county(), ["1", "3"])
    own = {s.school_id for s in world.schools_of["1"]}
    lost = min(k for k, s in world.sessions.items() if s.school_id in own)
    nobody = replace(world.sessions[lost], qualification="pilot")
    world = replace(world, sessions={**world.sessions, lost: nobody})
    solver = TiedSolver(solver_of(world).problem, monotonic() + 120, lambda *_: None)
    found = solver.solve()
    assert found.best[0] == 1 and not any(found.best[1:-1])
    assert found.best == found.bound
    least = [0] * len(TIERS)
    for precinct in ("1", "3"):
        problem = part_of(solver.problem, [precinct], relief=False)
        part = Solver(problem, monotonic() + 120, lambda *_: None).solve()
        assert part.best == part.bound
        least = [a + b for a, b in zip(least, part.best, strict=True)]
    assert found.best == tuple(least)
