"""An agency's tables as one Excel workbook: a sheet a table, one for the settings, and words."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from scheduler.errors import InputError, Problem
from scheduler.tables.cells import TEXT_KINDS, defuse, refuse
from scheduler.tables.columns import FORMAT_WORDS, TABLES, Column
from scheduler.tables.csvfile import MOST_CELL, MOST_ROWS

SETTINGS = "settings"
WORDS = "read me"
MOST_BYTES = 50_000_000
MOST_UNPACKED = 400_000_000

Rows = list[dict[str, str]]
"""Rows of a table as people write them: text by column, not defused."""


def workbook_bytes(rows: Mapping[str, Sequence[Mapping[str, str]]], settings: Mapping[str, str]) -> bytes:
    """The workbook of these tables. Every cell is text, so that a spreadsheet changes none and runs none
    as a formula."""
    book = Workbook()
    book.remove(book.active)
    _sheet(book, SETTINGS, ["setting", "value"], [[k, defuse(v)] for k, v in settings.items()])
    for name, table in TABLES.items():
        listed = [[_out(c, row.get(c.name, "")) for c in table.columns] for row in rows.get(name, ())]
        _sheet(book, name, [c.name for c in table.columns], listed)
    words = [
        [t.name, c.name, c.help, FORMAT_WORDS[c.kind], "required" if c.required else c.default or "none"]
        for t in TABLES.values() for c in t.columns
    ]  # fmt: skip
    _sheet(book, WORDS, ["sheet", "column", "what it is", "holds", "if blank"], words)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_workbook(data: bytes, name: str) -> tuple[dict[str, Rows], dict[str, str]]:
    """The tables and the settings that a workbook holds; sheets that are not there are left out.
    Raises InputError with every problem of its form."""
    book = _opened(data, name)
    problems: list[Problem] = []
    found: dict[str, Rows] = {}
    settings: dict[str, str] = {}
    try:
        for sheet in book.worksheets:
            title = sheet.title.strip().lower()
            if title == SETTINGS:
                pairs = _read(sheet, {"setting": None, "value": None}, name, problems)
                settings = {r["setting"].strip(): refuse(r["value"]) for r in pairs if r["setting"].strip()}
            elif title in TABLES:
                columns = {c.name: c for c in TABLES[title].columns}
                listed = _read(sheet, columns, name, problems)
                found[title] = [{n: _in(columns[n], v) for n, v in row.items()} for row in listed]
            elif title != WORDS:
                problems.append(Problem(name, None, None, sheet.title, "the sheet is unknown",
                                        f"Known are {', '.join([SETTINGS, *TABLES])}."))  # fmt: skip
    finally:
        book.close()
    if problems:
        raise InputError(problems)
    return found, settings


def _sheet(book: Any, title: str, header: list[str], rows: list[list[str]]) -> None:
    sheet = book.create_sheet(title)
    for number, row in enumerate([header, *rows], 1):
        for place, value in enumerate(row, 1):
            cell = sheet.cell(number, place)
            cell.number_format = "@"
            if value:
                cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
                cell.data_type = "s"
            if number == 1:
                cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for place, head in enumerate(header):
        wide = max([len(head), *(len(r[place]) for r in rows[:200])])
        sheet.column_dimensions[sheet.cell(1, place + 1).column_letter].width = min(wide + 3, 60)


def _out(column: Column, text: str) -> str:
    return defuse(text) if column.kind in TEXT_KINDS else text


def _in(column: Column, text: str) -> str:
    return refuse(text) if column.kind in TEXT_KINDS else text


def _opened(data: bytes, name: str) -> Any:
    advice = 'Save it as "Excel workbook (.xlsx)".'
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(i.file_size for i in packed.infolist())
        if len(data) > MOST_BYTES or unpacked > MOST_UNPACKED:
            raise InputError([Problem(name, None, None, None, "the workbook is too large",
                                      "Remove what does not belong into it.")])  # fmt: skip
        return load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError):
        raise InputError([Problem(name, None, None, None, "this is no Excel workbook", advice)]) from None


def _read(sheet: Any, columns: Mapping[str, Column | None], name: str, problems: list[Problem]) -> Rows:
    """The rows below the header, blank ones too, so that their numbers stand. A sheet's stated size
    is not believed."""
    sheet.reset_dimensions()
    place = f"{name}, {sheet.title}"
    out: Rows = []
    header: list[str] | None = None
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > MOST_ROWS:
            problems.append(Problem(place, number, None, None, f"the sheet has more than {MOST_ROWS} rows"))
            break
        if header is None:
            header = [str(c.value or "").strip() for c in cells]
            _check_header(header, columns, place, problems)
            continue
        row = dict.fromkeys(columns, "")
        for head, cell in zip(header, cells, strict=False):
            if head not in columns or cell.value is None:
                continue
            if cell.data_type == "f":
                problems.append(Problem(place, number, head, str(cell.value), "the cell holds a formula",
                                        "Write its value."))  # fmt: skip
                continue
            row[head] = _text(cell.value, columns[head])
            if len(row[head]) > MOST_CELL:
                problems.append(Problem(place, number, head, row[head], "the cell is too long",
                                        "Shorten it."))  # fmt: skip
        out.append(row)
    if header is None:
        problems.append(Problem(place, None, None, None, "the sheet is empty",
                                "Begin it with its header row, or remove it."))  # fmt: skip
    while out and not any(v.strip() for v in out[-1].values()):
        out.pop()
    return out


def _check_header(
    header: list[str], columns: Mapping[str, Column | None], place: str, problems: list[Problem]
) -> None:
    for head in dict.fromkeys(header):
        if head and head not in columns:
            problems.append(Problem(place, 1, head, None, "the column is unknown",
                                    f"Known columns: {', '.join(columns)}."))  # fmt: skip
        elif head and header.count(head) > 1:
            problems.append(Problem(place, 1, head, None, "the column stands twice", "Remove one of them."))
    for head, column in columns.items():
        if head not in header and (column is None or column.required):
            problems.append(Problem(place, 1, head, None, "the required column is missing",
                                    f"Add it: {column.help}" if column else "Add it."))  # fmt: skip


def _text(value: Any, column: Column | None) -> str:
    """A cell's value as people write it in the tables, whatever a spreadsheet made of it."""
    kind = column.kind if column is not None else "text"
    if isinstance(value, datetime):
        if kind == "clock":
            return f"{value:%H:%M}"
        return f"{value:%Y-%m-%dT%H:%M}" if kind == "moment" else f"{value:%Y-%m-%d}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}" + ("T00:00" if kind == "moment" else "")
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)
