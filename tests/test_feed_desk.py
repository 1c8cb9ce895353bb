"""Calendars at hand: as fresh as promised, of the right agency, the same on every way to them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from scheduler.domain.link import LinkKind
from scheduler.errors import StoreError
from scheduler.publish.feed_routes import CalendarsFirst, calendar_routes
from scheduler.service import editing, linking
from scheduler.service.feed_desk import FeedDesk
from scheduler.store import receipts
from scheduler.store.engine import Connection, Database
from scheduler.tables.folder import write_agency
from tests.offices import ADMIN, WEEK, Desk, town_agency


def desk_of(town: Desk) -> FeedDesk:
    return FeedDesk(lambda: town.office.database, lambda: town.time)


def link(town: Desk, target: str = "o") -> linking.MadeLink:
    return linking.make_link(town.office, ADMIN, LinkKind.OFFICER, target)


def test_the_short_way_and_the_routes_answer_alike(town: Desk) -> None:
    town.publish(*WEEK)
    made, dead, desk = link(town), link(town), desk_of(town)
    linking.revoke_link(town.office, ADMIN, dead.link.link_id)
    plain = TestClient(Starlette(routes=calendar_routes(desk)), base_url="http://feeds")
    first = Starlette(middleware=[Middleware(CalendarsFirst, source=desk)])
    short = TestClient(first, base_url="http://feeds")
    tag = plain.get(made.path).headers["etag"]
    for path in (made.path, dead.path, "/calendars/x.ics", "/calendars/", made.path[:-4], "/other"):
        for method in ("GET", "HEAD", "POST"):
            for headers in ({}, {"if-none-match": tag}, {"if-none-match": '"x"'}, {"accept-encoding": "*"}):
                found = [c.request(method, path, headers=headers) for c in (plain, short)]
                told = [(a.status_code, a.content, sorted(a.headers.items())) for a in found]
                assert told[0] == told[1], (method, path, headers)
                opens = path == made.path and method != "POST"
                assert (found[0].status_code in (200, 304)) == opens, (method, path)


def test_what_was_read_before_a_revocation_does_not_stay_at_hand(town: Desk) -> None:
    """One request reads a living link; before it is done the link is revoked and another request sees
    that: what the first one read must not open the link any more."""
    made, desk = link(town), desk_of(town)
    desk.find("x")
    desk._looked = monotonic() + 3600
    desk._known.links.clear()  # as if the link was made after the last look
    database = town.office.database
    reading, inner = database.reading, database.reading

    @contextmanager
    def slow() -> Iterator[Connection]:
        with inner() as connection:
            yield connection
        database.reading = inner  # type: ignore[method-assign]
        linking.revoke_link(town.office, ADMIN, made.link.link_id)
        desk._looked = -1e9
        assert desk.find(made.token) is None

    database.reading = slow  # type: ignore[method-assign]
    assert desk.find(made.token) is not None  # it was alive when it was read
    database.reading = reading  # type: ignore[method-assign]
    assert desk.cached(made.token) is None and desk.find(made.token) is None


def test_agencies_with_officers_of_one_name_have_their_own_calendars(town: Desk, tmp_path: Path) -> None:
    twin = replace(town_agency(), name="Twin")
    officers = {k: replace(o, name=f"Twin {o.name}") for k, o in twin.officers.items()}
    write_agency(replace(twin, officers=officers), tmp_path / "twin")
    other = Desk(editing.init(town.office.database, tmp_path / "twin", ADMIN, lambda: town.time), town.time)
    desk, links = desk_of(town), [link(town), link(other)]
    for _ in range(2):
        bodies = []
        for made in links:
            opened = desk.cached(made.token) or desk.find(made.token)
            assert opened is not None
            bodies.append(b"Twin" in opened.feed.body)
        assert bodies == [False, True]


def test_receipts_that_cannot_be_written_are_kept_for_later(
    town: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, desk = link(town), desk_of(town)
    opened = desk.find(made.token)
    assert opened is not None

    def broken(*_: object) -> None:
        raise StoreError("away")

    with monkeypatch.context() as patch:
        patch.setattr(receipts, "record", broken)
        desk.note(opened, "Thunderbird")
        with pytest.raises(StoreError):
            desk.write()
    desk.note(opened, "Thunderbird")
    desk.write()
    (receipt,) = linking.links(town.office, ADMIN)[0].receipts
    assert receipt.fetches == 2


def test_a_store_that_goes_away_is_said_and_not_served_from_memory(town: Desk) -> None:
    made, gone = link(town), Database("postgresql://nobody@127.0.0.1:1/none")
    desk = desk_of(town)
    assert desk.find(made.token) is not None and desk.cached(made.token) is not None
    desk._opened, desk._looked = gone, -1e9
    assert desk.cached(made.token) is None
    with pytest.raises(StoreError):
        desk.find(made.token)


class Door:
    """A lock that tells of everyone who came to it."""

    def __init__(self) -> None:
        self.came, self._lock = threading.Semaphore(0), threading.Lock()

    def __enter__(self) -> None:
        self.came.release()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_requests_that_wait_for_a_store_share_what_came_of_it() -> None:
    """None of them begins to wait anew for a store that hangs."""
    asked: list[int] = []
    refused: list[int] = []
    go, door = threading.Event(), Door()

    def hanging() -> Database:
        asked.append(1)
        go.wait()
        raise StoreError("away")

    desk = FeedDesk(hanging)
    desk._looking = door  # type: ignore[assignment]

    def ask() -> None:
        with pytest.raises(StoreError):
            desk.find("x")
        refused.append(1)

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for _ in threads:
        door.came.acquire()
    go.set()
    for thread in threads:
        thread.join()
    assert len(refused) == 5 and len(asked) == 1
