"""Every error that this package raises on purpose.

::

    SchedulerError
    ├── InputError          unusable input or arguments; carries every Problem found (exit 2)
    ├── NoPlanError         the answer is no: no plan exists or none was found (exit 1)
    ├── RefusedError        the acting user may not do this, or the rules say no (exit 1)
    ├── ConflictError       someone else was faster: both versions are kept (exit 1)
    ├── StoreError          the store is missing, not upgraded, or damaged (exit 2)
    └── InternalError       the program contradicts itself, e.g. its plan breaks a rule
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

MOST_NAMED = 12
"""Known names that an error lists."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: where it stands, what was found, and what to do.

    `row` counts as a spreadsheet does (header = 1); None where the whole table is meant.
    """

    table: str
    row: int | None
    column: str | None
    value: str | None
    message: str
    advice: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = self.table
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", {self.column}"
        shown = "" if self.value is None else f" (found {shorten(self.value)!r})"
        advice = f" {self.advice}" if self.advice else ""
        return f"{place}: {self.message}{shown}.{advice}"


def shorten(text: str, limit: int = 60) -> str:
    """`text`, cut to `limit` characters with an ellipsis where it is longer."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


class SchedulerError(Exception):
    """Root of the errors of this package; its text is a sentence for people."""


class InputError(SchedulerError):
    """Unusable input. `problems` holds all of them, in the order of the tables."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


def unknown_names(
    where: str, names: Iterable[str | None], what: str, known: Collection[str]
) -> InputError:  # fmt: skip
    """The error for `names`, given at `where` (an option or an argument), of which the agency has
    no `what`: one Problem a name (None: none was given), each with the names `known`, or the first
    of them where there are many."""
    few = ", ".join(list(known)[:MOST_NAMED]) + (", …" if len(known) > MOST_NAMED else "")
    return InputError(
        Problem(where, None, None, name, f"the agency has no such {what}", f"Known are {few}.")
        for name in names
    )


class NoPlanError(SchedulerError):
    """No plan exists, or none was found in time."""


class RefusedError(SchedulerError):
    """The acting user may not do this, or the state of things forbids it; nothing was written."""


class ConflictError(SchedulerError):
    """The tables have moved on since they were read; nothing was written, nothing is lost.

    `head` is the revision that stands now, `base` the one that was read.
    """

    def __init__(self, message: str, base: int, head: int) -> None:
        self.base, self.head = base, head
        super().__init__(message)


class StoreError(SchedulerError):
    """The store cannot be used as it is; the text says what to do."""


class InternalError(SchedulerError):
    """The program contradicts itself; nothing was written."""
