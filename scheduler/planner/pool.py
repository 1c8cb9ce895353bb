"""All tours that a plan better than the best known could hold, as one matrix.

A tour whose reduced cost exceeds the gap between the best plan and the relaxation is in no better
plan (reduced-cost fixing), so the rest can be enumerated, and the week becomes a finite integer
programme (route enumeration: Baldacci, Christofides and Mingozzi 2008). Days that are alike are
one class with as many tours as days, so that no two plans differ by their order alone. What a
tour brings is the sum over its visits, so only visits are stored, never a dense matrix.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

import numpy as np

from scheduler.domain.score import TIERS
from scheduler.planner.alike import DayClass
from scheduler.planner.columns import Column
from scheduler.planner.dispatcher import Week
from scheduler.planner.dominance import undominated
from scheduler.planner.enumeration import TooMany, enumerate_tours
from scheduler.planner.grid import Floats, Ints
from scheduler.planner.length_tours import LengthTours
from scheduler.planner.linear import MARGIN
from scheduler.planner.master import TIER, Master
from scheduler.planner.reduced_costs import ReducedCosts
from scheduler.planner.relaxation import Relaxation
from scheduler.planner.restricted import Prices
from scheduler.planner.timing import timed
from scheduler.planner.tours import TourSpace

MOST_WAYS = 16
"""Ways in which the fixed visits of a day may take up tasks that are looked at one by one."""


@dataclass(frozen=True)
class Entry:
    """A visit of some class of days: node and index of its length; the school it is at. Length and
    school are −1 for a fixed visit, of which nothing but the `option` is to be decided."""

    day_class: int
    node: int
    length: int
    school: int
    option: int = 0


@dataclass(frozen=True)
class Pool:
    """The tours as rows of `visits`, indices into `entries` (the last, empty one behind the end).

    `brings` is (entry × row): what a visit brings to the master's rows; `tiers` (tour × tier) what
    a tour adds to each tier; `schools` the names that `Entry.school` counts; `least` how many tours
    each class must have (days with fixed visits are not empty).
    """

    classes: tuple[DayClass, ...]
    schools: tuple[str, ...]
    entries: tuple[Entry, ...]
    of_class: Ints
    visits: Ints
    brings: Floats
    tiers: Ints
    least: Ints

    @property
    def size(self) -> int:
        """How many tours there are."""
        return len(self.of_class)

    @cached_property
    def limits(self) -> Ints:
        """How many tours each class can have."""
        return np.array([len(c.days) for c in self.classes], dtype=np.int64)

    @cached_property
    def school_of(self) -> Ints:
        """The school of each entry, −1 for the empty one."""
        return np.array([*(e.school for e in self.entries), -1], dtype=np.int64)

    @cached_property
    def length_of(self) -> Ints:
        """The length index of each entry, −1 for the empty one."""
        return np.array([*(e.length for e in self.entries), -1], dtype=np.int64)

    def sums(self, values: Floats, rows: Ints | None = None) -> Floats:
        """The sum of a value an entry over the visits of each tour (of `rows` alone)."""
        padded = np.append(values, 0.0)
        visits = self.visits if rows is None else self.visits[rows]
        out = padded[visits[:, 0]]
        for column in range(1, visits.shape[1]):
            out = out + padded[visits[:, column]]
        return np.asarray(out)

    def reduced_costs(self, prices: Prices) -> Floats:
        """What each tour would add to the relaxation's value, at least."""
        days = np.array([prices.days[c.first] for c in self.classes])
        cost = self.tiers.astype(np.float64) @ prices.tiers
        return np.asarray(cost - self.sums(self.brings @ prices.rows) - days[self.of_class])

    def packed(self, rows: Ints) -> tuple[Ints, Floats]:
        """(entry × few): which of these rows of the master each visit brings something to (their places in
        `rows`), and how much; a row behind the last where it brings to fewer. The empty entry brings
        nothing."""
        brings = np.vstack([self.brings[:, rows], np.zeros(len(rows))])
        entry, row = np.nonzero(brings)
        counts = np.bincount(entry, minlength=len(brings))
        width = int(counts.max(initial=0))
        place = np.arange(len(entry)) - np.repeat(np.cumsum(counts) - counts, counts)
        where = np.full((len(brings), width), len(rows), dtype=np.int64)
        values = np.zeros((len(brings), width))
        where[entry, place] = row
        values[entry, place] = brings[entry, row]
        return where, values


