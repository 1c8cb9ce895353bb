"""Visits lie within duty, and the drives from and to the station fit as well."""

from collections.abc import Iterator

from scheduler.domain.clock import Window, format_clock
from scheduler.rules.case import Case
from scheduler.rules.violation import Violation, visit_words


def within_duty(case: Case) -> Iterator[Violation]:
    """A visit lies in the duty span and overlaps no absence; the first and last of the day
    leave time for the drive and for absences between station and school."""
    for (officer_id, day), visits in case.officer_days.items():
        duty = case.calendar.duty(officer_id, day)
        for position, (row, visit) in enumerate(visits):
            if case.is_fixed(visit):
                continue
            words = visit_words(case, visit)
            if duty is None:
                yield Violation("within_duty", (row,), f"{words}: the officer is not on duty.")
                continue
            away = [a for a in duty.absences if a.overlap(Window(visit.start, visit.end))]
            if away:
                yield Violation("within_duty", (row,), f"{words}: the officer is away {away[0]} that day.")
                continue
            # The day's first and last visit are those of all visits, pins included.
            out = case.drive_out(visit) if position == 0 else None
            home = case.drive_home(visit) if position == len(visits) - 1 else None
            span = duty.span
            early = visit.start < span.start or (
                out is not None and visit.start < span.start + out + duty.absent(span.start, visit.start)
            )
            late = visit.end > span.end or (
                home is not None and visit.end + home + duty.absent(visit.end, span.end) > span.end
            )
            if early:
                drive = f" and the drive there takes {out} minutes" if out else ""
                yield Violation(
                    "within_duty", (row,),
                    f"{words}: duty begins at {format_clock(span.start)}{drive}.",
                )  # fmt: skip
            elif late:
                drive = f" and the drive back takes {home} minutes" if home else ""
                yield Violation(
                    "within_duty", (row,),
                    f"{words}: duty ends at {format_clock(span.end)}{drive}.",
                )  # fmt: skip
