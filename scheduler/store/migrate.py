"""The store's schema: made and brought up to date by Alembic's migrations."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from scheduler.errors import StoreError
from scheduler.store.engine import Database


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def newest() -> str:
    """The revision of the schema that this program works with."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def current(database: Database) -> str | None:
    """The revision of a store's schema, None where nothing is set up."""
    with database.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database) -> bool:
    """Brings the schema to the newest revision, in one transaction; whether anything was to do."""
    if database.file is not None:
        database.file.parent.mkdir(parents=True, exist_ok=True)
    with database.writing() as connection:
        before = MigrationContext.configure(connection).get_current_revision()
        _refuse_newer(database, before)
        if before == newest():
            return False
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True


def check(database: Database) -> None:
    """Refuses a store that is missing, old or newer than the program. Raises StoreError."""
    if database.file is not None and not database.file.is_file():
        raise StoreError(f"There is no store at {database.file}; make one with `esro init FOLDER`.")
    revision = current(database)
    _refuse_newer(database, revision)
    if revision != newest():
        raise StoreError(f"The store at {database.shown} is not up to date; run `esro db upgrade`.")


def _refuse_newer(database: Database, revision: str | None) -> None:
    known = {s.revision for s in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise StoreError(f"The store at {database.shown} was written by a newer program (schema {revision}); "
                         "install that one.")  # fmt: skip