@dataclass(frozen=True)
class _Part:
    """Tours of a class of days that choose these options of the fixed visits."""

    day_class: int
    chosen: tuple[int, ...]
    tours: LengthTours


def make_pool(
    relaxation: Relaxation, prices: Prices, gap: float, most: int, until: float, threads: int = 1
) -> Pool:  # fmt: skip
    """The tours of reduced cost up to `gap`; `threads` look at classes of days side by side. Raises TooMany
    where they are more than `most`, or the fixed visits of a day could take up tasks in too many ways, or
    time is up."""
    spaces = relaxation.spaces
    classes = tuple(
        c for c in relaxation.classes
        if (len(spaces[c.first].nodes) or spaces[c.first].fixed) and not relaxation.none_on(c.first)
    )  # fmt: skip
    if any(prod(map(len, spaces[c.first].fixed)) > MOST_WAYS for c in classes):
        raise TooMany
    ways = [
        (c, chosen) for c, members in enumerate(classes)
        for chosen in product(*(range(len(options)) for options in spaces[members.first].fixed))
    ]  # fmt: skip
    prices = prices.widened(len(relaxation.master.demands))
    made: list[int] = []

    def part(way: tuple[int, tuple[int, ...]]) -> _Part:
        c, chosen = way
        first = classes[c].first
        space, reduced = spaces[first], ReducedCosts(relaxation, prices, first)
        above = reduced.above - gap - MARGIN
        if sum(made) > most:
            raise TooMany
        tours = enumerate_tours(
            space, reduced.masked, reduced.fixed_with(chosen), reduced.road, above, 4 * most, until
        )
        tours = tours.only(undominated(tours, len(space.grid.lengths)))
        made.append(len(tours.travel))
        return _Part(c, chosen, tours)

    if threads > 1 and len(ways) > 1:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(part, ways))
    else:
        parts = [part(way) for way in ways]
    if sum(made) > most:
        raise TooMany
    return _assemble(relaxation, classes, parts)


