"""Tier 9: time owed to schools, and time on the road."""

import itertools
from collections.abc import Iterator
from datetime import date

from scheduler.domain.plan import Visit
from scheduler.rules.case import Case
from scheduler.rules.shares import week_shares
from scheduler.rules.tiers.item import TierItem
from scheduler.rules.tiers.under_served import planned_minutes
from scheduler.rules.violation import day_words


def minutes_cost(case: Case, monday: date) -> Iterator[TierItem]:
    """2 × the minutes below the fair shares + travel minutes."""
    minutes = planned_minutes(case, monday)
    for precinct_id in case.agency.precincts:
        week = week_shares(case.calendar, case.history(monday), precinct_id, monday)
        for school_id, share in week.shares.items():
            below = max(0, share - minutes[school_id])
            if below:
                yield TierItem(
                    2 * below, f"{case.agency.schools[school_id].name} gets {minutes[school_id]} "
                    f"of its fair share of {share} minutes.", school_id,
                )  # fmt: skip
    planned = {id(v) for v in case.week_visits(monday)}
    for (officer_id, day), rows in case.officer_days.items():
        visits = [v for _, v in rows if id(v) in planned]
        travel = travel_minutes(case, visits)
        if travel:
            name = case.agency.officers[officer_id].name
            yield TierItem(travel, f"{name} drives {travel} minutes on {day_words(day)}.")


def travel_minutes(case: Case, visits: list[Visit]) -> int:
    """Travel of one officer's day: station, schools in order, station (0 without visits)."""
    if not visits:
        return 0
    between = sum(case.drive(a, b) for a, b in itertools.pairwise(visits))
    return case.drive_out(visits[0]) + between + case.drive_home(visits[-1])
