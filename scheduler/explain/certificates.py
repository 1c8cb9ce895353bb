"""Why something is impossible without asking a solver: supply against demand, and who may at all.

Nobody is told "impossible" on the word of one run. A total stands where one of these counts gives
it, or where a second run, on tables in another order, proves the same.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from scheduler.domain.agency import Agency, Officer
from scheduler.domain.calendar import week_days
from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem

Row = TypeVar("Row")


def certified(case: Case, precincts: tuple[str, ...], tier: str, items: list[TierItem]) -> int:
    """A total of a tier that no plan is below, counted without a solver (0 where counting says
    nothing): visits that all officers on duty together cannot make; sessions on days without an
    officer who may attend them."""
    if tier == "missing_visits":
        return sum(_least_points(case, precincts, i) for i in range(len(case.weeks)))
    if tier == "missed_sessions":
        return sum(i.session_id is not None and not _attendable(case, i.session_id) for i in items)
    return 0


def _serving(case: Case, precincts: tuple[str, ...]) -> list[Officer]:
    agency = case.agency
    required = agency.policy.visits.required_qualification
    return [
        o for o in agency.officers.values()
        if o.holds(required) and agency.served_precincts(o) & set(precincts)
    ]  # fmt: skip


def _days_on_duty(case: Case, officer: Officer, week: int) -> int:
    days = week_days(case.weeks[week])
    return sum(case.calendar.duty(officer.officer_id, d) is not None for d in days)


def _supply(case: Case, precincts: tuple[str, ...], week: int) -> int:
    """Visits that officers on duty can make in a week at most, and those that are pinned."""
    most = case.agency.policy.visits.most_per_day
    days = week_days(case.weeks[week])
    pinned = sum(p.date in days for p in case.agency.pins)
    return pinned + sum(most * _days_on_duty(case, o, week) for o in _serving(case, precincts))


def _least_points(case: Case, precincts: tuple[str, ...], week: int) -> int:
    """The least k(k+1)/2 over the schools when as many visits as officers can make are spread
    where they count most: each goes to the school that lacks most."""
    asked = _asked(case, precincts, week)
    lacks = sorted(asked, reverse=True)
    for _ in range(min(_supply(case, precincts, week), sum(asked))):
        lacks[0] -= 1
        lacks.sort(reverse=True)
    return sum(k * (k + 1) // 2 for k in lacks)


def _asked(case: Case, precincts: tuple[str, ...], week: int) -> list[int]:
    return [
        min(s.visits_per_week, len(case.calendar.open_days(s.school_id, case.weeks[week])))
        for p in precincts
        for s in case.agency.schools_of[p]
    ]


def _attendable(case: Case, session_id: str) -> bool:
    """Whether an officer who may attend the session is on duty for all of it, or a pin could."""
    session = case.agency.sessions[session_id]
    precinct = case.agency.schools[session.school_id].precinct_id
    if any((p.school_id, p.date) == (session.school_id, session.date) for p in case.agency.pins):
        return True
    for officer in _serving(case, (precinct,)):
        duty = case.calendar.duty(officer.officer_id, session.date)
        if duty is not None and officer.may_do(session) and duty.span.contains(session.window):
            return True
    return False


def counting_sentence(case: Case, precincts: tuple[str, ...]) -> str:
    """Supply against demand in words, where that alone leaves visits out; else blank."""
    weeks = range(len(case.weeks))
    asked = sum(sum(_asked(case, precincts, w)) for w in weeks)
    supply = sum(_supply(case, precincts, w) for w in weeks)
    if asked <= supply:
        return ""
    schools = sum(len(case.agency.schools_of[p]) for p in precincts)
    most = case.agency.policy.visits.most_per_day
    serving = _serving(case, precincts)
    days = {o.officer_id: sum(_days_on_duty(case, o, w) for w in weeks) for o in serving}
    if len(serving) <= 4:
        parts = [
            f"{o.name} is on duty {_count(days[o.officer_id], 'day')} and can make "
            f"{most * days[o.officer_id]}"
            for o in serving
        ]
    else:
        total = sum(days.values())
        parts = [f"{len(serving)} officers are on duty {total} days in all and can make {most * total}"]
    who = "; ".join(parts) or "no officer may go there"
    return (
        f" {_count(schools, 'school')} ask{'s' if schools == 1 else ''} for {_count(asked, 'visit')}; {who}."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def reordered(agency: Agency) -> Agency:
    """The same agency with its rows the other way round: the same plans, found on another way."""
    return replace(
        agency, precincts=_turned(agency.precincts), schools=_turned(agency.schools),
        officers=_turned(agency.officers), sessions=_turned(agency.sessions), tasks=_turned(agency.tasks),
    )  # fmt: skip


def _turned(rows: Mapping[str, Row]) -> dict[str, Row]:
    return dict(reversed(list(rows.items())))
