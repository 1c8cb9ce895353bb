"""Labels of the search for tours: partial sequences of visits, and what one visit more makes of them.

Everything here is what the clock and the road say of one step; what is worth keeping is up to
`search`.
"""

from dataclasses import dataclass

import numpy as np

from scheduler.planner.grid import Floats, Ints
from scheduler.planner.label_loops import arrivals_free, over_by
from scheduler.planner.tours import NO, TourSpace


@dataclass(frozen=True)
class Labels:
    """Partial sequences as rows: nodes so far, next fixed visit, further visits made, and by slot
    (label, b, t) the most that each is worth when its last visit is over by slot t, with (b = 1) or
    without (b = 0) the break behind it."""

    nodes: Ints
    fixed: Ints
    made: Ints
    best: Floats


def joined(parts: list[Labels]) -> Labels | None:
    """The rows of all parts, in their order; None where there are none."""
    if not parts:
        return None
    return Labels(
        np.concatenate([p.nodes for p in parts]),
        np.concatenate([p.fixed for p in parts]),
        np.concatenate([p.made for p in parts]),
        np.concatenate([p.best for p in parts]),
    )


def first_arrivals(space: TourSpace, road: float, nodes: Ints) -> Floats:
    """Value (node, b, s) of standing ready at slot s, straight from the station."""
    arrive = np.full((len(nodes), space.layers, space.grid.size), NO)
    cost = -road * space.out[space.place[nodes]][:, None]
    for b in range(space.layers):
        arrive[:, b] = np.where(space.head[b][space.place[nodes]], cost, NO)
    return arrive


def first_arrival_fixed(space: TourSpace, road: float) -> Floats:
    """Value (1, b) of arriving at the first fixed visit, straight from the station."""
    visit, clock = space.od.fixed[0], space.od.clock
    drive = space.problem.travel.from_station(space.od.officer.precinct_id, visit.school_id)
    arrive = np.full((1, space.layers), NO)
    arrive[0, 0] = -road * drive
    if space.layers == 2 and clock is not None:
        if clock.head_fits(np.array([visit.start]), drive, True)[0]:
            arrive[0, 1] = -road * drive
    return arrive


def arrivals(
    space: TourSpace, road: float, nodes: Ints, best: Floats, pair_from: Ints, pair_to: Ints
) -> Floats:  # fmt: skip
    """Value (pair, b, s) of standing ready at slot s to start a visit at node `pair_to` after the label
    in row `pair_from`, of which `nodes` are so far and `best` the values by slot; `road` is what a
    minute on the road costs."""
    count = len(space.nodes)
    last = nodes[pair_from, -1]
    to = space.place[pair_to]
    is_fixed = last >= count
    if not is_fixed.any():
        return _arrivals_free(space, road, best, pair_from, last, to)
    out = np.full((len(pair_from), space.layers, space.grid.size), NO)
    free = np.flatnonzero(~is_fixed)
    out[free] = _arrivals_free(space, road, best, pair_from[free], last[free], to[free])
    for at in np.flatnonzero(is_fixed):
        p = int(last[at]) - count
        node = int(pair_to[at])
        cost = road * space.fixed_drive(p, node)
        value = best[pair_from[at], :, 0] - cost
        fits = space.from_fixed[0, p, to[at]]
        for b in range(space.layers):
            out[at, b] = np.where(fits, value[b], NO)
        if space.layers == 2:
            rest = np.where(space.from_fixed[1, p, to[at]], value[0], NO)
            out[at, 1] = np.maximum(out[at, 1], rest)
    return out


def _arrivals_free(
    space: TourSpace, road: float, best: Floats, rows: Ints, last: Ints, to: Ints
) -> Floats:  # fmt: skip
    return arrivals_free(best, rows, space.place[last], to, space.last_end, space.drive, road)


def arrivals_fixed(space: TourSpace, road: float, nodes: Ints, best: Floats, p: int) -> Floats:
    """Value (label, b) of arriving at fixed visit `p` after labels with these nodes and values."""
    count = len(space.nodes)
    travel, visit = space.problem.travel, space.od.fixed[p]
    out = np.full((len(nodes), space.layers), NO)
    for row, last in enumerate(nodes[:, -1]):
        before = int(last)
        drive = travel.schools(space.school_of(before), visit.school_id)
        cost = road * drive
        if before < count:
            place = space.place[before]
            out[row] = best[row, :, space.to_fixed[0, place, p]] - cost
            if space.layers == 2:
                rest = best[row, 0, space.to_fixed[1, place, p]] - cost
                out[row, 1] = max(out[row, 1], rest)
            continue
        out[row] = best[row, :, 0] - cost
        clock, last_visit = space.od.clock, space.od.fixed[before - count]
        if (
            space.layers == 2
            and clock is not None
            and clock.gap_fits(np.array([last_visit.end]), np.array([visit.start]), drive, True)[0]
        ):
            out[row, 1] = max(out[row, 1], best[row, 0, 0] - cost)
    return out


def after_visit(space: TourSpace, worth: Floats, arrive: Floats, to: Ints) -> Floats:
    """Values (label, b, t) of being over by slot t with visits at nodes `to`, of any length, that are
    ready to start as `arrive` (label, b, s) says; `worth` is length × node × start."""
    return over_by(arrive, to, worth, space.hops)
