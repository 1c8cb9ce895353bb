"""Clusters that relief officers tie, solved apart first."""

from dataclasses import replace
from itertools import combinations_with_replacement
from time import monotonic

import pytest

from benchmarks.instances import county
from scheduler.domain.scope import restricted
from scheduler.domain.score import TIERS
from scheduler.domain.travel import school_place
from scheduler.planner.apart import left_out, part_amid, part_of
from scheduler.planner.parts import Part, Splitting
from scheduler.planner.pool import make_pool
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


def test_weeks_are_made_for_one_choice_of_relief_days_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """None holds a relief day that was not chosen, no choice proves more than the best of all, and the weeks
    that come of them are plans with no more relief days."""
    world = restricted(county(), ["3", "4"])
    problem = part_of(solver_of(world).problem, ["4"], True)
    best = Solver(problem, monotonic() + 120, lambda *_: None).solve().best
    solver, last = TiedSolver(problem, monotonic() + 120, lambda *_: None), len(TIERS) - 1
    solver.begin()
    for tier in range(last):
        solver.relaxation.cap(tier, best[tier])
    bound, prices = solver.relaxation.solve_tier(last, 0, 10_000, monotonic() + 60)
    assert prices is not None
    relief = [c.first for c in solver.relaxation.classes if solver.spaces[c.first].od.relief]
    splitting = Splitting(solver.relaxation, last, lambda: 10_000, monotonic() + 60, lambda: False)
    found = []
    for day in relief:
        part = splitting.on_days(Part({}, bound, prices), (day,), relief)
        if part is not None and part.bound < 3_000:  # Else the caps cannot be kept on that day.
            pool = make_pool(solver.relaxation, part.prices, 5.0, 100_000, monotonic() + 60)
            assert {c.first for c in pool.classes} & set(relief) == {day}
            found.append(part.bound)
    splitting.leave()
    assert found and bound - 1e-6 <= min(found) <= best[last] + 1e-6

    monkeypatch.setattr("scheduler.planner.relief.FAR", 0.0)
    monkeypatch.setattr("scheduler.planner.relief.ONE_LEAST", 1.0)
    solver.dive(last, 0, monotonic() + 20)
    before = solver.week.score()
    assert before[last - 4] == best[last - 4]
    solver._try_relief_days(prices, best[last], monotonic() + 20)
    after = solver.week.score()
    assert best <= after <= before and solver.whole(solver.week)


def test_what_clusters_gain_amid_the_rest_the_week_gains() -> None:
    """Each cluster planned anew with all else as it stands, also where relief officers serve both."""
    problem = solver_of(restricted(county(), ["3", "4"])).problem
    solver = TiedSolver(problem, monotonic() + 120, lambda *_: None)
    solver.solve_apart()
    both = 0
    for precinct in ("3", "4"):
        stand, before = solver.week.visits(), solver.week.score()
        part = part_amid(problem, [precinct], stand)
        relief = [od for od in part.officer_days if od.relief]
        both += sum(bool(od.fixed) and od.most < problem.officer_days[od.index].most for od in relief)
        own = {s.school_id for s in part.schools}
        assert relief and not any(v.school_id in own for od in relief for v in od.fixed)
        solver_alone = Solver(part, monotonic() + 30, lambda *_: None, start=stand)
        begun = solver_alone.week.score()
        found = solver_alone.solve()
        assert found.best <= begun
        moved = [v for v in found.week.visits() if v.school_id in own]
        week = solver.begun([*(v for v in stand if v.school_id not in own), *moved])
        assert solver.whole(week)
        gained = [a - b for a, b in zip(begun, found.best, strict=True)]
        assert gained == [a - b for a, b in zip(before, week.score(), strict=True)]
        solver.take(week)
    assert both
    before = solver.week.score()
    solver._replan(monotonic() + 5)
    assert solver.week.score() <= before and solver.whole(solver.week)


def test_cuts_of_a_cluster_alone_are_shared_where_the_school_has_the_same_days() -> None:
    """They hold for all visits that the school may have in the group; precinct 4's officer is away for a day
    on which relief officers come, so that none of its cuts is taken over."""
    problem = solver_of(restricted(county(), ["3", "4"])).problem
    group = TiedSolver(problem, monotonic() + 60, lambda *_: None)
    known = len(group.master.demands)
    for precinct, shared in (("3", True), ("4", False)):
        alone = Solver(part_of(problem, [precinct], relief=False), monotonic() + 60, lambda *_: None)
        alone.relaxation.add(alone.week.columns.values())
        alone.relaxation.solve_tier(len(TIERS) - 1, 0, 10_000, monotonic() + 30)
        found = len(alone.master.demands) - alone.master.own_rows
        group.relaxation.share_cuts(alone.master)
        assert found and (len(group.master.demands) - known == found) == shared
        known = len(group.master.demands)
    assert known > group.master.own_rows
    for cut in group.master.demands[group.master.own_rows :]:
        assert cut.school_id is not None and cut.by_length is not None
        minutes_cost = group.master.slacks[next(iter(cut.slacks))].tier == len(TIERS) - 1
        missing, levels = group.master.missing(cut.school_id), group.master.levels(cut.school_id)
        most = len({od.day for od in problem.officer_days if cut.school_id in od.schools})
        for count in range(most + 1):
            for chosen in combinations_with_replacement(range(len(group.master.lengths)), count):
                total = int(sum(group.master.lengths[i] for i in chosen))
                short = max(0, missing - total) if minutes_cost else sum(total < x for x in levels)
                assert short + sum(cut.by_length[i] for i in chosen) >= cut.lower - 1e-6


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
