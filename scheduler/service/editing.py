"""The tables of an agency in the store: read, edited, taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scheduler.domain.actor import Actor
from scheduler.domain.agency import Agency
from scheduler.domain.change import Change
from scheduler.domain.link import LinkKind
from scheduler.errors import RefusedError
from scheduler.explain.change_words import touched_words
from scheduler.service.office import Clock, Office, require_admin, utc_now
from scheduler.store import calendars, migrate, snapshots
from scheduler.store.engine import Connection, Database
from scheduler.store.snapshots import Edit
from scheduler.tables.changes import apply_changes
from scheduler.tables.differences import difference, touched_precincts
from scheduler.tables.folder import read_agency
from scheduler.tables.labels import table_label


@dataclass(frozen=True)
class Tables:
    """An agency's tables as they stand, and the edit that left them so."""

    edit: Edit
    agency: Agency


def init(database: Database, folder: Path, actor: Actor, clock: Clock = utc_now) -> Office:
    """Brings an agency folder into the store (made where missing), under the folder's name.
    Raises InputError, ConflictError."""
    require_admin(actor, "bring an agency into the store")
    agency, _ = read_agency(folder)
    migrate.upgrade(database)
    office = Office(database, folder.resolve().name or "agency", clock)
    with database.writing() as connection:
        snapshots.found(connection, office.agency_id, agency, office.now(), actor.user_id, f"From {folder}")
    return office


def tables(office: Office) -> Tables:
    """The tables as they stand."""
    with office.database.reading() as connection:
        return Tables(*office.head(connection))


def tables_at(office: Office, revision: int) -> Agency:
    """The tables of an earlier revision. Raises RefusedError where there is none."""
    with office.database.reading() as connection:
        earlier = {e.revision: e for e in snapshots.past_edits(connection, office.agency_id)}
        if revision not in earlier:
            raise RefusedError(f"There is no revision {revision} of the tables.")
        return office.agency(connection, earlier[revision].snapshot)


def edit(office: Office, actor: Actor, base: int, changes: Sequence[Change], reason: str = "") -> Edit:
    """Makes changes on the tables of revision `base`. Raises ConflictError where someone else was
    faster, InputError with the sentences of the tables, RefusedError."""
    with office.database.writing() as connection:
        stands = snapshots.head(connection, office.agency_id)
        before = office.agency(connection, stands.snapshot)
        refuse_foreign(actor, before, changes)
        after = apply_changes(before, changes, "edit") if stands.revision == base else before
        made = snapshots.move_head(
            connection, office.agency_id, base, after, office.now(), actor.user_id, reason, changes
        )
        _end_links(connection, office, after, actor)
        return made


def replace_tables(office: Office, actor: Actor, base: int, agency: Agency, reason: str) -> Edit:
    """Puts whole tables (from a folder or a workbook) in the place of those of revision `base`; the
    difference is kept as changes. Raises ConflictError, RefusedError."""
    with office.database.writing() as connection:
        _, before = office.head(connection)
        changes = difference(before, agency)
        refuse_foreign(actor, before, changes)
        made = snapshots.move_head(
            connection, office.agency_id, base, agency, office.now(), actor.user_id, reason, changes
        )
        _end_links(connection, office, agency, actor)
        return made


def undo(office: Office, actor: Actor, base: int, revision: int, reason: str = "") -> Edit:
    """Puts the tables of an earlier revision back, as a new revision. Raises ConflictError,
    RefusedError."""
    agency = tables_at(office, revision)
    return replace_tables(office, actor, base, agency, reason or f"Back to revision {revision}")


def edits(office: Office, after: int = 0) -> list[Edit]:
    """What moved the tables, behind revision `after`, oldest first."""
    with office.database.reading() as connection:
        return snapshots.past_edits(connection, office.agency_id, after)


def refuse_foreign(actor: Actor, agency: Agency, changes: Sequence[Change]) -> None:
    """A supervisor edits rows of the own precincts; what belongs to all is the admins'. Raises
    RefusedError."""
    if actor.is_admin:
        return
    for change in changes:
        touched = touched_precincts(agency, change)
        if not touched or not all(actor.may_plan(p) for p in touched):
            said = "; ".join(touched_words(agency, change).values()) or "a new row"
            raise RefusedError(
                f"{actor.name} may not make this change: {table_label(change.table)}, {said}. It reaches "
                "beyond the own precincts; an admin can make it."
            )


def _end_links(connection: Connection, office: Office, agency: Agency, actor: Actor) -> None:
    """Links die with what they show."""
    known = {LinkKind.OFFICER: agency.officers, LinkKind.PRECINCT: agency.precincts,
             LinkKind.SCHOOL: agency.schools}  # fmt: skip
    for link in calendars.list_links(connection, office.agency_id):
        if link.target_id not in known[link.kind]:
            why = f"the {link.kind.value} is gone"
            calendars.revoke(connection, link.link_id, office.now(), actor.user_id, why)
