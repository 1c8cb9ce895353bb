"""Functions compiled to machine code (numba)."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Compiled = TypeVar("Compiled", bound=Callable[..., object])


def compiled(function: Compiled) -> Compiled:
    """A function compiled at its first call; kept on disk where there is a place for it."""
    try:
        return cast(Compiled, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # No folder to keep it in can be written to.
        return cast(Compiled, numba.njit(nogil=True)(function))
