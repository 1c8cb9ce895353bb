"""One week of clusters that are tied together, as the planner sees it.

Everything here is a fact of the tables: who can be where when, what is asked for, and what
each tier counts before any visit is chosen. Nothing knows how plans are found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from scheduler.domain.agency import Agency, Officer, Role, School, Session, Task
from scheduler.domain.calendar import Calendar, Duty
from scheduler.domain.plan import Published, Visit
from scheduler.domain.travel import TravelTimes
from scheduler.planner.grid import DayClock, Grid


@dataclass(frozen=True)
class OfficerDay:
    """An officer on a date: what stands already, and what may be added.

    `fixed` are pins and past published visits in order of start; `schools` those that a
    further visit may go to; `most` the number of further visits; `earliest` the first minute
    at which one may start; `clock` is None where no visit can be added.
    """

    index: int
    officer: Officer
    day: date
    duty: Duty | None
    fixed: tuple[Visit, ...]
    schools: tuple[str, ...]
    most: int
    earliest: int
    clock: DayClock | None
    published: tuple[Visit, ...]

    @property
    def relief(self) -> bool:
        """Whether a visit on it makes a relief day."""
        return self.officer.role is Role.RELIEF


@dataclass(frozen=True)
class Overdue:
    """A school and an open day that is overdue unless one of `days` of the week has a visit."""

    school_id: str
    day: date
    days: tuple[date, ...]


@dataclass(frozen=True)
class WeekProblem:
    """What one week of tied clusters asks for.

    `needs` is visits asked for a school (at most its open days), `shares` the fair share in
    minutes, `due` the tasks of tier 1, `early` those of tier 6 and `later` the others that may be
    listed already; `focus_gaps` the pairs of
    school and focus without a visit so far in the cycle; `overdue_for_sure` and
    `dropped_changes` are what tiers 3 and 4 count whatever is planned (of dropped published
    visits, those kept again are taken off by the visit that keeps them), `dropped` their schools.
    """

    agency: Agency
    calendar: Calendar
    travel: TravelTimes
    monday: date
    precincts: tuple[str, ...]
    grid: Grid
    schools: tuple[School, ...]
    officer_days: tuple[OfficerDay, ...]
    sessions: tuple[Session, ...]
    due: tuple[Task, ...]
    early: tuple[Task, ...]
    later: tuple[Task, ...]
    needs: Mapping[str, int]
    overdue: tuple[Overdue, ...]
    overdue_for_sure: int
    focus_gaps: tuple[tuple[str, str], ...]
    shares: Mapping[str, int]
    reachable: int
    published: Published | None
    dropped: tuple[str, ...]

    @property
    def dropped_changes(self) -> int:
        """How many published visits are to come, each a change unless it is kept."""
        return len(self.dropped)

    @cached_property
    def tasks_at(self) -> Mapping[str, tuple[Task, ...]]:
        """The tasks that count in this week, by school."""
        out: dict[str, list[Task]] = {}
        for task in (*self.due, *self.early):
            out.setdefault(task.school_id, []).append(task)
        return {s: tuple(tasks) for s, tasks in out.items()}

    @cached_property
    def helpers_at(self) -> Mapping[str, tuple[Task, ...]]:
        """The later tasks, by school, that could lend a visit a focus which is still missing
        there and which it would not have without: to one that attends a session, or to one with
        little time in the private space."""
        gaps = set(self.focus_gaps)
        busy = {s.school_id for s in self.sessions}
        out: dict[str, list[Task]] = {}
        for task in self.later:
            useful = task.school_id in busy or task.focus == "mentoring"
            if useful and (task.school_id, task.focus) in gaps:
                out.setdefault(task.school_id, []).append(task)
        return {s: tuple(tasks) for s, tasks in out.items()}

    @cached_property
    def sessions_at(self) -> Mapping[tuple[str, date], tuple[Session, ...]]:
        """The sessions of the week, by school and date."""
        out: dict[tuple[str, date], list[Session]] = {}
        for session in self.sessions:
            out.setdefault((session.school_id, session.date), []).append(session)
        return {key: tuple(sessions) for key, sessions in out.items()}

    def attended(self, visit: Visit) -> tuple[Session, ...]:
        """The sessions that `visit` attends."""
        officer = self.agency.officers[visit.officer_id]
        return tuple(
            s for s in self.sessions_at.get((visit.school_id, visit.date), ())
            if officer.may_do(s) and visit.window.contains(s.window)
        )  # fmt: skip
