"""Tier 3: schools not seen for too long."""

from collections.abc import Iterator
from datetime import date, timedelta

from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem
from scheduler.rules.violation import day_words


def overdue_days(case: Case, monday: date) -> Iterator[TierItem]:
    """One for each open day on which none of a school's last `max_gap_days` open days, that
    day included, had a visit; spans that reach back to unknown days are not counted."""
    history = case.history(monday)
    now: dict[str, set[date]] = {}
    for visit in case.week_visits(monday):
        now.setdefault(visit.school_id, set()).add(visit.date)
    for school in case.agency.schools.values():
        if school.max_gap_days is None:
            continue
        seen = history.days_visited(school.school_id) | now.get(school.school_id, set())
        for day in case.calendar.open_days(school.school_id, monday):
            span = last_open_days(case, school.school_id, day, school.max_gap_days, history.first_known_day)
            if span is not None and not any(d in seen for d in span):
                yield TierItem(
                    1, f"{school.name} has had no visit for {len(span)} school days on "
                    f"{day_words(day)}.", school.school_id,
                )  # fmt: skip


def last_open_days(
    case: Case, school_id: str, day: date, count: int, first_known: date
) -> tuple[date, ...] | None:
    """The last `count` open days up to `day`, None where they reach back to unknown days."""
    found: list[date] = []
    while len(found) < count:
        if day < first_known:
            return None
        if case.calendar.hours(school_id, day) is not None:
            found.append(day)
        day -= timedelta(days=1)
    return tuple(found)
