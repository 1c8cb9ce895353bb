"""What several tests share: stores on both databases, and an office with a clock of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from scheduler.store.engine import Database
from tests.clients.serving import Served, serving
from tests.clients.weeks import tables
from tests.offices import Desk, desk, rounds
from tests.postgresql import Server, programs
from tests.serving_app import CHROMIUM, browser


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A running PostgreSQL server."""
    found = programs()
    if found is None:
        pytest.skip("the programs of a PostgreSQL server are not installed")
    server = Server(found)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; `make test` installs it as root on Debian.")
    with browser() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store' / 'esro.db'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An empty store, not set up yet."""
    made = Database(url)
    yield made
    made.close()


@pytest.fixture
def town(database: Database, tmp_path: Path) -> Desk:
    """The office of a small town with two precincts, on a Friday afternoon."""
    return desk(database, tmp_path)


@pytest.fixture(scope="session")
def old(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The town after three years of weeks; nobody changes it."""
    return rounds(tmp_path_factory.mktemp("old"), 3 * 52)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A town that has calendars behind a real server and has published nothing yet."""
    with serving(tmp_path, tables()) as made:
        yield made
