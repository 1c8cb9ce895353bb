"""How many threads may work on one problem: more, once other processes have nothing left to do."""

from collections.abc import Callable

Threads = int | Callable[[], int]
"""A number, or what says how many may work now. They change the time that it takes, and nothing else."""


def now(threads: Threads) -> int:
    """How many may work now."""
    return threads if isinstance(threads, int) else threads()
