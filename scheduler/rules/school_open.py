"""Visits lie within school hours."""

from collections.abc import Iterator

from scheduler.rules.case import Case
from scheduler.rules.violation import Violation, visit_words


def school_open(case: Case) -> Iterator[Violation]:
    """A visit lies within the school's hours of its date."""
    for row, visit in case.free():
        hours = case.calendar.hours(visit.school_id, visit.date)
        if hours is None:
            sentence = "the school is closed that day"
        elif not (hours.start <= visit.start and visit.end <= hours.end):
            sentence = f"the school is open {hours} that day"
        else:
            continue
        yield Violation("school_open", (row,), f"{visit_words(case, visit)}: {sentence}.")
