"""A town's calendars behind a real HTTP server on loopback."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import httpx
import uvicorn
from starlette.applications import Starlette

from scheduler.domain.agency import Agency
from scheduler.domain.link import LinkKind
from scheduler.publish.feed_routes import calendar_routes
from scheduler.service import linking
from scheduler.service.feed_desk import FeedDesk
from scheduler.store.engine import Database
from tests.offices import ADMIN, Desk, desk

Target = tuple[LinkKind, str]


class Served:
    """A town, and the addresses of its calendars."""

    def __init__(self, town: Desk, base: str) -> None:
        self.town, self._base = town, base
        self._urls: dict[Target, str] = {}

    def url(self, kind: LinkKind, target_id: str) -> str:
        """The secret address of a calendar; the link is made when first asked for."""
        target = (kind, target_id)
        if target not in self._urls:
            made = linking.make_link(self.town.office, ADMIN, kind, target_id)
            self._urls[target] = self._base + made.path
        return self._urls[target]

    def fetch(self, kind: LinkKind, target_id: str, **headers: str) -> httpx.Response:
        """What the server answers."""
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        return httpx.get(self.url(kind, target_id), headers=named, timeout=10, trust_env=False)


@contextmanager
def serving(folder: Path, tables: Agency) -> Iterator[Served]:
    """Serves the calendars of an agency whose store is in `folder`."""
    database = Database(f"sqlite:///{folder / 'esro.db'}")
    town = desk(database, folder, tables)
    feeds = FeedDesk(lambda: database, town.office.clock, look_seconds=-1)  # looks at every request
    app = Starlette(routes=calendar_routes(feeds))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", ws="none", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:  # clients queue here until it is up
        thread = Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            yield Served(town, f"http://127.0.0.1:{listening.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join(timeout=10)
            feeds.close()
            database.close()
