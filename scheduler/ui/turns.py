"""Pages take turns: many at once would only get into each other's way, and into that of the calendars.

Python runs one thread at a time. Twenty pages that run at once hand it to each other with every row
that the database gives them, and whoever serves calendars waits behind all of them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

MOST_SECONDS = 1.0
"""A page that takes longer than this runs on beside the others, who do not wait for it any more."""


class Turns:
    """One turn at a time."""

    def __init__(self, most_seconds: float = MOST_SECONDS) -> None:
        self._most = most_seconds
        self._changed = threading.Condition()
        self._holder: object = None
        self._since = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for a turn and has it to the end of the block, or for as long as it may."""
        me = object()
        with self._changed:
            while self._holder is not None and (left := self._since + self._most - monotonic()) > 0:
                self._changed.wait(left)
            self._holder, self._since = me, monotonic()
        try:
            yield
        finally:
            with self._changed:
                if self._holder is me:
                    self._holder = None
                    self._changed.notify()


pages = Turns()
"""The turns of this server's pages."""
