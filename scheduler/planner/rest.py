"""What is left of a node with few tours, solved outright by SCIP."""

from time import monotonic

import numpy as np
from ortools.linear_solver import pywraplp

from scheduler.planner.features import Features
from scheduler.planner.grid import Ints
from scheduler.planner.master import Master
from scheduler.planner.programme import (
    Branches,
    Unsolved,
    cap_row,
    capped_tiers,
    own_rows,
    set_branch,
    tour_rows,
)

SETTINGS = "propagating/probing/maxprerounds = 0\npresolving/maxrounds = 3\n"
Chosen = list[tuple[int, int]]


def solve_rest(
    master: Master, features: Features, tier: int, caps: tuple[int, ...], branches: Branches,
    tours: Ints, best: int, deadline: float,
) -> Chosen | None:  # fmt: skip
    """(tour, how often) of the best week of a node that is below `best` in the tier; None where
    there is none. Raises Unsolved where time is too short."""
    left = deadline - monotonic()
    if left < 0.01:
        raise Unsolved
    pool = features.pool
    solver = pywraplp.Solver.CreateSolver("SCIP")
    solver.SetTimeLimit(int(left * 1000) + 1)
    solver.SetSolverSpecificParametersAsString(SETTINGS)
    infinity = solver.infinity()
    which = np.array([i for i, d in enumerate(master.demands) if not d.implied], dtype=np.int64)
    brings = pool.brings[:, which]
    slacks, rows = own_rows(master, which, solver, integer=True)
    capped = capped_tiers(master, pool, tier)
    rows += [cap_row(master, solver, slacks, t, caps[t]) for t in capped]
    rows += [
        solver.Constraint(low, limit, "")
        for low, limit in zip(pool.least.tolist(), pool.limits.tolist(), strict=True)
    ]
    objective = solver.Objective()
    objective.SetMinimization()
    limit = solver.Constraint(-infinity, best - 1 - master.constants[tier], "")
    for variable, kind in zip(slacks, master.slacks, strict=True):
        if kind.tier == tier:
            objective.SetCoefficient(variable, kind.cost)
            limit.SetCoefficient(variable, kind.cost)
    variables = []
    for tour in tours.tolist():
        variable = solver.IntVar(0, int(pool.limits[pool.of_class[tour]]), "")
        for i, value in tour_rows(pool, brings, tour, capped):
            rows[i].SetCoefficient(variable, value)
        cost = float(pool.tiers[tour, tier])
        objective.SetCoefficient(variable, cost)
        limit.SetCoefficient(variable, cost)
        variables.append((tour, variable))
    for feature, (low, high) in branches.items():
        row = solver.Constraint(low, high, "")
        set_branch(features, row, feature, variables, slacks)
    status = solver.Solve()
    if status not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.INFEASIBLE):
        raise Unsolved
    if status == pywraplp.Solver.INFEASIBLE:
        return None
    chosen = [(tour, round(v.solution_value())) for tour, v in variables]
    return [(tour, n) for tour, n in chosen if n]
