"""Folders that ask for more than can be done: the shipped county with seeded random changes, and
small folders of every kind."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from benchmarks.instances import MONDAY, county
from scheduler.domain.agency import Absence, Agency, Closure, Officer, Role, Session, Shift
from scheduler.domain.calendar import Calendar
from scheduler.domain.clock import Window
from scheduler.domain.plan import PastVisit, Visit
from tests.worlds import random_agency

DAYS = tuple(MONDAY + timedelta(days=i) for i in range(5))


@dataclass(frozen=True)
class Overloaded:
    """A folder and the precincts of it that are asked about (all where none is named)."""

    name: str
    agency: Agency
    precincts: tuple[str, ...] = ()


Overload = Callable[[Agency, str, Random], Agency]


def leave(agency: Agency, precinct: str, rng: Random) -> Agency:
    """The precinct's officers away on two days, all day or half of it."""
    return _away(agency, [(o, 2) for o in _own(agency, precinct)], rng)


def all_away(agency: Agency, precinct: str, rng: Random) -> Agency:
    """The precinct's officer and the first relief officer who covers it away most of the week."""
    relief = [o for o in _serving(agency, precinct) if o.role is Role.RELIEF][:1]
    return _away(agency, [(o, 3) for o in (*_own(agency, precinct), *relief)], rng)


def short_shifts(agency: Agency, precinct: str, rng: Random) -> Agency:
    """Everyone who serves the precinct goes home at noon or a little later."""
    serving = {o.officer_id for o in _serving(agency, precinct)}
    end = rng.choice([720, 750, 780])
    return replace(agency, shifts={
        k: replace(s, end=min(s.end, end)) if s.officer_id in serving else s for k, s in agency.shifts.items()
    })  # fmt: skip


def many_visits(agency: Agency, precinct: str, rng: Random) -> Agency:
    """Two or three visits a week at every school."""
    return _schools(agency, precinct, visits_per_week=rng.choice([2, 3, 3]))


def short_spans(agency: Agency, precinct: str, rng: Random) -> Agency:
    """Every school to be seen every other or third day, after three weeks of visits."""
    past = []
    for week in range(1, 4):
        for school in agency.schools_of[precinct]:
            day = MONDAY - timedelta(weeks=week) + timedelta(days=rng.randrange(3))
            visit = Visit(rng.choice(_own(agency, precinct)).officer_id, school.school_id, day,
                          600 + 5 * rng.randrange(20), 705, "law_enforcement")  # fmt: skip
            past.append(PastVisit(visit, "done" if rng.random() < 0.9 else "missed"))
    return _schools(replace(agency, history=tuple(past)), precinct, max_gap_days=rng.choice([2, 3]))


def closed_space(agency: Agency, precinct: str, rng: Random) -> Agency:
    """No private space at half of the schools, little at the others."""
    schools = dict(agency.schools)
    for s in agency.schools_of[precinct]:
        space = () if rng.random() < 0.5 else (Window(s.opens + 10, s.opens + 40),)
        schools[s.school_id] = replace(s, private_space=space)
    return replace(agency, schools=schools)


def many_sessions(agency: Agency, precinct: str, rng: Random) -> Agency:
    """Sessions at the same hours, some of them for an officer by name or with a qualification."""
    calendar, sessions = Calendar(agency), dict(agency.sessions)
    for i in range(6):
        school, day = rng.choice(agency.schools_of[precinct]), rng.choice(DAYS[:3])
        hours = calendar.hours(school.school_id, day)
        if hours is not None:
            named = rng.choice([None, None, _own(agency, precinct)[0].officer_id])
            sessions[f"added-{i}"] = Session(
                f"added-{i}", school.school_id, day, hours.start + 60 + 15 * rng.randrange(3), 45, "DARE",
                "teaching", rng.choice(["dare", "great", ""]), named,
            )  # fmt: skip
    return replace(agency, sessions=sessions)


def pinned(agency: Agency, precinct: str, rng: Random) -> Agency:
    """The officer pinned to long visits on three days, a day closed for snow."""
    officer, schools = _own(agency, precinct)[0], agency.schools_of[precinct]
    away = {(a.officer_id, a.start.date()) for a in agency.absences}
    days = [d for d in rng.sample(DAYS, 4) if (officer.officer_id, d) not in away]
    pins = tuple(
        Visit(officer.officer_id, rng.choice(schools).school_id, day, 600, 780, "law_enforcement")
        for day in days[:3]
    )
    snow = {(d, None): Closure(d, None, None, "Snow") for d in days[3:]}
    sessions = {k: s for k, s in agency.sessions.items() if s.date not in days[3:]}
    return replace(
        agency, pins=(*agency.pins, *pins), closures={**agency.closures, **snow}, sessions=sessions
    )


