"""Facts of a folder that may stand in the way of a better week, each with the change that
would lift it, the likeliest first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from scheduler.domain.agency import ELSEWHERE, PAST, WEEKDAYS, Agency, Officer, School, Session, Task
from scheduler.domain.change import Change
from scheduler.domain.clock import Window, format_clock
from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem
from scheduler.rules.tiers.overdue_days import overdue_days
from scheduler.rules.violation import day_words

HOUR, ROAD = 60, 30
LAST_START = 23 * HOUR
MOST_LONGER = 15
"""School days that a limit is lengthened by at most; beyond that there is none."""
MOST_SHIFTS = 6


@dataclass(frozen=True)
class Fact:
    """A sentence about the folder, the change that lifts it, what that costs to arrange (a
    rank: 1 an agreement with a school, 5 another officer), and a sentence that proposes it."""

    sentence: str
    change: Change
    cost: int
    mend: str = ""


def unique_items(items: list[TierItem]) -> list[TierItem]:
    """One item for each school, session and task."""
    seen: dict[tuple[object, ...], TierItem] = {}
    for i in items:
        seen.setdefault((i.school_id, i.session_id, i.task_id), i)
    return list(seen.values())


def facts(case: Case, precincts: tuple[str, ...], items: list[TierItem], tier: str) -> Iterator[Fact]:
    """Facts that may explain the items of a tier in these precincts."""
    for item in unique_items(items):
        yield from item_facts(case, item, tier)
    yield from staff_facts(case, precincts, items, tier)


def item_facts(case: Case, item: TierItem, tier: str) -> Iterator[Fact]:
    """What is asked for and left out, and how."""
    agency = case.agency
    if item.session_id is not None:
        yield from _of_session(agency, agency.sessions[item.session_id])
    if item.task_id is not None:
        yield from _of_task(agency, agency.tasks[item.task_id])
    if item.school_id is not None and tier == "missing_visits":
        yield _of_visits(case, agency.schools[item.school_id])
    if item.school_id is not None and tier == "overdue_days":
        yield _of_gap(case, agency.schools[item.school_id])


def staff_facts(case: Case, precincts: tuple[str, ...], items: list[TierItem], tier: str) -> Iterator[Fact]:
    """Who is there to do it, when, and how much."""
    agency = case.agency
    serving = [o for o in agency.officers.values() if agency.served_precincts(o) & set(precincts)]
    days = sorted(case.days)
    yield from absence_facts(agency, serving, days)
    yield from _closures(case, days, {s.school_id for p in precincts for s in agency.schools_of[p]})
    visits = agency.policy.visits
    most = visits.most_per_day
    yield Fact(
        f"An officer makes at most {most} visits a day.", _setting("visits.most_per_day", most + 1), 3,
        f"Let officers make up to {most + 1} visits a day.",
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


def officer_words(agency: Agency, officer_id: str) -> str:
    """An officer's name; of one whom the tables at hand do not list, the id."""
    return agency.officers[officer_id].name if officer_id in agency.officers else officer_id


def _of_session(agency: Agency, s: Session) -> Iterator[Fact]:
    what, key = f"{s.program} at {agency.schools[s.school_id].name}", {"session_id": s.session_id}
    if s.officer_id is not None:
        yield Fact(
            f"{what} is for {officer_words(agency, s.officer_id)} alone.",
            Change("sessions.csv", "update", key, {"officer_id": ""}), 1, f"Let any officer attend {what}.",
        )  # fmt: skip
    if s.qualification:
        yield Fact(
            f"{what} needs an officer with {s.qualification}.",
            Change("sessions.csv", "update", key, {"qualification": ""}), 2,
            f"Let an officer without {s.qualification} attend {what}.",
        )  # fmt: skip
    yield Fact(
        f"{what} is on {day_words(s.date)}, {s.window}.", Change("sessions.csv", "remove", key), 3,
        f"Cancel {what} on {day_words(s.date)}.",
    )  # fmt: skip


