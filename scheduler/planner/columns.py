"""Columns of the master: one officer-day's tour with its exact times."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scheduler.domain.plan import Visit
from scheduler.domain.score import TIERS
from scheduler.planner.grid import Floats
from scheduler.planner.master import TIER, Master
from scheduler.planner.nodes import Option
from scheduler.planner.problem import OfficerDay
from scheduler.planner.tours import TourSpace


@dataclass(frozen=True)
class Stop:
    """One visit of a tour: its option, node and times (minutes from midnight); `length` is
    the index of its length on the grid, −1 for a fixed visit."""

    option: Option
    node: int
    start: int
    end: int
    length: int


@dataclass(frozen=True)
class Column:
    """A tour of officer-day `day` (an index of the problem), with its exact times."""

    day: int
    stops: tuple[Stop, ...]
    travel: int
    relief: int

    @cached_property
    def key(self) -> tuple[object, ...]:
        """What tells it from other columns."""
        return (self.day, tuple((s.node, s.start, s.end, s.option.tasks) for s in self.stops))

    @cached_property
    def tiers(self) -> tuple[int, ...]:
        """What it adds to each tier of itself (demands come on top)."""
        out = [0] * len(TIERS)
        out[TIER["changed_visits"]] = sum(s.option.changes for s in self.stops)
        out[TIER["relief_days"]] = self.relief
        out[TIER["minutes_cost"]] = self.travel
        return tuple(out)

    def visits(self, od: OfficerDay) -> tuple[Visit, ...]:
        """Its visits, fixed ones included."""
        return tuple(
            Visit(od.officer.officer_id, s.option.school_id, od.day, s.start, s.end,
                  s.option.focus, s.option.tasks)
            for s in self.stops
        )  # fmt: skip


def column_of(space: TourSpace, stops: tuple[Stop, ...]) -> Column:
    """The column of these stops, in order of start."""
    travel = space.travel_of([s.node for s in stops])
    return Column(space.od.index, stops, travel, int(space.od.relief and bool(stops)))


def column_rows(master: Master, space: TourSpace, column: Column) -> dict[int, float]:
    """What the column brings to each row of the master."""
    out: dict[int, float] = {}
    for stop in column.stops:
        for feature in master.features(space.od, stop.option):
            for row in master.rows_of.get(feature, ()):
                out[row] = out.get(row, 0.0) + 1.0
        if stop.length >= 0:
            for row in master.length_rows.get(stop.option.school_id, ()):
                by_length = master.demands[row].by_length
                if by_length is not None:
                    out[row] = out.get(row, 0.0) + float(by_length[stop.length])
    return out


class Worth:
    """Turns a value for each row (and tier) into the worth of visits of one officer-day."""

    def __init__(self, master: Master, space: TourSpace) -> None:
        self.space = space
        rows = len(master.demands)
        nodes = [n.option for n in space.nodes]
        self._features = _feature_matrix(master, space.od, nodes, rows)
        self._fixed = [_feature_matrix(master, space.od, list(options), rows) for options in space.fixed]
        self._changes = np.array([o.changes for o in nodes], dtype=np.float64)
        self._by_length = [
            (
                np.array(master.length_rows.get(s, ()), dtype=np.int64),
                np.array([master.demands[i].by_length for i in master.length_rows.get(s, ())],
                         dtype=np.float64).reshape(-1, len(master.lengths)),
            )
            for s in space.schools
        ]  # fmt: skip

    def of(self, values: Floats, changed: float, lengths: bool = True) -> tuple[Floats, Floats, list[int]]:
        """(node × length) worth of further visits; worth of each fixed visit with its best
        option, and which option that is. `values` is one value a row, `changed` what one
        changed visit costs; without `lengths` the rows that count lengths are left out."""
        count = len(self.space.grid.lengths)
        worth = np.zeros((len(self.space.nodes), count))
        if len(worth):
            plain = self._features @ values[: self._features.shape[1]] - changed * self._changes
            worth += plain[:, None]
            if lengths:
                by_place = np.stack([values[rows] @ table if len(rows) else np.zeros(count)
                                     for rows, table in self._by_length])  # fmt: skip
                worth += by_place[self.space.place]
        fixed_worth = np.zeros(len(self._fixed))
        chosen = []
        for p, matrix in enumerate(self._fixed):
            each = matrix @ values[: matrix.shape[1]]
            best = int(np.argmax(each))
            chosen.append(best)
            fixed_worth[p] = each[best] - changed * self.space.fixed[p][best].changes
        return worth, fixed_worth, chosen

    def add_row(self, row: int, school_id: str, by_length: Floats) -> None:
        """A new row of the master that counts the lengths of visits to one school."""
        for place, school in enumerate(self.space.schools):
            if school == school_id:
                rows, table = self._by_length[place]
                self._by_length[place] = (np.append(rows, row), np.vstack([table, by_length]))

    def alike(self, other: "Worth") -> bool:
        """Whether visits bring the same to the same rows, and change as much, on both days."""
        return np.array_equal(self._features, other._features) and np.array_equal(
            self._changes, other._changes
        )

    def brings(self, rows: int) -> Floats:
        """(node × length × row): what a visit brings to each row of the master."""
        lengths = len(self.space.grid.lengths)
        out = np.zeros((len(self.space.nodes), lengths, rows))
        out[:, :, : self._features.shape[1]] += self._features[:, None, :]
        for node, place in enumerate(self.space.place.tolist()):
            indices, table = self._by_length[place]
            out[node][:, indices] += table.T
        return out

    def fixed_brings(self, rows: int) -> Floats:
        """(option of a fixed visit × row): what each brings, the options of the first visit first."""
        out = np.zeros((sum(map(len, self._fixed)), rows))
        if self._fixed:
            made = np.concatenate(self._fixed)
            out[:, : made.shape[1]] = made
        return out

    def fixed_worths(self, values: Floats, changed: float, chosen: Sequence[int]) -> Floats:
        """What the fixed visits are worth with these options of them."""
        return np.array([
            float(matrix[o] @ values[: matrix.shape[1]]) - changed * options[o].changes
            for o, matrix, options in zip(chosen, self._fixed, self.space.fixed, strict=True)
        ])  # fmt: skip

    def masked(self, worth: Floats) -> Floats:
        """(node × start × length) worth, −inf where a visit is not allowed."""
        return np.where(self.space.masks, worth[:, None, :], -np.inf)


def _feature_matrix(master: Master, od: OfficerDay, options: list[Option], rows: int) -> Floats:
    out = np.zeros((len(options), rows))
    for i, option in enumerate(options):
        for feature in master.features(od, option):
            for row in master.rows_of.get(feature, ()):
                out[i, row] += 1.0
    return out
