"""Pages take turns: many at once would only get into each other's way, and into that of the calendars.

Python runs one thread at a time. Twenty pages that run at once hand it to each other with every row
that the database gives them, and whoever serves calendars waits behind all of them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 1
PATIENCE_SECONDS = 2.0
"""A page that has waited so long runs all the same: someone else's takes long, and may wait for
something itself."""
_turns = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Waits for a turn, a little while at most."""
    mine = _turns.acquire(timeout=PATIENCE_SECONDS)
    try:
        yield
    finally:
        if mine:
            _turns.release()
