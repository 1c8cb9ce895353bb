"""Officers are in one place at a time, and drive between places."""

import itertools
from collections.abc import Iterator

from scheduler.domain.calendar import absent_minutes
from scheduler.domain.clock import format_clock
from scheduler.rules.case import Case
from scheduler.rules.violation import Violation


def one_place_at_a_time(case: Case) -> Iterator[Violation]:
    """Between two visits in a row lies the drive, and the absences in that gap (between two
    pins the drive alone)."""
    for (officer_id, day), visits in case.officer_days.items():
        absences = case.calendar.away(officer_id, day)
        for (row_a, a), (row_b, b) in itertools.pairwise(visits):
            drive = case.drive(a, b)
            both_fixed = case.is_fixed(a) and case.is_fixed(b)
            away = 0 if both_fixed else absent_minutes(absences, a.end, b.start)
            if b.start - a.end < drive + away:
                absence = f" and {away} minutes of absence lie between" if away else ""
                yield Violation(
                    "one_place_at_a_time", (row_a, row_b),
                    f"{case.officer(a).name} is at {case.school(a).name} until "
                    f"{format_clock(a.end)} and due at {case.school(b).name} at "
                    f"{format_clock(b.start)} on {day:%a} {day.day} {day:%b}; the drive takes "
                    f"{drive} minutes{absence}.",
                )  # fmt: skip
