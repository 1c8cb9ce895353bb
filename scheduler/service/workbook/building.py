"""An agency from tables as typed, with every problem at the row where the editor shows it."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from scheduler.domain.agency import Agency
from scheduler.errors import InputError, Problem
from scheduler.service.workbook.files import csv_text
from scheduler.service.workbook.sheets import Sheets
from scheduler.tables.columns import TABLES
from scheduler.tables.csvfile import parse_csv
from scheduler.tables.folder import build_agency
from scheduler.tables.rows import Rows
from scheduler.tables.settings import SECTIONS, Settings, settings_of

FIRST_ROW = 2
"""The number of a table's first row."""
ELSEWHERE = "a row of another precinct"


def built(typed: Sheets) -> tuple[Agency, tuple[Problem, ...]]:
    """The agency, and what is odd about it. Raises InputError with every problem."""
    data: dict[str, Any] = {}
    for path, text in typed.settings.items():
        section, _, name = path.partition(".")
        if name:
            data.setdefault(section, {})[name] = _setting(section, name, text)
        else:
            data[section] = text
    places = {name: typed.whole(name) for name in TABLES}
    tables = {
        name: Rows(t, parse_csv(csv_text(name, [row for _, row in places[name]]), t, t.file))
        for name, t in TABLES.items()
    }
    shown = {t.file: [place for place, _ in places[name]] for name, t in TABLES.items()}
    try:
        agency, odd = build_agency(settings_of(data, Settings()), tables)
    except InputError as error:
        raise InputError(_renumbered(shown, error.problems)) from error
    return agency, tuple(_renumbered(shown, odd))


def _renumbered(shown: dict[str, list[int | None]], problems: Iterable[Problem]) -> list[Problem]:
    """Problems at the rows of the editor, which shows no rows of other precincts."""
    out = []
    for p in problems:
        places = shown.get(p.table, [])
        if p.row is not None and 0 <= p.row - FIRST_ROW < len(places):
            place = places[p.row - FIRST_ROW]
            p = replace(p, row=None, column=ELSEWHERE) if place is None else replace(p, row=place + FIRST_ROW)
        out.append(p)
    return out


def _setting(section: str, name: str, text: str) -> object:
    """The typed value of a setting; text where it is none, which the settings' rules then refuse."""
    default = SECTIONS[section].model_fields[name].default
    if isinstance(default, str) or name in ("earliest", "latest"):
        return text.strip()
    try:
        return Decimal(text.strip()) if isinstance(default, Decimal) else int(text.strip())
    except (ValueError, InvalidOperation):
        return text
