"""Scenarios: read, checked with the sentences of the tables, applied to an agency."""

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from scheduler.domain.agency import Agency
from scheduler.domain.change import Change, Scenario
from scheduler.errors import InputError, Problem
from scheduler.tables.cells import TEXT_KINDS, defuse, format_cell
from scheduler.tables.columns import TABLES, Column, Table
from scheduler.tables.csvfile import RawRow, RawTable
from scheduler.tables.folder import build_agency, field_of, records
from scheduler.tables.rows import Rows, cell_value
from scheduler.tables.settings import FILE, SECTIONS, Settings, settings_of

ACTIONS = ("add", "remove", "update")


def read_scenario(path: Path) -> Scenario:
    """The scenario in a JSON file. Raises InputError."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise _unusable(path, f"the file cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise _unusable(path, f"the file is no JSON ({error})") from None
    if not isinstance(data, dict) or not isinstance(data.get("changes"), list):
        raise _unusable(path, 'a scenario is {"name": "…", "changes": [...]}')
    changes: list[Change] = []
    problems: list[Problem] = []
    for number, change in enumerate(data["changes"], 1):
        try:
            changes.append(change_of(change, path.name, number))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return Scenario(str(data.get("name") or path.stem), tuple(changes))


def change_of(data: Any, where: str, number: int) -> Change:
    """The change that parsed JSON describes. Raises InputError."""
    place = f"{where}, change {number}"
    if not isinstance(data, dict):
        raise _fault(place, None, "a change is an object with table, action, key and values")
    table, action = data.get("table"), data.get("action")
    key, values = data.get("key") or {}, data.get("values") or {}
    if action not in ACTIONS:
        raise _fault(place, str(action), f"the action is none of {', '.join(ACTIONS)}")
    if not isinstance(table, str) or not isinstance(key, dict) or not isinstance(values, dict):
        raise _fault(place, None, "table is text, key and values are objects")
    return Change(table, action, key, values)


def apply_changes(agency: Agency, changes: Iterable[Change], where: str = "scenario") -> Agency:
    """The agency with the changes made, one after the other. `agency` stays as it is. Raises
    InputError with all changes that fit no row or several, or where the tables are unusable then."""
    tables = {
        name: [{c.name: field_of(r, c.name) for c in TABLES[name].columns} for r in rows]
        for name, rows in records(agency).items()
    }
    settings = settings_of_agency(agency)
    problems: list[Problem] = []
    for number, change in enumerate(changes, 1):
        try:
            _make(settings, tables, change, f"{where}, change {number}")
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    out = Settings()
    raw = {
        name: Rows(TABLES[name], RawTable([
            RawRow(i, {c.name: format_cell(c.kind, row[c.name]) for c in TABLES[name].columns})
            for i, row in enumerate(rows, 2)
        ], []))
        for name, rows in tables.items()
    }  # fmt: skip
    return build_agency(settings_of(settings, out), raw)[0]


def _make(
    settings: dict[str, Any], tables: dict[str, list[dict[str, Any]]], change: Change, place: str
) -> None:
    if change.table == FILE:
        _set(settings, change, place)
        return
    table = TABLES.get(change.table.removesuffix(".csv"))
    if table is None or not change.table.endswith(".csv"):
        raise _fault(place, change.table, "there is no such table")
    _edit(tables[table.name], table, change, place)


def settings_of_agency(agency: Agency) -> dict[str, Any]:
    """agency.toml of an agency, parsed."""
    data = agency.policy.model_dump(by_alias=True, mode="python")
    sections: dict[str, Any] = {name: dict(data[name]) for name in SECTIONS}
    for key in ("earliest", "latest"):
        sections["break"][key] = format_cell("clock", sections["break"][key])
    return {"name": agency.name, "timezone": agency.timezone, **sections}


def _set(settings: dict[str, Any], change: Change, place: str) -> None:
    path, value = change.key.get("path"), change.values.get("value")
    if change.action != "update" or not isinstance(path, str) or "value" not in change.values:
        raise _fault(place, None, f'{FILE} takes "update" with a path and a value')
    section, _, name = path.partition(".")
    if not name and section in ("name", "timezone"):
        settings[section] = value
    elif section in SECTIONS and name in SECTIONS[section].model_fields:
        if isinstance(value, float):
            value = Decimal(str(value))
        settings[section][name] = value
    else:
        raise _fault(place, path, "there is no such setting")


def _edit(rows: list[dict[str, Any]], table: Table, change: Change, place: str) -> None:
    columns = {c.name: c for c in table.columns}
    for name in (*change.key, *change.values):
        if name not in columns:
            raise _fault(place, name, f"{table.file} has no such column")
    key = {n: _value(columns[n], v, place) for n, v in change.key.items()}
    values = {n: _value(columns[n], v, place) for n, v in change.values.items()}
    if change.action == "add":
        new = {**key, **values}
        rows.append({n: new[n] if n in new else _value(c, None, place) for n, c in columns.items()})
        return
    if not key:
        raise _fault(place, None, "the key is empty, so it names no row")
    fitting = [row for row in rows if all(row[n] == v for n, v in key.items())]
    if len(fitting) != 1:
        count = "no row" if not fitting else f"{len(fitting)} rows"
        raise _fault(
            place, json.dumps(dict(change.key), default=str), f"the key fits {count} of {table.file}"
        )
    if change.action == "remove":
        rows[:] = [row for row in rows if row is not fitting[0]]
    else:
        fitting[0].update(values)


def _value(column: Column, value: Any, place: str) -> Any:
    if value is None:
        text = ""
    elif isinstance(value, list):
        text = ";".join(map(str, value))
    else:
        text = str(value)
    if column.kind in TEXT_KINDS:
        text = defuse(text)
    try:
        return cell_value(column, text)
    except ValueError as error:
        raise _fault(place, text, f"this is no value for {column.name} ({error})") from None


def _fault(place: str, value: str | None, message: str) -> InputError:
    return InputError([Problem(place, None, None, value, message, "Correct the scenario.")])


def _unusable(path: Path, message: str) -> InputError:
    return InputError([Problem(str(path), None, None, None, message, "Correct the scenario.")])
