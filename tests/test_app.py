"""The app's frame and the week page, run as Streamlit runs them."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from scheduler.publish.words import proof_sentence
from scheduler.service import people, publishing
from scheduler.tables.folder import write_agency
from scheduler.ui import access
from tests.offices import ADMIN, WEEK, Desk, town_agency, visit
from tests.pages import MAIN, drawn, opened, press, whole, words


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The town in a store that the app opens; its weeks are still to come."""
    return opened(tmp_path, monkeypatch)


def button(page: AppTest, label: str):
    return next(b for b in page.button if b.label == label)


def test_a_first_visit_offers_the_shipped_county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESRO_DATABASE_URL", f"sqlite:///{tmp_path / 'none' / 'esro.db'}")
    write_agency(town_agency(), tmp_path / "inputs" / "baltimore-county")
    page = AppTest.from_file(str(MAIN), default_timeout=60).run()
    assert not page.exception and "Welcome" in page.title[0].value
    page = press(page, "Begin with Baltimore County")
    assert not page.exception and "Nothing is planned" in words(page)


def test_a_first_visitor_from_elsewhere_begins_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where people sign in, nobody can have signed in before there is an agency: so nobody brings one in
    through the page, or learns where the store is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESRO_DATABASE_URL", f"sqlite:///{tmp_path / 'none' / 'esro.db'}")
    write_agency(town_agency(), tmp_path / "inputs" / "baltimore-county")
    page = AppTest.from_file(str(MAIN), default_timeout=60)
    page.secrets["auth"] = {"client_id": "esro"}
    page = drawn(page.run())
    assert "There is no agency in it yet" in words(page) and not page.button
    assert str(tmp_path) not in words(page)


def test_the_doors_in_and_out(app: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where people sign in, the door asks the provider; whom the store does not know can sign out again, and
    so can a user from the menu."""
    asked: list[str] = []
    monkeypatch.setattr(st, "login", lambda: asked.append("in"))
    monkeypatch.setattr(st, "logout", lambda: asked.append("out"))
    monkeypatch.setattr(access, "login_is_set_up", lambda: True)
    seen = SimpleNamespace(is_logged_in=False)
    monkeypatch.setattr(st, "user", seen)
    page = press(drawn(AppTest.from_file(str(MAIN), default_timeout=60).run()), "Sign in")
    seen.is_logged_in = True
    seen.get = {"email": "who@dept"}.get
    page = press(drawn(page.run()), "Sign out")
    assert "who@dept" in words(page)
    people.set_user(app.office, ADMIN, "who@dept", "Who", ["supervisor"], ["p"])
    page = press(drawn(page.run()), "Sign out")
    assert asked == ["in", "out", "out"] and "Signed in as Who" in words(page)


def test_a_week_without_a_plan_says_the_three_steps(app: Desk) -> None:
    page = whole()
    assert "Generate" in words(page) and "No plan yet" in words(page)
    assert button(page, "Publish…").disabled


def test_a_draft_is_shown_until_it_is_published_and_then_the_publication(app: Desk) -> None:
    draft = app.draft(*WEEK)
    page = whole()
    assert "Draft 1 · not published" in words(page) and "Changed by hand" in words(page)
    publishing.publish(app.office, ADMIN, draft.draft_id, "x")
    page.run()
    assert not page.exception and "Published · revision 1" in words(page)


def test_the_picked_visit_says_what_it_serves_and_can_be_removed(app: Desk) -> None:
    app.draft(*WEEK)
    page = whole()
    box = next(b for b in page.selectbox if b.label == "Visit")
    box.select_index(3).run()
    assert not page.exception and "Serves:" in words(page)
    page.button_group[0].set_value("Remove").run()
    assert not page.exception
    page = press(page, "Keep it")
    assert not page.exception and "Draft 2 · not published" in words(page)


def test_a_viewer_sees_publications_and_no_drafts(app: Desk) -> None:
    app.publish(*WEEK)
    app.draft(*WEEK[:2])
    page = whole()
    acting = next(b for b in page.selectbox if b.label == "Acting as")
    acting.select("Viewer of all precincts").run()
    assert not page.exception and "Published · revision 1" in words(page)
    assert not [b for b in page.button if b.label in ("Generate", "Publish…")]


def test_a_viewer_of_an_empty_week_is_asked_to_do_nothing(app: Desk) -> None:
    page = whole()
    next(b for b in page.selectbox if b.label == "Acting as").select("Viewer of all precincts").run()
    assert not page.exception and "Nothing is published for" in words(page)
    assert "**Generate**" not in words(page) and "three steps" not in words(page)


def test_a_supervisor_sees_the_own_precinct_alone(app: Desk) -> None:
    page = whole()
    acting = next(b for b in page.selectbox if b.label == "Acting as")
    acting.select("Supervisor of Precinct q (q)").run()
    assert not page.exception
    assert next(b for b in page.selectbox if b.label == "Precinct").options == ["Precinct q (q)"]


def test_a_draft_that_breaks_a_rule_says_so_in_words(app: Desk) -> None:
    app.draft(visit("a", 0, "09:00"), visit("b", 0, "09:30"))
    assert "rule is broken" in words(whole())


def test_the_first_steps_point_to_their_pages_until_they_are_made_or_dismissed(app: Desk) -> None:
    """The three steps stand there at a first visit, each a link with what is done; then they are gone."""
    page = whole()
    links = [link.proto.label for link in page.get("page_link")]
    assert links == ["1 · Look over the tables", "2 · Generate the week", "3 · Publish, and give out links"]
    page = press(page, "Dismiss")
    assert "three steps" not in words(page)
    assert "three steps" not in words(drawn(page.run()))
    app.publish(*WEEK)
    assert "three steps" not in words(whole())


def test_what_a_week_asks_for_stands_there_before_it_is_planned(app: Desk) -> None:
    """An empty week names its schools and sessions, and the button that plans it."""
    at = whole()
    text = words(at)
    assert "4 schools ask for" in text and "**Generate**" in text
    assert "<th>School a</th><td>1</td><td>DARE, Tue 1 Dec 10:00</td>" in text


def test_a_week_far_from_proven_says_so_in_words() -> None:
    """A gap that says nothing is not given as a number."""
    assert "100" not in proof_sentence("feasible", 1.0) and "not proven" in proof_sentence("feasible", 1.0)
    assert proof_sentence("feasible", 0.018) == "Within 1.8 % of the best possible."