def alone(agency: Agency, precinct: str, rng: Random) -> Agency:
    """No relief officer to be had."""
    gone = {o.officer_id for o in agency.officers.values() if o.role is Role.RELIEF}
    return replace(
        agency, officers={k: o for k, o in agency.officers.items() if k not in gone},
        shifts={k: s for k, s in agency.shifts.items() if s.officer_id not in gone},
        absences=tuple(a for a in agency.absences if a.officer_id not in gone),
    )  # fmt: skip


def second_officer(agency: Agency, precinct: str, rng: Random) -> Agency:
    """A second officer of the precinct's own, in the afternoons."""
    second = Officer("second", "ESRO Second", precinct, qualifications=("sro",))
    shifts = {("second", d): Shift("second", d, 720, 1080) for d in range(5)}
    return replace(agency, officers={**agency.officers, "second": second}, shifts={**agency.shifts, **shifts})


RECIPES: tuple[tuple[str, tuple[str, ...], tuple[Overload, ...]], ...] = (
    ("leave", ("9",), (alone, leave)),
    ("leave with relief", ("12",), (leave, all_away)),
    ("away all week", ("11",), (alone, all_away, many_visits)),
    ("half days", ("7",), (alone, short_shifts)),
    ("3 visits", ("4",), (alone, many_visits)),
    ("3 visits", ("2",), (alone, many_visits)),
    ("3 visits with relief", ("4",), (many_visits, all_away)),
    ("short spans", ("4",), (alone, short_spans, many_visits, leave)),
    ("short spans", ("6",), (alone, short_spans)),
    ("sessions with relief", ("8",), (many_sessions, many_sessions, leave)),
    ("sessions", ("1",), (alone, many_sessions)),
    ("pins", ("3",), (alone, pinned)),
    ("pins and visits", ("3",), (pinned, many_visits, short_shifts)),
    ("no private space", ("7",), (alone, closed_space, leave)),
    ("two officers", ("2",), (alone, second_officer, many_visits, leave)),
    ("relief away", ("1",), (all_away, many_visits)),
    ("everything", ("12",), (alone, short_spans, many_sessions, leave)),
    ("two precincts", ("3", "6"), (alone, leave, many_visits)),
)  # fmt: skip
TINY = (5, 9, 36, 53)


def overloaded(seed: int) -> list[Overloaded]:
    """The folders of a seed, in one order."""
    out = []
    for name, precincts, overloads in RECIPES:
        rng, agency = Random(f"{seed} {name}"), county()
        for precinct in precincts:
            for overload in overloads:
                agency = overload(agency, precinct, rng)
        out.append(Overloaded(f"{name}, {', '.join(precincts)}", agency, precincts))
    out += [Overloaded(f"small folder {n}", random_agency(n)) for n in (t + 100 * seed for t in TINY)]
    return out


def _own(agency: Agency, precinct: str) -> list[Officer]:
    return [o for o in agency.officers.values() if o.precinct_id == precinct and o.role is Role.ESRO]


def _serving(agency: Agency, precinct: str) -> list[Officer]:
    return [o for o in agency.officers.values() if precinct in agency.served_precincts(o)]


def _away(agency: Agency, who: list[tuple[Officer, int]], rng: Random) -> Agency:
    absences = list(agency.absences)
    for officer, number in who:
        for day in rng.sample(DAYS, number):
            first, last = rng.choice([(time(0), time(23, 59)), (time(0), time(23, 59)), (time(8), time(12))])
            absences.append(_absence(officer, day, first, last, rng.choice(["sick", "leave", "court"])))
    return replace(agency, absences=tuple(dict.fromkeys(absences)))


def _absence(officer: Officer, day: date, first: time, last: time, reason: str) -> Absence:
    return Absence(officer.officer_id, datetime.combine(day, first), datetime.combine(day, last), reason)


def _schools(agency: Agency, precinct: str, **values: object) -> Agency:
    near = {s.school_id: replace(s, **values) for s in agency.schools_of[precinct]}  # type: ignore[arg-type]
    return replace(agency, schools={**agency.schools, **near})
