"""The What-if page: scenarios are made, kept, planned side by side, and made real."""

from pathlib import Path

import pytest

from scheduler.domain.change import Change
from scheduler.errors import ConflictError, RefusedError
from scheduler.explain import makers
from scheduler.service import drafting, editing, scenarios
from tests.offices import ADMIN, FOREIGN, MONDAY, SERGEANT, VIEWER, Desk
from tests.pages import choose, drawn, finished, opened, page, press, words


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


@pytest.mark.parametrize("kind", [
    "An officer is away", "A relief officer covers one precinct more", "A school moves to another precinct",
    "A school opens", "A school closes", "Schools get more or fewer visits a week",
    "Shifts are longer or shorter", "There are more officers",
])  # fmt: skip
def test_every_kind_of_scenario_has_a_form(town: Desk, kind: str) -> None:
    """Every kind opens its form without a fault."""
    at = choose(page("whatif", town), "What if …", kind)
    assert len(at.selectbox) + len(at.number_input) + len(at.multiselect) > 2


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
    at.text_input[-1].input("The principals asked")
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
    """The sweep over officers and visits ends in a table with every staffing."""
    at = page("whatif", town, SERGEANT)
    at.number_input[0].set_value(2)
    at = press(at, "Plan them all")
    at, job = finished(at, "sweep")
    assert [(p.officers, p.visits) for p in job.result] == [(n, v) for v in (1, 2, 3) for n in (1, 2)]
    assert at.dataframe[0].value.shape == (2, 3)


def test_a_scenario_that_changes_nothing_is_not_kept(town: Desk) -> None:
    """A scenario without changes is refused in a sentence."""
    agency = editing.tables(town.office).agency
    made = makers.visits_changed(agency, ["a"], agency.schools["a"].visits_per_week)
    assert not [c for c in made.changes if isinstance(c, Change)]
    with pytest.raises(RefusedError, match="changes nothing"):
        scenarios.keep(town.office, ADMIN, made)
