"""One week of clusters that are tied together, as the planner sees it.

Everything here is a fact of the tables: who can be where when, what is asked for, and what
each tier counts before any visit is chosen. Nothing knows how plans are found.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from scheduler.domain.agency import Agency, Officer, Role, School, Session, Task
from scheduler.domain.calendar import Calendar, Duty, week_days
from scheduler.domain.plan import Published, Visit
from scheduler.domain.travel import TravelTimes
from scheduler.planner.grid import DayClock, Grid
from scheduler.rules.history import History
from scheduler.rules.shares import week_shares

COUNTED_FOCUSES = ("law_enforcement", "mentoring")


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


class ProblemBuilder:
    """Builds the problem of one week for a group of clusters."""

    def __init__(self, agency: Agency, monday: date, history: History, calendar: Calendar,
                 travel: TravelTimes, published: Published | None) -> None:  # fmt: skip
        self.agency = agency
        self.monday = monday
        self.days = week_days(monday)
        self.history = history
        self.calendar = calendar
        self.travel = travel
        self.published = published
        self.fixed = fixed_visits(agency, monday, published)

    def problem(self, precincts: tuple[str, ...]) -> WeekProblem:
        """The problem of a group of precincts that nothing ties to others."""
        schools = tuple(s for p in precincts for s in self.agency.schools_of[p])
        ids = {s.school_id for s in schools}
        hours = [h for s in ids for d in self.days if (h := self.calendar.hours(s, d)) is not None]
        opens = min((h.start for h in hours), default=0)
        closes = max((h.end for h in hours), default=0)
        grid = Grid.of(self.agency.policy, opens, closes)
        due, early, later = self._tasks(ids)
        overdue, for_sure = self._overdue(schools)
        shares: dict[str, int] = {}
        reachable = 0
        for p in precincts:
            week = week_shares(self.calendar, self.history, p, self.monday)
            shares.update(week.shares)
            reachable += week.reachable
        standing = [v for v in self._coming() if v.school_id in ids]
        return WeekProblem(
            agency=self.agency, calendar=self.calendar, travel=self.travel, monday=self.monday,
            precincts=precincts, grid=grid, schools=schools,
            officer_days=self._officer_days(set(precincts), ids, grid),
            sessions=tuple(s for s in self.agency.sessions.values()
                           if s.school_id in ids and s.date in self.days),
            due=due, early=early, later=later,
            needs={s.school_id: min(s.visits_per_week, self._open_count(s.school_id))
                   for s in schools},
            overdue=overdue, overdue_for_sure=for_sure, focus_gaps=self._focus_gaps(schools),
            shares=shares, reachable=reachable, published=self.published,
            dropped=tuple(v.school_id for v in standing),
        )  # fmt: skip

    def _open_count(self, school_id: str) -> int:
        return len(self.calendar.open_days(school_id, self.monday))

    def _coming(self) -> list[Visit]:
        """The published visits of the week that are not past."""
        if self.published is None:
            return []
        return [v for v in self.published.plan.visits
                if v.date in self.days and not self.published.is_past(v)]  # fmt: skip

    def _tasks(self, schools: set[str]) -> tuple[tuple[Task, ...], ...]:
        """The open tasks: due in the week, early (due in the week after), later."""
        friday = self.days[-1]
        weekend = friday.toordinal() + 2
        due: list[Task] = []
        early: list[Task] = []
        later: list[Task] = []
        for task in self.agency.tasks.values():
            if task.school_id not in schools or self.history.lists(task.task_id):
                continue
            last = task.until.toordinal()
            if self.monday.toordinal() <= last <= weekend:
                due.append(task)
            elif last > weekend and task.from_ <= friday:
                (early if last <= weekend + 7 else later).append(task)
        return tuple(due), tuple(early), tuple(later)

    def _overdue(self, schools: Iterable[School]) -> tuple[tuple[Overdue, ...], int]:
        out, for_sure = [], 0
        for school in schools:
            gap = school.max_gap_days
            if gap is None:
                continue
            seen = self.history.days_visited(school.school_id)
            for day in self.calendar.open_days(school.school_id, self.monday):
                span = self._last_open_days(school.school_id, day, gap)
                if span is None or any(d in seen for d in span):
                    continue
                days = tuple(d for d in span if d >= self.monday)
                if days:
                    out.append(Overdue(school.school_id, day, days))
                else:
                    for_sure += 1
        return tuple(out), for_sure

    def _last_open_days(self, school_id: str, day: date, count: int) -> tuple[date, ...] | None:
        """The last `count` open days up to `day`; None where they reach back to unknown days."""
        found: list[date] = []
        ordinal = day.toordinal()
        first = self.history.first_known_day.toordinal()
        while len(found) < count:
            if ordinal < first:
                return None
            current = date.fromordinal(ordinal)
            if self.calendar.hours(school_id, current) is not None:
                found.append(current)
            ordinal -= 1
        return tuple(found)

    def _focus_gaps(self, schools: Iterable[School]) -> tuple[tuple[str, str], ...]:
        weeks = self.agency.policy.rotation.cycle_weeks
        begins = date.fromordinal(self.monday.toordinal() - 7 * (weeks - 1))
        known = self.history.first_known_day
        if begins < date.fromordinal(known.toordinal() - known.weekday()):
            return ()
        least = self.agency.policy.visits.mentoring_minutes
        out = []
        for school in schools:
            if not self._open_count(school.school_id):
                continue
            had = self.history.focuses(school.school_id, begins, self.monday)
            for focus in COUNTED_FOCUSES:
                if focus == "mentoring" and not school.mentoring_windows(least):
                    continue
                if focus not in had:
                    out.append((school.school_id, focus))
        return tuple(out)

    def _officer_days(self, precincts: set[str], ids: set[str], grid: Grid) -> tuple[OfficerDay, ...]:
        out: list[OfficerDay] = []
        fixed = [v for v in self.fixed if v.school_id in ids]
        coming = [v for v in self._coming() if v.school_id in ids]
        taken = {(v.school_id, v.date) for v in fixed}
        for officer in self.agency.officers.values():
            served = self.agency.served_precincts(officer) & precincts
            for day in self.days:
                own = [v for v in fixed if v.officer_id == officer.officer_id and v.date == day]
                own.sort(key=lambda v: v.start)
                keeps = [v for v in coming if v.officer_id == officer.officer_id and v.date == day]
                duty = self.calendar.duty(officer.officer_id, day)
                earliest = self._earliest(day)
                most = self._most(officer, duty, len(own), earliest)
                schools = self._schools_open(served, day, taken) if most else ()
                if schools or own:
                    clock = self._clock(duty, own, grid) if schools and duty else None
                    out.append(OfficerDay(
                        len(out), officer, day, duty, tuple(own), schools,
                        most if schools else 0, earliest, clock, tuple(keeps),
                    ))  # fmt: skip
        return tuple(out)

    def _most(self, officer: Officer, duty: Duty | None, fixed: int, earliest: int) -> int:
        """How many visits may be added to an officer's day."""
        visits = self.agency.policy.visits
        if duty is None or earliest >= 1440 or not officer.holds(visits.required_qualification):
            return 0
        return max(0, visits.most_per_day - fixed)

    def _earliest(self, day: date) -> int:
        """The first minute of `day` at which a visit may still be planned."""
        if self.published is None or day > self.published.moment.date():
            return 0
        if day < self.published.moment.date():
            return 1440
        moment = self.published.moment
        return moment.hour * 60 + moment.minute + (moment.second > 0)

    def _schools_open(
        self, served: Iterable[str], day: date, taken: set[tuple[str, date]]
    ) -> tuple[str, ...]:
        kept = set(served)
        return tuple(
            s.school_id for p in self.agency.precincts if p in kept
            for s in self.agency.schools_of[p]
            if (s.school_id, day) not in taken
            and self.calendar.hours(s.school_id, day) is not None
        )  # fmt: skip

    def _clock(self, duty: Duty, fixed: list[Visit], grid: Grid) -> DayClock:
        rest = self.agency.policy.break_
        clock = DayClock(grid, duty, rest.minutes, rest.earliest, rest.latest)
        due = self.calendar.break_due(duty) and clock.has_room()
        if due and (not fixed or self._leave_break(clock, fixed)):
            return clock
        return DayClock(grid, duty, None, rest.earliest, rest.latest)

    def _leave_break(self, clock: DayClock, fixed: list[Visit]) -> bool:
        """Whether the fixed visits of a day alone leave room for a break."""
        station = self.agency.officers[fixed[0].officer_id].precinct_id
        first, last = fixed[0], fixed[-1]
        head = self.travel.from_station(station, first.school_id)
        tail = self.travel.to_station(last.school_id, station)
        return (
            bool(clock.head_fits(np.array([first.start]), head, True)[0])
            or bool(clock.tail_fits(np.array([last.end]), tail, True)[0])
            or any(
                bool(clock.gap_fits(np.array([a.end]), np.array([b.start]),
                                    self.travel.schools(a.school_id, b.school_id), True)[0])
                for a, b in itertools.pairwise(fixed)
            )
        )  # fmt: skip
