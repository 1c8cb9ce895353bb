"""Facts of a folder that may stand in the way of a better week, each with the change that
would lift it, the likeliest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.domain.agency import Agency, Officer, Role
from scheduler.domain.change import Change
from scheduler.domain.clock import format_clock
from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem
from scheduler.rules.violation import day_words


@dataclass(frozen=True)
class Fact:
    """A sentence about the folder, the change that lifts it, and what that costs to arrange (a
    rank: 1 an agreement with a school, 5 another officer)."""

    sentence: str
    change: Change
    cost: int


def facts(case: Case, precincts: tuple[str, ...], items: list[TierItem], tier: str) -> Iterator[Fact]:
    """Facts that may explain the items of a tier in these precincts."""
    agency = case.agency
    serving = [
        o for o in agency.officers.values() if agency.served_precincts(o) & set(precincts)
    ]  # fmt: skip
    days = sorted(case.days)
    for item in _unique(items):
        yield from _of_item(case, item, tier)
    yield from _absences(agency, serving, days)
    yield from _closures(case, precincts, days, {i.school_id for i in items if i.school_id})
    visits = agency.policy.visits
    yield Fact(
        f"An officer makes at most {visits.most_per_day} visits a day.",
        _setting("visits.most_per_day", visits.most_per_day + 1), 3,
    )  # fmt: skip
    if visits.shortest_minutes > 30:
        yield Fact(
            f"A visit lasts at least {visits.shortest_minutes} minutes.",
            _setting("visits.shortest_minutes", 30), 3,
        )  # fmt: skip
    if visits.required_qualification:
        for officer in serving:
            if not officer.holds(visits.required_qualification):
                yield _qualify(officer, visits.required_qualification)
    yield from _shifts(case, serving, days)


def extra_officer(case: Case, precincts: tuple[str, ...], days: list[date]) -> tuple[str, list[Change]]:
    """One relief officer more for the precincts on these days: a sentence and the changes."""
    agency = case.agency
    taken = set(agency.officers)
    name = next(n for n in (f"extra-{i}" for i in range(1, 1000)) if n not in taken)
    held = sorted({q for o in agency.officers.values() for q in o.qualifications})
    required = agency.policy.visits.required_qualification
    if required and required not in held:
        held.append(required)
    station = precincts[0]
    hours = [s for p in precincts for s in agency.schools_of[p]]
    start = max(0, min((s.opens for s in hours), default=480) - 60)
    end = min(1439, max((s.closes for s in hours), default=960) + 60)
    changes = [Change("officers.csv", "add", {}, {
        "officer_id": name, "name": "Extra officer", "precinct_id": station, "role": Role.RELIEF.value,
        "covers": ";".join(precincts), "qualifications": ";".join(held),
    })]  # fmt: skip
    weekdays = sorted({d.weekday() for d in days})
    for w in weekdays:
        changes.append(Change("shifts.csv", "add", {}, {
            "officer_id": name, "weekday": ("Mon", "Tue", "Wed", "Thu", "Fri")[w],
            "start": format_clock(start), "end": format_clock(end),
        }))  # fmt: skip
    names = ", ".join(agency.precincts[p].name for p in precincts)
    count = len(weekdays)
    return f"One more officer for {names} on {count} {'day' if count == 1 else 'days'}.", changes


def asking_less(
    case: Case, items: list[TierItem], tier: str
) -> Iterator[tuple[str, tuple[Change, ...], int]]:
    """Repairs that ask for less or at another time: a sentence, the changes, what it costs to
    arrange (a rank)."""
    agency = case.agency
    unique = _unique(items)
    tasks = [agency.tasks[i.task_id] for i in unique if i.task_id is not None]
    if tasks:
        names = ", ".join(f"{t.program} at {agency.schools[t.school_id].name}" for t in tasks)
        yield (f"Drop {names}.",
               tuple(Change("tasks.csv", "remove", {"task_id": t.task_id}) for t in tasks), 3)  # fmt: skip
    sessions = [agency.sessions[i.session_id] for i in unique if i.session_id is not None]
    if sessions:
        names = ", ".join(f"{s.program} at {agency.schools[s.school_id].name}" for s in sessions)
        cancelled = tuple(Change("sessions.csv", "remove", {"session_id": s.session_id}) for s in sessions)
        yield f"Cancel {names}.", cancelled, 3
    for session in sessions[:2]:
        for day in sorted(case.days):
            hours = case.calendar.hours(session.school_id, day)
            if day != session.date and hours is not None and hours.contains(session.window):
                yield (
                    f"Move {session.program} at {agency.schools[session.school_id].name} to "
                    f"{day_words(day)}, same time.",
                    (Change("sessions.csv", "update", {"session_id": session.session_id},
                            {"date": day.isoformat()}),), 2,
                )  # fmt: skip
    schools = [agency.schools[i.school_id] for i in unique if i.school_id is not None]
    if tier == "missing_visits" and schools:
        seen = {s.school_id: set[date]() for s in schools}
        for v in case.visits:
            if v.school_id in seen:
                seen[v.school_id].add(v.date)
        per_week = {s: len(days) // len(case.weeks) for s, days in seen.items()}
        names = ", ".join(f"{per_week[s.school_id]} at {s.name}" for s in schools[:6])
        more = f" and {len(schools) - 6} more" if len(schools) > 6 else ""
        yield (f"Ask for no more visits than can be made: {names}{more}.", tuple(
            Change("schools.csv", "update", {"school_id": s.school_id},
                   {"visits_per_week": per_week[s.school_id]}) for s in schools), 2)  # fmt: skip
        yield ("Ask for no visits of these schools this time: " + ", ".join(s.name for s in schools) + ".",
               tuple(Change("schools.csv", "update", {"school_id": s.school_id}, {"visits_per_week": 0})
                     for s in schools), 4)  # fmt: skip
    if tier == "overdue_days" and schools:
        names = ", ".join(s.name for s in schools)
        yield (f"Set no limit for how long {names} may go unseen.", tuple(
            Change("schools.csv", "update", {"school_id": s.school_id}, {"max_gap_days": ""})
            for s in schools), 3)  # fmt: skip
        yield (f"Let {names} go unseen for a week longer.", tuple(
            Change("schools.csv", "update", {"school_id": s.school_id},
                   {"max_gap_days": (s.max_gap_days or 0) + 5}) for s in schools), 2)  # fmt: skip


def _unique(items: list[TierItem]) -> list[TierItem]:
    seen: dict[tuple[object, ...], TierItem] = {}
    for i in items:
        seen.setdefault((i.school_id, i.session_id, i.task_id), i)
    return list(seen.values())


def _of_item(case: Case, item: TierItem, tier: str) -> Iterator[Fact]:
    agency = case.agency
    if item.session_id is not None:
        s = agency.sessions[item.session_id]
        name = agency.schools[s.school_id].name
        yield Fact(
            f"{s.program} at {name} is on {day_words(s.date)}, {s.window}.",
            Change("sessions.csv", "remove", {"session_id": s.session_id}), 2,
        )  # fmt: skip
        if s.qualification:
            yield Fact(
                f"{s.program} at {name} needs an officer with {s.qualification}.",
                Change("sessions.csv", "update", {"session_id": s.session_id}, {"qualification": ""}), 2,
            )  # fmt: skip
        if s.officer_id is not None:
            yield Fact(
                f"{s.program} at {name} is {agency.officers[s.officer_id].name}'s alone.",
                Change("sessions.csv", "update", {"session_id": s.session_id}, {"officer_id": ""}), 1,
            )  # fmt: skip
    if item.task_id is not None:
        t = agency.tasks[item.task_id]
        name = agency.schools[t.school_id].name
        later = {"until": (t.until + timedelta(weeks=1)).isoformat()}
        key = {"task_id": t.task_id}
        yield Fact(f"{t.program} at {name} is due by {day_words(t.until)}.",
                   Change("tasks.csv", "update", key, later), 1)  # fmt: skip
        if t.window is not None:
            yield Fact(f"{t.program} at {name} is possible {t.window} only.",
                       Change("tasks.csv", "update", key, {"window": ""}), 1)  # fmt: skip
        if t.qualification:
            yield Fact(f"{t.program} at {name} needs an officer with {t.qualification}.",
                       Change("tasks.csv", "update", key, {"qualification": ""}), 2)  # fmt: skip
        if t.officer_id is not None:
            yield Fact(f"{t.program} at {name} is {agency.officers[t.officer_id].name}'s alone.",
                       Change("tasks.csv", "update", key, {"officer_id": ""}), 1)  # fmt: skip
    if item.school_id is not None and tier == "missing_visits":
        school = agency.schools[item.school_id]
        open_days = max(len(case.calendar.open_days(school.school_id, w)) for w in case.weeks)
        asked = min(school.visits_per_week, open_days)
        yield Fact(
            f"{school.name} asks for {asked} {'visit' if asked == 1 else 'visits'} a week.",
            Change("schools.csv", "update", {"school_id": school.school_id}, {"visits_per_week": asked - 1}),
            1,
        )  # fmt: skip
    if item.school_id is not None and tier == "overdue_days":
        school = agency.schools[item.school_id]
        gap = school.max_gap_days or 1
        yield Fact(
            f"{school.name} is to be seen every {gap} school days.",
            Change("schools.csv", "update", {"school_id": school.school_id}, {"max_gap_days": gap + 5}), 1,
        )  # fmt: skip


def _absences(agency: Agency, serving: list[Officer], days: list[date]) -> Iterator[Fact]:
    known = {o.officer_id for o in serving}
    rows = [a for a in agency.absences if a.officer_id in known]
    for a in rows:
        if a.start.date() > days[-1] or a.end.date() < days[0]:
            continue
        key = {"officer_id": a.officer_id, "start": f"{a.start:%Y-%m-%dT%H:%M}",
               "end": f"{a.end:%Y-%m-%dT%H:%M}"}  # fmt: skip
        if sum((b.officer_id, b.start, b.end) == (a.officer_id, a.start, a.end) for b in rows) > 1:
            continue
        why = f" ({a.reason})" if a.reason else ""
        span = f"{a.start:%a} {a.start.day} {a.start:%b %H:%M} to {a.end:%a} {a.end.day} {a.end:%b %H:%M}"
        name = agency.officers[a.officer_id].name
        yield Fact(f"{name} is away{why} from {span}.", Change("absences.csv", "remove", key), 4)


def _closures(case: Case, precincts: tuple[str, ...], days: list[date], schools: set[str]) -> Iterator[Fact]:
    for c in case.agency.closures.values():
        if c.date in days and (c.school_id is None or c.school_id in schools):
            where = (
                "All schools are" if c.school_id is None else f"{case.agency.schools[c.school_id].name} is"
            )
            what = "closed" if c.hours is None else f"open {c.hours} only"
            key = {"date": c.date.isoformat(), "school_id": c.school_id}
            yield Fact(f"{where} {what} on {day_words(c.date)}.", Change("closures.csv", "remove", key), 5)


def _shifts(case: Case, serving: list[Officer], days: list[date]) -> Iterator[Fact]:
    for officer in serving:
        for w in sorted({d.weekday() for d in days}):
            shift = case.agency.shifts.get((officer.officer_id, w))
            if shift is None or shift.end > 1379:
                continue
            day = next(d for d in days if d.weekday() == w)
            if case.calendar.duty(officer.officer_id, day) is None:
                continue
            key = {"officer_id": officer.officer_id, "weekday": ("Mon", "Tue", "Wed", "Thu", "Fri")[w]}
            yield Fact(
                f"{officer.name} is on duty until {format_clock(shift.end)} on {day:%A}s.",
                Change("shifts.csv", "update", key, {"end": format_clock(shift.end + 60)}), 4,
            )  # fmt: skip


def _qualify(officer: Officer, qualification: str) -> Fact:
    held = ";".join((*officer.qualifications, qualification))
    return Fact(
        f"{officer.name} does not hold {qualification}, so makes no visit.",
        Change("officers.csv", "update", {"officer_id": officer.officer_id}, {"qualifications": held}), 5,
    )  # fmt: skip


def _setting(path: str, value: int) -> Change:
    return Change("agency.toml", "update", {"path": path}, {"value": value})
