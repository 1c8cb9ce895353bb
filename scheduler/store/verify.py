"""Whether the store holds what the audit trail says was put into it."""

import json
import zlib

from sqlalchemy import Connection, select

from scheduler.store import audit, publications, snapshots, visit_log
from scheduler.store.forms import sha256, unpacked
from scheduler.store.schema import blobs
from scheduler.store.schema import publications as publications_table
from scheduler.store.schema import snapshots as snapshots_table
from scheduler.tables.folder import agency_digest


def faults(connection: Connection) -> list[str]:
    """Everything that was altered or removed behind the program's back, as sentences."""
    found = audit.faults(connection)
    for blob in connection.execute(select(blobs)):
        try:
            sound = sha256(unpacked(blob.content)) == blob.digest
        except (zlib.error, UnicodeDecodeError):
            sound = False
        if not sound:
            found.append(f"The table kept as {blob.digest} was altered.")
    if not found:
        found += _snapshot_faults(connection)
    listed: set[int] = set()
    log = visit_log.stored_digests(connection)
    told: set[int] = set()
    for row in audit.rows(connection):
        if row.action == "publication":
            listed.add(int(row.subject))
            if publications.stored_digest(connection, int(row.subject)) != json.loads(row.detail)["content"]:
                found.append(f"Publication {row.subject} is not what was published on {row.at}.")
        elif row.action == "log":
            detail = json.loads(row.detail)
            told.add(detail["entry"])
            if log.get(detail["entry"]) != detail["content"]:
                found.append(f"Entry {detail['entry']} of the visit log is not what was logged on {row.at}.")
    kept = set(connection.execute(select(publications_table.c.publication_id)).scalars())
    found += [f"Publication {n} is not in the audit trail." for n in sorted(kept - listed)]
    found += [f"Entry {n} of the visit log is not in the audit trail." for n in sorted(set(log) - told)]
    return found


def _snapshot_faults(connection: Connection) -> list[str]:
    digests = list(connection.execute(select(snapshots_table.c.digest)).scalars())
    return [
        f"The tables kept as {d} were altered."
        for d in digests
        if agency_digest(snapshots.get(connection, d)) != d
    ]
