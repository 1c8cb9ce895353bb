"""Which enumerated tours a better one with the same visits makes needless."""

from collections.abc import Callable

import numpy as np

from scheduler.planner.grid import Ints
from scheduler.planner.length_tours import LengthTours, PartialTours

NONE = -1
"""The code of a step that there is not."""


def undominated(tours: LengthTours, lengths: int) -> Ints:
    """Rows of the tours that no other with the same visits beats, as far as one step shows: one
    with no more driving and the same lengths, or one of them a step longer. `lengths` is how
    many there are on the grid."""
    entry = np.where(tours.nodes >= 0, tours.nodes.astype(np.int64) * lengths + tours.lengths, -1)
    entry = -np.sort(-entry, axis=1)
    own, longer = _coded(entry, lengths)
    count, width = entry.shape
    order = np.lexsort((np.arange(count), tours.travel, own))
    first = np.ones(count, dtype=np.bool_)
    first[1:] = own[order][1:] != own[order][:-1]
    best, least = own[order][first], tours.travel[order][first]
    kept = np.zeros(count, dtype=np.bool_)
    kept[order[first]] = True
    for column in range(width if len(best) else 0):
        step = longer(column)
        at = np.minimum(np.searchsorted(best, step), len(best) - 1)
        kept &= ~((best[at] == step) & (least[at] <= tours.travel))
    return np.flatnonzero(kept)


def leading(partial: PartialTours, lengths: int) -> PartialTours:
    """Partial tours without those that another one leaves every choice: the same visits, the same
    one last, no more driving, and over as early."""
    entry = np.where(partial.nodes >= 0, partial.nodes.astype(np.int64) * lengths + partial.lengths, -1)
    base, width = int(entry.max(initial=0)) + 2, entry.shape[1]
    count = len(entry)
    if width < 3 or base**width >= 1 << 62:
        return partial
    place = np.array([base**k for k in range(width)], dtype=np.int64)
    code = (np.column_stack([np.sort(entry[:, :-1], axis=1), entry[:, -1]]) + 1) @ place
    order = _by_code(code, partial.travel)
    first = np.ones(count, dtype=np.bool_)
    first[1:] = np.diff(code[order]) != 0
    leader = order[np.flatnonzero(first)[np.cumsum(first) - 1]]
    beaten = ~first & (partial.ends[leader] <= partial.ends[order]).all(axis=1)
    return partial.only(np.sort(order[~beaten]))


def _by_code(code: Ints, travel: Ints) -> Ints:
    """The order by code, the least driving first; one key sorts faster than two."""
    most = int(travel.max(initial=0)) + 1
    if int(code.max(initial=0)) < (1 << 62) // most:
        return np.argsort(code * most + travel, kind="stable")
    return np.lexsort((travel, code))


def _coded(entry: Ints, lengths: int) -> tuple[Ints, Callable[[int], Ints]]:
    """One number a row, the same for the same rows alone; and by column those of the rows with that
    visit a step longer, NONE where it cannot be. A step leaves the order in a row as it is."""
    base, width = int(entry.max(initial=0)) + 4, entry.shape[1]
    can = (entry >= 0) & (entry % lengths < lengths - 1)
    if base**width < 1 << 62:
        weights = np.array([base ** (width - 1 - column) for column in range(width)], dtype=np.int64)
        own = (entry + 1) @ weights
        return own, lambda column: np.where(can[:, column], own + weights[column], NONE)
    steps = [entry + (np.arange(width) == column) for column in range(width)]
    _, same = np.unique(np.concatenate([entry, *steps]), axis=0, return_inverse=True)
    codes = np.asarray(same, dtype=np.int64).reshape(width + 1, -1)
    return codes[0], lambda column: np.where(can[:, column], codes[column + 1], NONE)
