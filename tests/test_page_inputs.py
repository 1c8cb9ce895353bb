"""The inputs page, run as Streamlit runs it, over a town in a store."""

import io
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from scheduler.domain.actor import Actor
from scheduler.domain.change import Change
from scheduler.errors import ConflictError, InputError, RefusedError
from scheduler.service import editing, workbook
from scheduler.service.workbook import Sheets
from scheduler.store.engine import Database
from scheduler.ui.pages import PAGES
from tests.offices import ADMIN, FOREIGN, OFFICER, SERGEANT, VIEWER, Desk, desk

SCRIPT = Path(__file__).parents[1] / "scheduler" / "ui" / "script" / "main.py"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The town in a SQLite store that the app opens."""
    url = f"sqlite:///{tmp_path / 'store' / 'esro.db'}"
    monkeypatch.setenv("ESRO_DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    database = Database(url)
    yield desk(database, tmp_path)
    database.close()


def _script() -> None:
    import streamlit as st

    from scheduler.ui.pages.inputs import render
    from scheduler.ui.state import open_state

    render(open_state(st.session_state["test office"], st.session_state["test actor"]))


def page(place: Desk, actor: Actor = ADMIN) -> AppTest:
    """The page as an actor sees it."""
    at = AppTest.from_function(_script, default_timeout=30)
    at.session_state["test office"], at.session_state["test actor"] = place.office, actor
    return sound(at.run())


def sound(at: AppTest) -> AppTest:
    """The page, which ran without an exception."""
    assert not at.exception, at.exception
    return at


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
    return sound(at.run())


def click(at: AppTest, label: str) -> AppTest:
    """The page after a click on the button with this label."""
    return sound(next(b for b in at.button if b.label == label).click().run())


def within(at: AppTest, opener: str, label: str) -> AppTest:
    """The page after a click in a dialog; a test's run knows no dialogs, so its opener is clicked too."""
    next(b for b in at.button if b.label == opener).click()
    return click(at, label)


def said(at: AppTest) -> str:
    """Everything that the page says."""
    kinds: list[Any] = [at.markdown, at.error, at.warning, at.success, at.info, at.caption]
    return "\n".join(str(e.value) for kind in kinds for e in kind).replace("\\", "")


def stands(place: Desk) -> editing.Tables:
    """The tables as they stand."""
    return editing.tables(place.office)


def test_a_cell_is_edited_and_saved_with_a_reason(place: Desk) -> None:
    """An edit shows as a difference in a sentence, and Save makes a revision with its reason."""
    at = type_in(page(place), {0: {"visits_per_week": "2"}})
    assert "1 change:" in said(at) and "schools.csv: a: visits_per_week becomes 2." in said(at)
    next(t for t in at.text_input if t.label == "Why (for the record)").input("New principal").run()
    at = click(at, "Save")
    found = stands(place)
    assert "Saved as revision 2." in said(at)
    assert found.agency.schools["a"].visits_per_week == 2 and found.edit.reason == "New principal"
    assert "Nothing is changed" in said(at)


def test_a_wrong_cell_is_said_with_row_and_column_and_kept(place: Desk) -> None:
    """What cannot be used is a sentence at its row and column; it is kept, and Save is closed."""
    at = type_in(page(place), {2: {"visits_per_week": "often"}})
    assert "Schools, row 4, Visits per week: this is not a whole number from 0 (found 'often')" in said(at)
    assert next(b for b in at.button if b.label == "Save").disabled
    assert at.session_state["inputs draft"].typed.rows["schools"][2]["visits_per_week"] == "often"
    assert stands(place).edit.revision == 1


def test_rows_keep_their_numbers_when_others_go(place: Desk) -> None:
    """A problem names the number that the editor shows, and a new row as a new row."""
    at = type_in(page(place), {3: {"opens": "noon"}}, [{"school_id": "new"}], [0])
    assert "Schools, row 5, Opens: this is not HH:MM" in said(at)
    assert "Schools, new row 1, Name: the cell is blank" in said(at)


def test_rows_are_added_and_removed(place: Desk) -> None:
    """New and removed rows are saved as the changes that they are."""
    at = page(place)
    at.selectbox(key="inputs table").select("absences").run()
    at = type_in(at, added=[{"officer_id": "o", "start": "2026-12-01T09:00", "end": "2026-12-01T12:00"}])
    click(at, "Save")
    assert [a.officer_id for a in stands(place).agency.absences] == ["o"]
    at = type_in(at, deleted=[0])
    click(at, "Save")
    assert not stands(place).agency.absences and stands(place).edit.changes[0].action == "remove"


