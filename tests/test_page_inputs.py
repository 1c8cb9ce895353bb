"""The tables of the inputs page, run as Streamlit runs it, over a town in a store."""

from datetime import date
from pathlib import Path

import pytest

from scheduler.domain.actor import Actor
from scheduler.domain.change import Change
from scheduler.errors import RefusedError
from scheduler.service import editing, workbook
from scheduler.ui.screen import NARROW
from tests.inputs import beside, editor, shown, stands, type_in
from tests.offices import ADMIN, FOREIGN, OFFICER, SERGEANT, VIEWER, Desk
from tests.pages import drawn, opened, page, press, words


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return opened(tmp_path, monkeypatch)


def test_a_cell_is_edited_and_saved_with_a_reason(place: Desk) -> None:
    """An edit shows as a difference in a sentence, and Save makes a revision with its reason."""
    at = type_in(page("inputs", place), {0: {"visits_per_week": "2"}})
    assert "1 change:" in words(at) and "School a: visits a week 2 in place of 1." in words(at)
    next(t for t in at.text_input if t.label == "Why (for the record)").input("New principal").run()
    at = press(at, "Save")
    found = stands(place)
    assert "Saved as revision 2." in words(at)
    assert found.agency.schools["a"].visits_per_week == 2 and found.edit.reason == "New principal"
    assert "Nothing is changed" in words(at)


def test_a_wrong_cell_is_said_with_row_and_column_and_kept(place: Desk) -> None:
    """What cannot be used is a sentence at its row and column; it is kept, and Save is closed."""
    at = type_in(page("inputs", place), {2: {"visits_per_week": "often"}})
    assert "Schools, row 4, Visits a week: this is not a whole number from 0 (found 'often')" in words(at)
    assert next(b for b in at.button if b.label == "Save").disabled
    assert at.session_state["inputs draft"].typed.rows["schools"][2]["visits_per_week"] == "often"
    assert stands(place).edit.revision == 1


def test_what_is_wrong_or_changed_stands_beside_its_row(place: Desk) -> None:
    """A row's problems, or what stood in it before, are shown beside it, and the browser keeps the grid that
    is typed in: another one would forget what is typed at that moment."""
    at = page("inputs", place)
    grid = at.data_editor[0].proto.id
    wrong = {"visits_per_week": "often", "opens": ""}
    at = type_in(at, {0: {"name": "Apple"}, 2: wrong}, [{"school_id": "n"}], [1])
    assert beside(at) == {
        "2": "Name was School a",
        "▲ 4": "▲ Opens: the cell is blank; Visits a week: not a whole number from 0",
    }
    assert at.data_editor[0].proto.id == grid
    assert "Schools, row 4, Opens: the cell is blank." in words(at)
    at = type_in(at, {2: {"visits_per_week": "2"}})
    assert beside(at) == {"4": "Visits a week was 1"} and at.data_editor[0].proto.id == grid
    at = drawn(at.selectbox(key="inputs table").select("absences").run())
    at = type_in(at, added=[{"officer_id": "o", "start": "2026-12-01T09:00", "end": "2026-12-01T12:00"}])
    at = drawn(drawn(at.selectbox(key="inputs table").select("officers").run())
               .selectbox(key="inputs table").select("absences").run())  # fmt: skip
    assert beside(at) == {"2": "New, or changed"}


def test_a_phone_has_the_marks_alone(place: Desk) -> None:
    """Where the browser tells that its screen is narrow, rows are marked, and the sentences stand below."""
    at = page("inputs", place)
    at.session_state[NARROW] = True
    at = type_in(drawn(at.run()), {2: {"visits_per_week": "often"}})
    assert list(shown(at)["row"]) == ["2", "3", "▲ 4", "5", "6", "7"] and "note" not in shown(at)
    assert "Schools, row 4, Visits a week: this is not a whole number from 0" in words(at)


def test_what_is_typed_at_the_moment_of_another_step_is_taken(place: Desk) -> None:
    """The last cell is kept though another table is chosen in the same moment, or someone else saved just
    before the first cell was typed: that is a conflict then, and nothing is lost."""
    at = page("inputs", place)
    at.session_state[editor(at)] = {"edited_rows": {0: {"name": "Apple"}}}
    at = drawn(at.selectbox(key="inputs table").select("officers").run())
    assert "School a: name Apple in place of School a." in words(at)
    at = press(at, "Discard")
    other = [Change("schools.csv", "update", {"school_id": "b"}, {"name": "Bee"})]
    editing.edit(place.office, SERGEANT, 1, other, "Theirs")
    at = type_in(at, {0: {"name": "Officer O"}})
    assert "Officer o: name Officer O in place of Officer o." in words(at)
    at = press(press(at, "Save"), "Take theirs and make my changes again")
    press(at, "Save")
    agency = stands(place).agency
    assert (agency.officers["o"].name, agency.schools["b"].name) == ("Officer O", "Bee")


def test_rows_keep_their_numbers_when_others_go(place: Desk) -> None:
    """A problem names the number that the editor shows, and a new row as a new row."""
    at = type_in(page("inputs", place), {3: {"opens": "noon"}}, [{"school_id": "new"}], [0])
    assert "Schools, row 5, Opens: this is not HH:MM" in words(at)
    blank = "Name, Precinct, Latitude, Longitude, Opens, Closes"
    assert f"Schools, new row 1, {blank}: these are blank." in words(at)


