"""Searching the tours of one officer-day: every order of visits worth more than a threshold.

Labels (`labels`) are extended one visit at a time, many at once, and dropped when a bound on
everything they could still become (`completion`) does not exceed the threshold; compare Feillet et
al. (2004) on labels.
"""

from dataclasses import dataclass
from time import monotonic

import numpy as np

from scheduler.planner.completion import Completions, by_length
from scheduler.planner.grid import Floats, Ints
from scheduler.planner.label_loops import best_with
from scheduler.planner.labels import (
    Labels,
    after_visit,
    arrivals,
    arrivals_fixed,
    first_arrival_fixed,
    first_arrivals,
    joined,
)
from scheduler.planner.tours import NO, TourSpace

LABEL_SLOTS = 500_000
"""Slots of all partial tours that a quick search keeps at once; an exact one keeps more."""
EXACT = 12
STEPS_DOWN = (0.05, 0.15, 0.3, 0.6, 1.0)
CHUNK = 320_000
"""Slots of the sequences made at once: bounds the memory and the time of a step."""


@dataclass(frozen=True)
class Found:
    """Sequences found, best first: node indices (rows, −1 after the end) and their values.

    `complete` is False where the search stopped at `limit`, so that others may exist.
    """

    sequences: Ints
    values: Floats
    complete: bool


