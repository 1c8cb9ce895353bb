"""One CSV file: from bytes to rows of text, with every problem of its form."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from scheduler.errors import Problem
from scheduler.tables.columns import Table

MOST_BYTES = 50_000_000
MOST_ROWS = 500_000
MOST_CELL = 10_000


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as text by column; `number` counts as a spreadsheet does (header = 1)."""

    number: int
    cells: dict[str, str]


@dataclass
class RawTable:
    """The rows of a file and what is wrong with its form. `readable` is False where no row
    could be taken from it."""

    rows: list[RawRow]
    problems: list[Problem]
    readable: bool = True


def read_csv(path: Path, table: Table, file: str | None = None) -> RawTable:
    """Reads a table's file: UTF-8 with or without a byte-order mark, any line ends, columns in
    any order. `file` is the name in messages, by default the table's."""
    name = file or table.file
    if not path.exists():
        if table.optional:
            return RawTable([], [])
        return _unreadable(name, "the table is missing", f"Add a file {name} with its header row.")
    try:
        if not path.is_file():
            return _unreadable(name, "this is no file", f"Put a CSV file at {name}.")
        if path.stat().st_size > MOST_BYTES:
            return _unreadable(name, f"the file is larger than {MOST_BYTES // 10**6} MB",
                               "Remove what does not belong into the table.")  # fmt: skip
        data = path.read_bytes()
    except OSError as error:
        return _unreadable(name, f"the file cannot be read ({error.strerror})",
                           "Check its permissions.")  # fmt: skip
    return parse_bytes(data, table, name)


def parse_bytes(data: bytes, table: Table, name: str) -> RawTable:
    """The rows of a CSV file's bytes; `name` is the file's in messages."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return _unreadable(name, f"the file is not UTF-8 (first wrong byte on line {line})",
                           'Save it as "CSV UTF-8".')  # fmt: skip
    if "\0" in text:
        return _unreadable(name, "the file holds a zero byte, so it is no CSV text",
                           'Save it as "CSV UTF-8".')  # fmt: skip
    return parse_csv(text, table, name)


def _unreadable(name: str, message: str, advice: str) -> RawTable:
    return RawTable([], [Problem(name, None, None, None, message, advice)], readable=False)


def parse_csv(text: str, table: Table, name: str) -> RawTable:
    """The rows of a CSV text; `name` is the file's in messages."""
    out = RawTable([], [])
    csv.field_size_limit(MOST_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    number = 0
    try:
        for record in reader:
            number += 1
            if header is None:
                header = _header(record, table, name, out)
                if not out.readable:
                    return out
                continue
            if number > MOST_ROWS:
                out.problems.append(Problem(
                    name, number, None, None, f"the table has more than {MOST_ROWS} rows",
                    "Remove what does not belong into it."))  # fmt: skip
                break
            if not any(cell.strip() for cell in record):
                continue
            row = _row(record, header, number, table, name, out)
            if row is not None:
                out.rows.append(row)
    except csv.Error as error:
        out.problems.append(Problem(
            name, number + 1, None, None, f"the row cannot be read ({error})",
            "Check its quotation marks: one that opens a cell must be closed."))  # fmt: skip
    if header is None:
        return _unreadable(name, "the file is empty", "Begin it with its header row.")
    return out


def _header(record: list[str], table: Table, name: str, out: RawTable) -> list[str]:
    header = [cell.strip() for cell in record]
    known = {c.name for c in table.columns}
    for column in dict.fromkeys(header):
        if column and header.count(column) > 1:
            out.problems.append(Problem(
                name, 1, column, None, "the column stands twice", "Remove one of them."))  # fmt: skip
            out.readable = column not in known and out.readable
        elif column and column not in known:
            out.problems.append(Problem(
                name, 1, column, None, "the column is unknown and not read",
                f"Known columns: {', '.join(c.name for c in table.columns)}.", "warning"))  # fmt: skip
    for c in table.columns:
        if c.required and c.name not in header:
            out.problems.append(Problem(
                name, 1, c.name, None, "the required column is missing",
                f"Add it: {c.help}"))  # fmt: skip
            out.readable = False
    return header


def _row(
    record: list[str], header: list[str], number: int, table: Table, name: str, out: RawTable
) -> RawRow | None:
    if any(cell.strip() for cell in record[len(header) :]):
        out.problems.append(Problem(
            name, number, None, record[len(header)], "the row has more cells than the header",
            "Put cells that hold a comma into quotation marks."))  # fmt: skip
        return None
    cells = dict.fromkeys((c.name for c in table.columns), "")
    good = True
    for column, cell in zip(header, record, strict=False):
        if len(cell) > MOST_CELL:
            out.problems.append(Problem(
                name, number, column, cell, f"the cell is longer than {MOST_CELL} characters",
                "Shorten it."))  # fmt: skip
            good = False
        elif column in cells:
            cells[column] = cell
    return RawRow(number, cells) if good else None
