"""plan.csv as it is read: with the rows' numbers, checked against an agency."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import week_days
from scheduler.domain.plan import Visit
from scheduler.errors import InputError, Problem
from scheduler.tables.columns import PLAN_TABLE
from scheduler.tables.csvfile import read_csv
from scheduler.tables.folder import visit_of
from scheduler.tables.rows import Row, Rows


def read_plan(
    path: Path, agency: Agency, weeks: Sequence[date], outside: Literal["error", "ignore"] = "error"
) -> tuple[tuple[int, Visit], ...]:
    """The visits of a plan with their row numbers (header = 1), in the order of the file.

    Rows outside the planned weeks (Mondays) are unusable, or left out with
    `outside="ignore"`, as for a published plan, where rows of officers and schools that are
    gone are left out as well. Raises InputError with every problem.
    """
    if not path.is_file():
        raise InputError([Problem(str(path), None, None, None, "the file is not there",
                                  "Name a plan.csv.")])  # fmt: skip
    rows = Rows(PLAN_TABLE, read_csv(path, PLAN_TABLE, path.name), path.name)
    days = {d for w in weeks for d in week_days(w)}
    found: list[tuple[int, Visit]] = []
    if outside == "ignore":
        wanted = [r for r in rows if r["date"] in days and _known(r, agency)]
    else:
        wanted = list(rows)
        _check(rows, agency, days)
    for row in wanted:
        found.append((row.number, visit_of(row)))
    if any(p.severity == "error" for p in rows.problems):
        raise InputError(rows.problems)
    return tuple(found)


def _known(row: Row, agency: Agency) -> bool:
    return row["officer_id"] in agency.officers and row["school_id"] in agency.schools


def _check(rows: Rows, agency: Agency, days: set[date]) -> None:
    for row in rows.having("date"):
        if row["date"] not in days:
            rows.add(row.number, "date", str(row["date"]), "the day is not in the planned weeks",
                     "Name the plan's own week, or remove the row.")  # fmt: skip
    for column, known in (("officer_id", agency.officers), ("school_id", agency.schools)):
        for row in rows.having(column):
            if row[column] not in known:
                rows.add(row.number, column, row[column], "the agency has no such id",
                         "Correct it, or use the folder that the plan was made from.")  # fmt: skip
    for row in rows.having("tasks"):
        for task_id in row["tasks"]:
            if task_id not in agency.tasks:
                rows.add(row.number, "tasks", task_id, "the agency has no such task", "Correct it.")
