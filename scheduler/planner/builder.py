"""Builds the problem of a week from the tables: what is asked for, and what each officer-day may add."""

import itertools
from collections.abc import Iterable
from datetime import date

import numpy as np

from scheduler.domain.agency import Agency, Officer, School, Task
from scheduler.domain.calendar import Calendar, Duty, week_days
from scheduler.domain.plan import Published, Visit
from scheduler.domain.travel import TravelTimes
from scheduler.planner.grid import DayClock, Grid
from scheduler.planner.problem import OfficerDay, Overdue, WeekProblem
from scheduler.planner.ties import fixed_visits
from scheduler.rules.history import History
from scheduler.rules.shares import week_shares

COUNTED_FOCUSES = ("law_enforcement", "mentoring")


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
