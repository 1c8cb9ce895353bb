"""Opening the store, and its two kinds of transaction: one that reads, one that writes."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from scheduler.errors import StoreError

__all__ = ["Connection", "Database", "database_url"]

URL_VARIABLE = "ESRO_DATABASE_URL"
DEFAULT_FILE = Path("data") / "esro.db"
BUSY_SECONDS = 60
WRITERS_LOCK = 0x4553524F
"""Number of the advisory lock that one writer holds at a time (PostgreSQL)."""


def database_url(given: str | None = None) -> str:
    """The URL of the store: as given, else ESRO_DATABASE_URL, else SQLite in data/esro.db."""
    return given or os.environ.get(URL_VARIABLE) or f"sqlite:///{DEFAULT_FILE}"


class Database:
    """One store. Any number may read while one writes; writers take turns, so that numbers have no
    gaps and the audit trail is one chain."""

    def __init__(self, url: str, read_only: bool = False) -> None:
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise StoreError(
                f"{URL_VARIABLE} holds no database address. Write sqlite:///data/esro.db or "
                "postgresql://USER@HOST/NAME."
            ) from None
        backend = parsed.get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            raise StoreError(f"The store runs on SQLite or PostgreSQL, not on {backend}.")
        self.shown = parsed.render_as_string(hide_password=True)
        self.sqlite = backend == "sqlite"
        self.file = Path(parsed.database) if self.sqlite and parsed.database else None
        self.engine = _sqlite(parsed, read_only) if self.sqlite else _postgresql(parsed)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the store, whatever is written meanwhile."""
        with _said(self.shown), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection of the one writer: everything in it is committed whole, or not at all."""
        with _said(self.shown), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            if not self.sqlite:
                # Who waited for the lock must see what the writer before has committed.
                connection = connection.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                if not self.sqlite:
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})"))
                yield connection

    def close(self) -> None:
        """Gives up its connections."""
        self.engine.dispose()


# Errors may end up in a log: what was written or looked for (`hide_parameters`) never stands in them.


@contextmanager
def _said(shown: str) -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        words = str(error.orig).strip().splitlines()
        if words and words[0].startswith("no such table"):
            raise StoreError(f"The store at {shown} is not set up; run `esro db upgrade`.") from error
        raise StoreError(f"The store at {shown} cannot be used: {words[0] if words else error}. "
                         "Check that it is there, running and writable.") from error  # fmt: skip
    except DBAPIError as error:
        if type(error.orig).__name__ == "UndefinedTable":
            raise StoreError(f"The store at {shown} is not set up; run `esro db upgrade`.") from error
        if type(error.orig) is sqlite3.DatabaseError:
            raise StoreError(f"The store at {shown} cannot be used: {error.orig}. It was damaged; restore a "
                             "backup with `esro restore`.") from error  # fmt: skip
        raise


def _sqlite(url: Any, read_only: bool) -> Engine:
    if read_only:
        url = url.set(database=f"file:{quote(url.database)}", query={"mode": "ro", "uri": "true"})
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where this module says so
        for pragma in () if read_only else ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: Any) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"), isolation_level="REPEATABLE READ", pool_pre_ping=True,
        connect_args={"connect_timeout": 10}, hide_parameters=True,
    )  # fmt: skip
