"""The calendars that are served: at hand in memory, asked of the store when something changed, and
receipts written behind."""

import atexit
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Any

from scheduler.domain.link import Feed, LinkKind
from scheduler.errors import SchedulerError
from scheduler.publish.clients import client_name
from scheduler.publish.feed_routes import OpenedFeed
from scheduler.service.office import Clock, utc_now
from scheduler.store import calendars, receipts
from scheduler.store.engine import Database
from scheduler.store.receipts import Fetch

LOOK_SECONDS = 0.25
"""A revoked link is dead, and a publication is out, at most this much later."""
WRITE_SECONDS = 2.0
AGAIN_SECONDS = 60.0
"""The same client at the same version is written down again after this long."""
MOST_LINKS, MOST_FEEDS = 50_000, 2_000
Target = tuple[LinkKind, str, int]


class FeedDesk:
    """Serves calendars from one store, which may be made later. Safe to use from several threads."""

    def __init__(self, opening: Callable[[], Database], clock: Clock = utc_now) -> None:
        self._opening, self._clock = opening, clock
        self._opened: Database | None = None
        self._lock = threading.Lock()
        self._links: OrderedDict[str, tuple[str, Target]] = OrderedDict()
        self._feeds: OrderedDict[Target, Feed] = OrderedDict()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._count = -1
        self._looked = -1e9
        self._pending: dict[tuple[str, str], Fetch] = {}
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
        if monotonic() - self._looked > LOOK_SECONDS:
            return None
        with self._lock:
            return self._at_hand(calendars.token_hash(token))

    def known(self, token: str) -> bool:
        """Whether a token opened something lately."""
        with self._lock:
            return calendars.token_hash(token) in self._seen

    def find(self, token: str) -> OpenedFeed | None:
        """The calendar of a token, None for one that opens nothing. Raises StoreError."""
        hash_ = calendars.token_hash(token)
        with self._database.reading() as connection:
            if monotonic() - self._looked > LOOK_SECONDS:
                self._look(calendars.count(connection))
                with self._lock:
                    opened = self._at_hand(hash_)
                if opened is not None:
                    return opened
            live = calendars.live(connection, hash_)
        if live is None:
            return None
        link_id, feed = live
        target = (feed.kind, feed.target_id, feed.version)
        with self._lock:
            self._links[hash_], self._feeds[target] = (link_id, target), feed
            self._seen[hash_] = None
            _trim(self._seen, MOST_LINKS)
            _trim(self._links, MOST_LINKS)
            _trim(self._feeds, MOST_FEEDS)
        return OpenedFeed(link_id, feed)

    def _at_hand(self, hash_: str) -> OpenedFeed | None:
        known = self._links.get(hash_)
        feed = self._feeds.get(known[1]) if known is not None else None
        return OpenedFeed(known[0], feed) if known is not None and feed is not None else None

    def _look(self, count: int) -> None:
        with self._lock:
            if count != self._count:
                self._links.clear()
                self._feeds.clear()
                self._count = count
            self._looked = monotonic()

    def note(self, opened: OpenedFeed, user_agent: str) -> None:
        """Notes that a client has a calendar; written down a little later."""
        key, now = (opened.link_id, client_name(user_agent)), self._now()
        with self._lock:
            before = self._pending.get(key)
            count = before.count + 1 if before is not None else 1
            self._pending[key] = Fetch(*key, now, opened.feed.version, count)
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_on, name="receipts", daemon=True)
                self._writer.start()
                atexit.register(self.close)

    def write(self, everything: bool = True) -> None:
        """Writes the receipts down that are due. Raises StoreError."""
        now = monotonic()
        with self._lock:
            due = {k: f for k, f in self._pending.items() if everything or self._is_due(k, f, now)}
            for key in due:
                del self._pending[key]
        if not due:
            return
        with self._database.writing() as connection:
            receipts.record(connection, list(due.values()))
        with self._lock:
            for key, fetch in due.items():
                self._written[key] = (fetch.version, now)
            _trim(self._written, MOST_LINKS)

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


def _trim(kept: OrderedDict[Any, Any], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
