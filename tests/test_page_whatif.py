"""The What-if page: scenarios are made, kept, planned side by side, and made real."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from scheduler import questions
from scheduler.domain.change import Change
from scheduler.errors import ConflictError, RefusedError
from scheduler.explain import makers
from scheduler.explain.change_words import change_words
from scheduler.service import drafting, editing, scenarios
from tests.offices import ADMIN, FOREIGN, MONDAY, SERGEANT, VIEWER, Desk, town_agency
from tests.pages import choose, drawn, fill, finished, opened, page, press, words

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return opened(tmp_path, monkeypatch)


def kept(town: Desk) -> list[str]:
    return [k.scenario.name for k in scenarios.list_scenarios(town.office, ADMIN)]


def test_a_scenario_is_made_in_words_and_kept(town: Desk) -> None:
    """A choice of officer and days gives sentences, and the button keeps the scenario in the store."""
    at = page("whatif", town, SERGEANT)
    at = choose(at, "What if …", "An officer is away")
    at = choose(at, "Officer", "o")
    assert "Officer o out from Mon 30 Nov to Fri 4 Dec" in words(at) and "Officer o is away" in words(at)
    at = press(at, "Keep this scenario")
    assert kept(town) == ["Officer o out from Mon 30 Nov to Fri 4 Dec"] and "Kept:" in words(at)


def _opens(at: AppTest, name: str, latitude: float, longitude: float, like: str) -> AppTest:
    at = fill(fill(at, "Name of the new school", name), "Latitude", latitude)
    return choose(fill(at, "Longitude", longitude), "Hours and visits like", like)


FORMS: dict[str, tuple[Callable[[AppTest], AppTest], str]] = {
    "An officer is away": (
        lambda at: fill(fill(choose(at, "Officer", "o"), "First day", TUESDAY), "Last day", TUESDAY),
        "Officer o is away (what if) all day on Tue 1 Dec."),
    "A relief officer covers one precinct more": (
        lambda at: choose(choose(at, "Relief officer", "r"), "Also covers", "p"),
        "Officer r: precincts covered Precinct q, Precinct p in place of Precinct q."),
    "A school moves to another precinct": (
        lambda at: choose(choose(at, "School", "d"), "Moves to", "q"),
        "School d: precinct Precinct q in place of Precinct p."),
    "A school opens": (
        lambda at: _opens(at, "Birch", 39.2, -76.7, "a"),
        "Birch opens in Precinct p, 09:00-15:00."),
    "A school closes": (lambda at: choose(at, "School", "d"), "School d is served no more."),
    "Schools get more or fewer visits a week": (
        lambda at: fill(fill(at, "Schools", ["a"]), "Visits a week", 3),
        "School a: visits a week 3 in place of 1."),
    "Shifts are longer or shorter": (
        lambda at: fill(choose(at, "Officer", "o"), "Minutes longer (below 0: shorter)", -60),
        "Officer o on Mondays: end 15:00 in place of 16:00."),
    "There are more officers": (
        lambda at: fill(at, "How many more", 2), "Extra officer 2 joins Precinct p as an officer."),
}  # fmt: skip
"""The forms of scenarios as they are filled in, and a sentence of what is kept then."""


@pytest.mark.parametrize("kind", FORMS)
def test_every_kind_of_scenario_is_made_as_its_form_is_filled_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Each form makes a scenario of what is chosen and typed in it, in words first, and then kept."""
    whole = town_agency()
    officers = {**whole.officers, "r": replace(whole.officers["r"], covers=("q",))}
    town = opened(tmp_path, monkeypatch, replace(whole, officers=officers))
    filled, sentence = FORMS[kind]
    at = filled(choose(page("whatif", town), "What if …", kind))
    assert sentence in words(at) and kept(town) == []
    press(at, "Keep this scenario")
    (made,) = scenarios.list_scenarios(town.office, ADMIN)
    assert sentence in change_words(editing.tables(town.office).agency, made.scenario.changes)


def test_what_the_tables_refuse_is_said_and_nothing_is_kept(town: Desk) -> None:
    """A maker's refusal is a sentence on the page, and what was chosen stays."""
    at = choose(page("whatif", town), "What if …", "A relief officer covers one precinct more")
    at = choose(at, "Relief officer", "r")
    at = choose(at, "Also covers", "p")
    assert "covers it already" in at.error[0].value and kept(town) == []
    assert at.selectbox[1].value == "A relief officer covers one precinct more"


def test_tables_edited_freely_are_pointed_to(town: Desk) -> None:
    """What no kind of scenario covers is edited in the tables, and tried from there."""
    said = words(choose(page("whatif", town, SERGEANT), "What if …", "Anything else in the tables"))
    assert "Try as a what-if" in said and "Keep this scenario" not in said


