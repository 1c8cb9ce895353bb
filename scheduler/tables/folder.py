"""The agency folder: read whole or not at all, and written back."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from scheduler.domain.agency import (
    Absence,
    Agency,
    Closure,
    Officer,
    Precinct,
    Role,
    School,
    Session,
    Shift,
    Task,
)
from scheduler.domain.clock import Window
from scheduler.domain.plan import PastVisit, Plan, Visit
from scheduler.domain.policy import Policy
from scheduler.errors import InputError, Problem
from scheduler.tables.cells import format_cell
from scheduler.tables.checks import Tables, check_agency, check_ids, check_order
from scheduler.tables.columns import PLAN_TABLE, TABLES, Table
from scheduler.tables.csvfile import read_csv
from scheduler.tables.rows import Row, Rows
from scheduler.tables.settings import FILE, SECTIONS, Settings, read_settings


def read_agency(folder: Path) -> tuple[Agency, tuple[Problem, ...]]:
    """The agency of a folder, and warnings. Raises InputError with every problem found."""
    if not folder.is_dir():
        message = "this is a file" if folder.exists() else "the folder is not there"
        raise InputError([Problem(str(folder), None, None, None, message,
                                  "Name the folder that holds agency.toml.")])  # fmt: skip
    settings = read_settings(folder)
    tables = {name: Rows(t, read_csv(folder / t.file, t)) for name, t in TABLES.items()}
    return build_agency(settings, tables)


def build_agency(settings: Settings, tables: Tables) -> tuple[Agency, tuple[Problem, ...]]:
    """The agency of tables as read, and warnings. Raises InputError with every problem found."""
    check_ids(tables)
    check_order(tables)
    if settings.policy is not None:
        agency = _agency(settings, settings.policy, tables)
        check_agency(agency, tables)
        if not _errors(settings, tables):
            return agency, tuple(_problems(settings, tables))
    raise InputError(_problems(settings, tables))


def _problems(settings: Settings, tables: Tables) -> list[Problem]:
    found = [*settings.problems]
    for rows in tables.values():
        found += sorted(rows.problems, key=lambda p: p.row or 0)
    return found


def _errors(settings: Settings, tables: Tables) -> bool:
    return any(p.severity == "error" for p in _problems(settings, tables))


def _keyed(rows: Rows, make: Callable[[Row], Any], *key: str) -> dict[Any, Any]:
    if len(key) == 1:
        return {row[key[0]]: make(row) for row in rows.sound()}
    return {tuple(row[k] for k in key): make(row) for row in rows.sound()}


def visit_of(row: Row) -> Visit:
    """The visit in a row of plan, pins or history."""
    return Visit(
        row["officer_id"], row["school_id"], row["date"], row["start"], row["end"], row["focus"],
        tuple(sorted(row.values.get("tasks", ()))),
    )  # fmt: skip


def _agency(settings: Settings, policy: Policy, t: Tables) -> Agency:
    """The agency of the sound rows."""
    return Agency(
        name=settings.name,
        timezone=settings.timezone,
        policy=policy,
        precincts=_keyed(t["precincts"], lambda r: Precinct(**r.values), "precinct_id"),
        schools=_keyed(t["schools"], lambda r: School(**r.values), "school_id"),
        officers=_keyed(
            t["officers"], lambda r: Officer(**{**r.values, "role": Role(r["role"])}), "officer_id"
        ),
        shifts=_keyed(t["shifts"], lambda r: Shift(**r.values), "officer_id", "weekday"),
        absences=tuple(Absence(**r.values) for r in t["absences"].sound()),
        closures=_keyed(t["closures"], _closure, "date", "school_id"),
        sessions=_keyed(t["sessions"], lambda r: Session(**r.values), "session_id"),
        tasks=_keyed(t["tasks"], _task, "task_id"),
        pins=tuple(visit_of(r) for r in t["pins"].sound()),
        history=tuple(PastVisit(visit_of(r), r["status"]) for r in t["history"].sound()),
        travel=_keyed(t["travel"], lambda r: r["minutes"], "from_id", "to_id"),
    )


def _closure(row: Row) -> Closure:
    hours = None if row["opens"] is None else Window(row["opens"], row["closes"])
    return Closure(row["date"], row["school_id"], hours, row["label"])


def _task(row: Row) -> Task:
    values = dict(row.values)
    values["from_"] = values.pop("from")
    return Task(**values)


# -- writing ---------------------------------------------------------------------------------


def records(agency: Agency) -> dict[str, Iterable[Any]]:
    travel = [{"from_id": a, "to_id": b, "minutes": m} for (a, b), m in agency.travel.items()]
    return {
        "precincts": agency.precincts.values(), "schools": agency.schools.values(),
        "officers": agency.officers.values(), "shifts": agency.shifts.values(),
        "absences": agency.absences, "closures": agency.closures.values(),
        "sessions": agency.sessions.values(), "tasks": agency.tasks.values(),
        "pins": agency.pins, "history": agency.history, "travel": travel,
    }  # fmt: skip


def field_of(record: Any, column: str) -> Any:
    if isinstance(record, dict):
        return record[column]
    if isinstance(record, PastVisit):
        return record.status if column == "status" else field_of(record.visit, column)
    if isinstance(record, Closure) and column in ("opens", "closes"):
        hours = record.hours
        return None if hours is None else (hours.start if column == "opens" else hours.end)
    return getattr(record, "from_" if column == "from" else column)


def table_text(table: Table, records: Iterable[Any]) -> str:
    """A table as CSV text with LF line ends, formula cells defused."""
    lines = [",".join(c.name for c in table.columns)]
    for record in records:
        cells = [format_cell(c.kind, field_of(record, c.name)) for c in table.columns]
        lines.append(",".join(map(_quoted, cells)))
    return "\n".join(lines) + "\n"


def _quoted(cell: str) -> str:
    if any(mark in cell for mark in ',"\n\r') or cell != cell.strip():
        return '"' + cell.replace('"', '""') + '"'
    return cell


def settings_text(agency: Agency) -> str:
    """agency.toml of an agency."""
    lines = [f"name = {_toml(agency.name)}", f"timezone = {_toml(agency.timezone)}"]
    data = agency.policy.model_dump(by_alias=True, mode="python")
    for section in SECTIONS:
        lines += ["", f"[{section}]"]
        for key, value in data[section].items():
            if key in ("earliest", "latest"):
                value = format_cell("clock", value)
            lines.append(f"{key} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, str):
        # JSON text is TOML text, but for DEL, which TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"{value:f}" if not isinstance(value, int) else str(value)


def write_agency(agency: Agency, folder: Path) -> None:
    """Writes all tables of an agency into `folder` (made where missing)."""
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / FILE, settings_text(agency))
    for name, rows in records(agency).items():
        write_text(folder / TABLES[name].file, table_text(TABLES[name], rows))


def write_plan(plan: Plan, path: Path) -> None:
    """Writes plan.csv, sorted by date, officer and start."""
    write_text(path, table_text(PLAN_TABLE, Plan.of(plan.visits).visits))


def write_text(path: Path, text: str) -> None:
    """Writes a UTF-8 file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(text.encode())
    os.replace(part, path)


def agency_digest(agency: Agency) -> str:
    """`sha256:…` over a canonical form: the same for the same tables, however they are laid
    out in their files."""
    form = {
        name: sorted(
            [format_cell(c.kind, field_of(r, c.name)) for c in TABLES[name].columns] for r in records
        )
        for name, records in records(agency).items()
    }
    form["agency"] = [[settings_text(agency)]]
    data = json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(data.encode()).hexdigest()
