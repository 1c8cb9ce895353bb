"""Every tour of an officer-day, with its visit lengths, that could be part of a better plan.

With the lengths given, all that matters of a partial tour is how early it can be over, with and
without the break behind it: an earlier end leaves every choice that a later one does. So partial
tours are extended by a visit and a length at a time, all at once in numpy, and dropped when
nothing that they can still become is worth more than the threshold (the bounds of `completion`).
"""

from collections.abc import Iterator
from dataclasses import replace
from time import monotonic

import numpy as np

from scheduler.planner.completion import Completions, by_length
from scheduler.planner.dominance import leading
from scheduler.planner.grid import Floats, Ints
from scheduler.planner.length_tours import SMALL, Bools, LengthTours, PartialTours, joined, packed
from scheduler.planner.tours import NO, TourSpace

LATE = 1 << 20
"""A slot after every day: cannot be reached."""


class TooMany(Exception):
    """More tours than asked for are worth more than the threshold."""


def enumerate_tours(
    space: TourSpace, worth: Floats, fixed_worth: Floats, road: float, above: float, most: int, until: float
) -> LengthTours:
    """All tours worth more than `above`.

    `worth` is node × start × length (−inf where not allowed; the same for all starts allowed),
    `fixed_worth` that of the day's fixed visits, which are nodes of length 0 behind the others.
    Raises TooMany where there are more than `most`, or as many partial ones, or after `until`.
    """
    return _Enumeration(space, worth, fixed_worth, road, above, most, until).run()


