"""Which enumerated tours a better one with the same visits makes needless."""

import numpy as np

from scheduler.planner.grid import Ints
from scheduler.planner.length_tours import LengthTours


def undominated(tours: LengthTours, lengths: int) -> Ints:
    """Rows of the tours that no other with the same visits beats, as far as one step shows: one
    with no more driving and the same lengths, or one of them a step longer. `lengths` is how
    many there are on the grid."""
    entry = np.where(tours.nodes >= 0, tours.nodes * lengths + tours.lengths, -1)
    entry = -np.sort(-entry, axis=1)
    count, width = entry.shape
    longer = [entry]
    for column in range(width):
        at = entry[:, column]
        step = entry.copy()
        step[:, column] = np.where((at >= 0) & (at % lengths < lengths - 1), at + 1, -2)
        longer.append(step)
    codes = _codes(np.concatenate(longer), lengths * (int(tours.nodes.max(initial=0)) + 1) + 2)
    own = codes[:count]
    order = np.lexsort((np.arange(count), tours.travel, own))
    first = np.ones(count, dtype=np.bool_)
    first[1:] = own[order][1:] != own[order][:-1]
    best, least = own[order][first], tours.travel[order][first]
    kept = np.zeros(count, dtype=np.bool_)
    kept[order[first]] = True
    for column in range(width):
        step = codes[count * (column + 1) : count * (column + 2)]
        at = np.minimum(np.searchsorted(best, step), max(len(best) - 1, 0))
        if len(best):
            kept &= ~((best[at] == step) & (least[at] <= tours.travel))
    return np.flatnonzero(kept)


def _codes(rows: Ints, base: int) -> Ints:
    """One number a row of values ≥ −2 and below `base` − 2: the same for the same rows alone."""
    if base ** rows.shape[1] < 1 << 62:
        out = np.zeros(len(rows), dtype=np.int64)
        for column in range(rows.shape[1]):
            out = out * base + rows[:, column] + 2
        return out
    _, same = np.unique(rows, axis=0, return_inverse=True)
    return np.asarray(same, dtype=np.int64).reshape(-1)
