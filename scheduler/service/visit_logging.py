"""The visit log: what became of the visits, reported by officers and supervisors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from scheduler.domain.actor import Actor
from scheduler.domain.agency import Agency
from scheduler.domain.calendar import monday_of
from scheduler.domain.log import LogEntry, LogStatus, MissedCause, ServiceRecord
from scheduler.domain.plan import Visit
from scheduler.errors import InputError, RefusedError
from scheduler.service.history import merged, records
from scheduler.service.office import Office, require_planner
from scheduler.store import publications, visit_log
from scheduler.store.engine import Connection
from scheduler.tables.columns import LOG_TABLE
from scheduler.tables.csvfile import read_csv
from scheduler.tables.folder import table_text
from scheduler.tables.rows import Row, Rows

LATEST = 24 * 60 - 1


@dataclass(frozen=True, slots=True)
class Report:
    """What someone says became of a visit. `uid` names a published visit; without it the visit is one
    that nobody planned. Times, focus and tasks left out are as planned."""

    officer_id: str
    school_id: str
    date: date
    uid: str | None = None
    missed: bool = False
    start: int | None = None
    end: int | None = None
    focus: str | None = None
    tasks: tuple[str, ...] | None = None
    cause: MissedCause | None = None
    contacts: int = 0


def service_records(
    office: Office, actor: Actor, first: date, last: date, officer_id: str | None = None
) -> list[ServiceRecord]:
    """What was planned and what became of it, from `first` to `last`, as far as the actor may see."""
    with office.database.reading() as connection:
        _, head = office.head(connection)
        found = records(connection, office, head, first, last)
    return [
        r for r in found
        if (officer_id is None or r.visit.officer_id == officer_id)
        and (actor.may_see(r.precinct_id) or actor.is_officer(r.visit.officer_id))
    ]  # fmt: skip


def log_visit(office: Office, actor: Actor, report: Report) -> LogEntry:
    """Logs one report; a later one about the same visit stands in its place. Raises RefusedError."""
    with office.database.writing() as connection:
        _, head = office.head(connection)
        known = _published(connection, office, head, [report.date])
        entry, fault = _entry(office, actor, head, known, report)
        if entry is None:
            raise RefusedError(fault)
        return visit_log.append(connection, office.agency_id, [entry])[0]


def confirm_day(office: Office, actor: Actor, precinct_id: str, day: date) -> int:
    """Confirms every visit of a precinct's day that has begun and that nobody has reported on: how
    many. Raises RefusedError."""
    require_planner(actor, precinct_id, "confirm the visits of")
    with office.database.writing() as connection:
        _, head = office.head(connection)
        known = _published(connection, office, head, [day])
        moment = office.local(head)
        entries: list[LogEntry] = []
        for r in known:
            if r.precinct_id != precinct_id or r.entry is not None or r.visit.starts > moment:
                continue
            said = Report(r.visit.officer_id, r.visit.school_id, day, r.uid)
            entry, fault = _entry(office, actor, head, known, said)
            if entry is None:
                raise RefusedError(fault)
            entries.append(entry)
        visit_log.append(connection, office.agency_id, entries)
    return len(entries)


def log_sheet(office: Office, actor: Actor, data: bytes, name: str = "log.csv") -> tuple[int, int]:
    """As `log_file`, of a file that was sent. Raises InputError."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / (Path(name).name or "log.csv")
        file.write_bytes(data)
        return log_file(office, actor, file)


def sheet_text(found: Iterable[ServiceRecord]) -> str:
    """Records as a log sheet, to be filled in and read again."""
    return table_text(LOG_TABLE, sheet(found))


def log_file(office: Office, actor: Actor, file: Path) -> tuple[int, int]:
    """Logs every row of a CSV, or none; rows that say what the log says already are passed over. The
    numbers of rows logged and passed over. Raises InputError with every problem."""
    rows = Rows(LOG_TABLE, read_csv(file, LOG_TABLE, file.name), file.name)
    with office.database.writing() as connection:
        _, head = office.head(connection)
        sound = rows.sound()
        known = _published(connection, office, head, sorted({r["date"] for r in sound}))
        entries: list[LogEntry] = []
        for row in sound:
            report = _report(row, known)
            entry, fault = _entry(office, actor, head, known, report)
            if entry is None:
                rows.add(row.number, None, f"{row['officer_id']}, {row['school_id']}, {row['date']}", fault)
            else:
                entries.append(entry)
        if rows.faulty:
            raise InputError(rows.problems)
        new = [e for e in entries if not _said_before(e, known)]
        visit_log.append(connection, office.agency_id, new)
    return len(new), len(entries) - len(new)