class _Enumeration:
    """Partial tours grow visit by visit; fixed visits part a day into spans, each of which may hold
    visits of its own. `ends` after a fixed visit is 0 where the break flag can be so, else late;
    `made` counts the further visits."""

    def __init__(
        self, space: TourSpace, worth: Floats, fixed_worth: Floats, road: float, above: float, most: int,
        until: float,
    ) -> None:  # fmt: skip
        self.space, self.road, self.above, self.most, self.until = space, road, above, most, until
        self.fixed_worth = fixed_worth
        self.found: list[PartialTours] = []
        self.total = 0
        self.count, self.m = len(space.nodes), len(space.od.fixed)
        self.owed = float(fixed_worth.clip(min=0).sum())
        """At most what the fixed visits ahead are worth."""
        if not self.count or not space.most:
            return
        self.size, self.layers = space.grid.size, space.layers
        bounds = Completions(space, by_length(worth), road, np.arange(self.count))
        self.after = np.stack(bounds.after)
        self.follow = np.stack([bounds.following(k) for k in range(space.most)])
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

    def run(self) -> LengthTours:
        if not self.count or not self.space.most:
            return self._fixed_alone()
        if not self.m:
            for partial in self._grown(self._first()):
                self._keep(partial)
            return self._answer()
        standing: PartialTours | None = None
        for p in range(self.m + 1):
            began = self._first() if standing is None else self._visit_after_fixed(standing, p - 1)
            grown = list(self._grown(began))
            if p == self.m:
                for partial in grown:
                    self._keep(partial)
                if standing is not None:
                    self._keep_fixed(standing)
                break
            self.owed -= max(0.0, float(self.fixed_worth[p]))
            straight = self._fixed_first() if standing is None else self._fixed_after_fixed(standing, p)
            standing = joined([*(self._fixed_after_visit(x, p) for x in grown), straight])
        return self._answer()

    def _grown(self, partial: PartialTours | None) -> Iterator[PartialTours]:
        """A partial tour and all that visits one after the other make of it."""
        while partial is not None and len(partial.nodes):
            if monotonic() > self.until:
                raise TooMany
            yield partial
            partial = self._extend(partial)

    # -- fixed visits --------------------------------------------------------------------------

    def _fixed_alone(self) -> LengthTours:
        """The one tour of a day that holds fixed visits and no others; none without."""
        if not self.m:
            return self._answer()
        nodes = np.arange(self.count, self.count + self.m, dtype=SMALL)[None, :]
        travel = self.space.travel_of(nodes[0].tolist())
        value = float(self.fixed_worth.sum()) - self.road * travel
        return LengthTours(nodes, np.zeros_like(nodes), np.array([travel]), np.array([value]))

    def _stand(self, p: PartialTours, at: Ints, q: int, drive: Ints, reached: Bools) -> PartialTours:
        """Partial tours `at` that went on to fixed visit `q`; `reached` by break flag."""
        some = np.flatnonzero(reached.any(axis=1))
        at, drive, reached = at[some], drive[some], reached[some]
        return PartialTours(
            np.column_stack([p.nodes[at], np.full(len(at), self.count + q, SMALL)]),
            np.column_stack([p.lengths[at], np.zeros(len(at), SMALL)]),
            p.value[at] - self.road * drive + float(self.fixed_worth[q]),
            p.travel[at] + drive, np.where(reached, 0, LATE), p.made[at], np.arange(len(at)),
        )  # fmt: skip

    def _fixed_first(self) -> PartialTours:
        """Straight from the station to the first fixed visit."""
        space, clock = self.space, self.space.od.clock
        visit = space.od.fixed[0]
        drive = space.problem.travel.from_station(space.od.officer.precinct_id, visit.school_id)
        none, zero = np.empty((1, 0), SMALL), np.zeros(1, np.int64)
        start = PartialTours(none, none, np.zeros(1), zero, np.empty((1, 0), np.int64), zero, zero)
        reached = np.ones((1, self.layers), dtype=np.bool_)
        if self.layers == 2 and clock is not None:
            reached[0, 1] = clock.head_fits(np.array([visit.start]), drive, True)[0]
        return self._stand(start, np.zeros(1, np.int64), 0, np.array([drive]), reached)

    def _fixed_after_visit(self, p: PartialTours, q: int) -> PartialTours:
        space = self.space
        place = space.place[p.nodes[:, -1]]
        to = space.problem.travel
        there = np.array([to.schools(s, space.od.fixed[q].school_id) for s in space.schools], dtype=np.int64)
        reached = p.ends <= space.to_fixed[0, place, q][:, None]
        if self.layers == 2:
            reached[:, 1] |= p.ends[:, 0] <= space.to_fixed[1, place, q]
        return self._stand(p, np.arange(len(place)), q, there[place], reached)

    def _fixed_after_fixed(self, p: PartialTours, q: int) -> PartialTours:
        space, clock = self.space, self.space.od.clock
        before, visit = space.od.fixed[q - 1], space.od.fixed[q]
        drive = space.fixed_drive(q - 1, self.count + q)
        reached = p.ends == 0
        if self.layers == 2 and clock is not None:
            rest = clock.gap_fits(np.array([before.end]), np.array([visit.start]), drive, True)[0]
            reached[:, 1] |= reached[:, 0] & bool(rest)
        rows = np.arange(len(p.nodes))
        return self._stand(p, rows, q, np.full(len(rows), drive, np.int64), reached)

    def _visit_after_fixed(self, p: PartialTours, q: int) -> PartialTours | None:
        space = self.space
        a, n = self._pairs(p)
        fits = space.from_fixed[:, q][:, space.place[n]]
        first = np.where(fits.any(axis=2), fits.argmax(axis=2), self.size)
        reached = p.ends[a] == 0
        ready = np.where(reached, first[0][:, None], self.size)
        if self.layers == 2:
            ready[:, 1] = np.minimum(ready[:, 1], np.where(reached[:, 0], first[1], self.size))
        drive = np.array([space.fixed_drive(q, node) for node in range(self.count)], dtype=np.int64)
        return self._visit(p, a, n, ready, drive[n])

    def _keep_fixed(self, p: PartialTours) -> None:
        """Keeps the tours that end with the last fixed visit."""
        space, clock = self.space, self.space.od.clock
        home = space.fixed_drive(self.m - 1, -1)
        fits = p.ends[:, self.layers - 1] == 0
        if self.layers == 2 and clock is not None:
            rest = clock.tail_fits(np.array([space.od.fixed[-1].end]), home, True)[0]
            fits |= (p.ends[:, 0] == 0) & bool(rest)
        self._add(p, fits, np.full(len(fits), home, np.int64))

    # -- further visits ------------------------------------------------------------------------

    def _answer(self) -> LengthTours:
        width = self.space.most + self.m
        if not self.found:
            none = np.empty((0, width), SMALL)
            return LengthTours(none, none, np.empty(0, np.int64), np.empty(0))
        rows = [packed(p, width) for p in self.found]
        return LengthTours(
            np.concatenate([nodes for nodes, _ in rows]),
            np.concatenate([lengths for _, lengths in rows]),
            np.concatenate([p.travel for p in self.found]),
            np.concatenate([p.value for p in self.found]),
        )

    def _first(self) -> PartialTours | None:
        space = self.space
        nodes = np.arange(len(space.nodes))
        ready = np.full((len(nodes), self.layers), self.size, dtype=np.int64)
        for b in range(self.layers):
            fits = space.head[b][space.place]
            ready[:, b] = np.where(fits.any(axis=1), fits.argmax(axis=1), self.size)
        out = space.out[space.place]
        empty, zero = np.empty((len(nodes), 0), SMALL), np.zeros(len(nodes), np.int64)
        start = PartialTours(empty, empty, np.zeros(len(nodes)), zero, ready, zero, nodes)
        return self._visit(start, np.arange(len(nodes)), nodes, ready, out)

    def _pairs(self, p: PartialTours) -> tuple[Ints, Ints]:
        """Partial tours and nodes to extend them by: room left, no school twice."""
        space = self.space
        seen = np.zeros((len(p.nodes), len(space.schools)), dtype=np.bool_)
        for column in range(p.nodes.shape[1]):
            own = np.flatnonzero((p.nodes[:, column] >= 0) & (p.nodes[:, column] < self.count))
            seen[own, space.place[p.nodes[own, column]]] = True
        seen[p.made >= space.most] = True
        a, n = np.nonzero(~seen[:, space.place])
        if len(a) > 8 * self.most:
            raise TooMany
        return a, n

    def _extend(self, p: PartialTours) -> PartialTours | None:
        space = self.space
        a, n = self._pairs(p)
        if not len(a):
            return None
        i, j = space.place[p.nodes[a, -1]], space.place[n]
        ready = np.full((len(a), self.layers), self.size, dtype=np.int64)
        for b in range(self.layers):
            ready[:, b] = self._next(0, i, j, p.ends[a, b])
        if self.layers == 2:
            ready[:, 1] = np.minimum(ready[:, 1], self._next(1, i, j, p.ends[a, 0]))
        return self._visit(p, a, n, ready, space.drive[i, j])

    def _next(self, rest: int, i: Ints, j: Ints, end: Ints) -> Ints:
        inside = end < self.size
        first: Ints = self.space.first_next[rest, i, j, np.minimum(end, self.size - 1)]
        return np.where(inside, first, self.size)

    def _visit(self, p: PartialTours, a: Ints, n: Ints, ready: Ints, drive: Ints) -> PartialTours | None:
        """Every length of a visit at nodes `n` after the partial tours `a`."""
        parts = []
        value = p.value[a] - self.road * drive
        left = self.space.most - p.made[a] - 1
        then = self.follow[left[:, None], n[:, None], np.arange(self.layers), ready].max(axis=1)
        some = np.flatnonzero(value + then + self.owed > self.above)
        a, n, ready, drive = a[some], n[some], ready[some], drive[some]
        value, left, place = value[some], left[some], self.space.place[n]
        made = 0
        for k in range(len(self.space.grid.lengths)):
            if made > 4 * self.most or monotonic() > self.until:
                raise TooMany
            ends = np.stack([self.next_end[n, k, ready[:, b]] for b in range(self.layers)], axis=1)
            total = value + self.worth[n, k]
            bound = np.full(len(n), NO)
            for b in range(self.layers):
                inside = ends[:, b] < self.size
                then = self.after[left, place, b, np.minimum(ends[:, b], self.size - 1)] + self.owed
                bound = np.maximum(bound, np.where(inside, total + then, NO))
            good = np.flatnonzero(bound > self.above)
            if len(good):
                made += len(good)
                at = a[good]
                parts.append(
                    PartialTours(
                        np.column_stack([p.nodes[at], n[good].astype(SMALL)]),
                        np.column_stack([p.lengths[at], np.full(len(good), k, SMALL)]),
                        total[good],
                        p.travel[at] + drive[good],
                        ends[good],
                        p.made[at] + 1,
                        good,
                    )
                )
        return leading(joined(parts), len(self.space.grid.lengths)) if parts else None

    def _keep(self, p: PartialTours) -> None:
        """Keeps the tours that may end here: with each last visit as long as it can be."""
        space = self.space
        place = space.place[p.nodes[:, -1]]
        last = self.layers - 1
        fits = np.zeros(len(place), dtype=np.bool_)
        for b in range(self.layers):
            fits |= p.ends[:, b] <= space.tail[last - b][place]
        rows = np.flatnonzero(fits & (p.value - self.road * space.home[place] > self.above))
        longest = np.full(int(p.pair.max(initial=-1)) + 1, -1)
        longest[p.pair[rows]] = rows  # Longer ones stand behind.
        fits[:] = False
        fits[longest[longest >= 0]] = True
        self._add(p, fits, space.home[place])

    def _add(self, p: PartialTours, fits: Bools, home: Ints) -> None:
        value = p.value - self.road * home
        good = np.flatnonzero(fits & (value > self.above))
        self.total += len(good)
        if self.total > self.most:
            raise TooMany
        kept = p.only(good)
        self.found.append(replace(kept, value=value[good], travel=kept.travel + home[good]))
