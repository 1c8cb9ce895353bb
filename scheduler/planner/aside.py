"""A second process that makes weeks by ruin and recreate beside the one that asks for it.

Each step of such a search is many small ones of numpy, which hold Python's lock: two threads would wait for
each other. The process begins while the relaxation is solved, so that nobody waits for it.
"""

import multiprocessing
import signal
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Self

from scheduler.planner.recreate import Chosen, Recreation

_Task = tuple[Recreation, Sequence[int], int, float]


class Aside:
    """One search at a time in a process of its own; where that dies, its searches find nothing."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()
        self._ours.close()

    def begin(self, search: Recreation, known: Sequence[int], least: int, until: float) -> None:
        """Starts a search, on another way than the one here goes; as `Recreation.run`."""
        self._send((search, known, least, until))

    def end(self) -> Chosen:
        """What the search that was begun has found so far; it ends."""
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
