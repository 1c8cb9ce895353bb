"""Searching the tours of one officer-day: every order of visits worth more than a threshold.

`best[b, t]` is the most that a sequence is worth when its last visit is over by slot t, with
(b = 1) or without (b = 0) the break behind it. Sequences are extended one visit at a time, all at
once in numpy, and dropped when a bound on everything they could still become does not exceed the
threshold. The bound is the same programme run backwards with repeated schools allowed (a
relaxation, so it is never too low); compare Feillet et al. (2004) and Baldacci, Mingozzi and
Roberti (2011) on labels and completion bounds.
"""

from dataclasses import dataclass
from time import monotonic

import numpy as np

from scheduler.planner.grid import Ints
from scheduler.planner.tours import NO, Floats, TourSpace

NO_LIMIT = 1 << 40
LABEL_SLOTS = 500_000
"""Slots of all partial tours that a quick search keeps at once; an exact one keeps more."""
EXACT = 12
STEPS_DOWN = (0.05, 0.15, 0.3, 0.6, 1.0)
SPANS = 10
"""Spans of the day in a coarse look at what could follow."""
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


@dataclass(frozen=True)
class _Labels:
    """Partial sequences: nodes so far, next fixed visit, further visits made, values by slot."""

    nodes: Ints
    fixed: Ints
    made: Ints
    best: Floats


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


def completions(space: TourSpace, worth: Floats, road: float) -> list[Floats]:
    """`[k][place, b, t]`: at most what can follow a visit that is over at slot t (break flag b),
    with up to k visits more, the drive to the station included."""
    search = _Search(space, worth, np.zeros(0), road, NO, NO_LIMIT, None)
    search._completions()
    return search.after


