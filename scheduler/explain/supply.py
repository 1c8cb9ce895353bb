"""How many visits officers can make at the most, by the day: no plan of any kind makes more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from scheduler.domain.agency import Officer
from scheduler.domain.clock import Window
from scheduler.domain.plan import Visit
from scheduler.rules.case import Case

LATEST = 24 * 60


def serving_officers(case: Case, precincts: tuple[str, ...]) -> list[Officer]:
    """The officers who may visit schools of the precincts."""
    agency = case.agency
    required = agency.policy.visits.required_qualification
    return [
        o for o in agency.officers.values()
        if o.holds(required) and agency.served_precincts(o) & set(precincts)
    ]  # fmt: skip


def fixed_on(case: Case, day: date) -> list[Visit]:
    """The visits of a date that are in every plan: pins, and published ones that have begun."""
    known = {v.pin_key: v for v in (*case.pins, *case.past) if v.date == day}
    return list(known.values())


@dataclass(frozen=True)
class Supply:
    """Visits that the precincts' schools can have at the most, made by those who serve them."""

    case: Case
    precincts: tuple[str, ...]

    @cached_property
    def officers(self) -> list[Officer]:
        """Those who serve the precincts."""
        return serving_officers(self.case, self.precincts)

    @cached_property
    def _schools(self) -> list[str]:
        return [s.school_id for p in self.precincts for s in self.case.agency.schools_of[p]]

    @cached_property
    def _least_drive(self) -> int:
        drive, schools = self.case.travel.schools, self._schools
        return min((drive(a, b) for a in schools for b in schools if a != b), default=LATEST)

    def of_officer(self, officer: Officer, day: date) -> int:
        """Visits to the precincts' schools that an officer can make on a date: no more than the policy
        allows and the time on duty holds, beside those that are fixed."""
        mine = [v for v in fixed_on(self.case, day) if v.officer_id == officer.officer_id]
        here = sum(v.school_id in self._schools for v in mine)
        most = self.case.agency.policy.visits.most_per_day
        free = min(max(0, most - len(mine)), self.fitting(officer, day))
        return here + free

    def fitting(self, officer: Officer, day: date) -> int:
        """Visits of the shortest length that the time of an officer's duty holds on a date, whatever
        the policy says of their number."""
        shortest = self.case.agency.policy.visits.shortest_minutes
        least = self._least_drive
        return sum(
            (w.minutes + least) // max(1, shortest + least) for w in self._stretches(officer, day)
            if w.minutes >= shortest
        )  # fmt: skip

    def _stretches(self, officer: Officer, day: date) -> Iterable[Window]:
        """The stretches of a date in which the officer can be at one of the schools."""
        case = self.case
        duty = case.calendar.duty(officer.officer_id, day)
        hours = [h for s in self._schools if (h := case.calendar.hours(s, day)) is not None]
        if duty is None or not hours:
            return
        start = max(duty.span.start, min(h.start for h in hours))
        end = min(duty.span.end, max(h.end for h in hours))
        if case.published is not None and case.published.moment.date() == day:
            start = max(start, case.published.moment.hour * 60 + case.published.moment.minute)
        if case.published is not None and case.published.moment.date() > day:
            return
        for away in duty.absences:
            if away.start > start:
                yield Window(start, max(start, min(away.start, end)))
            start = max(start, away.end)
        if start < end:
            yield Window(start, end)

    def on(self, day: date) -> int:
        """Visits to the precincts' schools on a date, of all who serve them and of those pinned there."""
        known = {o.officer_id for o in self.officers}
        others = [
            v for v in fixed_on(self.case, day)
            if v.officer_id not in known and v.school_id in self._schools
        ]  # fmt: skip
        return len(others) + sum(self.of_officer(o, day) for o in self.officers)

    def days_on_duty(self, officer: Officer, days: Iterable[date]) -> int:
        """How many of the dates an officer is on duty."""
        return sum(self.case.calendar.duty(officer.officer_id, d) is not None for d in days)
