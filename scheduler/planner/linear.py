"""Solving a linear programme with GLOP, and again from scratch where it stumbles."""

from math import ceil

from ortools.linear_solver import pywraplp

PRICING = "optimization_rule: DEVEX feasibility_rule: DEVEX"
"""A fifth faster than steepest edge on these programmes."""
MARGIN = 1e-3
"""More than the solver's tolerances, times the largest costs, can be wrong by."""


def rounded_up(value: float) -> int:
    """The least whole number that a bound with the solver's error proves. A score is whole, so a
    bound of 753.5 proves 754; one a hair above 754 proves no more than 754."""
    return ceil(value - MARGIN)


def new_lp() -> pywraplp.Solver:
    """An empty linear programme for GLOP."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    solver.SetSolverSpecificParametersAsString(PRICING)
    return solver


def solve_lp(solver: pywraplp.Solver) -> int:
    """The status of solving: warm from the last basis, then cold, then by the dual simplex.

    A presolved programme forgets the basis, so warm solves go without (half the time in columns
    and branches).
    """
    warm = pywraplp.MPSolverParameters()
    warm.SetIntegerParam(warm.PRESOLVE, warm.PRESOLVE_OFF)
    status = solver.Solve(warm)
    if status in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.INFEASIBLE):
        return int(status)
    cold = pywraplp.MPSolverParameters()
    cold.SetIntegerParam(cold.INCREMENTALITY, cold.INCREMENTALITY_OFF)
    status = solver.Solve(cold)
    if status in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.INFEASIBLE):
        return int(status)
    cold.SetIntegerParam(cold.LP_ALGORITHM, cold.DUAL)
    cold.SetIntegerParam(cold.PRESOLVE, cold.PRESOLVE_OFF)
    return int(solver.Solve(cold))
