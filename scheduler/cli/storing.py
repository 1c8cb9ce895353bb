"""Commands for the store itself: set-up, tables, users, audit trail, backups."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from scheduler.cli.options import AgencyId, Folder, argument_fault, opened, say

tables_app = typer.Typer(no_args_is_help=True, help="The agency's tables in the store.")
audit_app = typer.Typer(no_args_is_help=True, help="Who did what.")
users_app = typer.Typer(no_args_is_help=True, help="Who may do what.")
db_app = typer.Typer(no_args_is_help=True, help="The database of the store.")
BackupFile = Annotated[Path, typer.Argument(help="The backup.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the record.")]


def init(folder: Folder) -> None:
    """Brings an agency folder into the store, which is made where there is none."""
    from scheduler.service import editing
    from scheduler.service.office import local_actor
    from scheduler.store.engine import Database, database_url

    office = editing.init(Database(database_url()), folder, local_actor())
    say(f"{office.agency_id} is in the store at {office.database.shown}.")


def export(
    folder: Annotated[Path, typer.Argument(help="A new folder.")], agency: AgencyId = None
) -> None:  # fmt: skip
    """Writes everything in the store as folders and plain files."""
    from scheduler.service import exporting

    office, actor = opened(agency)
    for line in exporting.export(office, actor, folder):
        say(f"Wrote {line}.")


def backup(file: BackupFile) -> None:
    """Writes the whole store into one file, also while the program runs."""
    from scheduler.service.office import open_database
    from scheduler.store.backup import backup as write

    count = write(open_database(), file)
    say(f"Wrote {count} rows to {file}.")


def restore(
    file: BackupFile,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of what is there.")] = False,
) -> None:
    """Puts a backup into the store."""
    from scheduler.store.backup import restore as read
    from scheduler.store.engine import Database, database_url

    database = Database(database_url())
    count = read(database, file, replace)
    say(f"Restored {count} rows from {file} to {database.shown}.")


@db_app.command("upgrade")
def upgrade() -> None:
    """Makes the store's tables, or brings them up to date."""
    from scheduler.store import migrate
    from scheduler.store.engine import Database, database_url

    database = Database(database_url())
    done = migrate.upgrade(database)
    say(f"The store at {database.shown} {'is now' if done else 'was'} up to date.")


@tables_app.command("import")
def tables_import(folder: Folder, agency: AgencyId = None, reason: Reason = "") -> None:
    """Puts a folder's tables in the place of those in the store, as a new revision."""
    from scheduler.service import editing
    from scheduler.tables.folder import read_agency

    office, actor = opened(agency)
    base = editing.tables(office).edit.revision
    made = editing.replace_tables(office, actor, base, read_agency(folder)[0], reason or f"From {folder}")
    say(f"Revision {made.revision}: {len(made.changes)} changes.")
    for change in made.changes[:20]:
        say(f"  {change.sentence}")


@tables_app.command("export")
def tables_export(folder: Annotated[Path, typer.Argument(help="Where to write.")],
                  agency: AgencyId = None) -> None:  # fmt: skip
    """Writes the tables as they stand as an agency folder."""
    from scheduler.service import editing
    from scheduler.tables.folder import write_agency

    office, _ = opened(agency)
    if folder.is_dir() and any(folder.iterdir()):
        raise argument_fault("FOLDER", str(folder), "the folder is not empty", "Name a new one.")
    write_agency(editing.tables(office).agency, folder)
    say(f"Wrote the tables to {folder}.")


@tables_app.command("history")
def tables_history(agency: AgencyId = None) -> None:
    """Lists who changed the tables, when and why."""
    from scheduler.service import editing

    office, _ = opened(agency)
    for edit in editing.edits(office):
        print(f"{edit.revision}\t{edit.at:%Y-%m-%d %H:%M}Z\t{edit.author}\t{edit.reason}\t"
              + " ".join(c.sentence for c in edit.changes[:3]))  # fmt: skip


@tables_app.command("undo")
def tables_undo(
    revision: Annotated[int, typer.Argument(help="The revision to go back to.")], agency: AgencyId = None,
    reason: Reason = "",
) -> None:  # fmt: skip
    """Puts the tables of an earlier revision back, as a new one."""
    from scheduler.service import editing

    office, actor = opened(agency)
    made = editing.undo(office, actor, editing.tables(office).edit.revision, revision, reason)
    say(f"Revision {made.revision} holds the tables of revision {revision}.")


@audit_app.command("verify")
def audit_verify() -> None:
    """Looks whether anything was altered or removed behind the program's back; exit 1 if so."""
    from scheduler.service.office import open_database
    from scheduler.store import audit, verify

    with open_database().reading() as connection:
        found, (count, hash_) = verify.faults(connection), audit.head(connection)
    for fault in found:
        say(f"Error: {fault}")
    if found:
        raise typer.Exit(1)
    say(f"All {count} rows of the audit trail are whole, and what they speak of is as it was. The last hash "
        f"is {hash_}; note it elsewhere to prove later that nothing before it was changed.")  # fmt: skip


@audit_app.command("list")
def audit_list(
    search: Annotated[str, typer.Option("--search", help="Rows that hold this text.")] = "",
    last: Annotated[int | None, typer.Option("--last", min=1, help="The last so many.")] = None,
) -> None:
    """Prints the audit trail as CSV."""
    from scheduler.publish.csvtext import csv_text
    from scheduler.service.exporting import AUDIT_COLUMNS
    from scheduler.service.office import open_database
    from scheduler.store import audit

    with open_database().reading() as connection:
        rows = [tuple(getattr(r, c) for c in AUDIT_COLUMNS) for r in audit.rows(connection, search, last)]
    sys.stdout.write(csv_text(AUDIT_COLUMNS, rows))


@users_app.command("set")
def users_set(
    user: Annotated[str, typer.Argument(help="The user's id: the e-mail address that signs in.")],
    role: Annotated[list[str], typer.Option("--role", help="admin, supervisor, officer or viewer.")],
    name: Annotated[str | None, typer.Option("--name")] = None,
    precinct: Annotated[list[str] | None, typer.Option("--precinct", metavar="ID", help="* for all.")] = None,
    officer: Annotated[str | None, typer.Option("--officer", metavar="ID", help="Who the user is.")] = None,
    agency: AgencyId = None,
) -> None:  # fmt: skip
    """Adds a user, or changes what one may do."""
    from scheduler.service import people

    office, actor = opened(agency)
    people.set_user(office, actor, user, name or user, role, precinct or [], officer)
    say(f"{user} is {' and '.join(role)}.")


@users_app.command("remove")
def users_remove(user: Annotated[str, typer.Argument()], agency: AgencyId = None) -> None:
    """Takes every role from a user."""
    from scheduler.service import people

    office, actor = opened(agency)
    people.remove_user(office, actor, user)
    say(f"{user} may do nothing any more.")


@users_app.command("list")
def users_list(agency: AgencyId = None) -> None:
    """Lists the users."""
    from scheduler.service import people

    office, actor = opened(agency)
    for u in people.list_users(office, actor):
        print(f"{u.user_id}\t{u.name}\t{';'.join(sorted(u.roles))}\t{';'.join(sorted(u.precincts))}\t"
              f"{u.officer_id or ''}")  # fmt: skip
