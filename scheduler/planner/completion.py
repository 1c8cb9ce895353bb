"""At most what a partial tour of an officer-day can still bring, whatever follows it.

The bound is the programme of `search` run backwards with repeated schools allowed (a relaxation, so
it is never too low); compare Baldacci, Mingozzi and Roberti (2011) on completion bounds.
"""

import numpy as np

from scheduler.planner.grid import Floats, Ints
from scheduler.planner.label_loops import best_onward, going_on, worth_from
from scheduler.planner.tours import NO, TourSpace

SPANS = 10
"""Spans of the day in a coarse look at what could follow."""


def by_length(worth: Floats) -> Floats:
    """Node × start × length as length × node × start, each length in one piece of memory."""
    return np.ascontiguousarray(worth.transpose(2, 0, 1))


class Completions:
    """Bounds on what nodes of `use` can add to a tour. `go[k][node, b, s]`: at most what starting a
    visit at slot s with break flag b brings from there on, with up to k visits after it; `stop` the
    same with none after it; `after[k][place, b, t]`: at most what can follow a visit that is over at
    slot t, with up to k visits more, the drive to the station included."""

    def __init__(self, space: TourSpace, worth: Floats, road: float, use: Ints) -> None:
        """`worth` by length (−inf where not allowed); `road` is what a minute on the road costs."""
        self.space, self.worth, self.road, self.use = space, worth, road, use
        self.places = np.unique(space.place[use])
        self.size, self.layers = space.grid.size, space.layers
        self.spans_begin = np.arange(0, self.size, max(1, self.size // SPANS))
        self.spans_end = np.append(self.spans_begin[1:], self.size) - 1
        self._follow: dict[int, Floats] = {}
        slots = np.arange(self.size)
        end = np.full((len(space.schools), self.layers, self.size), NO)
        for b in range(self.layers):
            behind = b == self.layers - 1
            for with_break in range(self.layers):
                if behind == bool(with_break) and self.layers == 2:
                    continue
                fits = slots[None, :] <= space.tail[with_break][:, None]
                value = np.where(fits, -road * space.home[:, None], NO)
                end[:, b] = np.maximum(end[:, b], value)
        relaxed = np.zeros_like(end) if space.od.fixed else end
        self.stop = self._start_values(end)
        self.go = [self._start_values(relaxed)]
        self.after = [relaxed]
        current = relaxed
        for _ in range(1, space.most):
            current = np.maximum(relaxed, self._after(self.go[-1]))
            self.after.append(current)
            self.go.append(self._start_values(current))

    def _start_values(self, end: Floats) -> Floats:
        """Best of a visit from slot s: its worth plus the value `end` (place, b, t) at its end."""
        return worth_from(end, self.use, self.space.place, self.worth, self.space.hops)

    def _after(self, go: Floats) -> Floats:
        """Best value after an end at (place, b, t), by going on to another place in use."""
        space = self.space
        return going_on(go, self.use, space.place, self.places, space.first_next, space.drive, self.road)

    def top(self, fixed_worth: Floats) -> float:
        """A bound on every tour, where the day's fixed visits are worth this."""
        space = self.space
        go = self.go[-1][self.use]
        if space.od.fixed:
            return max(0.0, float(go.max(initial=NO))) + float(fixed_worth.clip(min=0).sum())
        top = NO
        cost = self.road * space.out[space.place[self.use]][:, None]
        for b in range(self.layers):
            head = space.head[b][space.place[self.use]]
            top = max(top, float(np.where(head, go[:, b] - cost, NO).max(initial=NO)))
        return top

    def onward(self, best: Floats, rows: Ints, last: Ints, to: Ints, left: Ints) -> Floats:
        """At most what each pair of a label (in `rows`) and a node to go on to comes to, by a coarse
        look at the clock: in each of some spans of the day, what the label has by its end (`best`:
        label, b, slot) and the most that can follow an end at its beginning, with up to `left`
        visits after the one at node `to`. `last` are the nodes that the labels end with."""
        space = self.space
        bound = np.full(len(rows), NO)
        for k in np.unique(left):
            at = np.flatnonzero(left == k)
            bound[at] = best_onward(
                best, rows[at], space.place[last[at]], space.place[to[at]], to[at], space.first_next,
                space.drive, self.road, self.following(int(k)), self.spans_begin, self.spans_end,
            )  # fmt: skip
        return bound

    def following(self, k: int) -> Floats:
        """(node, b, s): at most what starting at slot s or later brings, the break taken or, where
        it is not yet, taken on the way, with up to k visits more; the last slot is for never."""
        if k not in self._follow:
            out = np.full((len(self.space.nodes), self.layers, self.size + 1), NO)
            go = self.go[k]
            out[:, :, : self.size] = np.maximum.accumulate(go[:, :, ::-1], axis=2)[:, :, ::-1]
            if self.layers == 2:
                np.maximum(out[:, 0], out[:, 1], out=out[:, 0])
            self._follow[k] = out
        return self._follow[k]
