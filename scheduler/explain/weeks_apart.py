"""What later weeks leave out at the least, whatever is planned before them.

A later week is best off where all that could be done before is done: tasks that were open are, and each
school was seen on its last open day. Planned alone like that, a week leaves out no more than in any plan
of all weeks, so that the sum over the weeks is a bound of what all of them leave out.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import Calendar
from scheduler.domain.plan import PastVisit, Visit

LOOKED_BACK = 14


def well_prepared(agency: Agency, first: date, monday: date) -> Agency:
    """The agency as a later week of some planned from `first` on finds it at the best."""
    calendar = Calendar(agency)
    before = [monday - timedelta(days=n) for n in range(1, LOOKED_BACK)]
    seen = []
    for school_id in agency.schools:
        day = next((d for d in before if d >= first and calendar.hours(school_id, d) is not None), None)
        if day is not None:
            visit = Visit("", school_id, day, 0, 0, "law_enforcement")
            seen.append(PastVisit(visit, "done"))
    tasks = {k: t for k, t in agency.tasks.items() if t.from_ >= monday}
    pins = tuple(replace(p, tasks=tuple(t for t in p.tasks if t in tasks)) for p in agency.pins)
    return replace(agency, history=(*agency.history, *seen), tasks=tasks, pins=pins)


def spread(agency: Agency, weeks: Sequence[date]) -> list[tuple[Agency, date]]:
    """Each of the weeks with the agency as it finds it at the best."""
    later = [(well_prepared(agency, weeks[0], monday), monday) for monday in weeks[1:]]
    return [(agency, weeks[0]), *later]
