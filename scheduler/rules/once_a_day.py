"""A school has one visit a day."""

from collections.abc import Iterator
from datetime import date

from scheduler.domain.plan import Visit
from scheduler.rules.case import Case
from scheduler.rules.violation import Violation, day_words


def once_a_day(case: Case) -> Iterator[Violation]:
    """At most one visit to a school on a date, all officers together."""
    found: dict[tuple[date, str], list[tuple[int, Visit]]] = {}
    for row, visit in zip(case.rows, case.visits, strict=True):
        found.setdefault((visit.date, visit.school_id), []).append((row, visit))
    for (day, school_id), visits in sorted(found.items()):
        if len(visits) > 1:
            names = ", ".join(dict.fromkeys(case.officer(v).name for _, v in visits))
            yield Violation(
                "once_a_day", tuple(sorted(row for row, _ in visits)),
                f"{case.agency.schools[school_id].name} has {len(visits)} visits on "
                f"{day_words(day)} ({names}); one a day is allowed.",
            )  # fmt: skip
