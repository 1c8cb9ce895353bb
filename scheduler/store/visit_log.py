"""The visit log: append-only; a later entry about a visit stands in the place of an earlier one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select

from scheduler.domain.log import LogEntry, LogStatus, MissedCause
from scheduler.store import audit
from scheduler.store.forms import document, moment_of, moment_text, sha256, visit_columns, visit_of
from scheduler.store.schema import log_entries


def append(connection: Connection, agency_id: str, entries: Sequence[LogEntry]) -> list[LogEntry]:
    """Adds entries (their `entry_id` is given here) and one audit row for each."""
    number = connection.scalar(select(func.max(log_entries.c.entry_id))) or 0
    kept = []
    for entry in entries:
        number += 1
        numbered = replace(entry, entry_id=number)
        row = _row(agency_id, numbered)
        connection.execute(insert(log_entries).values(**row))
        audit.append(connection, entry.at, entry.author, "log", entry.uid,
                     {"entry": number, "content": row_digest(row)})  # fmt: skip
        kept.append(numbered)
    return kept


def row_digest(row: dict[str, Any]) -> str:
    """The digest of a row of the log."""
    return sha256(document(row))


def stored_digests(connection: Connection) -> dict[int, str]:
    """The digest of each entry as it stands in the store."""
    return {r.entry_id: row_digest(dict(r._mapping)) for r in connection.execute(select(log_entries))}


def entries(
    connection: Connection, agency_id: str, first: date | None = None, last: date | None = None
) -> list[LogEntry]:
    """All entries about visits from `first` to `last`, oldest first."""
    query = select(log_entries).where(log_entries.c.agency_id == agency_id)
    if first is not None:
        query = query.where(log_entries.c.date >= first.isoformat())
    if last is not None:
        query = query.where(log_entries.c.date <= last.isoformat())
    return [_entry(r) for r in connection.execute(query.order_by(log_entries.c.entry_id))]


def _row(agency_id: str, e: LogEntry) -> dict[str, Any]:
    return {
        "entry_id": e.entry_id, "agency_id": agency_id, "uid": e.uid, "status": e.status.value,
        **visit_columns(e.visit), "cause": e.cause.value if e.cause else None, "contacts": e.contacts,
        "author": e.author, "at": moment_text(e.at),
    }  # fmt: skip


def _entry(row: Any) -> LogEntry:
    return LogEntry(
        row.entry_id, row.uid, LogStatus(row.status), visit_of(row), row.author, moment_of(row.at),
        MissedCause(row.cause) if row.cause else None, row.contacts,
    )  # fmt: skip