def test_what_is_typed_outlives_a_look_at_another_table(place: Desk) -> None:
    """Edits of one table stay, once and not twice, while another is shown, until they are discarded."""
    at = type_in(page(place), {0: {"name": "Alpha"}}, [{"school_id": "z"}])
    at.selectbox(key="inputs table").select("officers").run()
    at.selectbox(key="inputs table").select("schools").run()
    rows = at.session_state["inputs draft"].typed.rows["schools"]
    assert rows[0]["name"] == "Alpha" and len(rows) == 7
    click(at, "Discard")
    assert at.session_state["inputs draft"].typed.rows["schools"][0]["name"] == "School a"


def test_a_conflict_shows_both_sides_and_makes_my_changes_again(place: Desk) -> None:
    """Who was slower sees both sides, loses nothing, and has the own changes made on the newer tables."""
    at = type_in(page(place), {0: {"visits_per_week": "2"}})
    other = [Change("schools.csv", "update", {"school_id": "a"}, {"visits_per_week": "3", "name": "Apple"})]
    editing.edit(place.office, SERGEANT, 1, other, "Theirs")
    at = click(at, "Save")
    assert "What you changed" in said(at) and "Revision 2" in said(at) and "Theirs" in said(at)
    assert "Both sides changed schools.csv: a: visits_per_week" in said(at)
    assert stands(place).edit.revision == 2
    at = click(at, "Take theirs and make my changes again")
    click(at, "Save")
    school = stands(place).agency.schools["a"]
    assert stands(place).edit.revision == 3 and (school.name, school.visits_per_week) == ("Apple", 2)


def test_changes_that_do_not_fit_any_more_are_kept(place: Desk) -> None:
    """Where the row is gone the page says why, and what was typed stays."""
    at = type_in(page(place), {3: {"visits_per_week": "2"}})
    editing.edit(place.office, ADMIN, 1, [Change("schools.csv", "remove", {"school_id": "d"})], "Closed")
    at = click(click(at, "Save"), "Take theirs and make my changes again")
    assert "fits no row of schools.csv" in said(at)
    assert at.session_state["inputs draft"].typed.rows["schools"][3]["visits_per_week"] == "2"


def test_a_supervisor_is_shown_what_is_refused(place: Desk) -> None:
    """What belongs to all is refused by the service, and the page says so before Save."""
    at = page(place, FOREIGN)
    at.selectbox(key="inputs table").select("precincts").run()
    at = type_in(at, {0: {"name": "Mine"}})
    assert "may not make this change" in said(at)
    assert next(b for b in at.button if b.label == "Save").disabled
    typed = at.session_state["inputs draft"].typed
    with pytest.raises(RefusedError):
        workbook.save(place.office, FOREIGN, typed, "")
    typed = workbook.sheets(place.office, ADMIN)
    schools = [{**r, "visits_per_week": "2"} if r["school_id"] == "a" else r for r in typed.rows["schools"]]
    with pytest.raises(RefusedError):
        workbook.save(place.office, FOREIGN, typed.with_rows("schools", schools), "")
    assert workbook.save(place.office, SERGEANT, typed.with_rows("schools", schools), "").revision == 2


def ids(sheets: Sheets, table: str) -> list[str]:
    """The first cells of a table's rows."""
    return [next(iter(r.values())) for r in sheets.rows[table]]


def test_a_supervisor_edits_the_own_rows_and_loses_none_of_the_others(place: Desk) -> None:
    """Rows of other precincts are not shown, stay in the tables in their order when others are edited,
    added and removed, and problems name the rows that are shown."""
    whole = workbook.sheets(place.office, ADMIN)
    typed = workbook.sheets(place.office, FOREIGN)
    assert ids(typed, "schools") == ["x", "y"] and ids(typed, "officers") == ["k", "r"]
    assert ids(typed, "sessions") == [] and ids(typed, "precincts") == ["p", "q"]
    assert ids(workbook.sheets(place.office, SERGEANT), "officers") == ["o", "r"]
    assert not workbook.propose(place.office, FOREIGN, typed).changes
    rows = [dict(r) for r in typed.rows["schools"]]
    rows[1]["visits_per_week"] = "often"
    (problem,) = workbook.propose(place.office, FOREIGN, typed.with_rows("schools", rows)).problems
    assert (problem.table, problem.row) == ("schools.csv", 3)
    new = {**rows[0], "school_id": "z", "name": "School z"}
    workbook.save(place.office, FOREIGN, typed.with_rows("schools", [rows[0], new]), "y is z now")
    after = workbook.sheets(place.office, ADMIN)
    assert ids(after, "schools") == ["a", "b", "c", "d", "x", "z"]
    assert all(after.rows[t] == whole.rows[t] for t in whole.rows if t != "schools")
    assert [r for r in after.rows["schools"] if r["precinct_id"] == "p"] == whole.rows["schools"][:4]