class _Search:
    """One search; its labels are partial sequences."""

    def __init__(self, space: TourSpace, worth: Floats, fixed_worth: Floats, road: float,
                 above: float, limit: int, use: Ints | None) -> None:  # fmt: skip
        self.space, self.road, self.above, self.limit = space, road, above, limit
        self.worth, self.fixed_worth = worth, fixed_worth
        self.by_length = np.ascontiguousarray(worth.transpose(2, 0, 1))
        self.use = np.arange(len(space.nodes)) if use is None else use
        self.places = np.unique(space.place[self.use])
        self.count, self.m = len(space.nodes), len(space.od.fixed)
        self.size, self.layers = space.grid.size, space.layers
        self.most = space.most
        self.rows: list[Ints] = []
        self.values: list[Floats] = []
        self.complete = True
        self.width = self.most + self.m
        self.follow: dict[int, Floats] = {}
        self.spans_begin = np.arange(0, self.size, max(1, self.size // SPANS))
        self.spans_end = np.append(self.spans_begin[1:], self.size) - 1

    def run(self) -> Found:
        if self.m == 0 and self.most == 0:
            return Found(np.empty((0, 0), np.int64), np.empty(0), True)
        if self.count:
            self._completions()
        labels = self._first()
        for _ in range(1, self.width):
            if labels is None:
                break
            labels = self._extend(labels)
        return self._found()

    def run_down(self) -> Found:
        """Searches with thresholds from near the bound down to `above`."""
        self._completions()
        top = self._top()
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

    def _top(self) -> float:
        """A bound on every tour."""
        space = self.space
        go = self.go[-1][self.use]
        if self.m:
            return max(0.0, float(go.max(initial=NO))) + float(self.fixed_worth.clip(min=0).sum())
        top = NO
        cost = self.road * space.out[space.place[self.use]][:, None]
        for b in range(self.layers):
            head = space.head[b][space.place[self.use]]
            top = max(top, float(np.where(head, go[:, b] - cost, NO).max(initial=NO)))
        return top

    def _found(self) -> Found:
        if not self.rows:
            return Found(np.empty((0, self.width), np.int64), np.empty(0), self.complete)
        sequences, values = np.concatenate(self.rows), np.concatenate(self.values)
        order = np.lexsort((*sequences.T[::-1], -values))
        return Found(sequences[order], values[order], self.complete)

    # -- completion bounds -------------------------------------------------------------------

    def _completions(self) -> None:
        """`go[k][node, b, s]`: at most what starting a visit at `s` with break flag `b` brings
        from there on, with up to k visits after it; `stop` the same with none after it."""
        space = self.space
        slots = np.arange(self.size)
        end = np.full((len(space.schools), self.layers, self.size), NO)
        for b in range(self.layers):
            behind = b == self.layers - 1
            for with_break in range(self.layers):
                if behind == bool(with_break) and self.layers == 2:
                    continue
                fits = slots[None, :] <= space.tail[with_break][:, None]
                value = np.where(fits, -self.road * space.home[:, None], NO)
                end[:, b] = np.maximum(end[:, b], value)
        if self.m:
            stop_end, relaxed = end, np.zeros_like(end)
        else:
            stop_end = relaxed = end
        self.stop = self._start_values(stop_end, self.use)
        self.go = [self._start_values(relaxed, self.use)]
        self.after = [relaxed]
        current = relaxed
        for _ in range(1, self.most):
            current = np.maximum(relaxed, self._after(self.go[-1]))
            self.after.append(current)
            self.go.append(self._start_values(current, self.use))

    def _start_values(self, end: Floats, nodes: Ints) -> Floats:
        """Best of a visit from slot s: its worth plus the value `end` (place, b, t) at its end."""
        space = self.space
        out = np.full((len(space.nodes), self.layers, self.size), NO)
        padded = end[space.place[nodes]]
        part = out[nodes]
        for k, hop in enumerate(space.hops):
            room = self.size - hop
            if room > 0:
                value = self.by_length[k][nodes, None, :room] + padded[:, :, hop:]
                np.maximum(part[:, :, :room], value, out=part[:, :, :room])
        out[nodes] = part
        return out

    def _after(self, go: Floats) -> Floats:
        """Best value after an end at (place, b, t), by going on to another place in use."""
        space, at = self.space, self.places
        by_place = np.full((len(space.schools), self.layers, self.size + 1), NO)
        for node in self.use:
            target = by_place[space.place[node], :, : self.size]
            np.maximum(target, go[node], out=target)
        later = np.maximum.accumulate(by_place[at][:, :, ::-1], axis=2)[:, :, ::-1]
        out = np.full((len(space.schools), self.layers, self.size), NO)
        cost = self.road * space.drive[np.ix_(at, at)][:, :, None]
        plain = space.first_next[0][np.ix_(at, at)]
        count = len(at)
        columns = np.arange(count)[None, :, None]
        for b in range(self.layers):
            out[at, b] = (later[:, b][columns, plain] - cost).max(axis=1)
        if self.layers == 2:
            rest = space.first_next[1][np.ix_(at, at)]
            out[at, 0] = np.maximum(out[at, 0], (later[:, 1][columns, rest] - cost).max(axis=1))
        return out

    # -- first visits ------------------------------------------------------------------------

    def _first(self) -> _Labels | None:
        space = self.space
        parts: list[_Labels] = []
        if self.count and self.most:
            nodes = self.use
            arrive = np.full((len(nodes), self.layers, self.size), NO)
            cost = -self.road * space.out[space.place[nodes]][:, None]
            last = self.layers - 1
            plain = np.where(space.head[0][space.place[nodes]], cost, NO)
            arrive[:, 0] = plain
            if last:
                arrive[:, 1] = np.where(space.head[1][space.place[nodes]], cost, NO)
            zeros = np.zeros(len(nodes), dtype=np.int64)
            label = self._visit(np.empty((len(nodes), 0), np.int64), nodes, zeros, zeros, arrive)
            if label is not None:
                parts.append(label)
        if self.m:
            visit = space.od.fixed[0]
            travel = self.space.problem.travel
            drive = travel.from_station(space.od.officer.precinct_id, visit.school_id)
            arrive_at = np.full((1, self.layers), NO)
            arrive_at[0, 0] = -self.road * drive
            if (
                self.layers == 2
                and space.od.clock is not None
                and space.od.clock.head_fits(np.array([visit.start]), drive, True)[0]
            ):
                arrive_at[0, 1] = -self.road * drive
            none = np.empty((1, 0), np.int64)
            parts.append(self._fixed_visit(none, 0, np.zeros(1, np.int64), arrive_at))
        return _joined(parts)

    # -- one more visit ----------------------------------------------------------------------

    def _pruned(self, parts: list[_Labels]) -> list[_Labels]:
        """The most promising partial tours, by what they are worth so far."""
        joined = _joined(parts) if sum(len(p.nodes) for p in parts) > self.limit else None
        if joined is None:
            return parts
        self.complete = False
        value = joined.best.max(axis=(1, 2))
        kept = np.argsort(-value, kind="stable")[: self.limit]
        return [_Labels(joined.nodes[kept], joined.fixed[kept], joined.made[kept], joined.best[kept])]

    def _extend(self, labels: _Labels) -> _Labels | None:
        parts: list[_Labels] = []
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
        return _joined(self._pruned(parts))

    def _extend_piece(self, labels: _Labels, piece: slice) -> list[_Labels]:
        nodes, fixed = labels.nodes[piece], labels.fixed[piece]
        made, best = labels.made[piece], labels.best[piece]
        parts: list[_Labels] = []
        if self.count:
            room = np.flatnonzero(made < self.most)
            pair_from, pair_to = self._hopeful(labels, piece, *self._pairs(nodes, room))
            if len(pair_from):
                arrive = self._arrivals(nodes, best, pair_from, pair_to)
                label = self._visit(nodes[pair_from], pair_to, fixed[pair_from], made[pair_from], arrive)
                if label is not None:
                    parts.append(label)
        for p in range(self.m):
            at = np.flatnonzero(fixed == p)
            if len(at):
                arrive_at = self._arrivals_fixed(nodes[at], best[at], p)
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

    def _hopeful(self, labels: _Labels, piece: slice, rows: Ints, to: Ints) -> tuple[Ints, Ints]:
        """The pairs that could lead to a tour above the threshold, by a coarse look at the clock:
        in each of some spans of the day, what a label has by its end and the most that can
        follow an end at its beginning."""
        last = labels.nodes[piece][rows, -1]
        if not len(rows) or self.m:
            return rows, to
        space = self.space
        left = self.most - labels.made[piece][rows] - 1
        best = labels.best[piece][:, :, self.spans_end]
        i, j = space.place[last], space.place[to]
        start = np.minimum(space.first_next[0, i, j][:, self.spans_begin], self.size)
        bound = np.full(len(rows), NO)
        for k in np.unique(left):
            at = np.flatnonzero(left == k)
            follow = self._following(int(k))
            for b in range(self.layers):
                then = np.take_along_axis(follow[to[at], b], start[at], axis=1)
                bound[at] = np.maximum(bound[at], (best[rows[at], b] + then).max(axis=1))
        bound -= self.road * space.drive[i, j]
        good = bound > self.above
        return rows[good], to[good]

    def _following(self, k: int) -> Floats:
        """(node, b, s): at most what starting at slot s or later brings, the break taken or, where
        it is not yet, taken on the way, with up to k visits more; the last slot is for never."""
        if k not in self.follow:
            out = np.full((self.count, self.layers, self.size + 1), NO)
            go = self.go[k]
            out[:, :, : self.size] = np.maximum.accumulate(go[:, :, ::-1], axis=2)[:, :, ::-1]
            if self.layers == 2:
                np.maximum(out[:, 0], out[:, 1], out=out[:, 0])
            self.follow[k] = out
        return self.follow[k]

    def _arrivals(self, nodes: Ints, best: Floats, pair_from: Ints, pair_to: Ints) -> Floats:
        """Value of standing ready to start at slot s (pair, b, s)."""
        space = self.space
        last = nodes[pair_from, -1]
        to = space.place[pair_to]
        out = np.full((len(pair_from), self.layers, self.size), NO)
        is_fixed = last >= self.count
        free = np.flatnonzero(~is_fixed)
        if len(free):
            i, j = space.place[last[free]], to[free]
            value = best[pair_from[free]]
            cost = self.road * space.drive[i, j][:, None]
            plain = space.last_end[0, i, j]
            for b in range(self.layers):
                out[free, b] = np.take_along_axis(value[:, b], plain, axis=1) - cost
            if self.layers == 2:
                resting = np.take_along_axis(value[:, 0], space.last_end[1, i, j], axis=1) - cost
                out[free, 1] = np.maximum(out[free, 1], resting)
        for at in np.flatnonzero(is_fixed):
            p = int(last[at]) - self.count
            node = int(pair_to[at])
            cost = self.road * space.fixed_drive(p, node)
            value = best[pair_from[at], :, 0] - cost
            fits = space.from_fixed[0, p, to[at]]
            for b in range(self.layers):
                out[at, b] = np.where(fits, value[b], NO)
            if self.layers == 2:
                rest = np.where(space.from_fixed[1, p, to[at]], value[0], NO)
                out[at, 1] = np.maximum(out[at, 1], rest)
        return out

    def _arrivals_fixed(self, nodes: Ints, best: Floats, p: int) -> Floats:
        """Value of arriving at fixed visit `p` (label, b)."""
        space = self.space
        travel, visit = space.problem.travel, space.od.fixed[p]
        out = np.full((len(nodes), self.layers), NO)
        for row, last in enumerate(nodes[:, -1]):
            before = int(last)
            drive = travel.schools(space.school_of(before), visit.school_id)
            cost = self.road * drive
            if before < self.count:
                place = space.place[before]
                out[row] = best[row, :, space.to_fixed[0, place, p]] - cost
                if self.layers == 2:
                    rest = best[row, 0, space.to_fixed[1, place, p]] - cost
                    out[row, 1] = max(out[row, 1], rest)
                continue
            out[row] = best[row, :, 0] - cost
            clock, last_visit = space.od.clock, space.od.fixed[before - self.count]
            if (
                self.layers == 2
                and clock is not None
                and clock.gap_fits(np.array([last_visit.end]), np.array([visit.start]), drive, True)[0]
            ):
                out[row, 1] = max(out[row, 1], best[row, 0, 0] - cost)
        return out

    def _fixed_visit(self, nodes: Ints, p: int, made: Ints, arrive: Floats) -> _Labels:
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
        return _Labels(sequence, fixed, made, best)

    def _visit(self, nodes: Ints, to: Ints, fixed: Ints, made: Ints, arrive: Floats) -> _Labels | None:
        """Visits node `to` after `nodes`, arriving as `arrive` says."""
        sequence = np.column_stack([nodes, to])
        done = fixed == self.m
        if done.any():
            final = (arrive[done] + self.stop[to[done]]).max(axis=(1, 2))
            self._keep(sequence[done], final)
        left = self.most - made - 1
        owed = np.array([self.fixed_worth[int(p) :].clip(min=0).sum() for p in range(self.m + 1)])
        hopeful = np.zeros(len(to), dtype=np.bool_)
        for k in np.unique(left):
            at = np.flatnonzero(left == k)
            if k == 0 and not self.m:
                continue
            bound = (arrive[at] + self.go[int(k)][to[at]]).max(axis=(1, 2)) + owed[fixed[at]]
            hopeful[at] = (bound > self.above) & ((k > 0) | (fixed[at] < self.m))
        if not hopeful.any():
            return None
        at = np.flatnonzero(hopeful)
        best = self._after_visit(arrive[at], to[at])
        return _Labels(sequence[at], fixed[at], made[at] + 1, best)

    def _after_visit(self, arrive: Floats, to: Ints) -> Floats:
        out = np.full((len(to), self.layers, self.size + 1), NO)
        for k, hop in enumerate(self.space.hops):
            room = self.size - hop
            if room > 0:
                value = arrive[:, :, :room] + np.take(self.by_length[k], to, axis=0)[:, None, :room]
                target = out[:, :, hop : self.size]
                np.maximum(target, value, out=target)
        np.maximum.accumulate(out[:, :, : self.size], axis=2, out=out[:, :, : self.size])
        return out

    def _keep(self, sequence: Ints, final: Floats) -> None:
        good = final > self.above
        if good.any():
            rows = np.full((int(good.sum()), self.width), -1, dtype=np.int64)
            rows[:, : sequence.shape[1]] = sequence[good]
            self.rows.append(rows)
            self.values.append(final[good])


def _joined(parts: list[_Labels]) -> _Labels | None:
    if not parts:
        return None
    return _Labels(
        np.concatenate([p.nodes for p in parts]),
        np.concatenate([p.fixed for p in parts]),
        np.concatenate([p.made for p in parts]),
        np.concatenate([p.best for p in parts]),
    )
