"""The audit trail: who did what, append-only, each row's hash over the hash before it.

A row that was altered or removed breaks the chain from there on; the last hash is kept apart, so that
a trail cut short shows as well. Rows about kept content carry its digest (`verify.py` compares).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from scheduler.store.forms import document, moment_text, sha256
from scheduler.store.schema import audit, counters

FIRST = "sha256:" + "0" * 64
COUNTER = "audit"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the trail. `detail` is a JSON document."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    detail: str
    hash: str

    def follows(self, before: str) -> bool:
        """Whether the row's hash is right behind a row with the hash `before`."""
        return self.hash == chained(
            before, self.seq, self.at, self.actor, self.action, self.subject, self.detail
        )


def chained(before: str, *row: object) -> str:
    """The hash of a row behind a row with the hash `before`."""
    return sha256(document([before, *row]))


def append(
    connection: Connection, at: datetime, actor: str, action: str, subject: str, detail: Any = None
) -> int:
    """Adds a row within a writing transaction; its number."""
    seq, before = head(connection)
    row = (seq + 1, moment_text(at), actor, action, subject, document(detail or {}))
    hash_ = chained(before, *row)
    names = ("seq", "at", "actor", "action", "subject", "detail")
    connection.execute(insert(audit).values(**dict(zip(names, row, strict=True)), hash=hash_))
    moved = connection.execute(
        update(counters).where(counters.c.name == COUNTER).values(value=seq + 1, text=hash_)
    )
    if not moved.rowcount:
        connection.execute(insert(counters).values(name=COUNTER, value=seq + 1, text=hash_))
    return seq + 1


def head(connection: Connection) -> tuple[int, str]:
    """The number and the hash of the last row; 0 and the first hash where there is none."""
    row = connection.execute(select(counters).where(counters.c.name == COUNTER)).first()
    return (row.value, row.text) if row is not None else (0, FIRST)


def rows(connection: Connection, search: str = "", last: int | None = None) -> Iterator[AuditRow]:
    """The rows, oldest first; those that hold `search` in any column, the `last` ones of them."""
    query = select(audit).order_by(audit.c.seq)
    if search:
        fields = (audit.c.actor, audit.c.action, audit.c.subject, audit.c.detail, audit.c.at)
        hits = fields[0].icontains(search, autoescape=True)
        for field in fields[1:]:
            hits = hits | field.icontains(search, autoescape=True)
        query = query.where(hits)
    if last is not None:
        newest = query.order_by(None).order_by(audit.c.seq.desc()).limit(last).subquery()
        query = select(newest).order_by(newest.c.seq)
    for row in connection.execute(query):
        yield AuditRow(*row)


def faults(connection: Connection) -> list[str]:
    """What is wrong with the chain, as sentences; empty where it is whole."""
    found: list[str] = []
    expected, before = 1, FIRST
    for row in rows(connection):
        if row.seq != expected:
            found.append(f"Rows {expected} to {row.seq - 1} of the audit trail are missing.")
        elif not row.follows(before):
            found.append(
                f"Row {row.seq} of the audit trail ({row.at}, {row.action} {row.subject}) was altered, "
                "or the row before it."
            )
        expected, before = row.seq + 1, row.hash
    count, hash_ = head(connection)
    if expected - 1 < count:
        found.append(f"Rows {expected} to {count} of the audit trail are missing.")
    elif (expected - 1, before) != (count, hash_):
        found.append("The end of the audit trail is not the one that was noted.")
    return found
