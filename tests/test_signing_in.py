"""Signing in through OpenID Connect: a real provider, the real server and a real browser, on loopback."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from scheduler.domain.actor import Actor
from scheduler.service import people
from scheduler.store.engine import Database
from tests.clients import identity_provider, write_secrets
from tests.offices import ADMIN, MONDAY, WEEK, Desk, desk
from tests.serving_app import free_port, served
from tests.walking import Visitor, visiting
from tests.windows import steady


@pytest.fixture
def town(tmp_path: Path) -> Desk:
    """The town with a published week, a sergeant of q and an officer of p."""
    made = desk(Database(f"sqlite:///{tmp_path / 'esro.db'}"), tmp_path)
    made.publish(*WEEK)
    people.set_user(made.office, ADMIN, "Sgt.Q@Dept.Example", "Sergeant Q", ["supervisor"], ["q"])
    people.set_user(made.office, ADMIN, "o@dept.example", "Officer o", ["officer"], [], "o")
    return made


@pytest.fixture
def address(town: Desk, tmp_path: Path) -> Iterator[str]:
    """The app, where everyone signs in."""
    port = free_port()
    at = f"http://127.0.0.1:{port}"
    with identity_provider(f"{at}/oauth2callback") as provider:
        write_secrets(tmp_path, at, provider)
        with served(tmp_path, f"sqlite:///{tmp_path / 'esro.db'}", town.time, port=port) as made:
            yield made


def sees_the_door_alone(visitor: Visitor) -> None:
    """No menu, no name of the agency, nothing but the button."""
    expect(visitor.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert visitor.menu == []
    text = visitor.page.locator("body").inner_text()
    assert not re.search("America/New_York|Precinct|School|Officer o", text)


def test_who_signs_in_has_the_role_and_precinct_of_the_store(
    chromium: Browser, address: str, town: Desk
) -> None:
    """Nobody signed in sees nothing, by whatever address. Signed in, a sergeant has the own precinct, as the
    store says by the e-mail address (in any spelling of its letters); a role taken away is gone at the next
    click; signed out, the door is shut again."""
    with visiting(chromium, f"{address}/?precinct=p&week={MONDAY}") as sergeant:
        sees_the_door_alone(sergeant)
        sergeant.page.goto(f"{address}/inputs")
        sees_the_door_alone(sergeant)
        sergeant.signs_in("sgt.q@dept.example")
        assert sergeant.menu == ["Week", "Division", "Why", "What-if", "Inputs", "Calendars",
                                 "Log and reports"]  # fmt: skip
        sergeant.reads("Signed in as Sergeant Q")
        sergeant.goes_to("Division")
        sergeant.reads("Precinct q")
        sergeant.does_not_read("Precinct p")
        assert sergeant.page.get_by_role("combobox", name="Acting as").count() == 0
        people.remove_user(town.office, ADMIN, "Sgt.Q@Dept.Example")
        sergeant.page.get_by_test_id("stSidebarNavLink").filter(has_text="Week").click()
        sergeant.reads("You have no access yet")
        sergeant.does_not_read("Precinct|School")
        steady(sergeant.page.get_by_role("button", name="Sign out")).click()
        sergeant.page.get_by_role("button", name="Yes, sign me out").click()
        sees_the_door_alone(sergeant)


def test_an_officer_signs_in_to_my_day(chromium: Browser, address: str) -> None:
    """An officer comes to My day, a reload keeps the officer signed in, and another page's address leads
    to My day as well."""
    with visiting(chromium, address) as officer:
        officer.signs_in("o@dept.example")
        assert officer.menu == ["My day", "Calendars"]
        officer.page.reload()
        officer.rests()
        for path in ("admin", "inputs", "?precinct=p"):
            officer.page.goto(f"{address}/{path}")
            officer.reads("Add the calendar")
            assert officer.menu == ["My day", "Calendars"]


@pytest.mark.parametrize("email", ["who@dept.example", "unverified+o@dept.example"])
def test_an_unknown_address_is_a_sentence_and_nothing_else(
    chromium: Browser, address: str, town: Desk, email: str
) -> None:
    """Whom the store does not know, or whose e-mail address the provider did not verify, is told whom to
    ask; every address of the app says the same."""
    people.set_user(town.office, ADMIN, "unverified+o@dept.example", "No Officer", ["admin"], [])
    with visiting(chromium, address) as visitor:
        visitor.signs_in(email)
        for path in ("", "inputs", "admin"):
            visitor.page.goto(f"{address}/{path}")
            visitor.reads(f"You are signed in as {re.escape(email)}")
            visitor.reads("Ask your administrator")
            assert visitor.menu == []
            assert not re.search("Precinct|School", visitor.page.locator("body").inner_text())


def actor_of(town: Desk, email: str) -> Actor | None:
    """Who signs in with an address."""
    return people.signed_in(town.office.database, email)


def test_addresses_are_known_in_any_case_and_the_exact_one_first(town: Desk) -> None:
    """Letters may be large or small; two users who differ in that alone are two."""
    people.set_user(town.office, ADMIN, "O@dept.example", "Another", ["viewer"], ["p"])
    named = {e: a.name for e in ("o@dept.example", "O@dept.example") if (a := actor_of(town, e))}
    assert named == {"o@dept.example": "Officer o", "O@dept.example": "Another"}
    assert actor_of(town, "SGT.Q@DEPT.EXAMPLE") is not None
    assert actor_of(town, "O@DEPT.EXAMPLE") is None and actor_of(town, "") is None
