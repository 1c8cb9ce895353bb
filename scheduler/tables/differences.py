"""What changed from one state of an agency's tables to another, as changes; and whom a change touches."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from scheduler.domain.agency import Agency
from scheduler.domain.change import Change
from scheduler.tables.cells import TEXT_KINDS, format_cell, refuse
from scheduler.tables.changes import settings_of_agency
from scheduler.tables.columns import TABLES, Table
from scheduler.tables.folder import field_of, records
from scheduler.tables.settings import FILE

KEYS: Mapping[str, tuple[str, ...]] = {
    "precincts": ("precinct_id",), "schools": ("school_id",), "officers": ("officer_id",),
    "shifts": ("officer_id", "weekday"), "closures": ("date", "school_id"), "sessions": ("session_id",),
    "tasks": ("task_id",), "travel": ("from_id", "to_id"),
}  # fmt: skip
"""The columns that name a row; tables that are not here have rows, not keys."""


def difference(before: Agency, after: Agency) -> tuple[Change, ...]:
    """The changes that make `after` of `before`, table by table. Applying them gives the same tables
    (the order of rows aside), save where a row stands twice: no change can name one of the two."""
    out = _settings(before, after)
    old, new = records(before), records(after)
    for name, table in TABLES.items():
        a, b = _texts(table, old[name]), _texts(table, new[name])
        out += _keyed(table, a, b) if name in KEYS else _unkeyed(table, a, b)
    return tuple(out)


def touched_precincts(agency: Agency, change: Change) -> frozenset[str]:
    """The precincts whose rows a change touches; empty where it touches what belongs to all."""
    table = change.table.removesuffix(".csv")
    if table not in TABLES or table in ("precincts", "travel"):
        return frozenset()
    found: set[str] = set()
    rows = [dict(r) for r in (change.key, change.values)]
    if table in ("sessions", "tasks") and change.action != "add":
        work: Mapping[str, Any] = agency.sessions if table == "sessions" else agency.tasks
        known = work.get(str(change.key.get(f"{table[:-1]}_id")))
        rows.append({"school_id": known.school_id if known else None})
    for row in rows:
        for column, value in row.items():
            precinct = _precinct_of(agency, column, value)
            if precinct == "":
                return frozenset()
            if precinct is not None:
                found.add(precinct)
    return frozenset(found)


def _precinct_of(agency: Agency, column: str, value: Any) -> str | None:
    """The precinct that a cell names, None where it names none, "" for all of them."""
    if column == "precinct_id":
        return str(value)
    if column == "school_id":
        if value in (None, ""):
            return ""
        school = agency.schools.get(str(value))
        return school.precinct_id if school else None
    if column == "officer_id" and value not in (None, ""):
        officer = agency.officers.get(str(value))
        return officer.precinct_id if officer else None
    return "" if column == "covers" else None


def _settings(before: Agency, after: Agency) -> list[Change]:
    a, b = settings_of_agency(before), settings_of_agency(after)
    out = []
    for section, value in b.items():
        pairs = value.items() if isinstance(value, dict) else [("", value)]
        for name, new in pairs:
            old = a[section][name] if name else a[section]
            if old != new:
                path = f"{section}.{name}" if name else section
                out.append(Change(FILE, "update", {"path": path}, {"value": new}))
    return out


def _texts(table: Table, rows: Any) -> list[dict[str, str]]:
    return [{c.name: format_cell(c.kind, field_of(r, c.name)) for c in table.columns} for r in rows]


def _keyed(table: Table, before: list[dict[str, str]], after: list[dict[str, str]]) -> list[Change]:
    key = KEYS[table.name]
    old = {tuple(r[k] for k in key): r for r in before}
    new = {tuple(r[k] for k in key): r for r in after}
    gone = [dict(zip(key, k, strict=True)) for k in old if k not in new]
    out = [Change(table.file, "remove", _plain(table, row)) for row in gone]
    for k, row in new.items():
        if k not in old:
            out.append(Change(table.file, "add", {}, _plain(table, row)))
        elif old[k] != row:
            values = {n: v for n, v in row.items() if old[k][n] != v}
            out.append(Change(table.file, "update", _plain(table, dict(zip(key, k, strict=True))),
                              _plain(table, values)))  # fmt: skip
    return out


def _unkeyed(table: Table, before: list[dict[str, str]], after: list[dict[str, str]]) -> list[Change]:
    """Rows without a key: equal rows stay, the others go and come."""
    old, new = (Counter(tuple(r.values()) for r in rows) for rows in (before, after))
    names = [c.name for c in table.columns]

    def listed(rows: Counter[tuple[str, ...]]) -> list[dict[str, str]]:
        return [dict(zip(names, row, strict=True)) for row in rows.elements()]

    return [Change(table.file, "remove", _plain(table, r)) for r in listed(old - new)] + [
        Change(table.file, "add", {}, _plain(table, r)) for r in listed(new - old)
    ]


def _plain(table: Table, row: dict[str, str]) -> dict[str, str]:
    """Cells as people write them in a change: not defused."""
    kinds = {c.name: c.kind for c in table.columns}
    return {n: refuse(v) if kinds[n] in TEXT_KINDS else v for n, v in row.items()}
