"""What a plan gives each school and asks of each officer, in one week."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.domain.agency import Officer, School
from scheduler.domain.calendar import Duty, week_days
from scheduler.domain.plan import Visit
from scheduler.rules.case import Case
from scheduler.rules.shares import week_shares
from scheduler.rules.tiers.minutes_cost import travel_minutes


@dataclass(frozen=True, slots=True)
class SchoolWeek:
    """One school in one week. `share` is None where it has none (closed, or weight 0);
    `last_seen` is the last known visit before the week; minutes throughout."""

    school: School
    wanted: int
    visits: tuple[Visit, ...]
    share: int | None
    last_seen: date | None
    focuses: Mapping[str, int]
    cycle_focuses: frozenset[str]

    @property
    def minutes(self) -> int:
        """Minutes planned."""
        return sum(v.minutes for v in self.visits)


@dataclass(frozen=True, slots=True)
class OfficerWeek:
    """One officer in one week; minutes throughout. `load` is the part of the duty minutes that
    visits and drives fill (None without duty)."""

    officer: Officer
    duties: Mapping[date, Duty | None]
    visits: tuple[Visit, ...]
    focuses: Mapping[str, int]
    travel: int

    @property
    def minutes(self) -> int:
        """Minutes at schools."""
        return sum(v.minutes for v in self.visits)

    @property
    def duty_minutes(self) -> int:
        """Minutes on duty."""
        return sum(d.minutes for d in self.duties.values() if d is not None)

    @property
    def load(self) -> float | None:
        """Part of the duty minutes that visits and drives fill."""
        return (self.minutes + self.travel) / self.duty_minutes if self.duty_minutes else None


def school_weeks(case: Case, monday: date, precincts: tuple[str, ...] | None = None) -> list[SchoolWeek]:
    """The schools of `precincts` (all unless given), in the order of the tables."""
    agency, history = case.agency, case.history(monday)
    chosen = precincts if precincts is not None else tuple(agency.precincts)
    by_school: dict[str, list[Visit]] = {}
    for v in case.week_visits(monday):
        by_school.setdefault(v.school_id, []).append(v)
    begin = monday - timedelta(weeks=agency.policy.rotation.cycle_weeks - 1)
    out = []
    for precinct_id in chosen:
        shares = week_shares(case.calendar, history, precinct_id, monday).shares
        for school in agency.schools_of[precinct_id]:
            s = school.school_id
            visits = tuple(sorted(by_school.get(s, []), key=lambda v: (v.date, v.start)))
            open_days = len(case.calendar.open_days(s, monday))
            out.append(SchoolWeek(
                school, min(school.visits_per_week, open_days), visits, shares.get(s),
                max(history.days_visited(s), default=None), Counter(v.focus for v in visits),
                history.focuses(s, begin, monday) | {v.focus for v in visits},
            ))  # fmt: skip
    return out


def officer_weeks(case: Case, monday: date, precincts: tuple[str, ...] | None = None) -> list[OfficerWeek]:
    """The officers who serve `precincts` (all unless given) and are on duty or visit."""
    agency = case.agency
    chosen = set(precincts if precincts is not None else agency.precincts)
    by_officer: dict[str, list[Visit]] = {}
    for v in case.week_visits(monday):
        by_officer.setdefault(v.officer_id, []).append(v)
    out = []
    for officer in agency.officers.values():
        visits = sorted(by_officer.get(officer.officer_id, []), key=lambda v: (v.date, v.start))
        here = [v for v in visits if agency.schools[v.school_id].precinct_id in chosen]
        duties = {d: case.calendar.duty(officer.officer_id, d) for d in week_days(monday)}
        own = officer.precinct_id in chosen and officer.role == "esro"
        if not here and not own:
            continue
        travel = sum(travel_minutes(case, [v for v in visits if v.date == d]) for d in week_days(monday))
        out.append(OfficerWeek(
            officer, duties, tuple(visits), Counter(v.focus for v in visits), travel
        ))  # fmt: skip
    return out