def test_scenarios_are_compared_promoted_and_drafted(town: Desk) -> None:
    """Compared side by side in the background, a scenario's changes get into the tables with the reason
    and a draft of the week follows."""
    agency = editing.tables(town.office).agency
    scenario_id = scenarios.keep(town.office, SERGEANT, makers.visits_changed(agency, ["a", "b"], 2))
    at = page("whatif", town, SERGEANT)
    at = drawn(at.checkbox(key=f"choose {scenario_id}").check().run())
    at = press(at, "Compare")
    at, job = finished(at, "compare")
    table = at.table[0].value
    assert list(table.columns) == ["As it is", "2 visits a week for 2 schools"]
    rows = {row: list(table.loc[row]) for row in table.index}
    assert rows["How good it is"][0].startswith("Proven best") and rows["Minutes on the road"]
    assert int(rows["Visits moved"][1]) == len(job.result.answers[1].difference.moved) > 0
    assert "<html" in job.result.page and "2 visits a week" in job.result.page
    at = press(at, "Promote to a draft…")
    at = fill(at, "Why (for the record)", "The principals asked")
    at = drawn(drawn(at.run()).run())  # as where work that ends elsewhere has the page drawn anew
    assert at.text_input[-1].value == "The principals asked"
    at = press(at, "Make the changes and plan")
    at, _ = finished(at, "plan p")
    stands = editing.tables(town.office)
    assert stands.agency.schools["a"].visits_per_week == 2 and stands.edit.author == "sgt@p"
    assert stands.edit.reason == "The principals asked"
    (draft,) = drafting.list_drafts(town.office, SERGEANT, MONDAY, "p")
    assert sum(v.school_id == "a" for v in draft.plan.visits) >= 2
    assert "compare again" in words(at)


def test_to_promote_after_the_tables_moved_on_is_refused(town: Desk) -> None:
    """What was compared is what is promoted: an edit in between is a conflict, and a foreign precinct's
    change is refused."""
    stands = editing.tables(town.office)
    made = makers.visits_changed(stands.agency, ["a"], 2)
    with pytest.raises(RefusedError):
        scenarios.promote(town.office, FOREIGN, stands.edit.revision, made)
    longer = makers.shift_changed(stands.agency, "o", 15)
    scenarios.promote(town.office, SERGEANT, stands.edit.revision, longer)
    with pytest.raises(ConflictError):
        scenarios.promote(town.office, SERGEANT, stands.edit.revision, made)


def test_scenarios_are_seen_and_removed_by_those_who_may(town: Desk) -> None:
    """Another precinct's scenario is not listed, a viewer has none, and only who kept it or an admin
    takes it off the list."""
    agency = editing.tables(town.office).agency
    scenario_id = scenarios.keep(town.office, ADMIN, makers.shift_changed(agency, "o", 30))
    assert [k.scenario_id for k in scenarios.list_scenarios(town.office, SERGEANT)] == [scenario_id]
    assert scenarios.list_scenarios(town.office, FOREIGN) == []
    with pytest.raises(RefusedError):
        scenarios.list_scenarios(town.office, VIEWER)
    with pytest.raises(RefusedError):
        scenarios.remove(town.office, SERGEANT, scenario_id)
    at = press(page("whatif", town), "Remove")
    assert kept(town) == [] and "listed here" in words(at)


def test_what_staff_buys_is_planned(town: Desk) -> None:
    """The sweep over the officers and visits that are asked for ends in a table with every staffing."""
    at = fill(page("whatif", town, SERGEANT), "Up to so many officers", 2)
    at = fill(at, "Visits a week at each school", (1, 2))
    at, job = finished(press(at, "Plan them all"), "sweep")
    assert [(p.officers, p.visits) for p in job.result] == [(n, v) for v in (1, 2) for n in (1, 2)]
    assert at.dataframe[0].value.shape == (2, 2)


def test_what_is_planned_is_what_was_asked_for(town: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The precincts of a comparison and whether relief officers step in are passed on to planning."""
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(questions, "compare", lambda *given: asked.append(given))
    monkeypatch.setattr(questions, "sweep", lambda *given: asked.append(given) or [])
    monkeypatch.setattr(sys.modules["scheduler.ui.pages.whatif.answers"], "settled", lambda *_: None)
    monkeypatch.setattr(sys.modules["scheduler.ui.pages.whatif.staffing"], "settled", lambda *_: None)
    agency = editing.tables(town.office).agency
    scenario_id = scenarios.keep(town.office, ADMIN, makers.shift_changed(agency, "o", 30))
    at = page("whatif", town)
    at = drawn(at.checkbox(key=f"choose {scenario_id}").check().run())
    at = press(fill(at, "Planned for", ["p", "q"]), "Compare")
    at, _ = finished(at, "compare")
    at = press(fill(at, "Relief officers step in", True), "Plan them all")
    finished(at, "sweep")
    (compared, swept) = asked
    assert compared[2].precincts == ("p", "q") and [s.name for s in compared[3]] == kept(town)
    assert swept[2].precincts == ("p",) and swept[5] is True


def test_a_scenario_that_changes_nothing_is_not_kept(town: Desk) -> None:
    """A scenario without changes is refused in a sentence."""
    agency = editing.tables(town.office).agency
    made = makers.visits_changed(agency, ["a"], agency.schools["a"].visits_per_week)
    assert not [c for c in made.changes if isinstance(c, Change)]
    with pytest.raises(RefusedError, match="changes nothing"):
        scenarios.keep(town.office, ADMIN, made)
