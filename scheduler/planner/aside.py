"""A second process that makes weeks by ruin and recreate beside the one that asks for it.

Each step of such a search is many small ones of numpy, which hold Python's lock: two threads would wait for
each other. The process begins while the relaxation is solved, so that nobody waits for it.
"""

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from time import monotonic
from typing import Self

from scheduler.planner.recreate import Chosen, Recreation

A_MOMENT = 0.1
"""Seconds between looks at whether a search is to be stopped."""

_Task = tuple[Recreation, Sequence[int], int, float]


class Aside:
    """One search at a time in a process of its own; where that dies, its searches find nothing."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid or 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()
        self._ours.close()

    def begin(self, search: Recreation, known: Sequence[int], least: int, until: float) -> None:
        """Starts a search, on another way than the one here goes; as `Recreation.run`."""
        self._send((search, known, least, until))

    def end(self, until: float, stopped: Callable[[], bool]) -> Chosen:
        """What the search that was begun has found by `until` (seconds of the monotonic clock), or until it
        is to be stopped; it ends."""
        while monotonic() < until and not stopped() and not self._ours.poll(A_MOMENT):
            pass
        self._send(None)
        try:
            found: Chosen = self._ours.recv()
        except (EOFError, OSError):
            return []
        return found

    def _send(self, task: _Task | None) -> None:
        with suppress(OSError):  # It died: `end` finds nothing.
            self._ours.send(task)


def _serve(connection: "Connection[Chosen, _Task | None]") -> None:
    """Searches until the other side is gone. A search ends early where anything is sent meanwhile."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent says when to stop.
    try:
        while True:
            task = connection.recv()
            if task is not None:
                search, known, least, until = task
                search.rng.seed(search.rng.random())
                connection.send(search.run(known, least, until, connection.poll))
    except (EOFError, OSError):
        return
