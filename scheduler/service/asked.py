"""What a precinct's week asks for before anything is planned."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scheduler.domain.calendar import week_days
from scheduler.domain.clock import format_clock
from scheduler.publish.summary import SchoolWeek, school_weeks
from scheduler.publish.words import day_short
from scheduler.rules.case import Case
from scheduler.service.weeks import WeekView


@dataclass(frozen=True, slots=True)
class SchoolAsk:
    """What a school asks of a week: required visits (fewer where it is open on fewer days), the sessions
    and the tasks that run out, and the last visit known, so many days before the Monday."""

    name: str
    visits: int
    due: tuple[str, ...]
    last_seen: date | None
    days: int | None


def asked_for(view: WeekView) -> tuple[str, ...]:
    """What a week asks for, as sentences."""
    schools = asked_of_schools(view)
    count = "1 school asks" if len(schools) == 1 else f"{len(schools)} schools ask"
    visits = sum(s.visits for s in schools)
    out = [f"{count} for {visits} {'visit' if visits == 1 else 'visits'}."]
    begin = datetime.combine(view.week, time())
    away = sorted({
        a.officer_id for a in view.agency.absences
        if a.start < begin + timedelta(days=5) and begin < a.end
        and view.agency.officers[a.officer_id].precinct_id == view.precinct_id
    })  # fmt: skip
    if away:
        names = ", ".join(view.agency.officers[o].name for o in away)
        out.append(f"Away for some of it: {names}.")
    return tuple(out)


def asked_of_schools(view: WeekView) -> list[SchoolAsk]:
    """What each school of the precinct asks for: those with something due first, then those that wait
    longest."""
    case = Case(view.tables, (view.week,), ())
    found = [_ask(case, view.week, s) for s in school_weeks(case, view.week, (view.precinct_id,))]
    return sorted(found, key=lambda a: (not a.due, a.last_seen or date.min, a.name))


def _ask(case: Case, week: date, of: SchoolWeek) -> SchoolAsk:
    school, agency, history = of.school, case.agency, case.history(week)
    sessions = sorted((s for s in agency.sessions.values()
                       if s.school_id == school.school_id and s.date in week_days(week)),
                      key=lambda s: (s.date, s.start))  # fmt: skip
    tasks = [t for t in agency.tasks.values() if t.school_id == school.school_id
             and week <= t.until < week + timedelta(days=7) and not history.lists(t.task_id)]  # fmt: skip
    due = [f"{s.program}, {day_short(s.date)} {format_clock(s.start)}" for s in sessions]
    due += [f"{t.program}, by {day_short(t.until)}" for t in tasks]
    ago = (week - of.last_seen).days if of.last_seen is not None else None
    return SchoolAsk(school.name, of.wanted, tuple(due), of.last_seen, ago)
