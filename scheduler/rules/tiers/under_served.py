"""Tier 8: schools far below their fair share."""

from collections.abc import Iterator
from datetime import date

from scheduler.rules.case import Case
from scheduler.rules.shares import week_shares
from scheduler.rules.tiers.item import TierItem


def planned_minutes(case: Case, monday: date) -> dict[str, int]:
    """Minutes planned at each school in a week, whoever makes the visit."""
    out = dict.fromkeys(case.agency.schools, 0)
    for visit in case.week_visits(monday):
        out[visit.school_id] += visit.minutes
    return out


def under_served(case: Case, monday: date) -> Iterator[TierItem]:
    """1 where a school has less than three quarters of its share, 1 more below half."""
    minutes = planned_minutes(case, monday)
    for precinct_id in case.agency.precincts:
        week = week_shares(case.calendar, case.history(monday), precinct_id, monday)
        for school_id, share in week.shares.items():
            had = minutes[school_id]
            amount = (4 * had < 3 * share) + (2 * had < share)
            if amount:
                part = "half" if amount == 2 else "three quarters"
                yield TierItem(
                    amount, f"{case.agency.schools[school_id].name} gets {had} minutes, less than "
                    f"{part} of its fair share of {share}.", school_id,
                )  # fmt: skip