def _of_task(agency: Agency, t: Task) -> Iterator[Fact]:
    what, key = f"{t.program} at {agency.schools[t.school_id].name}", {"task_id": t.task_id}
    later = t.until + timedelta(weeks=1)
    yield Fact(f"{what} is due by {day_words(t.until)}.",
               Change("tasks.csv", "update", key, {"until": later.isoformat()}), 1,
               f"Allow {what} until {day_words(later)}.")  # fmt: skip
    if t.window is not None:
        yield Fact(f"{what} is possible {t.window} only.",
                   Change("tasks.csv", "update", key, {"window": ""}), 1,
                   f"Allow {what} at any time of the day.")  # fmt: skip
    if t.officer_id is not None:
        yield Fact(f"{what} is for {officer_words(agency, t.officer_id)} alone.",
                   Change("tasks.csv", "update", key, {"officer_id": ""}), 1,
                   f"Let any officer do {what}.")  # fmt: skip
    if t.qualification:
        yield Fact(f"{what} needs an officer with {t.qualification}.",
                   Change("tasks.csv", "update", key, {"qualification": ""}), 2,
                   f"Let an officer without {t.qualification} do {what}.")  # fmt: skip


def _of_visits(case: Case, school: School) -> Fact:
    open_days = max(len(case.calendar.open_days(school.school_id, w)) for w in case.weeks)
    asked = min(school.visits_per_week, open_days)
    return Fact(
        f"{school.name} asks for {visits_words(asked)} a week.",
        Change("schools.csv", "update", {"school_id": school.school_id}, {"visits_per_week": asked - 1}), 1,
        f"Plan {visits_words(asked - 1)} a week at {school.name} in place of {asked}.",
    )  # fmt: skip


def visits_words(number: int) -> str:
    """`no visit`, `1 visit`, `2 visits`."""
    return f"{number or 'no'} {'visit' if number < 2 else 'visits'}"


def _of_gap(case: Case, school: School) -> Fact:
    gap, longer = school.max_gap_days or 1, long_enough(case, school)
    mend = f"Let {school.name} be seen every {longer} school days in place of {gap}."
    if longer is None:
        mend = f"Set no limit for how long {school.name} may go unseen."
    every = "every school day" if gap == 1 else f"every {gap} school days"
    return Fact(
        f"{school.name} is to be seen {every}.",
        Change("schools.csv", "update", {"school_id": school.school_id}, {"max_gap_days": longer or ""}),
        1 if longer is not None else 2, mend,
    )  # fmt: skip


def long_enough(case: Case, school: School) -> int | None:
    """The least limit with which the visits of the case leave the school overdue on no day; None
    where only no limit at all does."""
    visits = tuple(v for v in case.visits if v.school_id == school.school_id)
    least = school.max_gap_days or 1
    for gap in range(least + 1, least + MOST_LONGER + 1):
        world = replace(case.agency, schools={school.school_id: replace(school, max_gap_days=gap)})
        other = Case(world, case.weeks, visits)
        if not any(True for monday in case.weeks for _ in overdue_days(other, monday)):
            return gap
    return None


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
        name, span = agency.officers[a.officer_id].name, _span_words(a.start, a.end)
        yield Fact(f"{name} is away{why} {span}.", Change("absences.csv", "remove", key), 4,
                   f"Have {name} on duty {span}, in place of the absence{why}.")  # fmt: skip


def _span_words(start: datetime, end: datetime) -> str:
    first, last = day_words(start.date()), day_words(end.date())
    if start.date() == end.date():
        return f"all day on {first}" if _whole(start, end) else f"on {first}, {start:%H:%M}-{end:%H:%M}"
    return f"from {first} to {last}" if _whole(start, end) else (
        f"from {first}, {start:%H:%M}, to {last}, {end:%H:%M}"
    )  # fmt: skip


def _whole(start: datetime, end: datetime) -> bool:
    return start.time() == time() and end.time() >= time(23, 59)


def _closures(case: Case, days: list[date], schools: set[str]) -> Iterator[Fact]:
    for c in case.agency.closures.values():
        if c.date in days and (c.school_id is None or c.school_id in schools):
            where = "All schools" if c.school_id is None else case.agency.schools[c.school_id].name
            what = "closed" if c.hours is None else f"open {c.hours} only"
            label = f" ({c.label})" if c.label else ""
            key = {"date": c.date.isoformat(), "school_id": c.school_id}
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
