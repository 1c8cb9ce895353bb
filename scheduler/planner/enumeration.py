"""Every tour of an officer-day, with its visit lengths, that could be part of a better plan.

With the lengths given, all that matters of a partial tour is how early it can be over, with and
without the break behind it: an earlier end leaves every choice that a later one does. So partial
tours are extended by a visit and a length at a time, all at once in numpy, and dropped when
nothing that they can still become is worth more than the threshold (the completion bounds of
`tours`).
"""

from dataclasses import dataclass
from time import monotonic

import numpy as np
import numpy.typing as npt

from scheduler.planner.columns import Floats
from scheduler.planner.grid import Ints
from scheduler.planner.search import completions
from scheduler.planner.tours import NO, TourSpace

Bools = npt.NDArray[np.bool_]
LATE = 1 << 20
"""A slot after every day: cannot be reached."""


@dataclass(frozen=True)
class LengthTours:
    """Tours as rows: nodes in order (−1 after the last), index of each length, travel minutes,
    and what they are worth."""

    nodes: Ints
    lengths: Ints
    travel: Ints
    values: Floats

    def only(self, rows: Ints) -> "LengthTours":
        """These rows alone."""
        return LengthTours(self.nodes[rows], self.lengths[rows], self.travel[rows], self.values[rows])


class TooMany(Exception):
    """More tours than asked for are worth more than the threshold."""


def enumerate_tours(
    space: TourSpace, worth: Floats, road: float, above: float, most: int, until: float
) -> LengthTours:
    """All tours worth more than `above` of a day without fixed visits.

    `worth` is node × start × length (−inf where not allowed; the same for all starts allowed).
    Raises TooMany where there are more than `most`, or as many partial ones, or after `until`.
    """
    return _Enumeration(space, worth, road, above, most, until).run()


@dataclass
class _Partial:
    nodes: Ints
    lengths: Ints
    value: Floats
    travel: Ints
    ends: Ints


