"""The app's frame and the week page, run as Streamlit runs them."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scheduler.service import publishing
from scheduler.store.engine import Database
from scheduler.tables.folder import write_agency
from tests.offices import ADMIN, MONDAY, WEEK, Desk, desk, town_agency, visit

SCRIPT = str(Path(__file__).parents[1] / "scheduler" / "ui" / "script" / "main.py")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The town in a store that the app opens; its weeks are still to come."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'esro.db'}"
    monkeypatch.setenv("ESRO_DATABASE_URL", url)
    return desk(Database(url), tmp_path)


def opened(precinct: str = "p") -> AppTest:
    page = AppTest.from_file(SCRIPT, default_timeout=60)
    page.query_params["precinct"], page.query_params["week"] = precinct, MONDAY.isoformat()
    page.run()
    assert not page.exception, page.exception
    return page


def said(page: AppTest) -> str:
    """Everything that stands on a page as text."""
    kinds = (page.markdown, page.caption, page.info, page.error, page.warning, page.success, page.title)
    parts = [str(e.value) for kind in kinds for e in kind] + [b.proto.popover.label for b in popovers(page)]
    return "\n".join(parts + [str(h.proto.body) for h in page.get("html")])


def popovers(page: AppTest):
    """What opens something when it is pressed."""
    return [b for b in page.get("popover")]


def button(page: AppTest, label: str):
    return next(b for b in page.button if b.label == label)


def test_a_first_visit_offers_the_shipped_county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESRO_DATABASE_URL", f"sqlite:///{tmp_path / 'none' / 'esro.db'}")
    write_agency(town_agency(), tmp_path / "inputs" / "baltimore-county")
    page = AppTest.from_file(SCRIPT, default_timeout=60).run()
    assert not page.exception and "Welcome" in page.title[0].value
    button(page, "Begin with Baltimore County").click().run()
    assert not page.exception and "Nothing is planned" in said(page)


def test_a_week_without_a_plan_says_the_three_steps(app: Desk) -> None:
    page = opened()
    assert "Generate" in said(page) and "No plan yet" in said(page)
    assert button(page, "Publish…").disabled


def test_a_draft_is_shown_until_it_is_published_and_then_the_publication(app: Desk) -> None:
    draft = app.draft(*WEEK)
    page = opened()
    assert "Draft 1 · not published" in said(page) and "Changed by hand" in said(page)
    publishing.publish(app.office, ADMIN, draft.draft_id, "x")
    page.run()
    assert not page.exception and "Published · revision 1" in said(page)


def test_the_picked_visit_says_what_it_serves_and_can_be_removed(app: Desk) -> None:
    app.draft(*WEEK)
    page = opened()
    box = next(b for b in page.selectbox if b.label == "Visit")
    box.select_index(3).run()
    assert not page.exception and "Serves:" in said(page)
    page.button_group[0].set_value("Remove").run()
    assert not page.exception
    button(page, "Keep it").click().run()
    assert not page.exception and "Draft 2 · not published" in said(page)


def test_a_viewer_sees_publications_and_no_drafts(app: Desk) -> None:
    app.publish(*WEEK)
    app.draft(*WEEK[:2])
    page = opened()
    acting = next(b for b in page.selectbox if b.label == "Acting as")
    acting.select("Viewer of all precincts").run()
    assert not page.exception and "Published · revision 1" in said(page)
    assert not [b for b in page.button if b.label in ("Generate", "Publish…")]


def test_a_supervisor_sees_the_own_precinct_alone(app: Desk) -> None:
    page = opened()
    acting = next(b for b in page.selectbox if b.label == "Acting as")
    acting.select("Supervisor of Precinct q (q)").run()
    assert not page.exception
    assert next(b for b in page.selectbox if b.label == "Precinct").options == ["Precinct q (q)"]


def test_a_draft_that_breaks_a_rule_says_so_in_words(app: Desk) -> None:
    app.draft(visit("a", 0, "09:00"), visit("b", 0, "09:30"))
    assert "rule is broken" in said(opened())