def sheet(found: Iterable[ServiceRecord]) -> list[dict[str, object]]:
    """Records as rows of the log's table, to be filled in and read again."""
    out: list[dict[str, object]] = []
    for r in found:
        v, e = r.visit, r.entry
        out.append({
            "officer_id": v.officer_id, "school_id": v.school_id, "date": v.date, "start": v.start,
            "end": v.end, "focus": v.focus, "tasks": v.tasks, "status": "missed" if r.missed else "done",
            "cause": e.cause.value if e and e.cause else None, "contacts": e.contacts if e else 0,
        })  # fmt: skip
    return out


def _published(
    connection: Connection, office: Office, head: Agency, days: Sequence[date]
) -> list[ServiceRecord]:
    if not days:
        return []
    weeks = sorted({monday_of(d) for d in days})
    standing = publications.find(connection, office.agency_id, weeks=weeks, latest=True)
    entries = visit_log.entries(connection, office.agency_id, days[0], days[-1])
    return merged(head, standing, {e.uid: e for e in entries}.values(), days[0], days[-1])


def _report(row: Row, known: Sequence[ServiceRecord]) -> Report:
    """The published or logged visit that a row speaks of is the one of its officer, school and day."""
    key = (row["officer_id"], row["school_id"], row["date"])
    uid = next((r.uid for r in known if (r.visit.officer_id, r.visit.school_id, r.date) == key), None)
    cause = MissedCause(row["cause"]) if row["cause"] else None
    return Report(*key, uid, row["status"] == "missed", row["start"], row["end"], row["focus"],
                  row["tasks"] or None, cause, row["contacts"])  # fmt: skip


def _said_before(entry: LogEntry, known: Sequence[ServiceRecord]) -> bool:
    before = next((r.entry for r in known if r.uid == entry.uid), None)
    if before is None:
        return False
    return replace(before, entry_id=0, author=entry.author, at=entry.at) == entry


def _entry(
    office: Office, actor: Actor, head: Agency, known: Sequence[ServiceRecord], report: Report
) -> tuple[LogEntry | None, str]:
    """The entry for a report, or None and what is wrong with it."""
    record = next((r for r in known if r.uid == report.uid), None) if report.uid else None
    if report.uid and record is None:
        return None, "no visit with that identity was published for that day"
    planned = (record.planned or record.visit) if record is not None else None
    school = head.schools.get(planned.school_id if planned else report.school_id)
    officer_id = planned.officer_id if planned else report.officer_id
    precinct = record.precinct_id if record else (school.precinct_id if school else "")
    if not (actor.may_plan(precinct) or actor.is_officer(officer_id)):
        return None, f"{actor.name} may log the own visits only"
    if planned is None:
        if school is None or officer_id not in head.officers:
            return None, "the agency has no such officer or school"
        if report.missed:
            return None, "no visit was published there, so none can have been missed"
        if report.start is None or report.end is None or not report.focus:
            return None, "a visit that nobody planned needs its start, its end and its focus"
        planned = Visit(officer_id, school.school_id, report.date, report.start, report.end, report.focus)
        status = LogStatus.ADDED
    else:
        status = LogStatus.ADDED if record and record.planned is None else LogStatus.CONFIRMED
    return _timed(office, actor, head, report, planned, status)


def _timed(
    office: Office, actor: Actor, head: Agency, report: Report, planned: Visit, status: LogStatus
) -> tuple[LogEntry | None, str]:
    start = planned.start if report.start is None else report.start
    end = planned.end if report.end is None else report.end
    tasks = planned.tasks if report.tasks is None else tuple(sorted(report.tasks))
    if not 0 <= start < end <= LATEST:
        return None, "the visit ends before it begins"
    begins = time() if report.missed else time(start // 60, start % 60)
    if datetime.combine(planned.date, begins) > office.local(head):
        return None, "the visit is still to come"
    if report.cause is not None and not report.missed:
        return None, "only a missed visit has a cause"
    unknown = [t for t in tasks if t not in head.tasks and t not in planned.tasks]
    if unknown:
        return None, f"the agency has no task {unknown[0]}"
    visit = replace(planned, start=start, end=end, focus=report.focus or planned.focus, tasks=tasks)
    if report.missed:
        visit, status = planned, LogStatus.MISSED
    elif status is LogStatus.CONFIRMED and (start, end) != (planned.start, planned.end):
        status = LogStatus.SHORTENED
    uid = report.uid or str(uuid4())
    return LogEntry(0, uid, status, visit, actor.user_id, office.now(), report.cause, report.contacts), ""
