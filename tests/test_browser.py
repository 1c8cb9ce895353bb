"""The app in a real browser: Debian's Chromium, driven by Playwright, against the real server."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from scheduler.service import editing, records
from scheduler.service.office import Office, open_office
from scheduler.store.engine import Database
from scheduler.tables.folder import write_agency
from scheduler.ui.pages import PAGES
from tests.offices import ADMIN, MONDAY, Desk, town_agency
from tests.serving_app import served
from tests.walking import visiting
from tests.windows import DESK, PHONE, steady

WEEK = date.today() + timedelta(days=7 - date.today().weekday())
CHANGING = re.compile("Generate|Publish|Confirm|Plan every|Lend|Make|Save|Keep|Compare|Undo|Add")
"""Words of the buttons that change something."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    write_agency(town_agency(), tmp_path / "town")
    return editing.init(Database(f"sqlite:///{tmp_path / 'esro.db'}"), tmp_path / "town", ADMIN)


@pytest.fixture
def address(office: Office, tmp_path: Path) -> Iterator[str]:
    with served(tmp_path, f"sqlite:///{tmp_path / 'esro.db'}") as at:
        yield at


def test_nothing_is_asked_of_the_internet_and_every_page_draws_by_its_own_address(
    chromium: Browser, address: str
) -> None:
    """With nothing planned, on a desk and on a phone: no page asks another machine for anything, and none
    scrolls sideways."""
    for size in (DESK, PHONE):
        with visiting(chromium, f"{address}/?precinct=p&week={WEEK}", size) as visitor:
            foreign: list[str] = []
            visitor.page.on("request", lambda r: foreign.append(r.url) if _is_foreign(r.url) else None)  # noqa: B023
            for one in PAGES:
                if one.allowed(ADMIN):
                    path = "" if one.slug == "week" else one.slug
                    visitor.page.goto(f"{address}/{path}?precinct=p&week={WEEK}")
                    visitor.rests()
                    visitor.does_not_read("Page not found")
                    wide = visitor.page.evaluate("document.documentElement.scrollWidth")
                    assert wide <= size[0], f"{one.slug} scrolls sideways"
            assert not foreign


def _is_foreign(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:"))


@pytest.mark.parametrize(
    "role", ["Viewer of all precincts", "Supervisor of Precinct q", "Officer: Officer k"]
)
def test_who_may_not_is_refused_on_every_page(
    chromium: Browser, address: str, office: Office, role: str
) -> None:
    """By whatever address a viewer, another precinct's supervisor and officer come, they see nothing of
    precinct p that is not theirs, and no button that would change it."""
    before = office_state(office)
    with visiting(chromium, f"{address}/?precinct=p&week={WEEK}") as visitor:
        visitor.acts_as(role)
        seen = visitor.menu
        assert "Admin" not in seen
        for title in seen:
            visitor.goes_to(title)
            if not role.startswith("Viewer") and title != "Inputs":
                visitor.does_not_read("School a|Precinct p|Officer o")
            if role.startswith("Viewer"):
                expect(visitor.page.get_by_role("button", name=CHANGING)).to_have_count(0)
    assert office_state(office) == before


def test_files_are_taken_out(chromium: Browser, address: str, office: Office) -> None:
    """A backup and the tables come as whole files, made at the click; the backup is noted."""
    with visiting(chromium, f"{address}/admin") as admin:
        steady(admin.page.get_by_role("tab", name="Backup")).click()
        assert admin.takes_out("Take a backup").startswith(b"SQLite format 3")
        assert records.trail(office, ADMIN, last=1)[0].action == "backup"
        admin.goes_to("Inputs")
        admin.opens("CSV and Excel")
        assert admin.takes_out("All tables as Excel").startswith(b"PK")
        assert admin.takes_out("Schools as CSV").startswith(b"school_id,name")


def test_notes_come_and_go_beside_rows_while_someone_types(
    chromium: Browser, address: str, office: Office
) -> None:
    """What is said of one cell takes nothing from the next, which is typed in at that moment; both are saved,
    and what lies below the table stays open."""
    with visiting(chromium, f"{address}/inputs") as sergeant:
        sergeant.opens("History")
        sergeant.enters("schools", 0, "visits_per_week", "often")
        sergeant.page.keyboard.press("Enter")
        sergeant.cell.fill("3")
        sergeant.reads("Schools, row 2, Visits a week: this is not a whole number from 0")
        sergeant.rests()
        expect(sergeant.cell).to_have_value("3")
        sergeant.cell.press("Enter")
        sergeant.edits("schools", 0, "visits_per_week", "2")
        sergeant.reads("School b: visits a week 3 in place of 1")
        expect(sergeant.page.locator("details").filter(has_text="History")).to_have_attribute("open", "")
        sergeant.saves("Two schools more often")
        sergeant.reads("Saved as revision 2")
    schools = editing.tables(office).agency.schools
    assert (schools["a"].visits_per_week, schools["b"].visits_per_week) == (2, 3)


def office_state(office: Office) -> list[object]:
    """All that was ever done."""
    return [*records.trail(office, ADMIN)]


def test_a_first_visit_begins_with_the_shipped_county(chromium: Browser, tmp_path: Path) -> None:
    """With nothing in the store, any address is a welcome, and its button leads to a week to generate."""
    write_agency(town_agency(), tmp_path / "inputs" / "baltimore-county")
    url = f"sqlite:///{tmp_path / 'new.db'}"
    with served(tmp_path, url) as address, visiting(chromium, f"{address}/inputs") as visitor:
        visitor.reads("There is no agency in it yet")
        visitor.page.goto(address)
        visitor.presses("Begin with Baltimore County")
        visitor.reads("No plan yet")
        assert visitor.menu[0] == "Week"
    found = editing.tables(open_office(opened=Database(url)))
    assert found.agency == town_agency() and found.edit.revision == 1


def test_three_years_of_weeks_open(chromium: Browser, old: Desk, tmp_path: Path) -> None:
    """The pages that look back draw over years of weeks."""
    url = f"sqlite:///{old.file}"
    with (
        served(tmp_path, url, old.time) as address,
        visiting(chromium, f"{address}/log?precinct=p&week={MONDAY}") as visitor,
    ):
        steady(visitor.page.get_by_role("radio", name="Charts")).click()
        visitor.reads("Could a watcher foresee")
        steady(visitor.page.get_by_role("radio", name="Reports")).click()
        assert b"2025-12" in visitor.takes_out("Month by month")
        for title in ("Week", "Division", "Calendars", "Admin"):
            visitor.goes_to(title)
