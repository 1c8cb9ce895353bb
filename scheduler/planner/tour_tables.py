"""A pool of tours as the inner loops of ruin and recreate read it (`annealing`)."""

from collections.abc import Sequence

import numpy as np

from scheduler.planner.annealing import BY_SCORE, GUIDE, TOO_MUCH
from scheduler.planner.dispatcher import shortfall
from scheduler.planner.grid import Floats, Ints
from scheduler.planner.master import INF, Demand, Master
from scheduler.planner.pool import Pool
from scheduler.planner.restricted import Prices
from scheduler.planner.tour_arrays import Singles, State, Tours

WEIGHTS = np.array([800.0, 700.0, 600.0, 500.0, 450.0, 400.0, 350.0, 300.0, 1.0])
"""Of the tiers, in minutes."""
NEARBY = 5.0
"""Minutes on the road at which two schools are related by 1/e of what a school is to itself."""
DRAWN = 1 << 16
"""Noises drawn, more than tours."""


def tour_tables(master: Master, pool: Pool, prices: Prices, seed: int) -> tuple[Tours, Ints]:
    """The pool, and of each tour its row in it; `prices` are those that the pool was made under."""
    prices = prices.widened(len(master.demands))
    place_of = _places(pool)
    count = int(place_of.max(initial=0))
    """Of places; the one behind the last is none."""
    places = np.sort(place_of[pool.visits], axis=1)
    order = np.lexsort((*places.T[::-1], pool.of_class))
    places, of_class, visits = places[order], pool.of_class[order], pool.visits[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (places[1:] != places[:-1]).any(axis=1) | (of_class[1:] != of_class[:-1])
    groups = np.flatnonzero(new)
    every_class = np.arange(len(pool.classes) + 1)
    used = np.unique(visits[visits < len(pool.entries)])
    class_of_entry = np.array([e.day_class for e in pool.entries], dtype=np.int64)
    used = used[np.lexsort((used, place_of[used], class_of_entry[used]))]
    own = np.array([i for i, d in enumerate(master.demands) if not d.implied], dtype=np.int64)
    rows, brings = pool.packed(own)
    asked, limits, guide_prices = _guide(master, prices)
    guide_rows, guide_brings = pool.packed(asked)
    shared = _shared(place_of, count, ((rows, len(own)), (guide_rows, len(asked))))
    row_costs = _row_costs(master, [master.demands[i] for i in own.tolist()], pool.brings[:, own])
    own_costs = pool.tiers[order] * WEIGHTS
    days = [c for c, limit in enumerate(pool.limits.tolist()) for _ in range(limit)]
    noise = np.random.default_rng(seed).exponential(size=pool.size + DRAWN)
    tours = Tours(
        class_of=np.array(days, dtype=np.int64),
        must=np.array([pool.least[c] > 0 for c in days], dtype=bool),
        starts=np.searchsorted(of_class, every_class),
        visits=np.ascontiguousarray(visits.T.astype(np.int32)),
        group_starts=np.searchsorted(of_class[groups], every_class),
        groups=np.append(groups, len(order)),
        places=places[groups].astype(np.int32),
        of_place=np.searchsorted(
            class_of_entry[used] * count + place_of[used], np.arange(len(pool.classes) * count + 1)
        ),
        entries=used.astype(np.int32),
        shared_starts=np.cumsum([0, *(len(s) for s in shared)]),
        shared=np.concatenate([*shared, []]).astype(np.int32),
        rows=rows.astype(np.int32),
        brings=np.round(brings).astype(np.int32),
        first_cost=np.cumsum([0, *(len(r) for r in row_costs)])[:-1],
        most=np.array([len(r) - 1 for r in row_costs], dtype=np.int64),
        row_costs=np.concatenate(row_costs),
        short=np.array([*(_tier(master, master.demands[i]) < len(WEIGHTS) - 1 for i in own), False]),
        own=np.stack([own_costs[:, :-1].sum(axis=1), own_costs[:, -1]]).astype(np.float32),
        weighed=bool(own_costs[:, :-1].any()),
        guide_rows=guide_rows.astype(np.int32),
        guide_brings=guide_brings,
        guide_prices=guide_prices,
        limits=limits,
        reduced=pool.reduced_costs(prices)[order].astype(np.float32),
        near=_near(master, pool, places, count),
        tour_places=places.astype(np.int32),
        noise=noise.astype(np.float32),
    )
    return tours, order


def empty_week(tours: Tours, seed: int) -> State:
    """A week without tours, that no other is known to."""
    places, classes = len(tours.shared_starts) - 2, len(tours.starts) - 1
    days, groups = len(tours.class_of), len(tours.groups) - 1
    state = State(
        chosen=np.full(days, -1, dtype=np.int64),
        best=np.full(days, -1, dtype=np.int64),
        activity=np.zeros(len(tours.most), dtype=np.int64),
        over=-tours.limits,
        values=np.array([INF, INF, INF, INF, 1.0, INF, INF]),
        version=np.zeros(places, dtype=np.int64),
        seen=np.full((2, classes, places), -1, dtype=np.int64),
        each=np.zeros((2, len(tours.rows)), dtype=np.float32),
        least=np.zeros((2, classes, places + 1), dtype=np.float32),
        base=tours.own.sum(axis=0),
        group_least=np.zeros((2, groups), dtype=np.float32),
        bounds=np.zeros(groups, dtype=np.float32),
        clock=np.zeros(1, dtype=np.int64),
        rng=np.array([seed * 2 + 1], dtype=np.uint64),
    )
    if groups:
        for how, costs in ((BY_SCORE, state.base), (GUIDE, tours.reduced)):
            state.group_least[how] = np.minimum.reduceat(costs, tours.groups[:-1])
    return state


def _places(pool: Pool) -> Ints:
    """Of each entry, and of the empty one: its school; a number of its own for a fixed visit; the last number
    for none."""
    fixed: dict[tuple[int, int], int] = {}
    out = [
        e.school if e.school >= 0
        else len(pool.schools) + fixed.setdefault((e.day_class, e.node), len(fixed))
        for e in pool.entries
    ]  # fmt: skip
    return np.array([*out, len(pool.schools) + len(fixed)], dtype=np.int64)


def _guide(master: Master, prices: Prices) -> tuple[Ints, Floats, Floats]:
    """The rows that something is asked for, or allowed, in; how much; and the price of what is over it. A
    last one counts nothing. Tours that waste nothing cost what the relaxation does, and their reduced
    costs."""
    lowers = np.array([d.lower for d in master.demands])
    uppers = np.array([d.upper for d in master.demands])
    asked = np.flatnonzero((lowers > -INF) & (prices.rows > 0))
    capped = np.flatnonzero(uppers < INF)
    limits = np.concatenate([lowers[asked], uppers[capped], [0.0]])
    dear = np.concatenate([prices.rows[asked], np.full(len(capped), TOO_MUCH), [0.0]])
    return np.concatenate([asked, capped]), limits, dear


def _shared(place_of: Ints, count: int, tables: Sequence[tuple[Ints, int]]) -> list[Ints]:
    """For each place, and for none, the places that some row counts with it. `tables` are (entry × few) rows
    and the number behind the last."""
    together = np.eye(count, dtype=bool)
    for rows, none in tables:
        places: dict[int, set[int]] = {}
        for entry, row in zip(*np.nonzero(rows < none), strict=True):
            places.setdefault(int(rows[entry, row]), set()).add(int(place_of[entry]))
        for group in places.values():
            members = list(group)
            together[np.ix_(members, members)] = True
    return [*(np.flatnonzero(row) for row in together), np.array([], dtype=np.int64)]


def _near(master: Master, pool: Pool, places: Ints, count: int) -> Singles:
    """(tour × place): how near each tour goes to each place, in schools (Shaw 1998); nothing is near none,
    or a fixed visit."""
    travel, schools = master.problem.travel, pool.schools
    near = np.zeros((count + 1, count + 1), dtype=np.float32)
    drives = np.array([[travel.schools(a, b) for b in schools] for a in schools], dtype=np.float64)
    near[: len(schools), : len(schools)] = np.exp(-drives.reshape(len(schools), len(schools)) / NEARBY)
    return np.asarray(near[places].sum(axis=1))


def _tier(master: Master, demand: Demand) -> int:
    """The tier that a row's slacks count in; one behind the last where it has none."""
    return master.slacks[next(iter(demand.slacks))].tier if demand.slacks else len(WEIGHTS)


def _row_costs(master: Master, demands: list[Demand], brings: Floats) -> list[Floats]:
    """What each row costs, weighted, by what visits bring to it, up to where that changes no more; a row that
    costs nothing behind the last."""
    lowers = [d.lower for d in demands if d.lower > -INF]
    size = int(max(lowers, default=0)) + int(brings.max(initial=0)) + 3
    out = []
    for demand in demands:
        costs = np.zeros(size)
        if demand.lower > -INF and demand.slacks:
            weight = WEIGHTS[_tier(master, demand)]
            costs += [weight * shortfall(master, demand, float(a)) for a in range(size)]
        if demand.upper < INF:
            costs += TOO_MUCH * np.maximum(0.0, np.arange(size) - demand.upper)
        changes = np.flatnonzero(np.diff(costs))
        out.append(costs[: (int(changes[-1]) + 2 if len(changes) else 1)])
    return [*out, np.zeros(1)]
