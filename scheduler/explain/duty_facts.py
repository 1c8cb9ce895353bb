"""Facts of who is there to do the work, when, and how much of it: each with the change that would
lift it."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from scheduler.domain.agency import ELSEWHERE, PAST, WEEKDAYS, Agency, Officer
from scheduler.domain.change import Change
from scheduler.domain.clock import Window, format_clock
from scheduler.explain.fact import Fact
from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem
from scheduler.rules.violation import day_words

HOUR, ROAD = 60, 30
LAST_START = 23 * HOUR
MOST_SHIFTS = 6
MOST_PINS = 8
MOST_LENT = 2


def staff_facts(case: Case, precincts: tuple[str, ...], items: list[TierItem], tier: str) -> Iterator[Fact]:
    """Who is there to do it, when, and how much."""
    agency = case.agency
    serving = [o for o in agency.officers.values() if agency.served_precincts(o) & set(precincts)]
    days = sorted(case.days)
    yield from absence_facts(agency, serving, days)
    yield from _pins(case, serving, days)
    yield from _closures(case, days, {s.school_id for p in precincts for s in agency.schools_of[p]})
    visits = agency.policy.visits
    most = visits.most_per_day
    yield Fact(
        f"An officer makes at most {most} visit{'s' * (most != 1)} a day.",
        _setting("visits.most_per_day", most + 1), 3,
        f"Let officers make up to {most + 1} visit{'s' * (most != 0)} a day.",
    )  # fmt: skip
    if visits.shortest_minutes > 30:
        yield Fact(
            f"A visit lasts at least {visits.shortest_minutes} minutes.",
            _setting("visits.shortest_minutes", 30), 3, "Let visits be as short as 30 minutes.",
        )  # fmt: skip
    if visits.required_qualification:
        for officer in serving:
            if not officer.holds(visits.required_qualification):
                yield _qualify(officer, visits.required_qualification)
    yield from _shifts(case, precincts, serving, days, items)


def absence_facts(agency: Agency, serving: list[Officer], days: list[date]) -> Iterator[Fact]:
    """Officers who are away on the days."""
    known = {o.officer_id for o in serving}
    rows = [a for a in agency.absences if a.officer_id in known and a.reason not in (ELSEWHERE, PAST)]
    for a in rows:
        if a.start.date() > days[-1] or a.end.date() < days[0]:
            continue
        key = {"officer_id": a.officer_id, "start": f"{a.start:%Y-%m-%dT%H:%M}",
               "end": f"{a.end:%Y-%m-%dT%H:%M}"}  # fmt: skip
        if sum((b.officer_id, b.start, b.end) == (a.officer_id, a.start, a.end) for b in rows) > 1:
            continue
        why = f" ({a.reason})" if a.reason else ""
        name, span = agency.officers[a.officer_id].name, span_words(a.start, a.end)
        yield Fact(f"{name} is away{why} {span}.", Change("absences.csv", "remove", key), 4,
                   f"Have {name} on duty {span}, in place of the absence{why}.")  # fmt: skip


def lending_facts(case: Case, precincts: tuple[str, ...], lent: Iterable[Officer]) -> Iterator[Fact]:
    """Relief officers on duty who do not cover the precincts, those who may do most first."""
    agency = case.agency
    required = agency.policy.visits.required_qualification
    there = [
        o for o in lent
        if o.holds(required) and any(case.calendar.duty(o.officer_id, d) is not None for d in case.days)
    ]  # fmt: skip
    names = " and ".join(agency.precincts[p].name for p in precincts)
    for o in sorted(there, key=lambda o: (-len(o.qualifications), o.officer_id))[:MOST_LENT]:
        served = agency.served_precincts(o)
        covers = ";".join(p for p in agency.precincts if p in served or p in precincts)
        yield Fact(f"{o.name} does not cover {names}.",
                   Change("officers.csv", "update", {"officer_id": o.officer_id}, {"covers": covers}), 5,
                   f"Have {o.name} cover {names} as well.")  # fmt: skip


def span_words(start: datetime, end: datetime) -> str:
    """`all day on Thu 3 Dec`, `on Thu 3 Dec, 08:00-12:00`, `from Mon 30 Nov to Tue 1 Dec`."""
    if start.time() == end.time() == time() and start < end:
        end -= timedelta(minutes=1)  # whole days, written to the midnight after them
    first, last = day_words(start.date()), day_words(end.date())
    if start.date() == end.date():
        return f"all day on {first}" if _whole(start, end) else f"on {first}, {start:%H:%M}-{end:%H:%M}"
    return f"from {first} to {last}" if _whole(start, end) else (
        f"from {first}, {start:%H:%M}, to {last}, {end:%H:%M}"
    )  # fmt: skip


def _whole(start: datetime, end: datetime) -> bool:
    return start.time() == time() and end.time() >= time(23, 59)


def _pins(case: Case, serving: list[Officer], days: list[date]) -> Iterator[Fact]:
    """Visits that are pinned and bind an officer."""
    agency, known = case.agency, {o.officer_id: o.name for o in serving}
    found = [p for p in agency.pins if p.date in days and p.officer_id in known]
    for p in found[:MOST_PINS]:
        key = {"officer_id": p.officer_id, "school_id": p.school_id, "date": p.date.isoformat(),
               "start": format_clock(p.start), "end": format_clock(p.end)}  # fmt: skip
        where = f"{agency.schools[p.school_id].name} on {day_words(p.date)}, {p.window}"
        yield Fact(
            f"{known[p.officer_id]} is pinned to {where}.", Change("pins.csv", "remove", key), 2,
            f"Take back {known[p.officer_id]}'s pinned visit to {where}.",
        )  # fmt: skip


def _closures(case: Case, days: list[date], schools: set[str]) -> Iterator[Fact]:
    for c in case.agency.closures.values():
        if c.date in days and (c.school_id is None or c.school_id in schools):
            where = "All schools" if c.school_id is None else case.agency.schools[c.school_id].name
            what = "closed" if c.hours is None else f"open {c.hours} only"
            label = f" ({c.label})" if c.label else ""
            key = {"date": c.date.isoformat(), "school_id": c.school_id or ""}
            yield Fact(
                f"{where} {'are' if c.school_id is None else 'is'} {what} on {day_words(c.date)}{label}.",
                Change("closures.csv", "remove", key), 5,
                f"Open {where[0].lower() + where[1:] if c.school_id is None else where} as usual on "
                f"{day_words(c.date)}.",
            )  # fmt: skip


def _shifts(
    case: Case, precincts: tuple[str, ...], serving: list[Officer], days: list[date],
    items: list[TierItem],
) -> Iterator[Fact]:  # fmt: skip
    """Shifts that end before what is left out does, or begin after, or are not there at all."""
    agency, needs = case.agency, _needs(case, precincts, days, items)
    yielded = 0
    for officer in serving:
        for w in sorted(needs):
            if yielded >= MOST_SHIFTS:
                return
            fact = _shift(agency, officer, w, needs[w])
            if fact is not None:
                yielded += 1
                yield fact


def _needs(
    case: Case, precincts: tuple[str, ...], days: list[date], items: list[TierItem]
) -> dict[int, Window]:
    """For each weekday the hours in which what is left out happens: those of missed sessions,
    else those of the schools."""
    agency = case.agency
    sessions = [agency.sessions[i.session_id] for i in items if i.session_id is not None]
    windows = [(s.date, s.window) for s in sessions]
    if len(sessions) < len(items):
        schools = [s.school_id for p in precincts for s in agency.schools_of[p]]
        windows = [(d, h) for d in days for s in schools if (h := case.calendar.hours(s, d)) is not None]
    out: dict[int, Window] = {}
    for day, window in windows:
        old = out.get(day.weekday(), window)
        out[day.weekday()] = Window(min(old.start, window.start), max(old.end, window.end))
    return out


def _shift(agency: Agency, officer: Officer, w: int, need: Window) -> Fact | None:
    name, weekday = officer.name, WEEKDAYS[w]
    day = f"{('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday')[w]}s"
    shift = agency.shifts.get((officer.officer_id, w))
    key = {"officer_id": officer.officer_id, "weekday": weekday}
    if shift is None:
        others = [s for (o, _), s in agency.shifts.items() if o == officer.officer_id]
        if not others:
            return None
        hours = {"start": format_clock(others[0].start), "end": format_clock(others[0].end)}
        return Fact(f"{name} has no shift on {day}.", Change("shifts.csv", "add", {}, {**key, **hours}), 5,
                    f"Have {name} work on {day}, {hours['start']}-{hours['end']}.")  # fmt: skip
    if shift.end < need.end + ROAD and shift.end <= LAST_START:
        later = format_clock(min(max(shift.end + HOUR, need.end + HOUR), LAST_START + HOUR - 1))
        return Fact(f"{name} is on duty until {format_clock(shift.end)} on {day}.",
                    Change("shifts.csv", "update", key, {"end": later}), 4,
                    f"Let {name} work until {later} on {day}.")  # fmt: skip
    if shift.start > need.start - ROAD and shift.start >= HOUR:
        sooner = format_clock(max(0, min(shift.start - HOUR, need.start - HOUR)))
        return Fact(f"{name} is on duty from {format_clock(shift.start)} on {day}.",
                    Change("shifts.csv", "update", key, {"start": sooner}), 4,
                    f"Let {name} begin at {sooner} on {day}.")  # fmt: skip
    return None


def _qualify(officer: Officer, qualification: str) -> Fact:
    held = ";".join((*officer.qualifications, qualification))
    return Fact(
        f"{officer.name} does not hold {qualification}, so makes no visit.",
        Change("officers.csv", "update", {"officer_id": officer.officer_id}, {"qualifications": held}), 5,
        f"Have {officer.name} gain {qualification}.",
    )  # fmt: skip


def _setting(path: str, value: int) -> Change:
    return Change("agency.toml", "update", {"path": path}, {"value": value})
