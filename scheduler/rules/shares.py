"""Fair shares: how many minutes of a week each school of a cluster can expect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from scheduler.domain.agency import Role
from scheduler.domain.calendar import Calendar, week_days
from scheduler.domain.clock import Window
from scheduler.rules.history import History


@dataclass(frozen=True, slots=True)
class WeekShares:
    """The fair shares of one cluster in one week, in minutes.

    `reachable` is A of the planning contract; `shares` names the schools that have a share
    (open in the week, weight above 0).
    """

    precinct_id: str
    monday: date
    reachable: int
    shares: Mapping[str, int]


def week_shares(calendar: Calendar, history: History, precinct_id: str, monday: date) -> WeekShares:
    """The fair shares of the precinct's schools in the week of `monday`."""
    agency = calendar.agency
    rotation = agency.policy.rotation
    reachable = floor(Fraction(rotation.on_site_share) * _minutes(calendar, precinct_id, monday))
    schools = [
        s for s in agency.schools_of[precinct_id]
        if s.weight > 0 and calendar.open_days(s.school_id, monday)
    ]  # fmt: skip
    begin = monday - timedelta(weeks=rotation.cycle_weeks - 1)
    had = {s.school_id: history.minutes(s.school_id, begin, monday) for s in schools}
    total_weight = sum((Fraction(s.weight) for s in schools), Fraction(0))
    total_had = sum(had.values())
    shares = {}
    for school in schools:
        part = Fraction(school.weight) / total_weight
        owed = (total_had + reachable) * part - had[school.school_id]
        shares[school.school_id] = max(0, floor(min(owed, 2 * reachable * part)))
    return WeekShares(precinct_id, monday, reachable, shares)


def _minutes(calendar: Calendar, precinct_id: str, monday: date) -> int:
    """Minutes in which the precinct's own officers could be at its schools."""
    agency = calendar.agency
    required = agency.policy.visits.required_qualification
    own = [
        o for o in agency.officers.values()
        if o.role is Role.ESRO and o.precinct_id == precinct_id and o.holds(required)
    ]  # fmt: skip
    total = 0
    for day in week_days(monday):
        hours = [h for s in agency.schools_of[precinct_id]
                 if (h := calendar.hours(s.school_id, day)) is not None]  # fmt: skip
        if not hours:
            continue
        opening = Window(min(h.start for h in hours), max(h.end for h in hours))
        for officer in own:
            duty = calendar.duty(officer.officer_id, day)
            if duty is None:
                continue
            rest = agency.policy.break_.minutes if calendar.break_due(duty) else 0
            total += max(0, duty.on_duty(opening) - rest)
    return total
