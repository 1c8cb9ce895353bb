"""What the clock and the road say between any two schools of an officer-day.

Worked out once for all days on which they say the same: most days of a week do.
"""

from dataclasses import dataclass

import numpy as np

from scheduler.planner.grid import NEVER, Bools, DayClock, Ints
from scheduler.planner.problem import OfficerDay, WeekProblem

Known = dict[tuple[object, ...], "DayTables"]


@dataclass(frozen=True)
class DayTables:
    """`drive` (from, to), `out` and `home` in minutes. `last_end[rest][i, j, s]`: the last slot at
    which a visit at i may end before one at j that starts at slot s, without and with the break in
    between (NEVER where none); `first_next[rest][i, j, t]`: the first slot to start at j after an end
    at slot t at i (the number of slots where none). `head[rest][j, s]`: whether the day may begin at
    j at slot s; `tail[rest][j]`: the last slot at which it may end at j."""

    drive: Ints
    out: Ints
    home: Ints
    last_end: Ints
    first_next: Ints
    head: Bools
    tail: Ints


def day_tables(
    problem: WeekProblem, od: OfficerDay, clock: DayClock, schools: tuple[str, ...], known: Known
) -> DayTables:
    """The tables of an officer-day over `schools`; those of an earlier one in `known` where that
    says the same."""
    station = od.officer.precinct_id
    key = (station, schools, clock.duty, clock.break_minutes)
    if key not in known:
        known[key] = _made(problem, station, clock, schools)
    return known[key]


def _made(problem: WeekProblem, station: str, clock: DayClock, schools: tuple[str, ...]) -> DayTables:
    travel, size, count = problem.travel, clock.grid.size, len(schools)
    drive = np.array([[travel.schools(a, b) for b in schools] for a in schools], dtype=np.int64)
    drive = drive.reshape(count, count)
    out = np.array([travel.from_station(station, s) for s in schools], dtype=np.int64)
    home = np.array([travel.to_station(s, station) for s in schools], dtype=np.int64)
    different, at = np.unique(drive, return_inverse=True)
    at = at.reshape(count, count)
    last_end = np.full((2, count, count, size), NEVER, dtype=np.int64)
    first_next = np.full((2, count, count, size), size, dtype=np.int64)
    for number, apart in enumerate(different.tolist()):
        i, j = np.nonzero((at == number) & ~np.eye(count, dtype=np.bool_))
        ends, starts = clock.between(apart)
        last_end[:, i, j], first_next[:, i, j] = ends[:, None], starts[:, None]
    head = np.zeros((2, count, size), dtype=np.bool_)
    tail = np.full((2, count), NEVER, dtype=np.int64)
    for place in range(count):
        for rest in range(1 if clock.break_minutes is None else 2):
            head[rest, place] = clock.head_fits(clock.grid.minutes, int(out[place]), bool(rest))
            tail[rest, place] = clock.last_end(int(home[place]), bool(rest))
    return DayTables(drive, out, home, last_end, first_next, head, tail)
