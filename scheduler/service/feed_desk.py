"""The calendars that are served: at hand in memory, asked of the store when something changed, and
receipts written behind."""

import atexit
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic

from scheduler.domain.link import Feed
from scheduler.errors import SchedulerError, StoreError
from scheduler.publish.clients import client_name
from scheduler.publish.feed_routes import OpenedFeed
from scheduler.service.office import Clock, utc_now
from scheduler.store import calendars, receipts
from scheduler.store.calendars import Target
from scheduler.store.engine import Connection, Database
from scheduler.store.receipts import Fetch

LOOK_SECONDS = 0.25
"""A revoked link is dead, and a publication is out, at most this much later."""
WATCH_SECONDS = 0.1
"""How often the store is looked at ahead of requests, while there are any."""
IDLE_SECONDS = 5.0
WRITE_SECONDS = 2.0
AGAIN_SECONDS = 60.0
"""The same client at the same version is written down again after this long."""
MOST_LINKS, MOST_FEEDS = 50_000, 2_000


@dataclass(frozen=True)
class _Known:
    """What is at hand of one state of the store. What a request read in another state never gets in."""

    count: int = -1
    links: dict[str, tuple[str, Target]] = field(default_factory=dict)
    feeds: dict[Target, Feed] = field(default_factory=dict)

    def opened(self, hash_: str) -> OpenedFeed | None:
        """The calendar of a token's hash where it is at hand."""
        link = self.links.get(hash_)
        feed = self.feeds.get(link[1]) if link is not None else None
        return OpenedFeed(link[0], feed) if link is not None and feed is not None else None


class FeedDesk:
    """Serves calendars from one store, which may be made later; what it shows stood there at most
    `look_seconds` ago. Safe to use from several threads; the locks that `cached` and `note` take are
    never held while anyone works."""

    def __init__(
        self, opening: Callable[[], Database], clock: Clock = utc_now, look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._opening, self._clock, self._age = opening, clock, look_seconds
        self._opened: Database | None = None
        self._known = _Known()
        self._looked = self._asked = self._failed = -1e9
        self._looking, self._noting, self._writing = (threading.Lock() for _ in range(3))
        self._noted: dict[tuple[str, str], Fetch] = {}
        self._waiting: dict[tuple[str, str], Fetch] = {}
        self._written: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self._stop = threading.Event()
        self._writer: threading.Thread | None = None

    @property
    def _database(self) -> Database:
        if self._opened is None:
            self._opened = self._opening()
        return self._opened

    def cached(self, token: str) -> OpenedFeed | None:
        """The calendar of a token where it is at hand and nothing can have changed."""
        self._asked = now = monotonic()
        if now - self._looked > self._age:
            return None
        return self._known.opened(calendars.token_hash(token))

    def known(self, token: str) -> bool:
        """Whether a token opened something when the store was last looked at."""
        return calendars.token_hash(token) in self._known.links

    def find(self, token: str) -> OpenedFeed | None:
        """The calendar of a token, None for one that opens nothing. Raises StoreError."""
        hash_ = calendars.token_hash(token)
        self._look(self._age)
        opened = self._known.opened(hash_)
        if opened is not None:
            return opened
        with self._database.reading() as connection:
            live = calendars.live(connection, hash_)
            count = calendars.count(connection)
        if live is None:
            return None
        link_id, target, feed = live
        with self._looking:
            known = self._known
            if known.count == count:
                known.links[hash_], known.feeds[target] = (link_id, target), feed
                if len(known.feeds) > MOST_FEEDS:
                    del known.feeds[next(iter(known.feeds))]
        return OpenedFeed(link_id, feed)

    def watch(self) -> None:
        """Looks at the store ahead of requests from now on, so that none of them has to wait."""
        threading.Thread(target=self._watch_on, name="calendars", daemon=True).start()

    def _watch_on(self) -> None:
        while not self._stop.wait(WATCH_SECONDS):
            if self._opened is None or monotonic() - self._asked > IDLE_SECONDS:
                continue
            try:
                self._look(WATCH_SECONDS)
            except SchedulerError:
                continue  # requests look themselves, and say so

    def _look(self, age: float) -> None:
        """Makes sure that what is at hand stood in the store at most `age` seconds ago. One looks, the
        others wait for it and share what came of it. Raises StoreError."""
        asked = monotonic()
        with self._looking:
            if asked - self._looked <= age:
                return
            if self._failed > asked:
                raise StoreError("The store could not be looked at.")
            began = monotonic()
            try:
                with self._database.reading() as connection:
                    self._known = self._of_store(connection)
            except BaseException:
                self._failed = monotonic()
                raise
            self._looked = began

    def _of_store(self, connection: Connection) -> _Known:
        count = calendars.count(connection)
        if count == self._known.count:
            return self._known
        return _Known(count, calendars.all_live(connection, MOST_LINKS))

    def note(self, opened: OpenedFeed, user_agent: str) -> None:
        """Notes that a client has a calendar; written down a little later."""
        key = (opened.link_id, client_name(user_agent))
        fetch = Fetch(*key, self._now(), opened.feed.version)
        with self._noting:
            before = self._noted.get(key)
            self._noted[key] = fetch if before is None else replace(fetch, count=before.count + 1)
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_on, name="receipts", daemon=True)
                self._writer.start()
                atexit.register(self.close)

    def write(self, everything: bool = True) -> None:
        """Writes the receipts down that are due; they are kept where that fails. Raises StoreError."""
        with self._writing:
            with self._noting:
                noted, self._noted = self._noted, {}
            for key, fetch in noted.items():
                before = self._waiting.get(key)
                count = fetch.count + (before.count if before is not None else 0)
                self._waiting[key] = replace(fetch, count=count)
            now = monotonic()
            due = {k: f for k, f in self._waiting.items() if everything or self._is_due(k, f, now)}
            if not due:
                return
            with self._database.writing() as connection:
                receipts.record(connection, list(due.values()))
            for key, fetch in due.items():
                del self._waiting[key]
                self._written[key] = (fetch.version, now)
            while len(self._written) > MOST_LINKS:
                self._written.popitem(last=False)

    def _is_due(self, key: tuple[str, str], fetch: Fetch, now: float) -> bool:
        version, at = self._written.get(key, (-1, -1e9))
        return version != fetch.version or now - at > AGAIN_SECONDS

    def _write_on(self) -> None:
        while not self._stop.wait(WRITE_SECONDS):
            try:
                self.write(everything=False)
            except SchedulerError:
                continue  # a receipt is worth less than a running server

    def _now(self) -> datetime:
        return self._clock().replace(microsecond=0)

    def close(self) -> None:
        """Writes down what is left."""
        if not self._stop.is_set():
            self._stop.set()
            try:
                self.write()
            except SchedulerError:
                return
