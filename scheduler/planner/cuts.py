"""Valid inequalities of one school: what its visits' lengths leave of its share."""

from dataclasses import dataclass
from typing import Protocol

from scheduler.planner.grid import Floats

EPSILON = 1e-4
"""A cut that is violated by less is not worth a row."""


@dataclass(frozen=True)
class Cut:
    """shortfall + Σ `by_length`[length index] over the visits ≥ `least`."""

    by_length: Floats
    least: float


class SchoolCuts(Protocol):
    """A family of cuts of one school."""

    def cut(self, visits: Floats, shortfall: float) -> Cut | None:
        """The most violated inequality at a relaxed point: `visits` (how many of each length)
        and its shortfall. None where none is violated."""
