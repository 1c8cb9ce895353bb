"""Sessions and tasks that are left out whatever is planned: nobody may or can be there, or more of them
are at the same hours than there are officers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations

from scheduler.domain.agency import Officer, Session, Task
from scheduler.domain.clock import Window
from scheduler.explain.supply import fixed_on, serving_officers
from scheduler.explain.task_hours import TaskRush, task_rush
from scheduler.rules.case import Case

MOST_AT_ONCE = 12
"""Sessions of a date among which those at the same hours are looked for."""

Work = Session | Task


@dataclass(frozen=True)
class Clash:
    """Sessions of a date of which one officer can attend at most one, and the officers who may."""

    sessions: tuple[Session, ...]
    officers: tuple[Officer, ...]

    @property
    def excess(self) -> int:
        """Those of them that nobody attends at the least."""
        schools = len({s.school_id for s in self.sessions})
        return len(self.sessions) - min(len(self.officers), schools)


class Attending:
    """What the sessions and tasks of some precincts in the planned weeks come to at the least."""

    def __init__(self, case: Case, precincts: tuple[str, ...]) -> None:
        self.case, self.precincts = case, precincts
        self.schools = {s.school_id for p in precincts for s in case.agency.schools_of[p]}

    @property
    def least(self) -> int:
        """Sessions and tasks that every plan leaves out."""
        rush = self.rush
        return len(self.alone) + sum(c.excess for c in self.clashes) + (0 if rush is None else rush.excess)

    @cached_property
    def rush(self) -> TaskRush | None:
        """Tasks at the same hours that lack most officer-days, if any do."""
        alone = set(self.alone)
        tasks = [
            t for t in self.case.agency.tasks.values()
            if t not in alone and self._is_due(t)
            and not any(v.school_id == t.school_id for d in self.case.days for v in fixed_on(self.case, d))
        ]  # fmt: skip
        return task_rush(self.case, tasks, self._able_on)

    def _able_on(self, task: Task, day: date) -> list[Officer]:
        return [o for o in self._may(task) if self._time(o, day, task) >= task.minutes]

    @cached_property
    def alone(self) -> list[Work]:
        """Those that nobody may or can do."""
        agency = self.case.agency
        sessions = [
            s for s in agency.sessions.values()
            if s.school_id in self.schools and s.date in self.case.days and not self._fixed(s)
            and not self._able(s)
        ]  # fmt: skip
        return [*sessions, *(t for t in agency.tasks.values() if self._nobody_does(t))]

    @cached_property
    def clashes(self) -> list[Clash]:
        """For each date the sessions at the same hours that lack most officers, if any do."""
        found = []
        alone = set(self.alone)
        for day in sorted(self.case.days):
            there = [
                s for s in self.case.agency.sessions.values()
                if s.school_id in self.schools and s.date == day and s not in alone and not self._fixed(s)
            ]  # fmt: skip
            best = max(self._clashes(there[:MOST_AT_ONCE]), key=lambda c: c.excess, default=None)
            if best is not None and best.excess > 0:
                found.append(best)
        return found

    def _clashes(self, sessions: list[Session]) -> Iterator[Clash]:
        apart = {(a, b) for a, b in combinations(sessions, 2) if self._apart(a, b)}
        together: list[tuple[Session, ...]] = [(s,) for s in sessions]
        for group in together:  # Grows while it is walked through.
            if len(group) > 1:
                able = {o.officer_id: o for s in group for o in self._able(s)}
                yield Clash(group, tuple(able.values()))
            later = sessions[sessions.index(group[-1]) + 1 :]
            together += [(*group, s) for s in later if all((g, s) in apart for g in group)]

    def _apart(self, a: Session, b: Session) -> bool:
        """Whether no officer can attend both."""
        if a.school_id == b.school_id:  # In one visit, since a school has at most one a day.
            longest = self.case.agency.policy.visits.longest_minutes
            return max(a.window.end, b.window.end) - min(a.start, b.start) > longest
        drive = self.case.travel.schools
        return (
            a.window.end + drive(a.school_id, b.school_id) > b.start
            and b.window.end + drive(b.school_id, a.school_id) > a.start
        )

    def _fixed(self, session: Session) -> bool:
        """Whether a visit that is in every plan anyway may attend it."""
        return any(v.school_id == session.school_id for v in fixed_on(self.case, session.date))

    def _may(self, work: Work) -> list[Officer]:
        precinct = self.case.agency.schools[work.school_id].precinct_id
        return [o for o in serving_officers(self.case, (precinct,)) if o.may_do(work)]

    def _able(self, session: Session) -> list[Officer]:
        """Officers who may attend the session and are on duty for all of it."""
        hours = self.case.calendar.hours(session.school_id, session.date)
        if hours is None or not hours.contains(session.window):
            return []
        return [o for o in self._may(session) if self._there(o, session.date, session.window)]

    def _there(self, officer: Officer, day: date, window: Window) -> bool:
        duty = self.case.calendar.duty(officer.officer_id, day)
        return duty is not None and duty.on_duty(window) == window.minutes

    def _nobody_does(self, task: Task) -> bool:
        """Whether a task falls due in the planned weeks, is not done, and no officer who may do it is on
        duty long enough in its time on any of its days."""
        case = self.case
        if not self._is_due(task):
            return False
        days = [d for d in sorted(case.days) if task.from_ <= d <= task.until]
        return not any(
            self._able_on(task, d) or any(v.school_id == task.school_id for v in fixed_on(case, d))
            for d in days
        )

    def _is_due(self, task: Task) -> bool:
        """Whether a task of the precincts falls due in the planned weeks and is not done before."""
        first, last = self.case.weeks[0], max(self.case.days)
        due = first <= task.until and (task.until - last).days <= 2
        return task.school_id in self.schools and due and not self.case.history(first).lists(task.task_id)

    def _time(self, officer: Officer, day: date, task: Task) -> int:
        """The longest stretch, at the most, that the officer has for the task on a date."""
        duty = self.case.calendar.duty(officer.officer_id, day)
        hours = self.case.calendar.hours(task.school_id, day)
        if duty is None or hours is None:
            return 0
        window = task.window or hours
        start = max(duty.span.start, hours.start, window.start)
        end = min(duty.span.end, hours.end, window.end)
        return 0 if end <= start else duty.on_duty(Window(start, end))
