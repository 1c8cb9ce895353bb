"""Solving a linear programme with GLOP, and again from scratch where it stumbles."""

from ortools.linear_solver import pywraplp


def solve_lp(solver: pywraplp.Solver) -> int:
    """The status of solving: warm from the last basis, then cold, then by the dual simplex."""
    status = solver.Solve()
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