def _assemble(relaxation: Relaxation, classes: tuple[DayClass, ...], parts: list[_Part]) -> Pool:
    master = relaxation.master
    width = max((p.tours.nodes.shape[1] for p in parts), default=0)
    schools = sorted({s for c in classes for s in relaxation.spaces[c.first].schools})
    index = {s: i for i, s in enumerate(schools)}
    entries: list[Entry] = []
    brings, tiers, of_class, visits = [], [], [], []
    firsts = []
    for c, members in enumerate(classes):
        space = relaxation.spaces[members.first]
        firsts.append(len(entries))
        for n, place in enumerate(space.place.tolist()):
            school = index[space.schools[place]]
            entries.extend(Entry(c, n, k, school) for k in range(len(space.grid.lengths)))
        for p, ways in enumerate(space.fixed):
            entries.extend(Entry(c, len(space.nodes) + p, -1, -1, o) for o in range(len(ways)))
        made = relaxation.worths[members.first].brings(len(master.demands))
        brings.append(made.reshape(-1, len(master.demands)))
        brings.append(relaxation.worths[members.first].fixed_brings(len(master.demands)))
    for part in parts:
        space, tours = relaxation.spaces[classes[part.day_class].first], part.tours
        tier = np.zeros((len(tours.travel), len(TIERS)), dtype=np.int64)
        tier[:, TIER["minutes_cost"]] = tours.travel
        tier[:, TIER["relief_days"]] = int(space.od.relief)
        options = [*(n.option for n in space.nodes), *(ways[0] for ways in space.fixed)]
        changes = np.array([*(o.changes for o in options), 0], dtype=np.int64)
        tier[:, TIER["changed_visits"]] = changes[tours.nodes].sum(axis=1)
        tiers.append(tier)
        of_class.append(np.full(len(tours.travel), part.day_class, dtype=np.int64))
        lengths, count = len(space.grid.lengths), len(space.nodes)
        ways_before = np.cumsum([0, *map(len, space.fixed)])[:-1]
        of_fixed = np.array([count * lengths, *(count * lengths + ways_before + part.chosen)], dtype=np.int64)
        rows = np.full((len(tours.travel), width), len(entries), dtype=np.int64)
        nodes = tours.nodes.astype(np.int64)
        inner = np.where(nodes < count, nodes * lengths + tours.lengths,
                         of_fixed[np.maximum(nodes - count + 1, 0)])  # fmt: skip
        inner = np.where(nodes >= 0, firsts[part.day_class] + inner, len(entries))
        rows[:, : inner.shape[1]] = inner
        visits.append(rows)
    return Pool(
        classes, tuple(schools), tuple(entries), np.concatenate(of_class), np.concatenate(visits),
        np.concatenate(brings), np.concatenate(tiers),
        np.array([len(m.days) * bool(relaxation.spaces[m.first].fixed) for m in classes], dtype=np.int64),
    )  # fmt: skip


def pool_week(
    master: Master, pool: Pool, spaces: dict[int, TourSpace], chosen: list[tuple[int, int]]
) -> Week:
    """The week of these rows, each as often as said."""
    week = Week(master, spaces)
    free = {c: list(members.days) for c, members in enumerate(pool.classes)}
    for row, count in chosen:
        for _ in range(count):
            day = free[int(pool.of_class[row])].pop(0)
            week.put(column_at(pool, spaces[day], row))
    return week


def rows_held(pool: Pool, spaces: dict[int, TourSpace], columns: Iterable[Column]) -> list[int]:
    """The rows with the visits of these tours; those that the pool lacks are left out."""
    class_of = {day: c for c, members in enumerate(pool.classes) for day in members.days}
    places = {(e.day_class, e.node, e.length, e.option): i for i, e in enumerate(pool.entries)}
    every = np.sort(pool.visits, axis=1)
    out = []
    for column in columns:
        if (c := class_of.get(column.day)) is None:
            continue
        fixed, count = spaces[column.day].fixed, len(spaces[column.day].nodes)
        visits = [
            places.get((c, s.node, s.length, 0 if s.length >= 0 else fixed[s.node - count].index(s.option)))
            for s in column.stops
        ]
        if None in visits or len(visits) > every.shape[1]:
            continue
        asked = np.full(every.shape[1], len(pool.entries))
        asked[: len(visits)] = visits
        found = np.flatnonzero((every == np.sort(asked)).all(axis=1))
        out.extend(found[:1].tolist())
    return out


def column_at(pool: Pool, space: TourSpace, row: int) -> Column:
    """The tour of a row with exact times, on one day of its class."""
    worth = np.full(space.masks.shape, -np.inf)
    sequence, chosen = [], [0] * len(space.fixed)
    for at in pool.visits[row].tolist():
        if at < len(pool.entries):
            entry = pool.entries[at]
            sequence.append(entry.node)
            if entry.length < 0:
                chosen[entry.node - len(space.nodes)] = entry.option
                continue
            mask = space.masks[entry.node, :, entry.length]
            worth[entry.node, :, entry.length] = np.where(mask, 0.0, -np.inf)
    made = timed(space, sequence, worth, np.zeros(len(space.fixed)), 0.0, chosen)
    if made is None:
        raise AssertionError("an enumerated tour has no times")
    return made[1]
