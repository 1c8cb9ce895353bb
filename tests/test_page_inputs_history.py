"""Leave, settings, files and the history of the inputs page, over a town in a store."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scheduler.domain.change import Change
from scheduler.errors import ConflictError, InputError
from scheduler.service import editing, scenarios, workbook
from scheduler.tables.labels import SETTING_WORDS
from scheduler.ui.pages import PAGES
from tests.inputs import stands, type_in
from tests.offices import ADMIN, SERGEANT, Desk
from tests.pages import MAIN, choose, drawn, opened, page, press, words


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return opened(tmp_path, monkeypatch)


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
