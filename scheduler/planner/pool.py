"""All tours that a plan better than the best known could hold, as one matrix.

A tour whose reduced cost exceeds the gap between the best plan and the relaxation is in no better
plan (reduced-cost fixing), so the rest can be enumerated, and the week becomes a finite integer
programme (route enumeration: Baldacci, Christofides and Mingozzi 2008). Days that are alike are
one class with as many tours as days, so that no two plans differ by their order alone. What a
tour brings is the sum over its visits, so only visits are stored, never a dense matrix.
"""

from dataclasses import dataclass
from functools import cached_property

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
from scheduler.planner.relaxation import ReducedCosts, Relaxation
from scheduler.planner.restricted import Prices
from scheduler.planner.timing import timed
from scheduler.planner.tours import TourSpace


@dataclass(frozen=True)
class Entry:
    """A visit of some class of days: node and index of its length; the school it is at. Length and
    school are −1 for a fixed visit, which nothing is to be decided about."""

    day_class: int
    node: int
    length: int
    school: int


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


def make_pool(relaxation: Relaxation, prices: Prices, gap: float, most: int, until: float) -> Pool:
    """The tours of reduced cost up to `gap`. Raises TooMany where they are more than `most`, or
    a fixed visit could take up tasks in several ways, or time is up."""
    if any(len(options) > 1 for space in relaxation.spaces.values() for options in space.fixed):
        raise TooMany
    spaces = relaxation.spaces
    classes = tuple(c for c in relaxation.classes if len(spaces[c.first].nodes) or spaces[c.first].fixed)
    parts: list[LengthTours] = []
    left = most
    for members in classes:
        space = spaces[members.first]
        reduced = ReducedCosts(relaxation, prices, members.first)
        above = reduced.above - gap - MARGIN
        tours = enumerate_tours(
            space, reduced.masked, reduced.fixed_worth, reduced.road, above, left * 4, until
        )
        tours = tours.only(undominated(tours, len(space.grid.lengths)))
        left -= len(tours.travel)
        if left < 0:
            raise TooMany
        parts.append(tours)
    return _assemble(relaxation, classes, parts)


def _assemble(relaxation: Relaxation, classes: tuple[DayClass, ...], parts: list[LengthTours]) -> Pool:
    master = relaxation.master
    width = max((t.nodes.shape[1] for t in parts), default=0)
    schools = sorted({s for c in classes for s in relaxation.spaces[c.first].schools})
    index = {s: i for i, s in enumerate(schools)}
    entries: list[Entry] = []
    brings, tiers, of_class, visits = [], [], [], []
    firsts = []
    for c, (members, tours) in enumerate(zip(classes, parts, strict=True)):
        space = relaxation.spaces[members.first]
        firsts.append(len(entries))
        for n, place in enumerate(space.place.tolist()):
            school = index[space.schools[place]]
            entries.extend(Entry(c, n, k, school) for k in range(len(space.grid.lengths)))
        entries.extend(Entry(c, len(space.nodes) + p, -1, -1) for p in range(len(space.fixed)))
        made = relaxation.worths[members.first].brings(len(master.demands))
        brings.append(made.reshape(-1, len(master.demands)))
        brings.append(relaxation.worths[members.first].fixed_brings(len(master.demands)))
        tier = np.zeros((len(tours.travel), len(TIERS)), dtype=np.int64)
        tier[:, TIER["minutes_cost"]] = tours.travel
        tier[:, TIER["relief_days"]] = int(space.od.relief)
        options = [*(n.option for n in space.nodes), *(options[0] for options in space.fixed)]
        changes = np.array([*(o.changes for o in options), 0], dtype=np.int64)
        tier[:, TIER["changed_visits"]] = changes[tours.nodes].sum(axis=1)
        tiers.append(tier)
        of_class.append(np.full(len(tours.travel), c, dtype=np.int64))
    for c, (members, tours) in enumerate(zip(classes, parts, strict=True)):
        space = relaxation.spaces[members.first]
        lengths, count = len(space.grid.lengths), len(space.nodes)
        made = np.full((len(tours.travel), width), len(entries), dtype=np.int64)
        inner = np.where(tours.nodes < count, tours.nodes * lengths + tours.lengths,
                         count * lengths + tours.nodes - count)  # fmt: skip
        inner = np.where(tours.nodes >= 0, firsts[c] + inner, len(entries))
        made[:, : inner.shape[1]] = inner
        visits.append(made)
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
            week.put(_column(pool, spaces[day], row))
    return week


def _column(pool: Pool, space: TourSpace, row: int) -> Column:
    """The tour of a row with exact times, on one day of its class."""
    worth = np.full(space.masks.shape, -np.inf)
    sequence = []
    for at in pool.visits[row].tolist():
        if at < len(pool.entries):
            entry = pool.entries[at]
            sequence.append(entry.node)
            if entry.length < 0:
                continue
            mask = space.masks[entry.node, :, entry.length]
            worth[entry.node, :, entry.length] = np.where(mask, 0.0, -np.inf)
    m = len(space.fixed)
    made = timed(space, sequence, worth, np.zeros(m), 0.0, (0,) * m)
    if made is None:
        raise AssertionError("an enumerated tour has no times")
    return made[1]
