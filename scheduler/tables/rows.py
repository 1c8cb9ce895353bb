"""From rows of text to rows of values: every cell checked on its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from scheduler.errors import Problem
from scheduler.tables.cells import advice, parse_cell
from scheduler.tables.columns import FORMAT_WORDS, Column, Table
from scheduler.tables.csvfile import RawRow, RawTable


@dataclass(frozen=True, slots=True)
class Row:
    """A row of values by column name; blank cells without a default hold None. Cells that could
    not be read are left out."""

    number: int
    values: dict[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]


class Rows:
    """The rows of a table that could be read whole, in part, and the problems found."""

    def __init__(self, table: Table, raw: RawTable, file: str | None = None) -> None:
        self.table = table
        self.file = file or table.file
        self.problems: list[Problem] = list(raw.problems)
        self.readable = raw.readable
        self.rows: list[Row] = list(self._parsed(raw.rows))

    def __iter__(self) -> Iterator[Row]:
        """The rows that could be read whole."""
        return self.having(*(c.name for c in self.table.columns))

    def having(self, *columns: str) -> Iterator[Row]:
        """The rows in which these cells could be read."""
        return (r for r in self.rows if all(c in r.values for c in columns))

    def sound(self) -> list[Row]:
        """The rows that could be read whole and have no error."""
        bad = {p.row for p in self.problems if p.severity == "error"}
        return [r for r in self if r.number not in bad]

    @property
    def faulty(self) -> bool:
        """Whether the table has an error."""
        return any(p.severity == "error" for p in self.problems)

    def _parsed(self, rows: Iterable[RawRow]) -> Iterator[Row]:
        for raw in rows:
            values: dict[str, Any] = {}
            for column in self.table.columns:
                try:
                    values[column.name] = cell_value(column, raw.cells[column.name])
                except ValueError as error:
                    self._complain(raw, column, error)
            yield Row(raw.number, values)

    def _complain(self, raw: RawRow, column: Column, error: ValueError) -> None:
        text = raw.cells[column.name]
        blank = not text.strip()
        message = "the cell is blank" if blank else f"this is not {_wanted(column)}"
        if not blank and ("overlap" in str(error) or "before it begins" in str(error)):
            message = str(error)
        self.add(raw.number, column.name, None if blank else text, message,
                 f"{advice(column.kind)} {column.help}")  # fmt: skip

    def add(
        self, number: int | None, column: str | None, value: str | None, message: str,
        advice: str = "", warning: bool = False,
    ) -> None:  # fmt: skip
        """Notes a problem of this table."""
        self.problems.append(Problem(
            self.file, number, column, value, message, advice,
            "warning" if warning else "error"))  # fmt: skip


def cell_value(column: Column, text: str) -> Any:
    """The value of a cell, defaults of blank ones filled in. Raises ValueError."""
    if not text.strip():
        if column.required:
            raise ValueError("the cell is blank")
        if not column.default:
            return () if column.kind in ("ids", "windows") else _BLANK.get(column.kind)
        text = column.default
    return parse_cell(column.kind, text)


_BLANK: dict[str, Any] = {"text": ""}


def _wanted(column: Column) -> str:
    return FORMAT_WORDS[column.kind]
