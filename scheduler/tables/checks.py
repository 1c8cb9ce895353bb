"""What tables say together: ids that must exist, rows that must not collide."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from scheduler.domain.agency import Agency, Role
from scheduler.domain.calendar import Calendar
from scheduler.domain.clock import Window
from scheduler.domain.plan import Visit
from scheduler.domain.travel import TravelTimes
from scheduler.tables.rows import Row, Rows

Tables = dict[str, Rows]


def check_ids(tables: Tables) -> None:
    """Keys that stand twice, and ids that no table knows."""
    for name, key in (("precincts", ("precinct_id",)), ("schools", ("school_id",)),
                      ("officers", ("officer_id",)), ("shifts", ("officer_id", "weekday")),
                      ("closures", ("date", "school_id")), ("sessions", ("session_id",)),
                      ("tasks", ("task_id",)), ("travel", ("from_id", "to_id"))):  # fmt: skip
        _unique(tables[name], key)
    for name in ("precincts", "tasks"):
        column = tables[name].table.columns[0].name
        for row in tables[name].having(column):
            if ";" in row[column]:
                tables[name].add(row.number, column, row[column], "an id cannot hold a semicolon",
                                 "It separates ids in lists; choose another id.")  # fmt: skip
    known = {
        "precinct_id": _known(tables["precincts"], "precinct_id"),
        "school_id": _known(tables["schools"], "school_id"),
        "officer_id": _known(tables["officers"], "officer_id"),
    }
    for name, column in (
        ("schools", "precinct_id"), ("officers", "precinct_id"), ("shifts", "officer_id"),
        ("absences", "officer_id"), ("closures", "school_id"), ("sessions", "school_id"),
        ("sessions", "officer_id"), ("tasks", "school_id"), ("tasks", "officer_id"),
        ("pins", "officer_id"), ("pins", "school_id"),
    ):  # fmt: skip
        _exists(tables[name], column, known[column])
    _covers(tables["officers"], known["precinct_id"])
    _places(tables["travel"], known)


def _known(rows: Rows, column: str) -> set[str] | None:
    """The ids of a table, None where some could not be read (then nothing can be said)."""
    known = [row[column] for row in rows.having(column)]
    return set(known) if rows.readable and len(known) == len(rows.rows) else None


def _unique(rows: Rows, key: tuple[str, ...]) -> None:
    seen: dict[tuple[object, ...], int] = {}
    for row in rows.having(*key):
        value = tuple(row[c] for c in key)
        if value in seen:
            rows.add(row.number, key[-1], " ".join(str(v) for v in value if v is not None),
                     f"this stands in row {seen[value]} already", "Remove one of the two.")  # fmt: skip
        else:
            seen[value] = row.number


def _exists(rows: Rows, column: str, known: set[str] | None) -> None:
    if known is None:
        return
    table = {"precinct_id": "precincts", "school_id": "schools", "officer_id": "officers"}[column]
    for row in rows.having(column):
        if row[column] is not None and row[column] not in known:
            rows.add(row.number, column, row[column], f"no row of {table}.csv has this id",
                     "Correct it, or add the row there.")  # fmt: skip


def _covers(rows: Rows, known: set[str] | None) -> None:
    for row in rows.having("role", "covers"):
        if known is None or row["role"] != Role.RELIEF:
            continue
        for precinct_id in row["covers"]:
            if precinct_id != "*" and precinct_id not in known:
                rows.add(row.number, "covers", precinct_id, "no row of precincts.csv has this id",
                         "Correct it, or write * for all precincts.")  # fmt: skip


def _places(rows: Rows, known: dict[str, set[str] | None]) -> None:
    for column in ("from_id", "to_id"):
        for row in rows.having(column):
            kind, _, name = row[column].partition(":")
            ids = known[f"{kind}_id"]
            if ids is not None and name not in ids:
                rows.add(row.number, column, row[column], f"no row of {kind}s.csv has this id",
                         "Correct it, or remove the row.")  # fmt: skip


def check_order(tables: Tables) -> None:
    """Pairs of cells in which the first must come before the second."""
    for name, first, last in (
        ("schools", "opens", "closes"), ("shifts", "start", "end"), ("absences", "start", "end"),
        ("pins", "start", "end"), ("history", "start", "end"),
    ):  # fmt: skip
        for row in tables[name].having(first, last):
            if row[first] >= row[last]:
                tables[name].add(row.number, last, None, f"{last} is not after {first}",
                                 "Correct the two times.")  # fmt: skip
    for row in tables["tasks"].having("from", "until"):
        if row["from"] > row["until"]:
            tables["tasks"].add(row.number, "until", str(row["until"]), "until is before from",
                                "Correct the two dates.")  # fmt: skip
    for row in tables["closures"].having("opens", "closes"):
        opens, closes = row["opens"], row["closes"]
        if (opens is None) != (closes is None):
            tables["closures"].add(row.number, "opens" if opens is None else "closes", None,
                                   "only one of opens and closes is given",
                                   "Give both, or none where it is closed.")  # fmt: skip
        elif opens is not None and opens >= closes:
            tables["closures"].add(row.number, "closes", None, "closes is not after opens",
                                   "Correct the two times.")  # fmt: skip
    for row in tables["sessions"].having("start", "minutes"):
        if row["start"] + row["minutes"] > 1439:
            tables["sessions"].add(row.number, "minutes", str(row["minutes"]),
                                   "the session ends after 23:59", "Correct start or minutes.")  # fmt: skip


def check_agency(agency: Agency, tables: Tables) -> None:
    """What takes more than one table: hours, duty, colliding pins. `agency` is made of the sound
    rows; what an error elsewhere could have changed is not judged."""
    calendar, travel = Calendar(agency), TravelTimes(agency)
    for row in tables["sessions"].sound():
        if row["school_id"] in agency.schools and not tables["closures"].faulty:
            _session(agency, calendar, row, tables["sessions"])
    for row in tables["tasks"].sound():
        task = agency.tasks[row["task_id"]]
        if task.minutes > agency.policy.visits.longest_minutes:
            tables["tasks"].add(row.number, "minutes", str(task.minutes),
                                "the task is longer than the longest visit",
                                "It cannot be planned; split it.", warning=True)  # fmt: skip
        elif task.window is not None and task.window.minutes < task.minutes:
            tables["tasks"].add(row.number, "window", str(task.window),
                                "the window is shorter than the task",
                                "It cannot be planned; widen it.", warning=True)  # fmt: skip
    for row in tables["schools"].sound():
        usual = Window(row["opens"], row["closes"])
        for space in row["private_space"]:
            if not space.overlap(usual):
                tables["schools"].add(row.number, "private_space", str(space),
                                      "the private space is free outside school hours only",
                                      "It will not be used.", warning=True)  # fmt: skip
    rows = tables["pins"].sound()
    if len(rows) < len(tables["pins"].rows) or tables["travel"].faulty:
        return
    if any(p.school_id not in agency.schools or p.officer_id not in agency.officers for p in agency.pins):
        return
    problems = tables["pins"].add
    for pin, row in zip(agency.pins, rows, strict=True):
        duty = calendar.duty(pin.officer_id, pin.date)
        if duty is None or duty.on_duty(pin.window) < pin.minutes:
            problems(row.number, "officer_id", pin.officer_id,
                     "the officer is off duty or away at that time",
                     "The pin stays; check that it is meant so.", True)  # fmt: skip
    numbered = [(row.number, pin) for pin, row in zip(agency.pins, rows, strict=True)]
    for number, other, message in collisions(numbered, travel.schools):
        problems(number, "start", None, f"{message} (row {other})", "Move or remove one of them.")


def _session(agency: Agency, calendar: Calendar, row: Row, rows: Rows) -> None:
    session = agency.sessions[row["session_id"]]
    school = agency.schools[session.school_id]
    hours = calendar.hours(session.school_id, session.date)
    if hours is not None and hours.contains(session.window):
        return
    if Window(school.opens, school.closes).contains(session.window):
        rows.add(row.number, "date", str(session.date),
                 "the school is closed then, so the session counts as missed",
                 "Move it, or correct closures.csv.", warning=True)  # fmt: skip
    else:
        rows.add(row.number, "start", str(session.window),
                 f"the session lies outside school hours ({school.name} is open "
                 f"{hours or Window(school.opens, school.closes)})",
                 "Correct the time of the session or the school's hours.")  # fmt: skip


def collisions(
    visits: Iterable[tuple[int, Visit]], drive: Callable[[str, str], int]
) -> list[tuple[int, int, str]]:
    """Fixed visits that cannot stand together: (row, other row, what is wrong)."""
    out: list[tuple[int, int, str]] = []
    days: dict[tuple[str, date], list[tuple[int, Visit]]] = defaultdict(list)
    schools: dict[tuple[str, date], int] = {}
    for number, visit in visits:
        days[(visit.officer_id, visit.date)].append((number, visit))
        other = schools.setdefault((visit.school_id, visit.date), number)
        if other != number:
            out.append((number, other, "the school has a fixed visit on that day already"))
    for day in days.values():
        day.sort(key=lambda nv: (nv[1].start, nv[1].end))
        for (n, a), (m, b) in itertools.pairwise(day):
            minutes = drive(a.school_id, b.school_id)
            if b.start - a.end < minutes:
                out.append((m, n, f"the officer has a fixed visit {a.window}, "
                            f"and the drive takes {minutes} minutes"))  # fmt: skip
    return out
