"""`explain` in a process of its own, which ends early when it is told to, or when nobody waits any more."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from scheduler.domain.agency import Agency
from scheduler.errors import InternalError
from scheduler.explain.explain import explain
from scheduler.explain.shortage import Explanation
from scheduler.planner import Cancel

LOOK_SECONDS = 0.2
"""How often is looked whether the run is to end early."""


def explain_apart(
    cancel: Cancel, agency: Agency, weeks: Sequence[date], **options: Any
) -> Explanation:  # fmt: skip
    """What `explain` finds with these options; less where `cancel` ends it early."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_run, args=(there, agency, tuple(weeks), options), name="explain")
    process.start()
    there.close()
    told = False
    try:
        while not here.poll(LOOK_SECONDS):
            if cancel.wanted and not told:
                here.send("stop")
                told = True
        found = here.recv()
    except EOFError as error:
        raise InternalError("The program failed at finding out why; nothing was written.") from error
    finally:
        here.close()
        process.join()
    if isinstance(found, BaseException):
        raise found
    assert isinstance(found, Explanation)
    return found


def _run(pipe: Connection, agency: Agency, weeks: tuple[date, ...], options: dict[str, Any]) -> None:
    cancel = Cancel()
    threading.Thread(target=_listen, args=(pipe, cancel), daemon=True).start()
    try:
        found: object = explain(agency, weeks, cancel=cancel, **options)
    except Exception as error:
        found = error
    pipe.send(found)


def _listen(pipe: Connection, cancel: Cancel) -> None:
    with suppress(EOFError, OSError):
        pipe.recv()
    cancel.wanted = True
