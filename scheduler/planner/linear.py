"""Linear programmes that are solved again and again, by the dual or primal simplex of HiGHS.

Columns and rows come as arrays and stay in the solver; what changes between two solves is told
alone, and the last basis is where the next solve begins.
"""

from math import ceil

import highspy
import numpy as np

from scheduler.planner.grid import Floats, Ints

SETTINGS = (("output_flag", False), ("presolve", "off"), ("threads", 1), ("simplex_strategy", 0))
"""Strategy 0: the primal simplex from a basis that is still feasible (columns came), else the dual
(branches and rows came)."""
MARGIN = 1e-3
"""More than the solver's tolerances, times the largest costs, can be wrong by."""


def rounded_up(value: float) -> int:
    """The least whole number that a bound with the solver's error proves. A score is whole, so a
    bound of 753.5 proves 754; one a hair above 754 proves no more than 754."""
    return ceil(value - MARGIN)


class LinearProgramme:
    """A linear programme to be minimised. `values` (of the columns), `duals` (of the rows) and
    `value` are of the last solution; rows and columns are numbered as they were added."""

    def __init__(self) -> None:
        self._highs = highspy.Highs()
        for option, setting in SETTINGS:
            self._highs.setOptionValue(option, setting)
        self.values = self.duals = np.empty(0)
        self.value = 0.0
        self.columns = self.rows = 0

    def add_rows(self, lowers: Floats, uppers: Floats) -> int:
        """Rows without coefficients; the number of the first."""
        self._highs.addRows(
            len(lowers), lowers, uppers, 0, np.zeros(len(lowers), np.int32),
            np.empty(0, np.int32), np.empty(0),
        )  # fmt: skip
        self.rows += len(lowers)
        return self.rows - len(lowers)

    def add_row(self, lower: float, upper: float, columns: Ints, values: Floats) -> int:
        """A row over known columns; its number."""
        kept = np.flatnonzero(values)
        self._highs.addRow(
            float(lower), float(upper), len(kept), columns[kept].astype(np.int32), values[kept].astype(float)
        )
        self.rows += 1
        return self.rows - 1

    def add_columns(self, costs: Floats, uppers: Floats, coefficients: Floats) -> int:
        """Columns from 0 to `uppers` with `coefficients` (column × row, dense; rows behind the last
        given have none); the number of the first."""
        count = len(costs)
        column, row = np.nonzero(coefficients)
        starts = np.searchsorted(column, np.arange(count)).astype(np.int32)
        self._highs.addCols(
            count, costs, np.zeros(count), uppers, len(row), starts, row.astype(np.int32),
            coefficients[column, row],
        )  # fmt: skip
        self.columns += count
        return self.columns - count

    def remove_columns(self, columns: Ints) -> Ints:
        """Takes out columns that are 0; the new number of each old column, −1 where it is gone."""
        self._highs.deleteCols(len(columns), np.sort(columns).astype(np.int32))
        kept = np.ones(self.columns, dtype=np.bool_)
        kept[columns] = False
        self.columns = int(kept.sum())
        return np.where(kept, np.cumsum(kept) - 1, -1)

    def reduced_costs(self) -> Floats:
        """Of the columns in the last solution."""
        return np.array(self._highs.getSolution().col_dual)

    def bound_columns(self, columns: Ints, lowers: Floats, uppers: Floats) -> None:
        """New bounds of columns."""
        if len(columns):
            self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lowers, uppers)

    def bound_row(self, row: int, lower: float, upper: float) -> None:
        """New bounds of a row."""
        self._highs.changeRowBounds(row, float(lower), float(upper))

    def set_costs(self, costs: Floats) -> None:
        """New costs of all columns."""
        self._highs.changeColsCost(self.columns, np.arange(self.columns, dtype=np.int32), costs)

    def solve(self) -> bool:
        """Solves from the last basis, from scratch where that stumbles; whether there is an
        optimum."""
        if not self._run():
            self._highs.clearSolver()
            if not self._run():
                return False
        solution = self._highs.getSolution()
        self.values, self.duals = np.array(solution.col_value), np.array(solution.row_dual)
        self.value = float(self._highs.getInfo().objective_function_value)
        return True

    def _run(self) -> bool:
        self._highs.run()
        return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)