def test_a_file_of_all_rows_doubles_none_for_a_supervisor(place: Desk) -> None:
    """A CSV or workbook of the whole county brought in by a supervisor changes nothing."""
    whole, typed = workbook.sheets(place.office, ADMIN), workbook.sheets(place.office, FOREIGN)
    data = workbook.csv_text("schools", whole.rows["schools"]).encode()
    for took in (
        workbook.take_csv(typed, "schools", data, "schools.csv"),
        workbook.take_excel(typed, workbook.excel(whole), "tables.xlsx"),
    ):
        assert not workbook.propose(place.office, FOREIGN, took).changes


def test_the_history_tells_a_supervisor_nothing_of_other_precincts(place: Desk) -> None:
    """Why an officer of another precinct is away is not told; that something was changed is."""
    row = workbook.absence_row("o", date(2026, 12, 1), date(2026, 12, 1), "sick")
    workbook.add_absence(place.office, SERGEANT, row)
    assert workbook.history(place.office, SERGEANT)[0].changes
    theirs = workbook.history(place.office, FOREIGN)[0]
    assert (theirs.changes, theirs.reason) == ((), "In other precincts")
    assert "sick" not in said(page(place, FOREIGN)).lower()
    assert workbook.sheets(place.office, FOREIGN).rows["absences"] == []


@pytest.mark.parametrize("actor", [VIEWER, OFFICER])
def test_others_may_not_edit(place: Desk, actor: Actor) -> None:
    """Viewers and officers are refused by every function of the service, not by a hidden page alone."""
    assert "may not edit the tables" in said(page(place, actor))
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
    at = click(page(place, SERGEANT), "Add leave, court, training…")
    at.date_input(key="leave first").set_value(date(2026, 12, 1))
    at.date_input(key="leave last").set_value(date(2026, 12, 2))
    at = within(at, "Add leave, court, training…", "Add it")
    assert "Saved as revision 2" in said(at)
    (absence,) = stands(place).agency.absences
    assert (absence.officer_id, absence.reason) == ("o", "leave")
    assert f"{absence.start:%d %H:%M}-{absence.end:%d %H:%M}" == "01 00:00-03 00:00"


def test_leave_beside_unsaved_changes_joins_them(place: Desk) -> None:
    """Where something is typed and not saved, leave joins it and conflicts with nothing."""
    at = type_in(page(place), {0: {"visits_per_week": "2"}})
    at = click(at, "Add leave, court, training…")
    at.date_input(key="leave first").set_value(date(2026, 12, 1))
    at = within(at, "Add leave, court, training…", "Add it")
    assert "Added to your unsaved changes" in said(at) and stands(place).edit.revision == 1
    assert "2 changes:" in said(at)
    click(at, "Save")
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
    at = page(place)
    at.selectbox(key="inputs table").select("policy").run()
    box = next(t for t in at.text_input if t.label == "An officer makes at most so many visits a day.")
    at = sound(box.input("some").run())
    assert "Policy, visits.most_per_day: this is no value for the setting" in said(at)
    box = next(t for t in at.text_input if t.label == "An officer makes at most so many visits a day.")
    at = sound(box.input("5").run())
    assert "agency.toml: visits.most_per_day becomes 5." in said(at)
    click(at, "Save")
    assert stands(place).agency.policy.visits.most_per_day == 5
    assert set(workbook.SETTING_WORDS) == set(workbook.sheets(place.office, ADMIN).settings)


def test_history_undoes_to_a_revision(place: Desk) -> None:
    """The history tells the changes in sentences, and puts earlier tables back as a new revision."""
    editing.edit(place.office, ADMIN, 1, [Change("schools.csv", "remove", {"school_id": "d"})], "Closed")
    at = page(place)
    assert "schools.csv: d is removed." in said(at) and "Closed" in said(at)
    at = sound(at.button(key="undo 1").click().run())
    within(at, "Undo to revision 1…", "Put them back")
    assert "d" in stands(place).agency.schools and stands(place).edit.revision == 3


