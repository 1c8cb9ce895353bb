"""The store's own records, for admins: the audit trail, whether it is whole, backups, and where all is."""

import json
import platform
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from scheduler.domain.actor import Actor
from scheduler.publish.csvtext import csv_text
from scheduler.service.exporting import AUDIT_COLUMNS
from scheduler.service.office import Office, require_admin
from scheduler.store import audit, migrate, verify
from scheduler.store.audit import AuditRow
from scheduler.store.backup import backup

NOT_SHOWN = frozenset({"inputs", "snapshot", "content", "seed"})
"""Details of the audit trail for those who check it, not for those who read it."""
PACKAGES = ("esro-scheduler", "ortools", "highspy", "streamlit", "sqlalchemy")


@dataclass(frozen=True)
class Verified:
    """Whether the store holds what the audit trail says: its faults as sentences, its rows and the last
    hash."""

    faults: tuple[str, ...]
    rows: int
    last_hash: str


def trail(office: Office, actor: Actor, search: str = "", last: int | None = None) -> list[AuditRow]:
    """Rows of the audit trail that hold `search`, the `last` of them, newest first. Raises
    RefusedError."""
    require_admin(actor, "see the audit trail")
    with office.database.reading() as connection:
        return list(audit.rows(connection, search.strip(), last))[::-1]


def detail_words(row: AuditRow) -> str:
    """What a row tells beside who and when, without digests and seeds, which the CSV holds."""
    told = json.loads(row.detail or "{}")
    said = []
    for name, value in told.items() if isinstance(told, dict) else ():
        if name in NOT_SHOWN or value is None or value in ("", []):
            continue
        if isinstance(value, list):
            plain = all(isinstance(one, str | int) for one in value)
            value = ", ".join(map(str, value)) if plain else len(value)
        said.append(f"{name.replace('_', ' ')}: {value}")
    return " · ".join(said)


def trail_csv(office: Office, actor: Actor, search: str = "") -> str:
    """The audit trail as CSV, oldest first. Raises RefusedError."""
    rows = trail(office, actor, search)[::-1]
    return csv_text(AUDIT_COLUMNS, [tuple(getattr(r, c) for c in AUDIT_COLUMNS) for r in rows])


def verified(office: Office, actor: Actor) -> Verified:
    """Looks whether anything was altered or removed behind the program's back. Raises RefusedError."""
    require_admin(actor, "verify the audit trail")
    with office.database.reading() as connection:
        faults, (rows, last_hash) = verify.faults(connection), audit.head(connection)
    return Verified(tuple(faults), rows, last_hash)


def backup_bytes(office: Office, actor: Actor) -> bytes:
    """The whole store as one file, taken while the program runs; noted in the audit trail. Raises
    RefusedError, StoreError."""
    require_admin(actor, "take a backup")
    with tempfile.TemporaryDirectory(prefix="esro-backup-") as folder:
        file = Path(folder) / "esro-backup.db"
        rows = backup(office.database, file)
        data = file.read_bytes()
    with office.database.writing() as connection:
        audit.append(connection, office.now(), actor.user_id, "backup", office.agency_id, {"rows": rows})
    return data


def about(office: Office, actor: Actor) -> dict[str, str]:
    """Where the store is (without a password) and which versions run. Raises RefusedError."""
    require_admin(actor, "see the settings")
    out = {
        "Store": office.database.shown,
        "Tables of the store": migrate.current(office.database) or "not set up",
        "Agency": office.agency_id,
        "Python": platform.python_version(),
    }
    for name in PACKAGES:
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            out[name] = "not installed as a package"
    return out