def test_rows_are_added_and_removed(place: Desk) -> None:
    """New and removed rows are saved as the changes that they are."""
    at = page("inputs", place)
    at.selectbox(key="inputs table").select("absences").run()
    at = type_in(at, added=[{"officer_id": "o", "start": "2026-12-01T09:00", "end": "2026-12-01T12:00"}])
    press(at, "Save")
    assert [a.officer_id for a in stands(place).agency.absences] == ["o"]
    at = type_in(at, deleted=[0])
    press(at, "Save")
    assert not stands(place).agency.absences and stands(place).edit.changes[0].action == "remove"


def test_what_is_typed_outlives_a_look_at_another_table(place: Desk) -> None:
    """Edits of one table stay, once and not twice, while another is shown, until they are discarded."""
    at = type_in(page("inputs", place), {0: {"name": "Alpha"}}, [{"school_id": "z"}])
    at.selectbox(key="inputs table").select("officers").run()
    at.selectbox(key="inputs table").select("schools").run()
    rows = at.session_state["inputs draft"].typed.rows["schools"]
    assert rows[0]["name"] == "Alpha" and len(rows) == 7
    press(at, "Discard")
    assert at.session_state["inputs draft"].typed.rows["schools"][0]["name"] == "School a"


def test_a_conflict_shows_both_sides_and_makes_my_changes_again(place: Desk) -> None:
    """Who was slower sees both sides, loses nothing, and has the own changes made on the newer tables."""
    at = type_in(page("inputs", place), {0: {"visits_per_week": "2"}})
    other = [Change("schools.csv", "update", {"school_id": "a"}, {"visits_per_week": "3", "name": "Apple"})]
    editing.edit(place.office, SERGEANT, 1, other, "Theirs")
    at = press(at, "Save")
    assert "What you changed" in words(at) and "Revision 2" in words(at) and "Theirs" in words(at)
    assert "Both sides changed School a, visits a week: your value" in words(at)
    assert stands(place).edit.revision == 2
    at = press(at, "Take theirs and make my changes again")
    press(at, "Save")
    school = stands(place).agency.schools["a"]
    assert stands(place).edit.revision == 3 and (school.name, school.visits_per_week) == ("Apple", 2)


def test_changes_that_do_not_fit_any_more_are_kept(place: Desk) -> None:
    """Where the row is gone the page says why, and what was typed stays."""
    at = type_in(page("inputs", place), {3: {"visits_per_week": "2"}})
    editing.edit(place.office, ADMIN, 1, [Change("schools.csv", "remove", {"school_id": "d"})], "Closed")
    at = press(press(at, "Save"), "Take theirs and make my changes again")
    assert "Schools: School d, visits a week: the row is not there any more." in words(at)
    assert at.session_state["inputs draft"].typed.rows["schools"][3]["visits_per_week"] == "2"


def test_a_supervisor_is_shown_what_is_refused(place: Desk) -> None:
    """What belongs to all is refused by the service, and the page says so before Save."""
    at = page("inputs", place, FOREIGN)
    at.selectbox(key="inputs table").select("precincts").run()
    at = type_in(at, {0: {"name": "Mine"}})
    assert "Sergeant Q may not make this change: Precincts, Precinct p, name. It reaches beyond" in words(at)
    assert next(b for b in at.button if b.label == "Save").disabled
    typed = at.session_state["inputs draft"].typed
    with pytest.raises(RefusedError):
        workbook.save(place.office, FOREIGN, typed, "")
    typed = workbook.sheets(place.office, ADMIN)
    schools = [{**r, "visits_per_week": "2"} if r["school_id"] == "a" else r for r in typed.rows["schools"]]
    with pytest.raises(RefusedError):
        workbook.save(place.office, FOREIGN, typed.with_rows("schools", schools), "")
    assert workbook.save(place.office, SERGEANT, typed.with_rows("schools", schools), "").revision == 2


def test_the_history_tells_a_supervisor_nothing_of_other_precincts(place: Desk) -> None:
    """Why an officer of another precinct is away is not told; that something was changed is."""
    row = workbook.absence_row("o", date(2026, 12, 1), date(2026, 12, 1), "sick")
    workbook.add_absence(place.office, SERGEANT, row)
    assert workbook.history(place.office, SERGEANT)[0].edit.changes
    theirs = workbook.history(place.office, FOREIGN)[0].edit
    assert (theirs.changes, theirs.reason) == ((), "In other precincts")
    assert "sick" not in words(page("inputs", place, FOREIGN)).lower()
    assert workbook.sheets(place.office, FOREIGN).rows["absences"] == []


@pytest.mark.parametrize("actor", [VIEWER, OFFICER])
def test_others_may_not_edit(place: Desk, actor: Actor) -> None:
    """Viewers and officers are refused by every function of the service, not by a hidden page alone."""
    assert "may not edit the tables" in words(page("inputs", place, actor))
    typed = workbook.sheets(place.office, ADMIN)
    row = workbook.absence_row("o", date(2026, 12, 1), date(2026, 12, 1), "leave")
    for refused in (
        lambda: workbook.sheets(place.office, actor), lambda: workbook.propose(place.office, actor, typed),
        lambda: workbook.save(place.office, actor, typed, ""), lambda: workbook.history(place.office, actor),
        lambda: workbook.add_absence(place.office, actor, row),
        lambda: workbook.again(place.office, actor, typed),
    ):  # fmt: skip
        with pytest.raises(RefusedError):
            refused()
