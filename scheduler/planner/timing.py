"""Exact times of one tour: the starts and lengths that make a sequence of visits worth most.

The same dynamic programme over slots as in `tours`, for one sequence, with its steps
remembered so that the times can be read off backwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.planner.columns import Column, Stop, column_of
from scheduler.planner.grid import Bools, Floats, Ints
from scheduler.planner.label_loops import begun, ended
from scheduler.planner.tours import NO, TourSpace


@dataclass(frozen=True)
class _Step:
    """One visit: values of standing ready at each slot, and of being done by it (b × slot).
    A fixed visit has one column."""

    arrive: Floats
    done: Floats


def timed(
    space: TourSpace, sequence: Sequence[int], worth: Floats, fixed_worth: Floats, road: float,
    chosen: Sequence[int],
) -> tuple[float, Column] | None:  # fmt: skip
    """The best times of `sequence` (node indices as in `TourSpace.search`) with its value.

    `worth` is node × start × length (−inf where not allowed), `chosen` the option of each
    fixed visit. None where the sequence does not fit the day.
    """
    nodes = [int(n) for n in sequence if n >= 0]
    if not nodes:
        return None
    run = _Timing(space, nodes, worth, fixed_worth)
    end = run.forward()
    if end is None:
        return None
    value, stops = run.backward(end, chosen)
    column = column_of(space, stops)
    return value - road * column.travel, column


class _Timing:
    def __init__(self, space: TourSpace, nodes: list[int], worth: Floats,
                 fixed_worth: Floats) -> None:  # fmt: skip
        self.space, self.nodes, self.worth, self.fixed_worth = space, nodes, worth, fixed_worth
        self.count, self.layers, self.size = len(space.nodes), space.layers, space.grid.size
        self.steps: list[_Step] = []

    def forward(self) -> tuple[int, int] | None:
        """Fills the steps; the layer and slot to read off from, None where nothing fits."""
        for i, node in enumerate(self.nodes):
            arrive = self._arrive(i)
            if node >= self.count:
                done = arrive + self.fixed_worth[node - self.count]
            else:
                done = ended(arrive, self.worth[node], self.space.hops)
            if not np.isfinite(done).any():
                return None
            self.steps.append(_Step(arrive, done))
        return self._end()

    # -- the drives between --------------------------------------------------------------------

    def _moves(self, i: int) -> list[tuple[int, int, Ints | Bools]]:
        """How visit i is reached from the one before: (layer before, layer after, slots). The
        slots are the last end for each start, or where only one end exists, which starts fit."""
        space, node, before = self.space, self.nodes[i], self.nodes[i - 1]
        moves: list[tuple[int, int, Ints | Bools]] = []
        for rest in range(self.layers):
            if node < self.count and before < self.count:
                table: Ints | Bools = space.last_end[rest, space.place[before], space.place[node]]
            elif node < self.count:
                table = space.from_fixed[rest, before - self.count, space.place[node]]
            elif before < self.count:
                end = space.to_fixed[rest, space.place[before], node - self.count]
                table = np.array([end], dtype=np.int64)
            else:
                table = np.array([self._between(before, node, bool(rest))])
            if rest:
                moves.append((0, 1, table))
            else:
                moves.extend((b, b, table) for b in range(self.layers))
        return moves

    def _between(self, before: int, node: int, rest: bool) -> bool:
        """Whether the drive (and a break) fits between two fixed visits; pins stand anyway."""
        if not rest or self.space.od.clock is None:
            return True
        a, b = (self.space.od.fixed[n - self.count] for n in (before, node))
        drive = self.space.problem.travel.schools(a.school_id, b.school_id)
        return bool(self.space.od.clock.gap_fits(np.array([a.end]), np.array([b.start]), drive, True)[0])

    def _arrive(self, i: int) -> Floats:
        width = 1 if self.nodes[i] >= self.count else self.size
        out = np.full((self.layers, width), NO)
        if i == 0:
            for b in range(self.layers):
                out[b] = np.where(self._head(b), 0.0, NO)
            return out
        done = self.steps[i - 1].done
        for a, b, table in self._moves(i):
            out[b] = np.maximum(out[b], self._reached(done[a], table))
        return out

    @staticmethod
    def _reached(done: Floats, table: Ints | Bools) -> Floats:
        if table.dtype == np.bool_:
            return np.where(table, done[0], NO)
        return np.where(table >= 0, done[np.maximum(table, 0)], NO)

    def _head(self, rest: int) -> Bools:
        node, space = self.nodes[0], self.space
        if node < self.count:
            head: Bools = space.head[rest, space.place[node]]
            return head
        if not rest or space.od.clock is None:
            return np.full(1, not rest, dtype=np.bool_)
        visit = space.od.fixed[node - self.count]
        drive = space.problem.travel.from_station(space.od.officer.precinct_id, visit.school_id)
        return space.od.clock.head_fits(np.array([visit.start]), drive, True)

    def _end(self) -> tuple[int, int] | None:
        """The best (layer, slot) at which the last visit is done, so that the day ends well."""
        node, space, last = self.nodes[-1], self.space, self.layers - 1
        done = self.steps[-1].done
        found: list[tuple[float, int, int]] = []
        for b in range(self.layers):
            rest = int(last - b)
            if node < self.count:
                slot = int(space.tail[rest, space.place[node]])
                if slot >= 0:
                    found.append((float(done[b, slot]), b, slot))
            elif not rest or self._tail_of_fixed(node):
                found.append((float(done[b, 0]), b, 0))
        value, b, slot = max(found, default=(NO, 0, 0))
        return (b, slot) if np.isfinite(value) else None

    def _tail_of_fixed(self, node: int) -> bool:
        visit, clock = self.space.od.fixed[node - self.count], self.space.od.clock
        if clock is None:
            return True
        station = self.space.od.officer.precinct_id
        drive = self.space.problem.travel.to_station(visit.school_id, station)
        return bool(clock.tail_fits(np.array([visit.end]), drive, True)[0])

    # -- reading off ---------------------------------------------------------------------------

    def backward(self, end: tuple[int, int], chosen: Sequence[int]) -> tuple[float, tuple[Stop, ...]]:
        """The value without driving, and the stops."""
        b, slot = end
        value = float(self.steps[-1].done[b, slot])
        stops: list[Stop] = []
        for i in range(len(self.nodes) - 1, -1, -1):
            node = self.nodes[i]
            if node >= self.count:
                p = node - self.count
                visit = self.space.od.fixed[p]
                option = self.space.fixed[p][chosen[p]]
                stops.append(Stop(option, node, visit.start, visit.end, -1))
                start = 0
            else:
                start, k = self._start(i, b, slot)
                minute = int(self.space.grid.minutes[start])
                length = self.space.grid.lengths[k]
                option = self.space.nodes[node].option
                stops.append(Stop(option, node, minute, minute + length, k))
            if i:
                b, slot = self._before(i, b, start)
        return value, tuple(reversed(stops))

    def _start(self, i: int, b: int, slot: int) -> tuple[int, int]:
        """Start slot and length of visit i that is done by `slot` in layer b at its value."""
        step, node = self.steps[i], self.nodes[i]
        start, k = begun(step.arrive[b], self.worth[node], self.space.hops, slot, step.done[b, slot])
        if start >= 0:
            return start, k
        raise AssertionError("a value of the programme has no visit that made it")

    def _before(self, i: int, b: int, start: int) -> tuple[int, int]:
        """Layer and slot of the visit before, from which visit i is reached at its value."""
        done, target = self.steps[i - 1].done, self.steps[i].arrive[b, start]
        for a, after, table in self._moves(i):
            if after == b and self._reached(done[a], table)[start] == target:
                if table.dtype == np.bool_:
                    return a, 0
                return a, int(table[start])
        raise AssertionError("a value of the programme has no way that reaches it")
