"""The inputs page, run as Streamlit runs it, over a town in a store."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from pandas import DataFrame
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from scheduler.domain.actor import Actor
from scheduler.domain.change import Change
from scheduler.errors import ConflictError, InputError, RefusedError
from scheduler.service import editing, scenarios, workbook
from scheduler.tables.labels import SETTING_WORDS
from scheduler.ui.pages import PAGES
from scheduler.ui.screen import NARROW
from tests.offices import ADMIN, FOREIGN, OFFICER, SERGEANT, VIEWER, Desk
from tests.pages import MAIN, choose, drawn, opened, page, press, words


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return opened(tmp_path, monkeypatch)


def editor(at: AppTest) -> str:
    """The key of the editor that is shown."""
    draft = at.session_state["inputs draft"]
    return f"editor {at.selectbox(key='inputs table').value} {draft.generation}"


def type_in(at: AppTest, edited: dict | None = None, added: list | None = None,
            deleted: list | None = None) -> AppTest:  # fmt: skip
    """The page after edits in its table."""
    at.session_state[editor(at)] = {
        "edited_rows": edited or {}, "added_rows": added or [], "deleted_rows": deleted or [],
    }  # fmt: skip
    return drawn(at.run())


def stands(place: Desk) -> editing.Tables:
    """The tables as they stand."""
    return editing.tables(place.office)


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


def shown(at: AppTest) -> DataFrame:
    """The table as it is shown, with what stands beside its rows."""
    return convert_arrow_bytes_to_pandas_df(at.data_editor[0].proto.arrow_data.styler.display_values)


def beside(at: AppTest) -> dict[str, str]:
    """What stands beside the rows of the table, by the numbers that they are shown with."""
    return {row: note for row, note in zip(shown(at)["row"], shown(at)["note"], strict=True) if note}


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


def test_leave_in_three_clicks(place: Desk) -> None:
    """Officer, days and a reason make an absence at once."""
    at = press(page("inputs", place), "Add leave, court, training…")
    at = choose(at, "Officer", "r")
    at.date_input(key="leave first").set_value(date(2026, 12, 1))
    at.date_input(key="leave last").set_value(date(2026, 12, 2))
    at = press(at, "Add it")
    assert "Saved as revision 2: Officer r is away (leave) from Tue 1 Dec to Wed 2 Dec." in words(at)
    (absence,) = stands(place).agency.absences
    assert (absence.officer_id, absence.reason) == ("r", "leave")
    assert stands(place).edit.reason == "Leave of Officer r"
    assert f"{absence.start:%d %H:%M}-{absence.end:%d %H:%M}" == "01 00:00-03 00:00"


def test_leave_beside_unsaved_changes_joins_them(place: Desk) -> None:
    """Where something is typed and not saved, leave joins it and conflicts with nothing."""
    at = type_in(page("inputs", place), {0: {"visits_per_week": "2"}})
    at = press(at, "Add leave, court, training…")
    at.date_input(key="leave first").set_value(date(2026, 12, 1))
    at = press(at, "Add it")
    assert "Added to your unsaved changes" in words(at) and stands(place).edit.revision == 1
    assert "2 changes:" in words(at)
    press(at, "Save")
    assert len(stands(place).agency.absences) == 1 and stands(place).edit.revision == 2


def test_part_of_a_day_and_a_day_that_ends_before_it_begins() -> None:
    """Times bound the first and the last day; an absence that ends before it begins is a sentence."""
    day = date(2026, 12, 1)
    row = workbook.absence_row("o", day, day, "court", time(9), time(11, 30))
    assert (row["start"], row["end"]) == ("2026-12-01T09:00", "2026-12-01T11:30")
    with pytest.raises(InputError, match="before it begins"):
        workbook.absence_row("o", day, day, "court", time(11), time(9))


def test_policy_is_saved_as_a_change_of_a_setting(place: Desk) -> None:
    """A setting has a sentence, is checked by its own rules, and is saved as a change of agency.toml."""
    at = page("inputs", place)
    at = drawn(at.selectbox(key="inputs table").select("policy").run())
    field = f"setting visits.most_per_day {at.session_state['inputs draft'].generation}"
    at = drawn(at.text_input(key=field).input("some").run())
    assert "This is no value for the setting. Write a whole number." in words(at)
    at = drawn(at.text_input(key=field).input("5").run())
    assert "An officer makes at most so many visits a day: 5 in place of 4." in words(at)
    press(at, "Save")
    assert stands(place).agency.policy.visits.most_per_day == 5
    assert set(SETTING_WORDS) == set(workbook.sheets(place.office, ADMIN).settings)


def test_history_undoes_to_a_revision(place: Desk) -> None:
    """The history tells the changes in sentences, and puts earlier tables back as a new revision."""
    editing.edit(place.office, ADMIN, 1, [Change("schools.csv", "remove", {"school_id": "d"})], "Closed")
    at = page("inputs", place)
    assert "School d is served no more." in words(at) and "Closed" in words(at)
    at = drawn(at.button(key="undo 1").click().run())
    at = drawn(at.text_input(key="undo reason").input("It stays open").run())
    press(at, "Put them back")
    assert "d" in stands(place).agency.schools and stands(place).edit.revision == 3
    assert stands(place).edit.reason == "It stays open"


def test_older_revisions_are_shown_when_asked_for(place: Desk) -> None:
    """The last revisions stand there at first, the older ones behind a switch, with what stood before."""
    for number in range(2, 19):
        change = Change("schools.csv", "update", {"school_id": "a"}, {"enrollment": str(number)})
        editing.edit(place.office, ADMIN, number - 1, [change], f"Count {number}")
    at = page("inputs", place)
    said = words(at)
    assert "School a: enrollment 18 in place of 17." in said and "Count 2\n" not in said
    said = words(drawn(at.toggle(key="inputs older").set_value(True).run()))
    assert "School a: enrollment 2 in place of none." in said and "Revision 1 " in said


def test_a_file_is_shown_as_a_difference_before_it_is_saved(place: Desk) -> None:
    """An uploaded CSV changes nothing until Save is pressed."""
    at = page("inputs", place)
    text = workbook.csv_text("schools", workbook.sheets(place.office, ADMIN).rows["schools"])
    data = text.replace("School b", "Bee").encode()
    at.file_uploader(key="inputs file schools").upload("schools.csv", data, "text/csv").run()
    at = press(at, "Show what it would change")
    assert "School b: name Bee in place of School b." in words(at) and stands(place).edit.revision == 1
    press(at, "Save")
    assert stands(place).agency.schools["b"].name == "Bee"


def test_a_workbook_is_shown_as_a_difference_too(place: Desk) -> None:
    """An uploaded workbook brings every table, settings included."""
    at = page("inputs", place)
    at = drawn(at.selectbox(key="inputs table").select("policy").run())
    typed = workbook.sheets(place.office, ADMIN)
    typed = replace(typed, settings={**typed.settings, "visits.most_per_day": "6"})
    file = at.file_uploader(key="inputs file policy")
    at = drawn(file.upload("tables.xlsx", workbook.excel(typed), "application/zip").run())
    at = press(press(at, "Show what it would change"), "Save")
    assert stands(place).agency.policy.visits.most_per_day == 6


def test_changed_tables_are_tried_as_a_scenario(place: Desk) -> None:
    """What is typed is kept as a scenario, under the reason or what it changes, and the tables stay."""
    at = type_in(page("inputs", place, SERGEANT), {0: {"visits_per_week": "2"}})
    at = press(at, "Try as a what-if")
    (kept,) = scenarios.list_scenarios(place.office, SERGEANT)
    assert "School a" in kept.scenario.name and f"Kept as a scenario: {kept.scenario.name}" in words(at)
    assert kept.scenario.changes[0].values == {"visits_per_week": "2"}
    assert stands(place).edit.revision == 1 and "Nothing is changed" in words(at)


def test_part_of_a_day_away_is_entered_with_its_reason(place: Desk) -> None:
    """Times and a reason chosen in the window are those of the absence."""
    opener = "Add leave, court, training…"
    at = press(page("inputs", place, SERGEANT), opener)
    at.date_input(key="leave first").set_value(date(2026, 12, 1))
    at.time_input(key="leave from").set_value(time(9))
    at.time_input(key="leave until").set_value(time(11, 30))
    at.button_group(key="leave reason").set_value("court")
    press(at, "Add it")
    (absence,) = stands(place).agency.absences
    assert (f"{absence.start:%d %H:%M}", f"{absence.end:%d %H:%M}") == ("01 09:00", "01 11:30")
    assert absence.reason == "court"


def test_a_save_on_an_old_revision_is_a_conflict(place: Desk) -> None:
    """The service writes nothing over what it has not seen."""
    typed = workbook.sheets(place.office, ADMIN)
    editing.edit(place.office, ADMIN, 1, [Change("schools.csv", "remove", {"school_id": "d"})])
    with pytest.raises(ConflictError):
        workbook.save(place.office, ADMIN, typed, "")


def test_the_frame_opens_with_every_page_in_its_menu(place: Desk) -> None:
    """The app's frame draws for the local admin, who may act as every role, and shows no error."""
    at = drawn(AppTest.from_file(str(MAIN), default_timeout=60).run())
    (acting,) = [box for box in at.selectbox if box.label == "Acting as"]
    roles = {"Officer: Officer o", "Supervisor of Precinct p (p)", "Viewer of all precincts"}
    assert roles <= set(acting.options)
    assert not at.error
    assert {p.slug for p in PAGES if p.allowed(ADMIN)} == {p.slug for p in PAGES} - {"my-day"}
