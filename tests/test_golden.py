"""Golden files: the report and the tables of a worked example, byte for byte.

After a wanted change: `ESRO_GOLDEN=write python -m pytest tests/test_golden.py`, and read the
difference before it is committed.
"""

import os
from datetime import date
from pathlib import Path

import pytest

from scheduler.domain.plan import Plan
from scheduler.planner.result import ClusterResult, PlanResult
from scheduler.publish.outputs import officers_csv, schools_csv
from scheduler.publish.report import report_html
from scheduler.rules.case import Case
from scheduler.rules.registry import score
from scheduler.tables.columns import TABLES
from scheduler.tables.folder import read_agency, records, settings_text, table_text
from scheduler.tables.plans import read_plan

DATA = Path(__file__).parent / "data"
ONE = DATA / "examples" / "one"
GOLDEN = DATA / "golden"


def golden(name: str, text: str) -> str:
    """The golden file (written anew from `text` where that is asked for)."""
    path = GOLDEN / name
    if os.environ.get("ESRO_GOLDEN") == "write":
        path.write_bytes(text.encode())
    return path.read_bytes().decode()


@pytest.fixture(scope="module")
def case() -> Case:
    world, _ = read_agency(ONE)
    week = (date(2026, 10, 5),)
    return Case(world, week, tuple(v for _, v in read_plan(ONE / "plan.csv", world, week)))


def test_the_report(case: Case) -> None:
    total = score(case)
    cluster = ClusterResult(tuple(case.agency.precincts), "feasible", total, total, total, 1.0)
    result = PlanResult(
        Plan.of(case.visits), "feasible", case.weeks, 7, 0.0, total, total, total, 0.0, (cluster,), 1.0
    )
    page = report_html(case, result, "sha256:0123456789abcdef", "0")
    assert page == golden("report.html", page)


def test_the_summaries(case: Case) -> None:
    assert schools_csv(case) == golden("schools.csv", schools_csv(case))
    assert officers_csv(case) == golden("officers.csv", officers_csv(case))


def test_the_tables(case: Case) -> None:
    rows = records(case.agency)
    parts = [settings_text(case.agency)]
    parts += [f"== {name}\n{table_text(TABLES[name], rows[name])}" for name in TABLES]
    text = "\n".join(parts)
    assert text == golden("tables.txt", text)
