"""The app in a real browser: Debian's Chromium, driven by Playwright, against the real server."""

import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from scheduler.domain.link import LinkKind
from scheduler.service import editing, linking
from scheduler.service.office import Office
from scheduler.store.engine import Database
from scheduler.tables.folder import write_agency
from scheduler.ui.pages import PAGES
from tests.offices import ADMIN, town_agency
from tests.serving_app import said, served, settled

WEEK = date.today() + timedelta(days=7 - date.today().weekday())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    write_agency(town_agency(), tmp_path / "town")
    return editing.init(Database(f"sqlite:///{tmp_path / 'esro.db'}"), tmp_path / "town", ADMIN)


@pytest.fixture
def address(office: Office, tmp_path: Path) -> Iterator[str]:
    with served(tmp_path, f"sqlite:///{tmp_path / 'esro.db'}") as at:
        yield at


def opened(chromium: Browser, url: str, width: int = 1366, height: int = 768) -> Page:
    page = chromium.new_page(viewport={"width": width, "height": height})
    foreign: list[str] = []
    page.on("request", lambda r: foreign.append(r.url) if _is_foreign(r.url) else None)
    page.goto(url)
    settled(page)
    assert foreign == [], "the page asks the internet for something"
    return page


def _is_foreign(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:"))


def test_a_supervisor_generates_and_publishes_and_the_officers_calendar_shows_it(
    chromium: Browser, address: str, office: Office
) -> None:
    link = linking.make_link(office, ADMIN, LinkKind.OFFICER, "o")
    page = opened(chromium, f"{address}/?precinct=p&week={WEEK}")
    said(page, "No plan yet")
    page.get_by_role("button", name="Generate").click()
    said(page, r"Draft 1 · not published", 120)
    page.get_by_role("button", name="Publish…").click()
    page.get_by_label("Why (for the record)").fill("Weekly rounds")
    page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()
    said(page, "Published as revision 1")
    page.get_by_role("button", name="Done").click()
    said(page, r"Published · revision 1")
    with urllib.request.urlopen(f"{address}{link.path}", timeout=30) as answer:
        body = answer.read()
    assert body.count(b"BEGIN:VEVENT") >= 4 and b"School a" in body
    page.close()


def test_an_officer_on_a_phone_has_the_day_and_no_other_page(chromium: Browser, address: str) -> None:
    page = opened(chromium, f"{address}/?precinct=p&week={WEEK}")
    page.get_by_role("combobox", name="Acting as").click()
    page.get_by_role("option", name="Officer: Officer o").click()
    said(page, "My day")
    page.set_viewport_size({"width": 360, "height": 780})
    settled(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360, "the page scrolls sideways"
    page.set_viewport_size({"width": 1366, "height": 768})
    links = page.get_by_test_id("stSidebarNavLink").all_inner_texts()
    assert [text.split("\n")[-1].strip() for text in links] == ["My day", "Calendars"]
    page.close()


@pytest.mark.parametrize("width", [1366, 360])
def test_every_page_draws_by_its_own_address_with_nothing_planned(
    chromium: Browser, address: str, width: int
) -> None:
    for one in PAGES:
        if one.slug in ("my-day", "week"):
            continue
        page = opened(chromium, f"{address}/{one.slug}?precinct=p&week={WEEK}", width)
        assert page.get_by_text("Page not found").count() == 0, one.slug
        page.close()
