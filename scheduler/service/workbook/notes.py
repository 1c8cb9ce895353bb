"""A table while it is edited: its rows after what was typed, and what stands beside them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.errors import Problem
from scheduler.service.workbook.building import FIRST_ROW
from scheduler.service.workbook.sheets import Row, Sheets
from scheduler.tables.columns import TABLES
from scheduler.tables.differences import KEYS
from scheduler.tables.labels import column_label, on_screen


@dataclass(frozen=True)
class Note:
    """What stands beside a row: what is wrong with it, else what it said before."""

    text: str
    wrong: bool


def edited(
    table: str, shown: Sequence[Row], edits: Mapping[str, Any]
) -> list[tuple[dict[str, str], int | None]]:
    """The rows of a table after edits that are counted from the rows shown, each with its place among
    those (None: it is new)."""
    columns = [c.name for c in TABLES[table].columns]
    gone, cells = set(edits.get("deleted_rows", ())), edits.get("edited_rows", {})
    rows: list[tuple[dict[str, str], int | None]] = [
        (_texts(columns, {**row, **cells.get(place, {})}), place)
        for place, row in enumerate(shown)
        if place not in gone
    ]
    return rows + [(_texts(columns, row), None) for row in edits.get("added_rows", ())]


def _texts(columns: Sequence[str], row: Mapping[str, Any]) -> dict[str, str]:
    return {c: "" if row.get(c) is None else str(row[c]) for c in columns}


def notes(read: Sheets, typed: Sheets, table: str, problems: Iterable[Problem]) -> dict[int, Note]:
    """What stands beside the rows of a table, by their places: their problems, or what is new in them."""
    out = {place: Note(words, False) for place, words in _changed(read, typed, table).items()}
    wrong: dict[int, list[str]] = {}
    for p in problems:
        if p.table == TABLES[table].file and p.row is not None:
            wrong.setdefault(p.row - FIRST_ROW, []).append(_short(p))
    return out | {place: Note(f"▲ {'; '.join(said)}", True) for place, said in wrong.items()}


def _short(problem: Problem) -> str:
    said = on_screen(problem)
    message = said.message.removeprefix("this is ")
    return message if said.column is None else f"{said.column}: {message}"


def _changed(read: Sheets, typed: Sheets, table: str) -> dict[int, str]:
    """What is new in the rows of a table; rows without a key are told apart by all of their cells."""
    rows, before = typed.rows[table], read.rows[table]
    key = KEYS.get(table) or tuple(c.name for c in TABLES[table].columns)

    def named(row: Row) -> tuple[str, ...]:
        return tuple(row[k] for k in key)

    if table not in KEYS:
        more = Counter(map(named, rows)) - Counter(map(named, before))
        return {place: "New, or changed" for place, row in enumerate(rows) if named(row) in more}
    stood = {named(row): row for row in before}
    out = {}
    for place, row in enumerate(rows):
        old = stood.get(named(row))
        if old is None:
            out[place] = "New"
        elif was := [f"{column_label(table, c)} was {v or 'blank'}" for c, v in old.items() if row[c] != v]:
            out[place] = "; ".join(was)
    return out
