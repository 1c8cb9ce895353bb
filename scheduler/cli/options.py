"""Options that several commands share, and what people type, read."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.errors import InputError, Problem

if TYPE_CHECKING:
    from scheduler.domain.actor import Actor
    from scheduler.planner import Cancel
    from scheduler.service.office import Office

BEGUN = monotonic() - 0.25
"""When the call began, the start of Python included."""

Folder = Annotated[Path, typer.Argument(help="The agency folder: agency.toml and its tables.")]
Week = Annotated[str, typer.Option("--week", metavar="DATE", help="Any day of the first week.")]
Weeks = Annotated[int, typer.Option("--weeks", min=1, max=104, help="How many weeks in a row.")]
PublishedFile = Annotated[
    Path | None, typer.Option("--published", help="The plan.csv that stands; needs --from.")
]
From = Annotated[
    str | None, typer.Option("--from", metavar="DATETIME", help="Up to when it is past: 2026-12-02T12:00.")
]
Precincts = Annotated[
    list[str] | None,
    typer.Option("--precinct", metavar="ID", help="This precinct alone; may be given again."),
]
AgencyId = Annotated[
    str | None, typer.Option("--agency", metavar="ID", help="The agency, where the store holds several.")
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", min=0, help="Seed of the random choice; fresh unless given."),
]
Price = Annotated[
    float | None,
    typer.Option(
        "--price", metavar="P", min=0, max=1,
        help="Part of the reachable minutes that unpredictability may cost.",
    ),
]  # fmt: skip
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", min=1, help="Processes; one a core unless given.")
]
Seconds = Annotated[
    float, typer.Option("--time-limit", metavar="S", min=1, help="Seconds for the whole call.")
]


def say(text: str) -> None:
    """A message for people, on standard error."""
    print(text, file=sys.stderr)


def seconds_left(time_limit: float) -> float:
    """What is left of a call's time for planning: not the start, nor writing the answer."""
    return max(0.5, time_limit - (monotonic() - BEGUN) - 0.3)


def day_of(text: str, name: str = "--week") -> date:
    """The date that an option gives. Raises InputError."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argument_fault(name, text, "this is no date", "Write it as 2026-11-30.") from None
    if not 1971 <= day.year <= 9000:
        raise argument_fault(name, text, "the year is out of range", "Use a year from 1971 on.")
    return day


def moment_of(text: str | None) -> datetime | None:
    """The local moment that `--from` gives. Raises InputError."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argument_fault("--from", text, "this is no date and time",
                        "Write it as 2026-12-02T12:00.") from None  # fmt: skip
    if moment.tzinfo is not None:
        raise argument_fault("--from", text, "it names a zone", "Use the agency's local time alone.")
    return moment


def argument_fault(name: str, value: str, message: str, advice: str) -> InputError:
    """An unusable argument."""
    return InputError([Problem(name, None, None, value, message, advice)])


@contextmanager
def stoppable() -> Iterator["Cancel"]:
    """The first Ctrl-C ends the search and keeps the best plan so far; the second ends the call."""
    from scheduler.planner import Cancel

    cancel = Cancel()
    usual = signal.getsignal(signal.SIGINT)

    def stop(_number: int, _frame: object) -> None:
        say("Stopping with the best plan so far; press Ctrl-C again to leave without it.")
        cancel.wanted = True
        signal.signal(signal.SIGINT, usual)

    signal.signal(signal.SIGINT, stop)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, usual)


def opened(agency: str | None) -> "tuple[Office, Actor]":
    """The store's office, and whoever sits at this machine. Raises StoreError."""
    from scheduler.service.office import local_actor, open_office

    return open_office(agency), local_actor()
