"""Tier 2: visits that schools ask for and do not get."""

from collections.abc import Iterator
from datetime import date

from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem


def missing_visits(case: Case, monday: date) -> Iterator[TierItem]:
    """k(k+1)/2 a school, k the visits missing of those asked for (at most its open days)."""
    days: dict[str, set[date]] = {}
    for visit in case.week_visits(monday):
        days.setdefault(visit.school_id, set()).add(visit.date)
    for school in case.agency.schools.values():
        asked = min(school.visits_per_week, len(case.calendar.open_days(school.school_id, monday)))
        had = len(days.get(school.school_id, ()))
        missing = max(0, asked - had)
        if missing:
            yield TierItem(
                missing * (missing + 1) // 2,
                f"{school.name} gets {had} of {asked} visit{'s' if asked > 1 else ''}.",
                school.school_id,
            )
