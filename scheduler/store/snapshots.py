"""Snapshots: an agency's tables, immutable, under the digest of their content; and the head, which
moves from one to the next by compare-and-set."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from scheduler.domain.agency import Agency
from scheduler.domain.change import Change
from scheduler.errors import ConflictError, StoreError
from scheduler.store import audit
from scheduler.store.forms import document, moment_of, moment_text, packed, sha256, unpacked
from scheduler.store.schema import agencies, blobs, edits, snapshots
from scheduler.tables.changes import change_of
from scheduler.tables.folder import agency_digest
from scheduler.tables.texts import agency_of_texts, agency_texts


@dataclass(frozen=True, slots=True)
class Edit:
    """One move of an agency's head. `changes` are empty for the first and for an undo."""

    revision: int
    snapshot: str
    at: datetime
    author: str
    reason: str
    changes: tuple[Change, ...]


def put(connection: Connection, agency: Agency) -> str:
    """Keeps the tables of an agency; their digest."""
    digest = agency_digest(agency)
    if connection.execute(select(snapshots.c.digest).where(snapshots.c.digest == digest)).first():
        return digest
    files = {}
    for name, content in agency_texts(agency).items():
        files[name] = sha256(content)
        known = connection.execute(select(blobs.c.digest).where(blobs.c.digest == files[name])).first()
        if known is None:
            connection.execute(insert(blobs).values(digest=files[name], content=packed(content)))
    connection.execute(insert(snapshots).values(digest=digest, files=document(files)))
    return digest


def texts(connection: Connection, digest: str) -> dict[str, str]:
    """The files of a snapshot by name. Raises StoreError where it is not kept."""
    row = connection.execute(select(snapshots.c.files).where(snapshots.c.digest == digest)).first()
    if row is None:
        raise StoreError(f"The store holds no tables with the digest {digest}.")
    files = json.loads(row.files)
    found = {
        b.digest: unpacked(b.content)
        for b in connection.execute(select(blobs).where(blobs.c.digest.in_(set(files.values()))))
    }
    if missing := [n for n, d in files.items() if d not in found]:
        raise StoreError(f"The store lacks {', '.join(missing)} of the tables {digest}.")
    return {name: found[d] for name, d in files.items()}


def get(connection: Connection, digest: str) -> Agency:
    """The agency of a snapshot. Raises StoreError."""
    return agency_of_texts(texts(connection, digest))


def agency_ids(connection: Connection) -> list[str]:
    """The agencies of the store, in order of their making."""
    query = select(agencies.c.agency_id).order_by(agencies.c.made_at, agencies.c.agency_id)
    return list(connection.execute(query).scalars())


def found(
    connection: Connection, agency_id: str, agency: Agency, at: datetime, author: str, reason: str
) -> Edit:
    """Brings a new agency into the store, at revision 1. Raises ConflictError where it is there."""
    if agency_id in agency_ids(connection):
        raise ConflictError(f"The store holds the agency {agency_id} already; nothing was written.", 0, 1)
    connection.execute(
        insert(agencies).values(agency_id=agency_id, name=agency.name, made_at=moment_text(at))
    )
    return _moved(connection, agency_id, 1, put(connection, agency), at, author, reason, ())


def head(connection: Connection, agency_id: str) -> Edit:
    """The edit that stands. Raises StoreError where there is no such agency."""
    query = select(edits).where(edits.c.agency_id == agency_id).order_by(edits.c.revision.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        raise StoreError(f"The store holds no agency {agency_id}; bring it in with `esro init FOLDER`.")
    return _edit(row)


def past_edits(connection: Connection, agency_id: str, after: int = 0) -> list[Edit]:
    """The edits behind revision `after`, oldest first."""
    query = select(edits).where(edits.c.agency_id == agency_id, edits.c.revision > after)
    return [_edit(r) for r in connection.execute(query.order_by(edits.c.revision))]


def move_head(
    connection: Connection, agency_id: str, base: int, agency: Agency, at: datetime, author: str,
    reason: str, changes: Sequence[Change],
) -> Edit:  # fmt: skip
    """Moves the head from revision `base` to these tables. Raises ConflictError where the head is
    not at `base` any more."""
    stands = head(connection, agency_id)
    if stands.revision != base:
        raise ConflictError(
            f"The tables have changed since you read revision {base}: revision {stands.revision} stands "
            f"now, by {stands.author} ({stands.reason or 'no reason given'}). Nothing was written.",
            base, stands.revision,
        )  # fmt: skip
    return _moved(connection, agency_id, base + 1, put(connection, agency), at, author, reason, changes)


def _moved(
    connection: Connection, agency_id: str, revision: int, digest: str, at: datetime, author: str,
    reason: str, changes: Sequence[Change],
) -> Edit:  # fmt: skip
    listed = [c.to_dict() for c in changes]
    connection.execute(insert(edits).values(
        agency_id=agency_id, revision=revision, snapshot=digest, at=moment_text(at), author=author,
        reason=reason, changes=document(listed),
    ))  # fmt: skip
    audit.append(connection, at, author, "tables", f"{agency_id} revision {revision}",
                 {"snapshot": digest, "reason": reason, "changes": listed})  # fmt: skip
    return Edit(revision, digest, at, author, reason, tuple(changes))


def _edit(row: object) -> Edit:
    data = row._mapping  # type: ignore[attr-defined]
    changes = tuple(change_of(c, "store", i + 1) for i, c in enumerate(json.loads(data["changes"])))
    return Edit(data["revision"], data["snapshot"], moment_of(data["at"]), data["author"], data["reason"],
                changes)  # fmt: skip
