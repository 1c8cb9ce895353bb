"""Schools that cannot all be seen before their limits run out, counted by the day."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property

from scheduler.explain.supply import Supply, fixed_on
from scheduler.explain.words import counted
from scheduler.rules.case import Case
from scheduler.rules.tiers.overdue_days import last_open_days
from scheduler.rules.violation import day_words


@dataclass(frozen=True)
class Rush:
    """Schools that are to be seen from one date to another, and the visits that can be made then."""

    first: date
    last: date
    schools: int
    visits: int

    @property
    def excess(self) -> int:
        """Those that are overdue on the last date at the least."""
        return self.schools - self.visits


class Deadlines:
    """What the limits of some precincts' schools come to at the least in the planned weeks."""

    def __init__(self, case: Case, precincts: tuple[str, ...]) -> None:
        self.case = case
        self.schools = [s for p in precincts for s in case.agency.schools_of[p]]
        self.supply = Supply(case, precincts)
        self._on = cache(self.supply.on)

    @property
    def least(self) -> int:
        """School days overdue in every plan."""
        return sum(r.excess for r in self.rushes)

    @cached_property
    def rushes(self) -> list[Rush]:
        """For each date the time up to it in which most schools must go unseen, if any must."""
        found = []
        for day in sorted(self.case.days):
            starts = sorted(self._starts(day), reverse=True)
            rushes = [
                Rush(first, day, sum(s >= first for s in starts), self._visits(first, day))
                for first in dict.fromkeys(starts)
            ]
            best = max(rushes, key=lambda r: r.excess, default=None)
            if best is not None and best.excess > 0:
                found.append(best)
        return found

    def _visits(self, first: date, last: date) -> int:
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return sum(self._on(d) for d in days if d in self.case.days)

    def _starts(self, day: date) -> list[date]:
        """For each school that is overdue on the date unless it is seen in the planned time: from when."""
        case, monday = self.case, self.case.weeks[0]
        history = case.history(monday)
        fixed = {(v.school_id, v.date) for d in case.days for v in fixed_on(case, d)}
        out = []
        for school in self.schools:
            if school.max_gap_days is None or case.calendar.hours(school.school_id, day) is None:
                continue
            span = last_open_days(case, school.school_id, day, school.max_gap_days, history.first_known_day)
            seen = history.days_visited(school.school_id)
            if span and not any(d in seen or (school.school_id, d) in fixed for d in span):
                out.append(max(monday, span[-1]))
        return out

    @property
    def sentence(self) -> str:
        """The worst of it in words; blank where counting says nothing."""
        worst = max(self.rushes, key=lambda r: (r.excess, r.last), default=None)
        if worst is None:
            return ""
        one_day = worst.first == worst.last
        are, they = ("is", "it is") if worst.schools == 1 else ("are", "they are")
        when = "that day" if one_day else f"from {day_words(worst.first)} on"
        serving, then = self.supply.officers, "that day" if one_day else "in that time"
        who = "nobody can be there"
        if len(serving) == 1 and not worst.visits:
            who = f"{serving[0].name} is not on duty"
        elif worst.visits:
            names = serving[0].name if len(serving) == 1 else f"the {len(serving)} officers together"
            who = f"{names} can make {counted(worst.visits, 'visit')}"
        return (
            f"{counted(worst.schools, 'school')} {are} overdue on {day_words(worst.last)} unless {they} seen "
            f"{when}; {who} {then}."
        )
