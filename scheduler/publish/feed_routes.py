"""The calendars over HTTP: plain Starlette routes, servable with any ASGI server, and a short way
before them for calendars that are at hand.

Unknown, revoked and malformed links take the same steps and get the same answer. Nothing here logs.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from time import monotonic
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from scheduler.domain.link import Feed
from scheduler.errors import SchedulerError

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Resource-Policy": "same-origin",
}
UNKNOWN_A_MINUTE = 60
MOST_ADDRESSES = 10_000


@dataclass(frozen=True, slots=True)
class OpenedFeed:
    """A calendar that a token opened."""

    link_id: str
    feed: Feed


class FeedSource(Protocol):
    """Where calendars come from."""

    def cached(self, token: str) -> OpenedFeed | None:
        """The calendar of a token where it is at hand; never blocks."""

    def known(self, token: str) -> bool:
        """Whether a token opened something lately; never blocks."""

    def find(self, token: str) -> OpenedFeed | None:
        """The calendar of a token, None for one that opens nothing; may ask the store."""

    def note(self, opened: OpenedFeed, user_agent: str) -> None:
        """Notes that a client has the calendar; never blocks."""


class Limiter:
    """Unknown tokens an address may try a minute, before it is told to wait."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def exhausted(self, address: str) -> bool:
        """Whether an address has tried too many."""
        began, count = self._seen.get(address, (0.0, 0))
        return count >= UNKNOWN_A_MINUTE and self._clock() - began < 60

    def count(self, address: str) -> None:
        """Counts an unknown token."""
        now = self._clock()
        began, count = self._seen.pop(address, (now, 0))
        self._seen[address] = (began, count + 1) if now - began < 60 else (now, 1)
        while len(self._seen) > MOST_ADDRESSES:
            self._seen.popitem(last=False)


def calendar_routes(source: FeedSource, prefix: str = "", limiter: Limiter | None = None) -> list[Route]:
    """`GET` and `HEAD` of `PREFIX/calendars/TOKEN.ics`; anything else below `calendars/` is not
    found, in the same words."""
    limits = limiter or Limiter()

    async def calendar(request: Request) -> ASGIApp:
        token = request.path_params["token"]
        try:
            opened = source.cached(token)
            if opened is None:
                address = request.client.host if request.client else ""
                if limits.exhausted(address) and not source.known(token):
                    return _answer(429, {"Retry-After": "60"}, "Too many unknown links; wait a minute.\n")
                opened = await run_in_threadpool(source.find, token)
                if opened is None:
                    limits.count(address)
                    return _not_found()
            source.note(opened, request.headers.get("user-agent", ""))
        except SchedulerError:
            return _answer(503, {"Retry-After": "60"}, "The calendars cannot be read just now.\n")
        return FeedAnswer(request.method, request.headers, opened.feed)

    async def nothing(request: Request) -> Response:
        await run_in_threadpool(source.find, request.path_params["rest"])
        return _not_found()

    methods = ["GET", "HEAD"]
    return [
        Route(f"{prefix}/calendars/{{token}}.ics", calendar, methods=methods),
        Route(f"{prefix}/calendars/{{rest:path}}", nothing, methods=methods),
    ]


class CalendarsFirst:
    """Middleware that serves calendars before anything else looks at a request: sessions, compression
    and routes of the pages are none of their business. The rest goes on to the app."""

    def __init__(self, app: ASGIApp, source: FeedSource, prefix: str = "") -> None:
        self._app, self._source = app, source
        self._begin = f"{prefix}/calendars/"
        self._routes = ExceptionMiddleware(Router(calendar_routes(source, prefix)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, or hands on."""
        if scope["type"] != "http" or not scope["path"].startswith(self._begin):
            await self._app(scope, receive, send)
            return
        token = scope["path"][len(self._begin) :].removesuffix(".ics")
        usual = scope["path"].endswith(".ics") and scope["method"] in ("GET", "HEAD")
        opened = self._source.cached(token) if usual else None
        if opened is None:
            await self._routes(scope, receive, send)
            return
        asked = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self._source.note(opened, asked.get("user-agent", ""))
        await FeedAnswer(scope["method"], asked, opened.feed)(scope, receive, send)


class FeedAnswer:
    """The answer for a calendar: 304 where the client has it, gzip where it asks for it."""

    def __init__(self, method: str, asked: Mapping[str, str], feed: Feed) -> None:
        zipped = _accepts_gzip(asked.get("accept-encoding", ""))
        self.status, self.body = 304, b""
        self.headers = list(_headers(feed.etag, feed.changed, zipped))
        if _has_it(asked, feed):
            return
        body = _zipped(feed.etag, feed.body) if zipped else feed.body
        self.status, self.body = 200, b"" if method == "HEAD" else body
        self.headers += _encoded({
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": 'inline; filename="calendar.ics"', "Content-Length": str(len(body)),
        })  # fmt: skip
        if zipped:
            self.headers += _encoded({"Content-Encoding": "gzip"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


@lru_cache(maxsize=4096)
def _headers(etag: str, changed: datetime, zipped: bool) -> tuple[tuple[bytes, bytes], ...]:
    return _encoded({
        "ETag": f'"{etag}-gzip"' if zipped else f'"{etag}"',
        "Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True),
        "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding", **SECURITY,
    })  # fmt: skip


def _encoded(headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items())


def _has_it(asked: Mapping[str, str], feed: Feed) -> bool:
    """If-None-Match decides; a date only where there is none, and only the very one that was given:
    a client that makes up dates gets the whole calendar."""
    tags = asked.get("if-none-match")
    if tags is not None:
        known = {t.strip().removeprefix("W/") for t in tags.split(",")}
        return bool(known & {"*", f'"{feed.etag}"', f'"{feed.etag}-gzip"'})
    since = asked.get("if-modified-since")
    if since is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (TypeError, ValueError, IndexError):
        return False
    return moment.tzinfo is not None and moment == feed.changed.replace(microsecond=0)


@lru_cache(maxsize=256)
def _accepts_gzip(header: str) -> bool:
    for part in header.lower().split(","):
        name, _, parameter = part.strip().partition(";")
        if name.strip() in ("gzip", "*"):
            return parameter.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


@lru_cache(maxsize=512)
def _zipped(_etag: str, body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


def _not_found() -> Response:
    return _answer(404, {}, "There is no such calendar.\n")


def _answer(status: int, headers: dict[str, str], text: str) -> Response:
    return Response(text, status, {**SECURITY, "Cache-Control": "no-store", **headers}, "text/plain")
