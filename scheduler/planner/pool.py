"""All tours that a plan better than the best known could hold, as one matrix.

A tour whose reduced cost exceeds the gap between the best plan and the relaxation is in no better
plan (reduced-cost fixing), so the rest can be enumerated, and the week becomes a finite integer
programme (route enumeration: Baldacci, Christofides and Mingozzi 2008). Days that are alike are
one class with as many tours as days, so that no two plans differ by their order alone.
"""

from dataclasses import dataclass

import numpy as np

from scheduler.domain.score import TIERS
from scheduler.planner.columns import Column, Floats, Worth
from scheduler.planner.dispatcher import Week
from scheduler.planner.enumeration import LengthTours, TooMany, enumerate_tours, undominated
from scheduler.planner.grid import Ints
from scheduler.planner.linear import MARGIN
from scheduler.planner.master import TIER, Master
from scheduler.planner.relaxation import Prices, ReducedCosts, Relaxation
from scheduler.planner.timing import timed
from scheduler.planner.tours import TourSpace


@dataclass(frozen=True)
class DayClass:
    """Officer-days that are alike: the first stands for all of them."""

    days: tuple[int, ...]

    @property
    def first(self) -> int:
        """The day that stands for all."""
        return self.days[0]


WEEK = -1
"""In place of a class: all days."""


@dataclass(frozen=True)
class Pool:
    """The tours as rows. `rows` is what each brings to the master's rows, `tiers` what it adds to
    each tier, `on` how often it visits each of `places`: a (class, school), or (WEEK, school) for a
    school on any day, (WEEK, "") for any school; `limits` is how often that can be at most."""

    classes: tuple[DayClass, ...]
    places: tuple[tuple[int, str], ...]
    of_class: Ints
    nodes: Ints
    lengths: Ints
    rows: Floats
    tiers: Ints
    on: Floats
    limits: Ints

    def reduced_costs(self, prices: Prices) -> Floats:
        """What each tour would add to the relaxation's value, at least."""
        days = np.array([max(prices.days[d] for d in c.days) for c in self.classes])
        cost = self.tiers.astype(np.float64) @ prices.tiers
        return np.asarray(cost - self.rows @ prices.rows - days[self.of_class], dtype=np.float64)

    @property
    def size(self) -> int:
        """How many tours there are."""
        return len(self.of_class)


def day_classes(spaces: dict[int, TourSpace], worths: dict[int, Worth]) -> tuple[DayClass, ...]:
    """The officer-days that can hold further visits, in classes of days alike."""
    found: list[list[int]] = []
    for day, space in spaces.items():
        if not space.od.most or not len(space.nodes):
            continue
        for members in found:
            if spaces[members[0]].alike(space) and worths[members[0]].alike(worths[day]):
                members.append(day)
                break
        else:
            found.append([day])
    return tuple(DayClass(tuple(m)) for m in found)


def make_pool(relaxation: Relaxation, prices: Prices, gap: float, most: int, until: float) -> Pool:
    """The tours of reduced cost up to `gap`. Raises TooMany where they are more than `most`, or
    a day holds fixed visits, or time is up."""
    if any(space.fixed for space in relaxation.spaces.values()):
        raise TooMany
    classes = day_classes(relaxation.spaces, relaxation.worths)
    parts: list[tuple[DayClass, LengthTours]] = []
    left = most
    for members in classes:
        space = relaxation.spaces[members.first]
        reduced = ReducedCosts(relaxation, prices, members.first)
        # Days alike have prices of their own; the lowest keeps every tour of all of them.
        above = min(ReducedCosts(relaxation, prices, d).above for d in members.days) - gap - MARGIN
        tours = enumerate_tours(space, reduced.masked, reduced.road, above, left * 4)
        tours = _undominated(space, tours, until)
        left -= len(tours.travel)
        if left < 0:
            raise TooMany
        parts.append((members, tours))
    return _assemble(relaxation, classes, parts)


