"""An agency's tables as people write them: rows of text, and those of other precincts kept aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from scheduler.domain.actor import Actor
from scheduler.domain.agency import Agency
from scheduler.service.workbook.reach import reaches
from scheduler.tables.cells import TEXT_KINDS, format_cell, refuse
from scheduler.tables.changes import settings_of_agency
from scheduler.tables.columns import TABLES
from scheduler.tables.folder import field_of, records

Row = Mapping[str, str]


@dataclass(frozen=True)
class Sheets:
    """The tables as typed: rows of text by table (as people write them, not defused), and the settings by
    path. `base` is the revision that was read. `aside` holds rows of other precincts, which the editor
    does not show, with the places where they stand in their tables."""

    base: int
    rows: Mapping[str, Sequence[Row]]
    settings: Mapping[str, str]
    aside: Mapping[str, Sequence[tuple[int, Row]]] = field(default_factory=dict)

    def with_rows(self, table: str, rows: Sequence[Row]) -> "Sheets":
        """With other rows in a table."""
        return replace(self, rows={**self.rows, table: rows})

    def whole(self, table: str) -> list[tuple[int | None, Row]]:
        """All rows of a table, each with its place among those shown (None: it is kept aside)."""
        out: list[tuple[int | None, Row]] = list(enumerate(self.rows.get(table, ())))
        for place, row in self.aside.get(table, ()):
            out.insert(place, (None, row))
        return out

    def without_aside(self, table: str, rows: Sequence[Row]) -> list[Row]:
        """Rows from a file, without those that are kept aside: they are there already."""
        kept = [dict(row) for _, row in self.aside.get(table, ())]
        out = []
        for row in rows:
            if dict(row) in kept:
                kept.remove(dict(row))
            else:
                out.append(row)
        return out


def sheets_of(agency: Agency, base: int) -> Sheets:
    """An agency's tables as people write them."""
    rows = {
        name: [
            {c.name: plain(c.kind, format_cell(c.kind, field_of(r, c.name))) for c in TABLES[name].columns}
            for r in listed
        ]
        for name, listed in records(agency).items()
    }
    settings: dict[str, str] = {}
    for section, value in settings_of_agency(agency).items():
        if isinstance(value, dict):
            settings |= {f"{section}.{k}": said(v) for k, v in value.items()}
        else:
            settings[section] = str(value)
    return Sheets(base, rows, settings)


def sheets_for(agency: Agency, base: int, actor: Actor) -> Sheets:
    """The same as an actor sees them: rows of other precincts are kept aside, and saved as they are."""
    found = sheets_of(agency, base)
    if actor.is_admin:
        return found
    rows: dict[str, list[Row]] = {}
    aside: dict[str, list[tuple[int, Row]]] = {}
    for name, listed in found.rows.items():
        rows[name], aside[name] = [], []
        for place, row in enumerate(listed):
            if reaches(agency, actor, name, row):
                rows[name].append(row)
            else:
                aside[name].append((place, row))
    return replace(found, rows=rows, aside=aside)


def plain(kind: Any, text: str) -> str:
    """A cell as people write it."""
    return refuse(text) if kind in TEXT_KINDS else text


def said(value: object) -> str:
    """A setting's value as text."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
