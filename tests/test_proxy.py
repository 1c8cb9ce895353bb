"""The app below a path of a real reverse proxy, set up as docs/operations.md says."""

import re
import urllib.request
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from scheduler.service import people
from scheduler.store.engine import Database
from scheduler.ui.pages import PAGES
from tests.clients import identity_provider, reverse_proxy, write_secrets
from tests.offices import ADMIN, MONDAY, WEEK, Desk, desk
from tests.serving_app import ROOT, free_port, served
from tests.walking import visiting


@pytest.fixture
def town(tmp_path: Path) -> Desk:
    """The town with a published week."""
    made = desk(Database(f"sqlite:///{tmp_path / 'esro.db'}"), tmp_path)
    made.publish(*WEEK)
    return made


def documented(port: int) -> str:
    """The documented part of nginx's configuration, for an app on this port."""
    text = (ROOT / "docs" / "operations.md").read_text()
    (block,) = re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)
    return block.replace(":8501", f":{port}")


def test_pages_and_calendars_stand_below_the_path(chromium: Browser, tmp_path: Path, town: Desk) -> None:
    """Every page opens below /esro/ by its own address, the browser asks for nothing
    outside of it, and the address that a new calendar link shows leads to the calendar."""
    port = free_port()
    url = f"sqlite:///{tmp_path / 'esro.db'}"
    with (
        reverse_proxy(tmp_path, documented(port)) as proxy,
        served(tmp_path, url, town.time, "esro", port),
        visiting(chromium, f"{proxy}/esro/?precinct=p&week={MONDAY}") as sergeant,
    ):
        asked: set[str] = set()
        sergeant.page.on("request", lambda r: asked.add(r.url))
        sergeant.page.on("websocket", lambda w: asked.add(w.url.replace("ws://", "http://")))
        for page in PAGES:
            if page.allowed(ADMIN):
                path = "" if page.slug == "week" else page.slug  # the first page has no path of its own
                sergeant.page.goto(f"{proxy}/esro/{path}?precinct=p&week={MONDAY}")
                sergeant.rests()
                sergeant.does_not_read("Page not found")
        sergeant.goes_to("Calendars")
        address = sergeant.makes_a_link()
        assert address.startswith(f"{proxy}/esro/calendars/")
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert answer.headers["content-type"].startswith("text/calendar")
            assert answer.read().count(b"BEGIN:VEVENT") == len(WEEK)
        foreign = {u for u in asked if urlsplit(u).scheme == "http" and not u.startswith(f"{proxy}/esro/")}
        assert len(asked) > len(PAGES) and not foreign
        log = (tmp_path / "access.log").read_text()
        assert "/esro/" in log and ".ics" not in log


def test_one_signs_in_below_the_path_by_https(chromium: Browser, tmp_path: Path, town: Desk) -> None:
    """The way to the department's page and back keeps to the path and to https, cookies included."""
    people.set_user(town.office, ADMIN, "o@dept.example", "Officer o", ["officer"], [], "o")
    port = free_port()
    with reverse_proxy(tmp_path, documented(port), https=True) as proxy:
        at = f"{proxy}/esro"
        with identity_provider(f"{at}/oauth2callback") as provider:
            write_secrets(tmp_path, at, provider)
            url = f"sqlite:///{tmp_path / 'esro.db'}"
            with served(tmp_path, url, town.time, "esro", port), visiting(chromium, f"{at}/") as officer:
                officer.signs_in("o@dept.example")
                assert officer.page.url.startswith(f"{at}/") and officer.menu == ["My day", "Calendars"]
                ours = [c for c in officer.page.context.cookies() if c["path"].startswith("/esro")]
                assert ours and all(c["secure"] and c["httpOnly"] for c in ours)
                officer.goes_to("Calendars")
                assert officer.makes_a_link().startswith(f"{at}/calendars/")


def test_without_sign_in_no_other_name_leads_to_the_pages(tmp_path: Path, town: Desk) -> None:
    """Whoever sits at the machine is an admin, so a web page that has its name lead to this machine, or a
    proxy that shows the app to others, gets no connection."""

    def status(address: str, host: str) -> int:
        parts = urlsplit(address)
        assert parts.hostname is not None
        with closing(HTTPConnection(parts.hostname, parts.port, timeout=30)) as connection:
            connection.request("GET", "/_stcore/stream", headers={
                "Host": host, "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            })  # fmt: skip
            return connection.getresponse().status

    with served(tmp_path, f"sqlite:///{tmp_path / 'esro.db'}", town.time) as address:
        assert status(address, "evil.example") == 403
        assert status(address, f"localhost:{urlsplit(address).port}") == 101
