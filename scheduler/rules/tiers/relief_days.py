"""Tier 5: days of relief officers."""

from collections.abc import Iterator
from datetime import date

from scheduler.domain.agency import Role
from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem
from scheduler.rules.violation import day_words


def relief_days(case: Case, monday: date) -> Iterator[TierItem]:
    """One for each relief officer and date with a visit."""
    used = {(v.date, v.officer_id) for v in case.week_visits(monday)}
    for day, officer_id in sorted(used):
        officer = case.agency.officers[officer_id]
        if officer.role is Role.RELIEF:
            yield TierItem(1, f"{officer.name} helps out on {day_words(day)}.")