def best_tours(
    space: TourSpace, worth: Floats, fixed_worth: Floats, road: float, above: float,
    most_schools: int | None = None, quick: bool = False,
) -> Found:  # fmt: skip
    """Some tours worth more than `above`, the best of all first; none where none is. The
    threshold starts near the bound on all tours and comes down until it finds some. With
    `most_schools` only that many, whose visits are worth most, are looked at; of partial
    tours the most promising are kept (fewer where `quick`), and the answer is incomplete where
    there were more, or where `until` has come."""
    limit = max(50, LABEL_SLOTS // (space.grid.size * space.layers) * 4 // max(4, space.most))
    limit *= 1 if quick else EXACT
    use = None
    if most_schools is not None and len(space.schools) > most_schools:
        use = _promising(space, worth, road, most_schools)
    search = _Search(space, worth, fixed_worth, road, above, limit, use)
    if space.od.most == 0 or not len(space.nodes):
        return search.run()
    return search.run_down()


def _promising(space: TourSpace, worth: Floats, road: float, most: int) -> Ints:
    """The nodes of the schools whose visits are worth most, half of the way there taken off."""
    value = np.full(len(space.schools), NO)
    np.maximum.at(value, space.place, worth.max(axis=(1, 2), initial=NO))
    value -= road * (space.out + space.home) / 4
    chosen = np.argsort(-value, kind="stable")[:most]
    return np.flatnonzero(np.isin(space.place, chosen))


class _Search:
    """One search; its labels are partial sequences."""

    def __init__(self, space: TourSpace, worth: Floats, fixed_worth: Floats, road: float,
                 above: float, limit: int, use: Ints | None) -> None:  # fmt: skip
        self.space, self.road, self.above, self.limit = space, road, above, limit
        self.fixed_worth, self.by_length = fixed_worth, by_length(worth)
        self.use = np.arange(len(space.nodes)) if use is None else use
        self.count, self.m = len(space.nodes), len(space.od.fixed)
        self.size, self.layers = space.grid.size, space.layers
        self.most = space.most
        self.rows: list[Ints] = []
        self.values: list[Floats] = []
        self.complete = True
        self.width = self.most + self.m

    def run(self) -> Found:
        """The fixed visits alone, where no other can be added."""
        if self.m == 0 and self.most == 0:
            return Found(np.empty((0, 0), np.int64), np.empty(0), True)
        labels = self._first()
        for _ in range(1, self.width):
            if labels is None:
                break
            labels = self._extend(labels)
        return self._found()

    def run_down(self) -> Found:
        """Searches with thresholds from near the bound down to `above`."""
        self.bounds = Completions(self.space, self.by_length, self.road, self.use)
        top = self.bounds.top(self.fixed_worth)
        if self.m and not np.isfinite(self.above):
            self.above = self._fixed_alone()
        floor = self.above
        for part in STEPS_DOWN:
            if not top > floor:
                break
            if monotonic() > self.space.until:
                self.complete = False
                break
            self.above = floor if part == 1 else top - part * (top - floor)
            labels = self._first()
            for _ in range(1, self.width):
                if labels is None:
                    break
                labels = self._extend(labels)
            if self.rows:
                break
        return self._found()

    def _fixed_alone(self) -> float:
        """A little less than the day's fixed visits alone are worth."""
        count = self.count
        drive = self.space.travel_of(range(count, count + self.m))
        value = float(self.fixed_worth.sum()) - self.road * drive
        return value - 1e-9 * abs(value) - 1e-6

    def _found(self) -> Found:
        if not self.rows:
            return Found(np.empty((0, self.width), np.int64), np.empty(0), self.complete)
        sequences, values = np.concatenate(self.rows), np.concatenate(self.values)
        order = np.lexsort((*sequences.T[::-1], -values))
        return Found(sequences[order], values[order], self.complete)

    # -- first visits ------------------------------------------------------------------------

    def _first(self) -> Labels | None:
        space = self.space
        parts: list[Labels] = []
        if self.count and self.most:
            nodes = self.use
            arrive = first_arrivals(space, self.road, nodes)
            zeros = np.zeros(len(nodes), dtype=np.int64)
            label = self._visit(np.empty((len(nodes), 0), np.int64), nodes, zeros, zeros, arrive)
            if label is not None:
                parts.append(label)
        if self.m:
            arrive_at = first_arrival_fixed(space, self.road)
            none = np.empty((1, 0), np.int64)
            parts.append(self._fixed_visit(none, 0, np.zeros(1, np.int64), arrive_at))
        return joined(parts)

    # -- one more visit ----------------------------------------------------------------------

    def _pruned(self, parts: list[Labels]) -> list[Labels]:
        """The most promising partial tours, by what they are worth so far."""
        whole = joined(parts) if sum(len(p.nodes) for p in parts) > self.limit else None
        if whole is None:
            return parts
        self.complete = False
        value = whole.best.max(axis=(1, 2))
        kept = np.argsort(-value, kind="stable")[: self.limit]
        return [Labels(whole.nodes[kept], whole.fixed[kept], whole.made[kept], whole.best[kept])]

    def _extend(self, labels: Labels) -> Labels | None:
        parts: list[Labels] = []
        total = 0
        rows = max(1, CHUNK // (max(1, len(self.use)) * self.size * self.layers))
        for begin in range(0, len(labels.nodes), rows):
            piece = slice(begin, begin + rows)
            for part in self._extend_piece(labels, piece):
                parts.append(part)
                total += len(part.nodes)
            if monotonic() > self.space.until:
                self.complete = False
                break
            if total > 2 * self.limit:
                parts = self._pruned(parts)
                total = sum(len(p.nodes) for p in parts)
        return joined(self._pruned(parts))

    def _extend_piece(self, labels: Labels, piece: slice) -> list[Labels]:
        nodes, fixed = labels.nodes[piece], labels.fixed[piece]
        made, best = labels.made[piece], labels.best[piece]
        parts: list[Labels] = []
        if self.count:
            room = np.flatnonzero(made < self.most)
            pair_from, pair_to = self._hopeful(labels, piece, *self._pairs(nodes, room))
            if len(pair_from):
                arrive = arrivals(self.space, self.road, nodes, best, pair_from, pair_to)
                label = self._visit(nodes[pair_from], pair_to, fixed[pair_from], made[pair_from], arrive)
                if label is not None:
                    parts.append(label)
        for p in range(self.m):
            at = np.flatnonzero(fixed == p)
            if len(at):
                arrive_at = arrivals_fixed(self.space, self.road, nodes[at], best[at], p)
                ok = np.isfinite(arrive_at).any(axis=1)
                if ok.any():
                    parts.append(self._fixed_visit(nodes[at][ok], p, made[at][ok], arrive_at[ok]))
        return parts

    def _pairs(self, nodes: Ints, room: Ints) -> tuple[Ints, Ints]:
        """Labels and nodes to extend them by: no school twice."""
        space = self.space
        seen = np.zeros((len(room), len(space.schools)), dtype=np.bool_)
        for column in range(nodes.shape[1]):
            at = nodes[room, column]
            free = at < self.count
            seen[np.flatnonzero(free), space.place[at[free]]] = True
        open_ = ~seen[:, space.place[self.use]]
        a, b = np.nonzero(open_)
        return room[a], self.use[b]

    def _hopeful(self, labels: Labels, piece: slice, rows: Ints, to: Ints) -> tuple[Ints, Ints]:
        """The pairs that could lead to a tour above the threshold."""
        if not len(rows) or self.m:
            return rows, to
        last = labels.nodes[piece][rows, -1]
        left = self.most - labels.made[piece][rows] - 1
        good = self.bounds.onward(labels.best[piece], rows, last, to, left) > self.above
        return rows[good], to[good]

    def _fixed_visit(self, nodes: Ints, p: int, made: Ints, arrive: Floats) -> Labels:
        space = self.space
        value = arrive + self.fixed_worth[p]
        sequence = np.column_stack([nodes, np.full(len(nodes), self.count + p, np.int64)])
        if p == self.m - 1:
            home = self.road * space.fixed_drive(p, -1)
            final = value[:, self.layers - 1] - home
            clock, visit = space.od.clock, space.od.fixed[p]
            if self.layers == 2 and clock is not None:
                drive = space.fixed_drive(p, -1)
                if clock.tail_fits(np.array([visit.end]), drive, True)[0]:
                    final = np.maximum(final, value[:, 0] - home)
            self._keep(sequence, final)
        best = np.repeat(value[:, :, None], self.size + 1, axis=2)
        best[:, :, self.size] = NO
        fixed = np.full(len(nodes), p + 1, dtype=np.int64)
        return Labels(sequence, fixed, made, best)

    def _visit(self, nodes: Ints, to: Ints, fixed: Ints, made: Ints, arrive: Floats) -> Labels | None:
        """Visits node `to` after `nodes`, arriving as `arrive` says."""
        sequence = np.column_stack([nodes, to])
        for done in _rows_of(fixed, self.m):
            final = best_with(arrive[done], to[done], self.bounds.stop)
            self._keep(sequence[done], final)
        left = self.most - made - 1
        owed = np.array([self.fixed_worth[int(p) :].clip(min=0).sum() for p in range(self.m + 1)])
        hopeful = np.zeros(len(to), dtype=np.bool_)
        for k in np.unique(left):
            if k == 0 and not self.m:
                continue
            for at in _rows_of(left, int(k)):
                bound = best_with(arrive[at], to[at], self.bounds.go[int(k)]) + owed[fixed[at]]
                hopeful[at] = (bound > self.above) & ((k > 0) | (fixed[at] < self.m))
        if not hopeful.any():
            return None
        at = np.flatnonzero(hopeful)
        best = after_visit(self.space, self.by_length, arrive[at], to[at])
        return Labels(sequence[at], fixed[at], made[at] + 1, best)

    def _keep(self, sequence: Ints, final: Floats) -> None:
        good = final > self.above
        if good.any():
            rows = np.full((int(good.sum()), self.width), -1, dtype=np.int64)
            rows[:, : sequence.shape[1]] = sequence[good]
            self.rows.append(rows)
            self.values.append(final[good])


def _rows_of(values: Ints, value: int) -> list[Ints | slice]:
    """The rows with this value, at once; a slice, which copies nothing, where all have it."""
    at = np.flatnonzero(values == value)
    if len(at) == len(values):
        return [slice(None)]
    return [at] if len(at) else []
