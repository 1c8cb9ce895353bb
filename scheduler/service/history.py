"""What is known of past weeks: the history table, the publications, and the visit log over both."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import monday_of
from scheduler.domain.log import LogEntry, ServiceRecord
from scheduler.domain.plan import PastVisit
from scheduler.domain.publication import Publication
from scheduler.service.office import Office
from scheduler.store import publications, visit_log
from scheduler.store.engine import Connection

LOOK_BACK_WEEKS = 53
"""How far back publications and the log are read for planning, or the cycle where it is longer."""


def records(
    connection: Connection, office: Office, agency: Agency, first: date, last: date
) -> list[ServiceRecord]:
    """Every visit from `first` to `last` that was published or logged, by date, officer and start."""
    standing = publications.find(connection, office.agency_id, since=monday_of(first), latest=True)
    entries = {e.uid: e for e in visit_log.entries(connection, office.agency_id, first, last)}
    return merged(agency, standing, entries.values(), first, last)


def merged(
    agency: Agency, standing: Iterable[Publication], entries: Iterable[LogEntry], first: date, last: date
) -> list[ServiceRecord]:
    """The records of publications that stand and of log entries (the last one a visit)."""
    by_uid = {e.uid: e for e in entries}
    out = []
    for publication in standing:
        for v in publication.visits:
            entry = by_uid.pop(v.mark.uid, None)
            if first <= v.visit.date <= last and (entry is not None or not v.mark.cancelled):
                planned = None if v.mark.cancelled else v.visit
                out.append(ServiceRecord(v.mark.uid, publication.precinct_id, planned, entry))
    for entry in by_uid.values():
        school = agency.schools.get(entry.visit.school_id)
        out.append(ServiceRecord(entry.uid, school.precinct_id if school else "", None, entry))
    return sorted(out, key=lambda r: (r.date, r.visit.officer_id, r.visit.start, r.uid))


def with_history(connection: Connection, office: Office, agency: Agency, monday: date) -> Agency:
    """The agency with the history that the weeks before `monday` left: rows of history.csv, where
    the store knows nothing better of that officer, school and date. What was published and not yet
    reported on counts as planned."""
    weeks = max(LOOK_BACK_WEEKS, agency.policy.rotation.cycle_weeks + 1)
    first, last = monday - timedelta(weeks=weeks), monday - timedelta(days=1)
    known: list[PastVisit] = [r.past for r in records(connection, office, agency, first, last)]
    keys = {_key(p) for p in known}
    rows = [p for p in agency.history if _key(p) not in keys]
    past = sorted([*rows, *known], key=lambda p: (p.visit.date, p.visit.officer_id, p.visit.start,
                                                  p.visit.school_id, p.status))  # fmt: skip
    return replace(agency, history=tuple(past))


def _key(past: PastVisit) -> tuple[date, str, str]:
    return (past.visit.date, past.visit.officer_id, past.visit.school_id)
