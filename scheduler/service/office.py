"""The office: a store, one agency in it, and the clock. Every use case works in one."""

import getpass
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scheduler.domain.actor import Actor
from scheduler.domain.agency import Agency
from scheduler.errors import RefusedError, StoreError
from scheduler.store import migrate, snapshots
from scheduler.store.engine import Connection, Database, database_url
from scheduler.store.snapshots import Edit

Clock = Callable[[], datetime]
MOST_REMEMBERED = 32
_MEMORY: dict[str, Agency] = {}
"""Tables read last, by their digest; they never change."""


def utc_now() -> datetime:
    """Now, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class Office:
    """`clock` tells the time as aware UTC."""

    database: Database
    agency_id: str
    clock: Clock = utc_now

    def now(self) -> datetime:
        """Now in UTC, whole seconds."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    def local(self, agency: Agency, moment: datetime | None = None) -> datetime:
        """A moment (now) as the agency's wall clock shows it, to the minute, without zone."""
        zone = ZoneInfo(agency.timezone)
        return (moment or self.now()).astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)

    def head(self, connection: Connection) -> tuple[Edit, Agency]:
        """The edit that stands, and the tables that it left."""
        edit = snapshots.head(connection, self.agency_id)
        return edit, self.agency(connection, edit.snapshot)

    def agency(self, connection: Connection, digest: str) -> Agency:
        """The tables of a snapshot; those read last are remembered."""
        if digest not in _MEMORY:
            while len(_MEMORY) >= MOST_REMEMBERED:
                _MEMORY.pop(next(iter(_MEMORY)), None)
            _MEMORY[digest] = snapshots.get(connection, digest)
        return _MEMORY[digest]


def open_database(url: str | None = None) -> Database:
    """The store at a URL (or the default one), checked. Raises StoreError."""
    database = Database(database_url(url))
    migrate.check(database)
    return database


def open_office(
    agency_id: str | None = None, clock: Clock = utc_now, opened: Database | None = None
) -> Office:
    """The office of an agency; of the only one where none is named. `opened` is the store, the
    default one unless given. Raises StoreError."""
    database = opened or open_database()
    with database.reading() as connection:
        known = snapshots.agency_ids(connection)
    if agency_id is None and len(known) == 1:
        return Office(database, known[0], clock)
    if not known:
        raise StoreError("The store holds no agency yet; bring one in with `esro init FOLDER`.")
    if agency_id is None:
        raise StoreError(f"The store holds several agencies; name one with --agency: {', '.join(known)}.")
    if agency_id not in known:
        raise StoreError(f"The store holds no agency {agency_id}. Known are {', '.join(known)}.")
    return Office(database, agency_id, clock)


def local_actor() -> Actor:
    """Whoever sits at this machine."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.getuid()) if hasattr(os, "getuid") else "unknown"
    return Actor.local(name)


def require_planner(actor: Actor, precinct_id: str, what: str) -> None:
    """Raises RefusedError unless the actor may plan for a precinct."""
    if not actor.may_plan(precinct_id):
        raise RefusedError(f"{actor.name} may not {what} precinct {precinct_id}; its supervisors and "
                           "admins may.")  # fmt: skip


def require_admin(actor: Actor, what: str) -> None:
    """Raises RefusedError unless the actor is an admin."""
    if not actor.is_admin:
        raise RefusedError(f"{actor.name} may not {what}; admins may.")
