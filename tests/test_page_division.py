"""The Division page: every precinct at a glance, planned, published and lent to in one go."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from scheduler.errors import RefusedError
from scheduler.service import division, drafting, editing, publishing, scenarios
from scheduler.ui.state import KEY
from tests.offices import ADMIN, MONDAY, OFFICER, SERGEANT, VIEWER, WEEK, Desk, town_agency, visit
from tests.pages import (
    MAIN,
    choose,
    drawn,
    fill,
    finished,
    opened,
    page,
    planning_until_stopped,
    press,
    running,
    words,
)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return opened(tmp_path, monkeypatch)


def test_precincts_stand_worst_first_with_how_they_stand(town: Desk) -> None:
    """What has nothing planned comes before what is published, with schools, sessions and receipts."""
    town.publish(*WEEK)
    rows = division.glance(town.office, ADMIN, MONDAY)
    assert [(r.precinct_id, r.state) for r in rows] == [("q", "nothing"), ("p", "published")]
    assert (rows[1].covered, rows[1].schools, rows[1].held, rows[1].sessions) == (4, 4, 1, 1)
    said = words(page("division", town))
    assert "▲ 1 of 2 precincts published" in said and "▲ 1 with nothing planned yet" in said
    assert "4 of 4 schools covered" in said and "0 of 1 officer has it" in said
    assert said.index("Precinct q") < said.index("Precinct p")


def test_supervisors_and_viewers_see_their_own(town: Desk) -> None:
    """A supervisor sees and plans the own precincts, a viewer only looks, an officer sees none."""
    at = page("division", town, SERGEANT)
    assert "Precinct q" not in words(at) and "Plan every precinct" in words(at)
    assert "Lend" not in words(at)
    assert "Plan every precinct" not in words(page("division", town, VIEWER))
    with pytest.raises(RefusedError):
        division.glance(town.office, OFFICER, MONDAY)


def test_all_are_planned_and_published(town: Desk) -> None:
    """One press makes a draft of every precinct, another, once confirmed, publishes them, with a sentence
    on each."""
    at = press(page("division", town), "Plan every precinct")
    at, _ = finished(at, "plan all")
    assert {d.precinct_id for d in drafting.list_drafts(town.office, ADMIN, MONDAY)} == {"p", "q"}
    assert "0 of 2 precincts published" in words(at) and "2 with a draft" in words(at)
    at = press(at, "Publish all drafts…")
    assert "visits of 2 precincts" in words(at)
    at = press(fill(at, "Why (for the record)", "Weekly rounds"), "Publish them")
    assert [s.value for s in at.success if "published as revision 1" in s.value]
    told = publishing.list_publications(town.office, ADMIN, MONDAY)
    assert [(t.number, t.reason) for t in told] == 2 * [(1, "Weekly rounds")]
    at = press(at, "Close these notes")
    assert not at.success


def test_planning_all_is_stopped(town: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop asks the work to end with the best so far."""
    planning_until_stopped(monkeypatch)
    at = press(page("division", town), "Plan every precinct")
    job = running(at)
    press(at, "Stop")
    assert job.over.wait(30) and job.state == "done"


def test_a_refused_draft_keeps_no_other_back(town: Desk) -> None:
    """Of two drafts the one that breaks a rule is refused in words, the other is published."""
    rounds = [visit("x", 0, "09:00", officer_id="k"), visit("y", 1, "09:00", officer_id="k")]
    good = town.draft(*rounds, precinct="q")
    bad = town.draft(visit("a", 0, "06:00"))
    made = division.publish_all(town.office, ADMIN, [("p", bad.draft_id), ("q", good.draft_id)], "x")
    assert [(o.precinct_id, o.done) for o in made] == [("p", False), ("q", True)]
    assert "breaks rules" in made[0].sentence


def test_a_relief_officer_is_lent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relief officer covers one precinct more after the button, an admin alone may, and the tables say
    so."""
    whole = town_agency()
    officers = {**whole.officers, "r": replace(whole.officers["r"], covers=("q",))}
    town = opened(tmp_path, monkeypatch, replace(whole, officers=officers))
    head = editing.tables(town.office)
    with pytest.raises(RefusedError):
        scenarios.lend(town.office, SERGEANT, head.edit.revision, "r", "p")
    at = choose(page("division", town), "Relief officer", "r")
    at = choose(at, "Also covers", "p")
    assert "and Precinct p (p) as well then" in words(at)
    at = press(at, "Lend")
    assert "Officer r also covers Precinct p" in at.success[0].value
    assert "p" in editing.tables(town.office).agency.officers["r"].covers


def test_a_precinct_opens_on_the_week_page(town: Desk) -> None:
    """In the whole app, Open leads to the Week page at that precinct."""
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.query_params["week"] = str(MONDAY)
    at = drawn(at.run())
    at._page_hash = calc_hash("division")
    at = drawn(at.run())
    assert at.title[0].value == "Division"
    at = drawn(at.button(key="open q").click().run())
    assert at.session_state[KEY].precinct_id == "q" and "q" in at.query_params["precinct"]
    assert not at.title and "Nothing is planned for Precinct q (q)" in at.info[0].value
