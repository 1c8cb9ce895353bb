"""Tours of one officer-day: its nodes, and what the clock says between any two of them.

A tour is a sequence of nodes (school with option). Everything that depends on the day alone is
worked out once here, for all searches (`search`), timings (`timing`) and enumerations.
"""

import itertools
from collections.abc import Sequence

import numpy as np

from scheduler.planner.day_tables import Known, day_tables
from scheduler.planner.grid import NEVER, DayClock
from scheduler.planner.nodes import Node, Option, day_nodes, fixed_options
from scheduler.planner.problem import OfficerDay, WeekProblem

NO = -np.inf


class TourSpace:
    """All tours of one officer-day. Nodes 0..n−1 are further visits, n.. the fixed ones in order."""

    def __init__(self, problem: WeekProblem, od: OfficerDay, known: Known | None = None) -> None:
        """`known` are the tables of days made before, which days that are alike share."""
        self.problem = problem
        self.od = od
        self.nodes: tuple[Node, ...] = day_nodes(problem, od) if od.clock is not None else ()
        self.fixed: tuple[tuple[Option, ...], ...] = fixed_options(problem, od)
        self.grid = problem.grid
        self.hops = np.array(self.grid.hops, dtype=np.int64)
        self.schools: tuple[str, ...] = tuple(dict.fromkeys(n.option.school_id for n in self.nodes))
        place = {s: i for i, s in enumerate(self.schools)}
        self.place = np.array([place[n.option.school_id] for n in self.nodes], dtype=np.int64)
        self.masks = (
            np.stack([n.mask for n in self.nodes])
            if self.nodes
            else np.zeros((0, self.grid.size, len(self.hops)), dtype=np.bool_)
        )
        self.layers = 2 if od.clock is not None and od.clock.break_minutes is not None else 1
        self.until = float("inf")
        """When searches end with what they have (seconds of the monotonic clock)."""
        self.most = min(od.most, len(self.schools))
        """Further visits that a day can hold: a school is visited once."""
        if od.clock is not None:
            self._tables(od.clock, {} if known is None else known)

    def alike(self, other: "TourSpace") -> bool:
        """Whether both have the same nodes, times and drives, so that with the same worth of
        visits they have the same tours."""
        if self.od.officer.precinct_id != other.od.officer.precinct_id:
            return False
        if self.od.relief != other.od.relief or self.od.most != other.od.most:
            return False
        if self.fixed or other.fixed or not self.nodes or not other.nodes:
            return False
        if self.schools != other.schools or self.masks.shape != other.masks.shape:
            return False
        if not np.array_equal(self.masks, other.masks) or self.layers != other.layers:
            return False
        return self.od.clock is None or (
            np.array_equal(self.place, other.place)
            and np.array_equal(self.last_end, other.last_end)
            and np.array_equal(self.head, other.head)
            and np.array_equal(self.tail, other.tail)
        )

    # -- what the clock says, once for all searches ------------------------------------------

    def _tables(self, clock: DayClock, known: Known) -> None:
        tables = day_tables(self.problem, self.od, clock, self.schools, known)
        self.drive, self.out, self.home = tables.drive, tables.out, tables.home
        self.last_end, self.first_next = tables.last_end, tables.first_next
        self.head, self.tail = tables.head, tables.tail
        self._fixed_tables(clock)

    def _fixed_tables(self, clock: DayClock) -> None:
        """Between fixed visits and others, in exact minutes (a pin may lie off the grid)."""
        travel, minutes, fixed = self.problem.travel, self.grid.minutes, self.od.fixed
        size, count, m = self.grid.size, len(self.schools), len(self.od.fixed)
        self.to_fixed = np.full((2, count, m), NEVER, dtype=np.int64)
        self.from_fixed = np.zeros((2, m, count, size), dtype=np.bool_)
        for p, visit in enumerate(fixed):
            for j, school in enumerate(self.schools):
                there = travel.schools(school, visit.school_id)
                back = travel.schools(visit.school_id, school)
                for b in range(self.layers):
                    fits = clock.gap_fits(minutes, np.full(size, visit.start), there, bool(b))
                    if fits.any():
                        self.to_fixed[b, j, p] = np.flatnonzero(fits)[-1]
                    self.from_fixed[b, p, j] = clock.gap_fits(
                        np.full(size, visit.end), minutes, back, bool(b)
                    )

    # -- driving around fixed visits ---------------------------------------------------------

    def fixed_drive(self, p: int, after: int) -> int:
        """Minutes from fixed visit `p` to node or fixed `after` (−1: the station)."""
        travel, station = self.problem.travel, self.od.officer.precinct_id
        school = self.od.fixed[p].school_id
        if after < 0:
            return travel.to_station(school, station)
        return travel.schools(school, self.school_of(after))

    def school_of(self, node: int) -> str:
        """The school of a node or fixed visit."""
        if node < len(self.nodes):
            return self.schools[int(self.place[node])]
        return self.od.fixed[node - len(self.nodes)].school_id

    def travel_of(self, sequence: Sequence[int]) -> int:
        """Travel minutes of a day that visits `sequence`, from and back to the station."""
        if not len(sequence):
            return 0
        travel, station = self.problem.travel, self.od.officer.precinct_id
        schools = [self.school_of(int(i)) for i in sequence]
        total = travel.from_station(station, schools[0]) + travel.to_station(schools[-1], station)
        return total + sum(travel.schools(a, b) for a, b in itertools.pairwise(schools))
