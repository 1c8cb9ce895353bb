"""Tours with their visit lengths as rows of arrays, whole and partial."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scheduler.planner.grid import Floats, Ints

Bools = npt.NDArray[np.bool_]
SMALL = np.int16
"""Of nodes and lengths, of which there may be millions."""
Smalls = npt.NDArray[SMALL]


@dataclass(frozen=True)
class LengthTours:
    """Tours as rows: nodes in order (−1 after the last), index of each length, travel minutes,
    and what they are worth."""

    nodes: Smalls
    lengths: Smalls
    travel: Ints
    values: Floats

    def only(self, rows: Ints) -> "LengthTours":
        """These rows alone."""
        return LengthTours(self.nodes[rows], self.lengths[rows], self.travel[rows], self.values[rows])


@dataclass
class PartialTours:
    """Partial tours as rows: nodes and lengths so far (−1 in gaps), what they are worth, travel
    minutes, the slot by which each can be over (by break flag: column 1 with the break behind it),
    how many further visits each has made, and a number that those share which differ in the last
    length alone."""

    nodes: Smalls
    lengths: Smalls
    value: Floats
    travel: Ints
    ends: Ints
    made: Ints
    pair: Ints

    def only(self, rows: Ints) -> "PartialTours":
        """These rows alone."""
        return PartialTours(
            self.nodes[rows], self.lengths[rows], self.value[rows], self.travel[rows], self.ends[rows],
            self.made[rows], self.pair[rows],
        )  # fmt: skip


def joined(parts: Sequence[PartialTours]) -> PartialTours:
    """The rows of all parts, in their order."""
    width = max(p.nodes.shape[1] for p in parts)
    return PartialTours(
        np.concatenate([_wide(p.nodes, width) for p in parts]),
        np.concatenate([_wide(p.lengths, width) for p in parts]),
        np.concatenate([p.value for p in parts]), np.concatenate([p.travel for p in parts]),
        np.concatenate([p.ends for p in parts]), np.concatenate([p.made for p in parts]),
        np.concatenate([p.pair for p in parts]),
    )  # fmt: skip


def _wide(rows: Smalls, width: int) -> Smalls:
    """With −1 behind, up to this width."""
    out = np.full((len(rows), width), -1, dtype=SMALL)
    out[:, : rows.shape[1]] = rows
    return out


def packed(p: PartialTours, width: int) -> tuple[Smalls, Smalls]:
    """Nodes and lengths without the gaps (−1) that spans of different length leave, `width` wide."""
    order = np.argsort(p.nodes < 0, axis=1, kind="stable")[:, :width]
    nodes = np.take_along_axis(p.nodes, order, axis=1)
    return _wide(nodes, width), _wide(np.take_along_axis(p.lengths, order, axis=1), width)