def _undominated(space: TourSpace, tours: LengthTours, until: float) -> LengthTours:
    key = np.zeros((len(tours.travel), len(space.nodes)), dtype=np.int64)
    for column in range(tours.nodes.shape[1]):
        there = np.flatnonzero(tours.nodes[:, column] >= 0)
        key[there, tours.nodes[there, column]] = tours.lengths[there, column] + 1
    kept = undominated(tours, key, until)
    return LengthTours(tours.nodes[kept], tours.lengths[kept], tours.travel[kept], tours.values[kept])


def _assemble(
    relaxation: Relaxation, classes: tuple[DayClass, ...], parts: list[tuple[DayClass, LengthTours]]
) -> Pool:
    master = relaxation.master
    width = max((t.nodes.shape[1] for _, t in parts), default=0)
    places: dict[tuple[int, str], int] = {}
    for c, members in enumerate(classes):
        for school in relaxation.spaces[members.first].schools:
            places[(c, school)] = len(places)
    ids = sorted({school for _, school in places})
    for school in (*ids, ""):
        places[(WEEK, school)] = len(places)
    rows, tiers, on, of_class, nodes, lengths = [], [], [], [], [], []
    for c, (members, tours) in enumerate(parts):
        space, worth = relaxation.spaces[members.first], relaxation.worths[members.first]
        brings = worth.brings(len(master.demands))
        count = len(tours.travel)
        total = np.zeros((count, len(master.demands)))
        visits = np.zeros((count, len(places)))
        tier = np.zeros((count, len(TIERS)), dtype=np.int64)
        tier[:, TIER["minutes_cost"]] = tours.travel
        tier[:, TIER["relief_days"]] = int(space.od.relief)
        changes = np.array([n.option.changes for n in space.nodes], dtype=np.int64)
        own = [space.schools[int(p)] for p in space.place]
        at = np.array([places[(c, school)] for school in own], dtype=np.int64)
        week = np.array([places[(WEEK, school)] for school in own], dtype=np.int64)
        for column in range(tours.nodes.shape[1]):
            there = np.flatnonzero(tours.nodes[:, column] >= 0)
            n = tours.nodes[there, column]
            total[there] += brings[n, tours.lengths[there, column]]
            visits[there, at[n]] += 1
            visits[there, week[n]] += 1
            visits[there, places[(WEEK, "")]] += 1
            tier[there, TIER["changed_visits"]] += changes[n]
        rows.append(total)
        tiers.append(tier)
        on.append(visits)
        of_class.append(np.full(count, c, dtype=np.int64))
        nodes.append(_wide(tours.nodes, width))
        lengths.append(_wide(tours.lengths, width))
    limits = [len(classes[c].days) if c != WEEK else 1000 for c, _ in places]
    return Pool(
        classes, tuple(places), np.concatenate(of_class), np.concatenate(nodes),
        np.concatenate(lengths), np.concatenate(rows), np.concatenate(tiers), np.concatenate(on),
        np.array(limits, dtype=np.int64),
    )  # fmt: skip


def _wide(rows: Ints, width: int) -> Ints:
    out = np.full((len(rows), width), -1, dtype=np.int64)
    out[:, : rows.shape[1]] = rows
    return out


def pool_week(
    master: Master, pool: Pool, spaces: dict[int, TourSpace], chosen: list[tuple[int, int]]
) -> Week:
    """The week of these rows, each as often as said."""
    week = Week(master, spaces)
    free = {c: list(members.days) for c, members in enumerate(pool.classes)}
    for row, count in chosen:
        for _ in range(count):
            day = free[int(pool.of_class[row])].pop(0)
            week.put(pool_column(master, pool, spaces, row, day))
    return week


def pool_column(master: Master, pool: Pool, spaces: dict[int, TourSpace], row: int, day: int) -> Column:
    """The tour of a row with exact times, on one day of its class."""
    space = spaces[day]
    worth = np.full(space.masks.shape, -np.inf)
    sequence = [int(n) for n in pool.nodes[row] if n >= 0]
    for node, length in zip(sequence, pool.lengths[row], strict=False):
        worth[node, :, length] = np.where(space.masks[node, :, length], 0.0, -np.inf)
    made = timed(space, sequence, worth, np.zeros(0), 0.0, ())
    if made is None:
        raise AssertionError("an enumerated tour has no times")
    return made[1]
