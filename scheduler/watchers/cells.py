"""What a watcher sees of a school: weekday and half-day of the visits that nothing announces."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import Calendar, monday_of, week_days
from scheduler.domain.plan import Visit

NOON = 12 * 60


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A weekday (0 = Monday) and half-day."""

    weekday: int
    afternoon: bool


def cell_of(visit: Visit) -> Cell:
    """The cell that a visit falls into, by its start."""
    return Cell(visit.date.weekday(), visit.start >= NOON)


class Rounds:
    """Free visits (no session attended, no task listed) by school and week, in order of start."""

    def __init__(self, agency: Agency, visits: Iterable[Visit]) -> None:
        self.agency = agency
        self._cells: dict[str, dict[date, list[Cell]]] = {}
        by_day: dict[tuple[str, date], list[str]] = {}
        for s in agency.sessions.values():
            by_day.setdefault((s.school_id, s.date), []).append(s.session_id)
        for visit in sorted(visits, key=lambda v: (v.date, v.start)):
            if visit.school_id in agency.schools and not self._announced(visit, by_day):
                weeks = self._cells.setdefault(visit.school_id, {})
                weeks.setdefault(monday_of(visit.date), []).append(cell_of(visit))

    def _announced(self, visit: Visit, by_day: dict[tuple[str, date], list[str]]) -> bool:
        officer = self.agency.officers.get(visit.officer_id)
        attended = any(
            officer is not None
            and officer.may_do(self.agency.sessions[s])
            and visit.window.contains(self.agency.sessions[s].window)
            for s in by_day.get((visit.school_id, visit.date), ())
        )
        return bool(visit.tasks) or attended

    def cells(self, school_id: str, monday: date) -> list[Cell]:
        """The cells of a school's free visits in a week, in order."""
        return self._cells.get(school_id, {}).get(monday, [])

    def weeks_before(self, school_id: str, monday: date, weeks: int) -> list[date]:
        """The Mondays of the last `weeks` weeks before one in which the school had a free visit,
        ascending."""
        first = date.fromordinal(max(1, monday.toordinal() - 7 * weeks))
        return sorted(w for w in self._cells.get(school_id, {}) if first <= w < monday)


def open_cells(agency: Agency, calendar: Calendar, school_id: str, monday: date) -> int:
    """In how many cells of a week a shortest visit could start, by the school's hours and the
    duty span of an officer who serves its precinct."""
    policy = agency.policy.visits
    precinct = agency.schools[school_id].precinct_id
    officers = [
        o for o in agency.officers.values()
        if precinct in agency.served_precincts(o) and o.holds(policy.required_qualification)
    ]  # fmt: skip
    step = policy.start_step_minutes
    found: set[Cell] = set()
    for day in week_days(monday):
        hours = calendar.hours(school_id, day)
        if hours is None:
            continue
        for officer in officers:
            duty = calendar.duty(officer.officer_id, day)
            if duty is None:
                continue
            first = -(-max(hours.start, duty.span.start) // step) * step
            last = min(hours.end, duty.span.end) - policy.shortest_minutes
            if first <= last:
                found.add(Cell(day.weekday(), first >= NOON))
                found.add(Cell(day.weekday(), last // step * step >= NOON))
    return len(found)
