"""A dispatcher's greedy rule: always go to the school that is owed most, by its drive."""

from datetime import date

from benchmarks.tasks import with_tasks
from scheduler.domain.agency import Agency, Officer
from scheduler.domain.calendar import Calendar, week_days
from scheduler.domain.plan import Plan, Visit
from scheduler.domain.travel import TravelTimes
from scheduler.rules.case import Case
from scheduler.rules.history import History
from scheduler.rules.registry import violations
from scheduler.rules.shares import week_shares


def greedy(agency: Agency, monday: date, seconds: float) -> Plan:
    """Fills each officer's day from morning to evening; every visit added breaks no rule."""
    del seconds  # it needs no more than a few
    return _Greedy(agency, monday).run()


class _Greedy:
    def __init__(self, agency: Agency, monday: date) -> None:
        self.agency, self.monday = agency, monday
        self.calendar, self.travel = Calendar(agency), TravelTimes(agency)
        history = History(agency, self.calendar, monday)
        self.owed = {s: 0 for s in agency.schools}
        for p in agency.precincts:
            self.owed.update(week_shares(self.calendar, history, p, monday).shares)
        self.need = {s.school_id: s.visits_per_week for s in agency.schools.values()}
        self.visits = [p for p in agency.pins if p.date in week_days(monday)]

    def run(self) -> Plan:
        order = sorted(self.agency.officers.values(), key=lambda o: (o.role != "esro", o.officer_id))
        for officer in order:
            for day in week_days(self.monday):
                if officer.role == "esro" or any(n > 0 for n in self.need.values()):
                    self._day(officer, day)
        return Plan.of(with_tasks(self.agency, self.monday, self.visits))

    def _day(self, officer: Officer, day: date) -> None:
        duty = self.calendar.duty(officer.officer_id, day)
        if duty is None:
            return
        last, now = None, duty.span.start
        while True:
            visit = self._next(officer, day, last, now)
            if visit is None:
                return
            self.visits.append(visit)
            self.owed[visit.school_id] -= visit.minutes
            self.need[visit.school_id] -= 1
            last, now = visit.school_id, visit.end

    def _next(self, officer: Officer, day: date, last: str | None, now: int) -> Visit | None:
        served = self.agency.served_precincts(officer)
        choices = []
        for school in self.agency.schools.values():
            s = school.school_id
            if school.precinct_id not in served or any(
                v.school_id == s and v.date == day for v in self.visits
            ):
                continue
            drive = (
                self.travel.from_station(officer.precinct_id, s)
                if last is None
                else self.travel.schools(last, s)
            )
            gain = 200 * max(0, self.need[s]) + max(0, self.owed[s])
            if gain > 0:
                choices.append((-gain / (drive + 20), s, drive))
        for _, s, drive in sorted(choices):
            visit = self._fit(officer, s, day, now + drive)
            if visit is not None:
                return visit
        return None

    def _fit(self, officer: Officer, school_id: str, day: date, ready: int) -> Visit | None:
        hours = self.calendar.hours(school_id, day)
        policy = self.agency.policy.visits
        if hours is None or not policy.lengths():
            return None
        step = policy.start_step_minutes
        wanted = [n for n in policy.lengths() if n <= max(self.owed[school_id], policy.lengths()[0])]
        for wait in (0, 30, 60):
            start = -(-max(ready + wait, hours.start) // step) * step
            for length in (wanted[-1], policy.lengths()[0]):
                visit = Visit(officer.officer_id, school_id, day, start, start + length, "law_enforcement")
                visit = self._focused(visit)
                near = [v for v in self.visits if v.date == day]
                if start + length <= hours.end and not violations(
                    Case(self.agency, (self.monday,), (*near, visit))
                ):
                    return visit
        return None

    def _focused(self, visit: Visit) -> Visit:
        attended = Case(self.agency, (self.monday,), (visit,)).attended(visit)
        if not attended:
            return visit
        return Visit(visit.officer_id, visit.school_id, visit.date, visit.start, visit.end, attended[0].focus)
