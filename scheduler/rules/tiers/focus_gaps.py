"""Tier 7: focuses that a school has not had in the cycle."""

from collections.abc import Iterator
from datetime import date, timedelta

from scheduler.domain.agency import School
from scheduler.domain.calendar import monday_of
from scheduler.domain.plan import Focus
from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem


def focus_gaps(case: Case, monday: date) -> Iterator[TierItem]:
    """Schools open in the week and focuses (law enforcement; mentoring where the school has a
    private space for it) that no visit of the cycle had. Not counted while the cycle reaches
    back before the Monday of the first known day."""
    history = case.history(monday)
    begin = monday - timedelta(weeks=case.agency.policy.rotation.cycle_weeks - 1)
    if begin < monday_of(history.first_known_day):
        return
    now: dict[str, set[str]] = {}
    for visit in case.week_visits(monday):
        now.setdefault(visit.school_id, set()).add(visit.focus)
    for school in case.agency.schools.values():
        if not case.calendar.open_days(school.school_id, monday):
            continue
        had = history.focuses(school.school_id, begin, monday) | now.get(school.school_id, set())
        for focus in counted_focuses(case, school):
            if focus not in had:
                words = focus.replace("_", " ")
                yield TierItem(1, f"{school.name} has had no {words} visit in this cycle.", school.school_id)


def counted_focuses(case: Case, school: School) -> tuple[str, ...]:
    """The focuses that a school should have in each cycle."""
    if school.mentoring_windows(case.agency.policy.visits.mentoring_minutes):
        return (Focus.LAW_ENFORCEMENT.value, Focus.MENTORING.value)
    return (Focus.LAW_ENFORCEMENT.value,)
