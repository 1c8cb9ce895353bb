"""Scenarios that supervisors and lieutenants ask for by name, made of changes of the tables.

Each maker answers a Scenario for an agency; none touches the agency. Each raises InputError where
it is asked for something that the agency does not have.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any

from scheduler.domain.agency import WEEKDAYS, Agency, Officer, Role, School
from scheduler.domain.change import Change, Scenario
from scheduler.domain.clock import format_clock
from scheduler.errors import InputError, Problem, unknown_names
from scheduler.rules.violation import day_words

LAST_MINUTE = 23 * 60 + 59


def officer_out(
    agency: Agency, officer_id: str, first: date, last: date, reason: str = "what if"
) -> Scenario:
    """An officer away from the first to the last day, both whole."""
    name = _known(agency.officers, officer_id, "officer").name
    if last < first:
        raise _fault("last day", str(last), f"it lies before the first, {first}")
    begin, end = day_words(first), day_words(last)
    span = f"on {begin}" if first == last else f"from {begin} to {end}"
    change = Change("absences.csv", "add", {}, {
        "officer_id": officer_id, "start": f"{first}T00:00", "end": f"{last}T23:59", "reason": reason,
    })  # fmt: skip
    return Scenario(f"{name} out {span}", (change,))


def relief_lent(agency: Agency, officer_id: str, precinct_id: str) -> Scenario:
    """A relief officer who covers one precinct more."""
    officer = _known(agency.officers, officer_id, "officer")
    precinct = _known(agency.precincts, precinct_id, "precinct")
    if officer.role is not Role.RELIEF:
        raise _fault("officer", officer_id, "this is no relief officer; only relief officers are lent")
    served = agency.served_precincts(officer)
    if precinct_id in served:
        raise _fault("precinct", precinct_id, f"{officer.name} covers it already")
    covers = ";".join([*(p for p in agency.precincts if p in served), precinct_id])
    change = Change("officers.csv", "update", {"officer_id": officer_id}, {"covers": covers})
    return Scenario(f"{officer.name} also covers {precinct.name}", (change,))


def school_moved(agency: Agency, school_id: str, precinct_id: str) -> Scenario:
    """A school served by another precinct."""
    school = _known(agency.schools, school_id, "school")
    precinct = _known(agency.precincts, precinct_id, "precinct")
    change = Change("schools.csv", "update", {"school_id": school_id}, {"precinct_id": precinct_id})
    return Scenario(f"{school.name} moves to {precinct.name}", (change,))


def school_added(
    agency: Agency, precinct_id: str, name: str, latitude: float, longitude: float,
    like: str | None = None,
) -> Scenario:  # fmt: skip
    """A new school in a precinct; its hours, visits and private space are those of the school
    `like`, by default of the first of the precinct."""
    precinct = _known(agency.precincts, precinct_id, "precinct")
    rows = agency.schools_of[precinct_id]
    if like is None and not rows:
        raise _fault("like", None, f"{precinct.name} has no school whose hours a new one could have")
    model: School = _known(agency.schools, like, "school") if like is not None else rows[0]
    school_id = next(n for i in count(1) if (n := f"new-school-{i}") not in agency.schools)
    change = Change("schools.csv", "add", {}, {
        "school_id": school_id, "name": name, "precinct_id": precinct_id,
        "latitude": latitude, "longitude": longitude, "opens": format_clock(model.opens),
        "closes": format_clock(model.closes), "visits_per_week": model.visits_per_week,
        "max_gap_days": model.max_gap_days, "weight": str(model.weight),
        "private_space": ";".join(map(str, model.private_space)),
    })  # fmt: skip
    return Scenario(f"{name} opens in {precinct.name}", (change,))


def school_closed(agency: Agency, school_id: str) -> Scenario:
    """A school that is served no more, with everything that is asked for at it."""
    school = _known(agency.schools, school_id, "school")
    changes = [
        Change("sessions.csv", "remove", {"session_id": s.session_id})
        for s in agency.sessions.values() if s.school_id == school_id
    ]  # fmt: skip
    changes += [
        Change("tasks.csv", "remove", {"task_id": t.task_id})
        for t in agency.tasks.values() if t.school_id == school_id
    ]  # fmt: skip
    changes += [
        Change("closures.csv", "remove", {"date": str(c.date), "school_id": school_id})
        for c in agency.closures.values() if c.school_id == school_id
    ]  # fmt: skip
    changes += [
        Change("pins.csv", "remove", {
            "officer_id": p.officer_id, "school_id": school_id, "date": str(p.date),
            "start": format_clock(p.start), "end": format_clock(p.end),
        })
        for p in agency.pins if p.school_id == school_id
    ]  # fmt: skip
    place = f"school:{school_id}"
    changes += [
        Change("travel.csv", "remove", {"from_id": a, "to_id": b})
        for a, b in agency.travel if place in (a, b)
    ]  # fmt: skip
    changes.append(Change("schools.csv", "remove", {"school_id": school_id}))
    return Scenario(f"{school.name} closes", tuple(changes))


def visits_changed(agency: Agency, school_ids: Iterable[str], visits: int) -> Scenario:
    """So many visits a week for a group of schools."""
    schools = [_known(agency.schools, s, "school") for s in school_ids]
    if not schools:
        raise _fault("schools", None, "no school is named")
    if not 0 <= visits <= 5:
        raise _fault("visits", str(visits), "a school can have 0 to 5 visits a week")
    changes = tuple(
        Change("schools.csv", "update", {"school_id": s.school_id}, {"visits_per_week": visits})
        for s in schools
        if s.visits_per_week != visits
    )
    who = schools[0].name if len(schools) == 1 else f"{len(schools)} schools"
    return Scenario(f"{visits} {'visit' if visits == 1 else 'visits'} a week for {who}", changes)


def shift_changed(agency: Agency, officer_id: str, minutes: int) -> Scenario:
    """Every shift of an officer ends so many minutes later (earlier where negative)."""
    officer = _known(agency.officers, officer_id, "officer")
    shifts = [s for s in agency.shifts.values() if s.officer_id == officer_id]
    if not shifts:
        raise _fault("officer", officer_id, f"{officer.name} has no shifts")
    changes = []
    for s in shifts:
        end = min(LAST_MINUTE, s.end + minutes)
        if end <= s.start:
            raise _fault("minutes", str(minutes), f"the shift on {WEEKDAYS[s.weekday]} would be gone")
        changes.append(Change(
            "shifts.csv", "update", {"officer_id": officer_id, "weekday": WEEKDAYS[s.weekday]},
            {"end": format_clock(end)},
        ))  # fmt: skip
    what = "longer" if minutes >= 0 else "shorter"
    return Scenario(f"{officer.name}'s shifts {abs(minutes)} minutes {what}", tuple(changes))


def more_officers(agency: Agency, precinct_id: str, number: int = 1) -> Scenario:
    """So many officers more of a precinct's own, with the shifts and qualifications of its first
    (of the agency's first where it has none)."""
    precinct = _known(agency.precincts, precinct_id, "precinct")
    model = _model(agency, precinct_id)
    changes = []
    taken = set(agency.officers)
    for _ in range(number):
        officer_id = next(n for i in count(1) if (n := f"extra-{i}") not in taken)
        taken.add(officer_id)
        changes.append(Change("officers.csv", "add", {}, {
            "officer_id": officer_id, "name": f"Extra officer {officer_id.removeprefix('extra-')}",
            "precinct_id": precinct_id, "role": Role.ESRO.value,
            "qualifications": ";".join(model.qualifications),
        }))  # fmt: skip
        for (who, weekday), shift in agency.shifts.items():
            if who == model.officer_id:
                changes.append(Change("shifts.csv", "add", {}, {
                    "officer_id": officer_id, "weekday": WEEKDAYS[weekday],
                    "start": format_clock(shift.start), "end": format_clock(shift.end),
                }))  # fmt: skip
    what = "One more officer" if number == 1 else f"{number} more officers"
    return Scenario(f"{what} in {precinct.name}", tuple(changes))


def officers_counted(agency: Agency, precinct_id: str, number: int, weeks: Sequence[date]) -> Scenario:
    """Exactly so many officers of a precinct's own in the weeks (Mondays): more of them, or the
    last ones away."""
    precinct = _known(agency.precincts, precinct_id, "precinct")
    own = [
        o for o in agency.officers.values() if o.role is Role.ESRO and o.precinct_id == precinct_id
    ]  # fmt: skip
    name = f"{number} {'officer' if number == 1 else 'officers'} in {precinct.name}"
    if number > len(own):
        return Scenario(name, more_officers(agency, precinct_id, number - len(own)).changes)
    away = [
        c for o in own[number:] for monday in weeks
        for c in officer_out(agency, o.officer_id, monday, date.fromordinal(monday.toordinal() + 4)).changes
    ]  # fmt: skip
    return Scenario(name, tuple(away))


def _model(agency: Agency, precinct_id: str) -> Officer:
    required = agency.policy.visits.required_qualification
    own = [o for o in agency.officers.values() if o.role is Role.ESRO and o.holds(required)]
    own.sort(key=lambda o: o.precinct_id != precinct_id)
    if not own:
        raise _fault("precinct", precinct_id, "no officer has shifts that a new one could have")
    return own[0]


def _known(rows: Mapping[str, Any], name: str | None, what: str) -> Any:
    if name is None or name not in rows:
        raise unknown_names(what, [name], what, rows)
    return rows[name]


def _fault(where: str, value: str | None, message: str) -> InputError:
    return InputError([Problem(where, None, None, value, message, "Ask for something else.")])
