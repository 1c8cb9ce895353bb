"""Which clusters belong together: the precincts that relief officers and fixed visits tie."""

from collections.abc import Iterable
from datetime import date

from scheduler.domain.agency import Agency, Role
from scheduler.domain.calendar import Calendar, week_days
from scheduler.domain.plan import Published, Visit


def tied_groups(
    agency: Agency, fixed: Iterable[Visit], calendar: Calendar, weeks: Iterable[date]
) -> list[list[str]]:
    """The precincts in groups that a relief officer on duty (or a fixed visit) ties together in
    the weeks (Mondays), in the order of the table; precincts without schools are left out."""
    parent = {p: p for p in agency.precincts}

    def root(p: str) -> str:
        while parent[p] != p:
            p = parent[p]
        return p

    def tie(precincts: Iterable[str]) -> None:
        roots = sorted({root(p) for p in precincts})
        for other in roots[1:]:
            parent[other] = roots[0]

    with_schools = {p for p, schools in agency.schools_of.items() if schools}
    days = [d for monday in weeks for d in week_days(monday)]
    required = agency.policy.visits.required_qualification
    for officer in agency.officers.values():
        if officer.role is Role.RELIEF and officer.holds(required):
            if any(calendar.duty(officer.officer_id, d) is not None for d in days):
                tie(agency.served_precincts(officer) & with_schools)
    for visit in fixed:
        officer = agency.officers[visit.officer_id]
        served = agency.served_precincts(officer) & with_schools
        tie({*served, agency.schools[visit.school_id].precinct_id})
    groups: dict[str, list[str]] = {}
    for p in agency.precincts:
        if p in with_schools:
            groups.setdefault(root(p), []).append(p)
    return list(groups.values())


def fixed_visits(agency: Agency, monday: date, published: Published | None) -> tuple[Visit, ...]:
    """Pins and past published visits of a week: they are in every allowed plan."""
    days = set(week_days(monday))
    past = [v for v in published.plan.visits if published.is_past(v)] if published else []
    known = {v.pin_key for v in past}
    pins = [p for p in agency.pins if p.pin_key not in known]
    return tuple(v for v in (*past, *pins) if v.date in days)
