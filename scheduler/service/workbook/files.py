"""The tables as CSV and Excel files, out and in."""

import csv
import io
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from scheduler.errors import InputError, Problem
from scheduler.service.workbook.sheets import Row, Sheets, plain, said
from scheduler.tables.cells import TEXT_KINDS, defuse
from scheduler.tables.columns import TABLES
from scheduler.tables.csvfile import parse_bytes
from scheduler.tables.template import SETTINGS
from scheduler.tables.xlsx import read_workbook, workbook_bytes


def csv_text(table: str, rows: Sequence[Row]) -> str:
    """A table as CSV text, formula cells defused."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = TABLES[table].columns
    writer.writerow(c.name for c in columns)
    for row in rows:
        cells = [row.get(c.name) or "" for c in columns]
        writer.writerow(defuse(v) if c.kind in TEXT_KINDS else v for c, v in zip(columns, cells, strict=True))
    return out.getvalue()


def take_csv(typed: Sheets, table: str, data: bytes, name: str) -> Sheets:
    """The sheets with a table from a CSV file. Raises InputError where the file is no such table."""
    raw = parse_bytes(data, TABLES[table], name)
    if errors := [p for p in raw.problems if p.severity == "error"]:
        raise InputError(errors)
    kinds = {c.name: c.kind for c in TABLES[table].columns}
    rows = [{n: plain(kinds[n], v) for n, v in r.cells.items()} for r in raw.rows]
    return typed.with_rows(table, typed.without_aside(table, rows))


def excel(typed: Sheets) -> bytes:
    """All tables and the settings as one workbook."""
    return workbook_bytes(typed.rows, typed.settings)


def excel_template() -> bytes:
    """A blank workbook with words on what goes where."""
    data = tomllib.loads(SETTINGS, parse_float=Decimal)
    settings: dict[str, str] = {}
    for section, value in data.items():
        pairs = value.items() if isinstance(value, dict) else [("", value)]
        settings |= {f"{section}.{k}" if k else section: said(v) for k, v in pairs}
    return workbook_bytes({}, settings)


def take_excel(typed: Sheets, data: bytes, name: str) -> Sheets:
    """The sheets with what a workbook holds; tables that are not in it stay. Raises InputError."""
    rows, settings = read_workbook(data, name)
    if unknown := [k for k in settings if k not in typed.settings]:
        raise InputError(Problem(f"{name}, settings", None, None, k, "there is no such setting",
                                 f"Known are {', '.join(typed.settings)}.") for k in unknown)  # fmt: skip
    own = {table: typed.without_aside(table, found) for table, found in rows.items()}
    return replace(typed, rows={**typed.rows, **own}, settings={**typed.settings, **settings})