def test_files_bring_the_same_tables_back(place: Desk) -> None:
    """A CSV and a workbook of the tables say nothing new when they are brought back in."""
    typed = workbook.sheets(place.office, ADMIN)
    from_csv = typed
    for table in typed.rows:
        text = workbook.csv_text(table, typed.rows[table])
        from_csv = workbook.take_csv(from_csv, table, text.encode(), f"{table}.csv")
    empty = Sheets(typed.base, {}, typed.settings)
    for took in (from_csv, workbook.take_excel(empty, workbook.excel(typed), "tables.xlsx")):
        assert {k: list(v) for k, v in took.rows.items()} == {k: list(v) for k, v in typed.rows.items()}
        assert not workbook.propose(place.office, ADMIN, took).changes


def test_formulas_run_neither_way(place: Desk) -> None:
    """A cell like a formula goes out as text and comes back as it was; a formula in a workbook is said."""
    typed = workbook.sheets(place.office, ADMIN)
    schools = [dict(r) for r in typed.rows["schools"]]
    schools[0]["name"] = "=1+1"
    data = workbook.excel(typed.with_rows("schools", schools))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book["schools"]["B2"].value == "'=1+1" and book["schools"]["B2"].data_type == "s"
    assert workbook.take_excel(typed, data, "t.xlsx").rows["schools"][0]["name"] == "=1+1"
    book["schools"]["B3"].value = "=SUM(A1)"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(InputError, match=r"t.xlsx, schools, row 3, name: the cell holds a formula"):
        workbook.take_excel(typed, out.getvalue(), "t.xlsx")


def test_cells_that_a_spreadsheet_made_its_own_are_read(place: Desk) -> None:
    """Numbers, dates and times of a workbook are read as the tables write them."""
    typed = workbook.sheets(place.office, ADMIN)
    book = openpyxl.load_workbook(io.BytesIO(workbook.excel_template()))
    assert all(sheet.max_row == 1 for sheet in book if sheet.title not in ("settings", "read me"))
    for sheet in [s for s in book if s.title != "sessions"]:
        book.remove(sheet)
    book["sessions"].append(["s1", "a", date(2026, 12, 1), time(10), 45.0, "DARE", "teaching"])
    out = io.BytesIO()
    book.save(out)
    took = workbook.take_excel(typed, out.getvalue(), "t.xlsx")
    assert not workbook.propose(place.office, ADMIN, took).changes
    assert took.rows["schools"] == typed.rows["schools"]


@pytest.mark.parametrize("data", [b"", b"no workbook", b"PK\x03\x04"])
def test_a_spoilt_workbook_is_a_sentence(place: Desk, data: bytes) -> None:
    """A file that is no workbook is said to be none."""
    with pytest.raises(InputError, match="no Excel workbook"):
        workbook.take_excel(workbook.sheets(place.office, ADMIN), data, "t.xlsx")


def test_a_file_is_shown_as_a_difference_before_it_is_saved(place: Desk) -> None:
    """An uploaded CSV changes nothing until Save is pressed."""
    at = page(place)
    text = workbook.csv_text("schools", workbook.sheets(place.office, ADMIN).rows["schools"])
    data = text.replace("School b", "Bee").encode()
    at.file_uploader(key="inputs file schools").upload("schools.csv", data, "text/csv").run()
    at = click(at, "Show what it would change")
    assert "schools.csv: b: name becomes Bee." in said(at) and stands(place).edit.revision == 1
    click(at, "Save")
    assert stands(place).agency.schools["b"].name == "Bee"


def test_a_save_on_an_old_revision_is_a_conflict(place: Desk) -> None:
    """The service writes nothing over what it has not seen."""
    typed = workbook.sheets(place.office, ADMIN)
    editing.edit(place.office, ADMIN, 1, [Change("schools.csv", "remove", {"school_id": "d"})])
    with pytest.raises(ConflictError):
        workbook.save(place.office, ADMIN, typed, "")


def test_the_frame_opens_with_every_page_in_its_menu(place: Desk) -> None:
    """The app's frame draws for the local admin, who may act as every role, and shows no error."""
    at = sound(AppTest.from_file(str(SCRIPT), default_timeout=30).run())
    (acting,) = [box for box in at.selectbox if box.label == "Acting as"]
    roles = {"Officer: Officer o", "Supervisor of Precinct p (p)", "Viewer of all precincts"}
    assert roles <= set(acting.options)
    assert not at.error
    assert {p.slug for p in PAGES if p.allowed(ADMIN)} == {p.slug for p in PAGES} - {"my-day"}
