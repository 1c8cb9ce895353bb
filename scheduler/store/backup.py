"""Backups: the whole store in one SQLite file, taken while the program runs, from and to either
database."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select

from scheduler.errors import StoreError
from scheduler.store import migrate, verify
from scheduler.store.engine import Database
from scheduler.store.schema import metadata

ROWS = 1000


def backup(database: Database, file: Path) -> int:
    """Writes the store as it stands at one moment; the number of rows. The file is there whole or
    not at all. Raises StoreError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    _clear(part)
    target = Database(f"sqlite:///{part}")
    try:
        migrate.upgrade(target)
        with database.reading() as source, target.writing() as sink:
            count = _copy(source, sink)
    finally:
        target.close()
    with closing(sqlite3.connect(part)) as plain:
        plain.execute("PRAGMA journal_mode=DELETE")  # one file, no log beside it
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    os.replace(part, file)
    _clear(part)
    return count


def restore(database: Database, file: Path, replace: bool = False) -> int:
    """Puts a backup into a store, in one transaction; the number of rows. A store that holds
    something is refused unless `replace`. Raises StoreError."""
    if not file.is_file():
        raise StoreError(f"There is no backup at {file}.")
    source = Database(f"sqlite:///{file}", read_only=True)
    try:
        migrate.check(source)
        migrate.upgrade(database)
        with source.reading() as origin, database.writing() as sink:
            if faults := verify.faults(origin):
                raise StoreError(f"The backup at {file} was altered: {faults[0]} Nothing was written.")
            if _holds_rows(sink) and not replace:
                raise StoreError(
                    f"The store at {database.shown} is not empty; give --replace to put the backup "
                    "in the place of everything in it."
                )
            for table in reversed(metadata.sorted_tables):
                sink.execute(delete(table))
            return _copy(origin, sink)
    finally:
        source.close()


def _copy(source: Connection, sink: Connection) -> int:
    count = 0
    for table in metadata.sorted_tables:
        rows = source.execution_options(stream_results=True).execute(select(table))
        for part in rows.partitions(ROWS):
            sink.execute(insert(table), [dict(r._mapping) for r in part])
            count += len(part)
    return count


def _holds_rows(connection: Connection) -> bool:
    return any(connection.scalar(select(func.count()).select_from(t)) for t in metadata.sorted_tables)


def _clear(part: Path) -> None:
    for name in (part, part.with_name(part.name + "-wal"), part.with_name(part.name + "-shm")):
        name.unlink(missing_ok=True)
