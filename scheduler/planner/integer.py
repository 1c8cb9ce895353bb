"""The master in whole tours: the best choice among the tours known."""

from collections.abc import Iterable, Sequence
from time import monotonic

from ortools.linear_solver import pywraplp

from scheduler.planner.columns import Column, column_rows
from scheduler.planner.dispatcher import WEIGHTS, Week
from scheduler.planner.master import INF, Master
from scheduler.planner.tours import TourSpace


def choose(
    master: Master, spaces: dict[int, TourSpace], columns: Iterable[Column],
    caps: Sequence[int], start: Week, tier: int, deadline: float, floor: float = -INF,
) -> Week | None:  # fmt: skip
    """The week of these columns with the least `tier` and all tiers above it at most `caps`;
    ties are broken by the tiers below, less exactly. None where nothing better than `start`
    was found in time. `floor` is a proven bound of the tier."""
    left = deadline - monotonic()
    if left <= 0.05:
        return None
    solver = pywraplp.Solver.CreateSolver("SCIP")
    solver.SetTimeLimit(int(left * 1000))
    slacks = [
        solver.IntVar(0, s.upper, "") if s.integer else solver.NumVar(0, s.upper, "") for s in master.slacks
    ]
    rows = []
    for demand in master.demands:
        lower = demand.lower if demand.lower > -INF else -solver.infinity()
        upper = demand.upper if demand.upper < INF else solver.infinity()
        row = solver.Constraint(lower, upper, "")
        for slack, coefficient in demand.slacks.items():
            row.SetCoefficient(slacks[slack], coefficient)
        rows.append(row)
    days = {d: solver.Constraint(1 if s.fixed else 0, 1, "") for d, s in spaces.items()}
    limits = {}
    for t in range(tier + 1):
        most = caps[t] - master.constants[t]
        low = floor - master.constants[t] if t == tier and floor > -INF else -solver.infinity()
        limits[t] = solver.Constraint(low, most, "")
    objective = solver.Objective()
    objective.SetMinimization()
    weights = [0.0 if t < tier else min(WEIGHTS[t] / WEIGHTS[tier], 1.0) for t in range(9)]
    weights = [w if w > 1e-5 else 0.0 for w in weights]
    for variable, kind in zip(slacks, master.slacks, strict=True):
        objective.SetCoefficient(variable, weights[kind.tier] * kind.cost)
        if kind.tier in limits:
            limits[kind.tier].SetCoefficient(variable, kind.cost)
    chosen = {c.key for c in start.columns.values()}
    variables, hint = [], []
    for column in columns:
        variable = solver.BoolVar("")
        for i, value in column_rows(master, spaces[column.day], column).items():
            rows[i].SetCoefficient(variable, value)
        days[column.day].SetCoefficient(variable, 1)
        cost = 0.0
        for t, value in enumerate(column.tiers):
            if value:
                cost += weights[t] * value
                if t in limits:
                    limits[t].SetCoefficient(variable, value)
        objective.SetCoefficient(variable, cost)
        variables.append((column, variable))
        hint.append(1.0 if column.key in chosen else 0.0)
    solver.SetHint([v for _, v in variables], hint)
    status = solver.Solve()
    if status not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
        return None
    week = Week(master, spaces)
    for column, variable in variables:
        if variable.solution_value() > 0.5:
            week.put(column)
    return week if week.score() < start.score() else None
