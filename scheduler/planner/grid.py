"""Time as slots: the starts and ends that visits of one officer-day can have.

Visits start on multiples of the start step and last multiples of the length step, so their
ends lie on multiples of the greatest common divisor of both, which is one slot. Slot 0 is
`base` minutes from midnight. Every question about the time between two visits is answered
once, for all starts and ends, in minutes; nothing is rounded that the rules do not round.
"""

from dataclasses import dataclass
from functools import cached_property
from math import gcd

import numpy as np
import numpy.typing as npt

from scheduler.domain.calendar import Duty
from scheduler.domain.policy import Policy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEVER = -1
"""Slot index that stands for "no end is early enough"; it selects a padding of −inf."""


@dataclass(frozen=True)
class Grid:
    """The slots from `base` to `last` minutes, `slot` minutes apart, and the visit lengths."""

    base: int
    last: int
    slot: int
    start_step: int
    lengths: tuple[int, ...]

    @staticmethod
    def of(policy: Policy, opens: int, closes: int) -> "Grid":
        """The grid that covers [opens, closes] under the visit policy (minutes)."""
        visits = policy.visits
        slot = gcd(visits.start_step_minutes, visits.length_step_minutes)
        base = opens // visits.start_step_minutes * visits.start_step_minutes
        return Grid(base, closes, slot, visits.start_step_minutes, visits.lengths())

    @cached_property
    def size(self) -> int:
        """Number of slots."""
        return max(0, (self.last - self.base) // self.slot) + 1

    @cached_property
    def minutes(self) -> Ints:
        """Minutes from midnight of each slot, ascending."""
        return self.base + self.slot * np.arange(self.size, dtype=np.int64)

    @cached_property
    def is_start(self) -> Bools:
        """Which slots a visit may start at."""
        return np.equal(self.minutes % self.start_step, 0)

    @cached_property
    def hops(self) -> tuple[int, ...]:
        """The lengths in slots."""
        return tuple(length // self.slot for length in self.lengths)

    def slot_before(self, minute: int) -> int:
        """The last slot at or before `minute`, NEVER where there is none."""
        if minute < self.base:
            return NEVER
        return min((minute - self.base) // self.slot, self.size - 1)


class DayClock:
    """What duty, absences and the break ask of the time between two visits of one day.

    `break_minutes` None means that no break is due; otherwise a free stretch of that many
    minutes has to fit into [earliest, latest].
    """

    def __init__(self, grid: Grid, duty: Duty, break_minutes: int | None, earliest: int, latest: int) -> None:
        self.grid = grid
        self.duty = duty
        self.break_minutes = break_minutes
        away = np.zeros(1442, dtype=np.int64)
        for absence in duty.away:
            away[absence.start + 1 : absence.end + 1] = 1
        self._absent_until = np.cumsum(away)[:1441]
        self._break_ends = _break_ends(self._absent_until, break_minutes, earliest, latest)
        self._between: dict[int, tuple[Ints, Ints]] = {}

    def _free(self, end: Ints, start: Ints) -> Ints:
        """Minutes between `end` and `start` less the absences there (broadcast)."""
        before = self._absent_until[np.minimum(end, start)]
        return start - end - (self._absent_until[start] - before)

    def _break_fits(self, begin: Ints, over: Ints) -> Bools:
        """Whether a break fits into [begin, over] (broadcast)."""
        return self._break_ends[np.clip(begin, 0, 1440)] <= over

    def gap_fits(self, end: Ints, start: Ints, travel: int, with_break: bool) -> Bools:
        """Whether a drive of `travel` (and the break, before or after the drive) fits between a
        visit's end and the next one's start, both in minutes (broadcast together)."""
        free = self._free(end, start)
        if not with_break:
            return free >= travel
        stretch = self._break_fits(end, start - travel) | self._break_fits(end + travel, start)
        return (free >= travel + (self.break_minutes or 0)) & stretch

    def head_fits(self, start: Ints, travel: int, with_break: bool) -> Bools:
        """Whether the day's first visit may start at these minutes, `travel` from the station;
        a break there comes before the drive."""
        begin = np.full_like(start, self.duty.span.start)
        free = self._free(begin, start)
        if not with_break:
            return free >= travel
        room = free >= travel + (self.break_minutes or 0)
        return room & self._break_fits(begin, start - travel)

    def tail_fits(self, end: Ints, travel: int, with_break: bool) -> Bools:
        """Whether the day's last visit may end at these minutes, `travel` from the station; a
        break there comes after the drive."""
        finish = np.full_like(end, self.duty.span.end)
        free = self._free(end, finish)
        if not with_break:
            return free >= travel
        room = free >= travel + (self.break_minutes or 0)
        return room & self._break_fits(end + travel, finish)

    def has_room(self) -> bool:
        """Whether a day without visits has room for the break."""
        span = self.duty.span
        return bool(self._break_ends[span.start] <= span.end)

    def between(self, travel: int) -> tuple[Ints, Ints]:
        """(rest, slot) twice: for each slot as the next visit's start the last slot at which the
        visit before may end (NEVER where none), and for each slot as an end the first slot to start
        the next (the number of slots where none); without and with the break in between."""
        if travel not in self._between:
            minutes = self.grid.minutes
            ends, starts = minutes[:, None], minutes[None, :]
            last = np.full((2, len(minutes)), NEVER, dtype=np.int64)
            for rest in range(1 if self.break_minutes is None else 2):
                last[rest] = self._last(self.gap_fits(ends, starts, travel, bool(rest)))
            slots = np.arange(len(minutes))
            self._between[travel] = (last, np.stack([np.searchsorted(row, slots) for row in last]))
        return self._between[travel]

    @staticmethod
    def _last(fits: Bools) -> Ints:
        """The last row with a 1 in each column. An earlier end never fits less."""
        size = fits.shape[0]
        found = size - 1 - np.argmax(fits[::-1], axis=0)
        return np.where(fits.any(axis=0), found, NEVER)

    def last_end(self, travel: int, with_break: bool) -> int:
        """The last slot at which the day's last visit may end, `travel` from the station."""
        fits = self.tail_fits(self.grid.minutes, travel, with_break)
        return int(np.flatnonzero(fits)[-1]) if fits.any() else NEVER

    def on_duty(self, start: Ints, end: Ints) -> Bools:
        """Whether [start, end) lies in the span and overlaps no absence (broadcast)."""
        span = self.duty.span
        inside = (start >= span.start) & (end <= span.end)
        return inside & np.equal(self._absent_until[end], self._absent_until[start])


def _break_ends(absent_until: Ints, length: int | None, earliest: int, latest: int) -> Ints:
    """For each minute: when the earliest break that begins there or later is over (far beyond
    the day where there is none)."""
    never = 10_000
    out = np.full(1441, never, dtype=np.int64)
    if length is None:
        return out
    following = never
    for begin in range(1440, -1, -1):
        over = begin + length
        if earliest <= begin and over <= latest and absent_until[over] == absent_until[begin]:
            following = over
        out[begin] = following
    return out
