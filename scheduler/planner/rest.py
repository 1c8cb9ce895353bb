"""What is left of a node with few tours, solved outright by SCIP."""

from time import monotonic

import numpy as np

from scheduler.planner.brings import Brings
from scheduler.planner.features import SHORTAGE, Features
from scheduler.planner.grid import Floats, Ints
from scheduler.planner.master import Master
from scheduler.planner.programme import (
    Branches,
    Unsolved,
    cap_row,
    capped_tiers,
    slack_rows,
)

SETTINGS = "propagating/probing/maxprerounds = 0\npresolving/maxrounds = 3\n"
Chosen = list[tuple[int, int]]


def solve_rest(
    master: Master, features: Features, tier: int, caps: tuple[int, ...], branches: Branches,
    tours: Ints, best: int, deadline: float,
) -> Chosen | None:  # fmt: skip
    """(tour, how often) of the best week of a node that is below `best` in the tier; None where
    there is none. Raises Unsolved where time is too short."""
    from ortools.linear_solver import pywraplp  # Many a week needs none, and it loads slowly.

    left = deadline - monotonic()
    if left < 0.01:
        raise Unsolved
    pool = features.pool
    solver = pywraplp.Solver.CreateSolver("SCIP")
    solver.SetTimeLimit(int(left * 1000) + 1)
    solver.SetSolverSpecificParametersAsString(SETTINGS)
    slacks = [
        solver.IntVar(0, s.upper, "") if s.integer else solver.NumVar(0, s.upper, "") for s in master.slacks
    ]
    taken = [solver.IntVar(0, int(pool.limits[c]), "") for c in pool.of_class[tours].tolist()]
    variables = [*slacks, *taken]

    def row(low: float, high: float, of_slacks: Floats, of_tours: Floats) -> None:
        bounds = [
            float(x) if np.isfinite(x) else float(np.copysign(solver.infinity(), x)) for x in (low, high)
        ]
        made = solver.Constraint(*bounds, "")
        values = np.concatenate([of_slacks, of_tours])
        for i in np.flatnonzero(values).tolist():
            made.SetCoefficient(variables[i], float(values[i]))

    own = np.array([i for i, d in enumerate(master.demands) if not d.implied], dtype=np.int64)
    rows = slack_rows(master, own)
    brings = Brings(pool.brings[:, own]).of(pool.visits[tours])
    for i in range(len(own)):
        row(rows.lowers[i], rows.uppers[i], rows.slacks[i], brings[:, i])
    none = np.zeros(len(slacks))
    for t in capped_tiers(master, pool, tier):
        costs, most = cap_row(master, t, caps[t])
        row(-np.inf, most, costs, pool.tiers[tours, t])
    for c, (low, limit) in enumerate(zip(pool.least.tolist(), pool.limits.tolist(), strict=True)):
        row(low, limit, none, pool.of_class[tours] == c)
    for feature, (low, high) in branches.items():
        if feature.kind == SHORTAGE:
            row(low, high, np.eye(len(slacks))[feature.other], np.zeros(len(tours)))
        else:
            row(low, high, none, features.counts(feature)[tours].astype(float))
    costs, most = cap_row(master, tier, best - 1)
    row(-np.inf, most, costs, pool.tiers[tours, tier])
    objective = solver.Objective()
    objective.SetMinimization()
    for variable, cost in zip(variables, [*costs, *pool.tiers[tours, tier]], strict=True):
        objective.SetCoefficient(variable, float(cost))
    status = solver.Solve()
    if status not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.INFEASIBLE):
        raise Unsolved
    if status == pywraplp.Solver.INFEASIBLE:
        return None
    chosen = [(t, round(v.solution_value())) for t, v in zip(tours.tolist(), taken, strict=True)]
    return [(tour, n) for tour, n in chosen if n]