class _Enumeration:
    def __init__(
        self, space: TourSpace, worth: Floats, road: float, above: float, most: int, until: float
    ) -> None:
        self.space, self.road, self.above, self.most, self.until = space, road, above, most, until
        self.size, self.layers = space.grid.size, space.layers
        self.after = completions(space, worth, road)
        allowed = np.isfinite(worth)
        self.worth = np.where(allowed, worth, NO).max(axis=1, initial=NO)
        count, lengths = len(space.nodes), len(space.grid.lengths)
        slots = np.where(allowed, np.arange(self.size)[None, :, None], LATE)
        following = np.minimum.accumulate(slots[:, ::-1], axis=1)[:, ::-1]
        # next_end[n, k, s]: the earliest end of a visit at n of length k ready at slot s.
        self.next_end = np.full((count, lengths, self.size + 1), LATE, dtype=np.int64)
        for k, hop in enumerate(space.hops):
            self.next_end[:, k, : self.size] = np.minimum(following[:, :, k] + int(hop), LATE)
        self.next_end[self.next_end >= self.size] = LATE
        self.found: list[_Partial] = []
        self.total = 0

    def run(self) -> LengthTours:
        partial = self._first()
        for left in range(self.space.most - 1, -1, -1):
            if partial is None or not len(partial.nodes):
                break
            if monotonic() > self.until:
                raise TooMany
            self._keep(partial)
            partial = self._extend(partial, left) if left else None
        return self._answer()

    def _answer(self) -> LengthTours:
        width = self.space.most
        if not self.found:
            none = np.empty((0, width), np.int64)
            return LengthTours(none, none, np.empty(0, np.int64), np.empty(0))
        return LengthTours(
            np.concatenate([_wide(p.nodes, width) for p in self.found]),
            np.concatenate([_wide(p.lengths, width) for p in self.found]),
            np.concatenate([p.travel for p in self.found]),
            np.concatenate([p.value for p in self.found]),
        )

    def _first(self) -> _Partial | None:
        space = self.space
        nodes = np.arange(len(space.nodes))
        ready = np.full((len(nodes), self.layers), self.size, dtype=np.int64)
        for b in range(self.layers):
            fits = space.head[b][space.place]
            ready[:, b] = np.where(fits.any(axis=1), fits.argmax(axis=1), self.size)
        out = space.out[space.place]
        empty = np.empty((len(nodes), 0), np.int64)
        start = _Partial(empty, empty, np.zeros(len(nodes)), np.zeros(len(nodes), np.int64), ready)
        return self._visit(start, np.arange(len(nodes)), nodes, ready, out, space.most - 1)

    def _extend(self, p: _Partial, left: int) -> _Partial | None:
        space = self.space
        seen = np.zeros((len(p.nodes), len(space.schools)), dtype=np.bool_)
        for column in range(p.nodes.shape[1]):
            seen[np.arange(len(p.nodes)), space.place[p.nodes[:, column]]] = True
        a, n = np.nonzero(~seen[:, space.place])
        if len(a) > 8 * self.most:
            raise TooMany
        i, j = space.place[p.nodes[a, -1]], space.place[n]
        ready = np.full((len(a), self.layers), self.size, dtype=np.int64)
        for b in range(self.layers):
            ready[:, b] = self._next(0, i, j, p.ends[a, b])
        if self.layers == 2:
            ready[:, 1] = np.minimum(ready[:, 1], self._next(1, i, j, p.ends[a, 0]))
        return self._visit(p, a, n, ready, space.drive[i, j], left - 1)

    def _next(self, rest: int, i: Ints, j: Ints, end: Ints) -> Ints:
        inside = end < self.size
        first: Ints = self.space.first_next[rest, i, j, np.minimum(end, self.size - 1)]
        return np.where(inside, first, self.size)

    def _visit(self, p: _Partial, a: Ints, n: Ints, ready: Ints, drive: Ints, left: int) -> _Partial | None:
        """Every length of a visit at nodes `n` after the partial tours `a`."""
        parts = []
        value = p.value[a] - self.road * drive
        place = self.space.place[n]
        for k in range(len(self.space.grid.lengths)):
            ends = np.stack([self.next_end[n, k, ready[:, b]] for b in range(self.layers)], axis=1)
            total = value + self.worth[n, k]
            bound = np.full(len(n), NO)
            for b in range(self.layers):
                inside = ends[:, b] < self.size
                then = self.after[left][place, b, np.minimum(ends[:, b], self.size - 1)]
                bound = np.maximum(bound, np.where(inside, total + then, NO))
            good = np.flatnonzero(bound > self.above)
            if len(good):
                at = a[good]
                parts.append(
                    _Partial(
                        np.column_stack([p.nodes[at], n[good]]),
                        np.column_stack([p.lengths[at], np.full(len(good), k)]),
                        total[good],
                        p.travel[at] + drive[good],
                        ends[good],
                    )
                )
        if not parts:
            return None
        out = _Partial(
            np.concatenate([x.nodes for x in parts]),
            np.concatenate([x.lengths for x in parts]),
            np.concatenate([x.value for x in parts]),
            np.concatenate([x.travel for x in parts]),
            np.concatenate([x.ends for x in parts]),
        )
        if len(out.nodes) > 4 * self.most:
            raise TooMany
        return out

    def _keep(self, p: _Partial) -> None:
        """Keeps the tours that may end here and cannot be made longer in a visit as they are."""
        space = self.space
        place = space.place[p.nodes[:, -1]]
        last = self.layers - 1
        fits = np.zeros(len(place), dtype=np.bool_)
        for b in range(self.layers):
            fits |= p.ends[:, b] <= space.tail[last - b][place]
        value = p.value - self.road * space.home[place]
        good = np.flatnonzero(fits & (value > self.above))
        self.total += len(good)
        if self.total > self.most:
            raise TooMany
        travel = p.travel[good] + space.home[place[good]]
        self.found.append(_Partial(p.nodes[good], p.lengths[good], value[good], travel, p.ends[good]))


def _wide(rows: Ints, width: int) -> Ints:
    out = np.full((len(rows), width), -1, dtype=np.int64)
    out[:, : rows.shape[1]] = rows
    return out


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
