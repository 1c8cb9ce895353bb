"""The inner loops of the search for tours, compiled (numba): none of them holds Python's lock.

Times are slots of the day's grid; b is 1 with the break behind, 0 without; NO (−inf) stands for what cannot
be. Arrays are contiguous, and what comes out is the same number that numpy makes of the same steps.
"""

import numpy as np

from scheduler.planner.grid import Floats, Ints
from scheduler.planner.jit import compiled


@compiled
def arrivals_free(
    best: Floats, rows: Ints, last: Ints, to: Ints, last_end: Ints, drive: Ints, road: float
) -> Floats:
    """Value (pair, b, slot) of standing ready at place `to` after the label in row `rows` of `best` (label,
    b, slot), which ends at place `last`; tables as in `DayTables`, `road` is what a minute on the road
    costs."""
    layers, size = best.shape[1], last_end.shape[3]
    out = np.full((len(rows), layers, size), -np.inf)
    for p in range(len(rows)):
        row, i, j = rows[p], last[p], to[p]
        cost = road * drive[i, j]
        for s in range(size):
            end = last_end[0, i, j, s]
            if end >= 0:
                for b in range(layers):
                    out[p, b, s] = best[row, b, end] - cost
            if layers == 2:
                end = last_end[1, i, j, s]
                if end >= 0 and best[row, 0, end] - cost > out[p, 1, s]:
                    out[p, 1, s] = best[row, 0, end] - cost
    return out


@compiled
def over_by(arrive: Floats, to: Ints, worth: Floats, hops: Ints) -> Floats:
    """Values (label, b, slot) of being over by a slot with visits at nodes `to` of any length, ready to
    start as `arrive` (label, b, slot) says; `worth` is length × node × start, `hops` are the slots of each
    length. The last slot is for never."""
    labels, layers, size = arrive.shape
    out = np.full((labels, layers, size + 1), -np.inf)
    for p in range(labels):
        node = to[p]
        for b in range(layers):
            for k in range(len(hops)):
                hop = hops[k]
                for s in range(size - hop):
                    value = arrive[p, b, s] + worth[k, node, s]
                    if value > out[p, b, s + hop]:
                        out[p, b, s + hop] = value
            for s in range(1, size):
                if out[p, b, s - 1] > out[p, b, s]:
                    out[p, b, s] = out[p, b, s - 1]
    return out


@compiled
def best_with(arrive: Floats, to: Ints, then: Floats) -> Floats:
    """The best over all slots and b of `arrive` (label, b, slot) and what `then` (node, b, slot) brings at
    the label's node in `to`."""
    labels, layers, size = arrive.shape
    out = np.full(labels, -np.inf)
    for p in range(labels):
        node, best = to[p], -np.inf
        for b in range(layers):
            for s in range(size):
                value = arrive[p, b, s] + then[node, b, s]
                if value > best:
                    best = value
        out[p] = best
    return out


@compiled
def best_onward(
    best: Floats, rows: Ints, last: Ints, to: Ints, node: Ints, first_next: Ints, drive: Ints, road: float,
    follow: Floats, begins: Ints, ends: Ints,
) -> Floats:  # fmt: skip
    """For each pair of a label and a node at place `to`: the best over spans of the day of what the label
    has by the span's last slot (`ends`) and what can `follow` (node, b, slot) an end at its first (`begins`),
    less the drive."""
    layers, size = best.shape[1], follow.shape[2] - 1
    out = np.full(len(rows), -np.inf)
    for p in range(len(rows)):
        row, i, j = rows[p], last[p], to[p]
        most = -np.inf
        for q in range(len(begins)):
            start = min(first_next[0, i, j, begins[q]], size)
            for b in range(layers):
                value = best[row, b, ends[q]] + follow[node[p], b, start]
                if value > most:
                    most = value
        out[p] = most - road * drive[i, j]
    return out


@compiled
def worth_from(end: Floats, use: Ints, place: Ints, worth: Floats, hops: Ints) -> Floats:
    """The best (node, b, slot) of a visit from a slot on: its worth and what `end` (place, b, slot) brings
    when it is over; NO for nodes that are not of `use`."""
    layers, size = end.shape[1], end.shape[2]
    out = np.full((len(place), layers, size), -np.inf)
    for node in use:
        for b in range(layers):
            for k in range(len(hops)):
                hop = hops[k]
                for s in range(size - hop):
                    value = worth[k, node, s] + end[place[node], b, s + hop]
                    if value > out[node, b, s]:
                        out[node, b, s] = value
    return out


@compiled
def going_on(
    go: Floats, use: Ints, place: Ints, places: Ints, first_next: Ints, drive: Ints, road: float
) -> Floats:
    """The best (place, b, slot) after an end at a slot, by going on to another of `places`, at which starting
    visits brings `go` (node, b, slot), less the drive; the break may be taken on the way."""
    layers, size = go.shape[1], go.shape[2]
    later = np.full((len(drive), layers, size + 1), -np.inf)
    for node in use:
        j = place[node]
        for b in range(layers):
            for s in range(size):
                if go[node, b, s] > later[j, b, s]:
                    later[j, b, s] = go[node, b, s]
    for j in places:
        for b in range(layers):
            for s in range(size - 1, -1, -1):
                if later[j, b, s + 1] > later[j, b, s]:
                    later[j, b, s] = later[j, b, s + 1]
    out = np.full((len(drive), layers, size), -np.inf)
    for i in places:
        for j in places:
            cost = road * drive[i, j]
            for t in range(size):
                at = first_next[0, i, j, t]
                for b in range(layers):
                    if later[j, b, at] - cost > out[i, b, t]:
                        out[i, b, t] = later[j, b, at] - cost
                if layers == 2:
                    at = first_next[1, i, j, t]
                    if later[j, 1, at] - cost > out[i, 0, t]:
                        out[i, 0, t] = later[j, 1, at] - cost
    return out


@compiled
def ended(arrive: Floats, worth: Floats, hops: Ints) -> Floats:
    """Values (b, slot) of being over by a slot with one visit, ready to start as `arrive` (b, slot) says;
    `worth` is start × length."""
    layers, size = arrive.shape
    out = np.full((layers, size), -np.inf)
    for b in range(layers):
        for k in range(len(hops)):
            hop = hops[k]
            for s in range(size - hop):
                value = arrive[b, s] + worth[s, k]
                if value > out[b, s + hop]:
                    out[b, s + hop] = value
        for s in range(1, size):
            if out[b, s - 1] > out[b, s]:
                out[b, s] = out[b, s - 1]
    return out


@compiled
def begun(arrive: Floats, worth: Floats, hops: Ints, slot: int, value: float) -> tuple[int, int]:
    """Start and length of a visit of this value that is over by a slot: of the longest such the first;
    `arrive` (by slot) and `worth` as in `ended`. Both are −1 where there is none."""
    for k in range(len(hops) - 1, -1, -1):
        for s in range(slot - hops[k] + 1):
            if arrive[s] + worth[s, k] == value:
                return s, k
    return -1, -1
