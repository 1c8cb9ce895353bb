"""Tables from and to CSV and Excel."""

import io
from datetime import date, time

import openpyxl
import pytest

from scheduler.errors import InputError
from scheduler.service import workbook
from scheduler.service.workbook import Sheets
from tests.offices import ADMIN, FOREIGN, SERGEANT, Desk


def test_files_bring_the_same_tables_back(town: Desk) -> None:
    """A CSV and a workbook of the tables say nothing new when they are brought back in."""
    typed = workbook.sheets(town.office, ADMIN)
    from_csv = typed
    for table in typed.rows:
        text = workbook.csv_text(table, typed.rows[table])
        from_csv = workbook.take_csv(from_csv, table, text.encode(), f"{table}.csv")
    empty = Sheets(typed.base, {}, typed.settings)
    for took in (from_csv, workbook.take_excel(empty, workbook.excel(typed), "tables.xlsx")):
        assert {k: list(v) for k, v in took.rows.items()} == {k: list(v) for k, v in typed.rows.items()}
        assert not workbook.propose(town.office, ADMIN, took).changes


def test_formulas_run_neither_way(town: Desk) -> None:
    """A cell like a formula goes out as text and comes back as it was; a formula in a workbook is said."""
    typed = workbook.sheets(town.office, ADMIN)
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


def test_cells_that_a_spreadsheet_made_its_own_are_read(town: Desk) -> None:
    """Numbers, dates and times of a workbook are read as the tables write them."""
    typed = workbook.sheets(town.office, ADMIN)
    book = openpyxl.load_workbook(io.BytesIO(workbook.excel_template()))
    assert all(sheet.max_row == 1 for sheet in book if sheet.title not in ("settings", "read me"))
    for sheet in [s for s in book if s.title != "sessions"]:
        book.remove(sheet)
    book["sessions"].append(["s1", "a", date(2026, 12, 1), time(10), 45.0, "DARE", "teaching"])
    out = io.BytesIO()
    book.save(out)
    took = workbook.take_excel(typed, out.getvalue(), "t.xlsx")
    assert not workbook.propose(town.office, ADMIN, took).changes
    assert took.rows["schools"] == typed.rows["schools"]


@pytest.mark.parametrize("data", [b"", b"no workbook", b"PK\x03\x04"])
def test_a_spoilt_workbook_is_a_sentence(town: Desk, data: bytes) -> None:
    """A file that is no workbook is said to be none."""
    with pytest.raises(InputError, match="no Excel workbook"):
        workbook.take_excel(workbook.sheets(town.office, ADMIN), data, "t.xlsx")


def ids(sheets: Sheets, table: str) -> list[str]:
    """The first cells of a table's rows."""
    return [next(iter(r.values())) for r in sheets.rows[table]]


def test_a_supervisor_edits_the_own_rows_and_loses_none_of_the_others(town: Desk) -> None:
    """Rows of other precincts are not shown, stay in the tables in their order when others are edited,
    added and removed, and problems name the rows that are shown."""
    whole = workbook.sheets(town.office, ADMIN)
    typed = workbook.sheets(town.office, FOREIGN)
    assert ids(typed, "schools") == ["x", "y"] and ids(typed, "officers") == ["k", "r"]
    assert ids(typed, "sessions") == [] and ids(typed, "precincts") == ["p", "q"]
    assert ids(workbook.sheets(town.office, SERGEANT), "officers") == ["o", "r"]
    assert not workbook.propose(town.office, FOREIGN, typed).changes
    rows = [dict(r) for r in typed.rows["schools"]]
    rows[1]["visits_per_week"] = "often"
    (problem,) = workbook.propose(town.office, FOREIGN, typed.with_rows("schools", rows)).problems
    assert (problem.table, problem.row) == ("schools.csv", 3)
    new = {**rows[0], "school_id": "z", "name": "School z"}
    workbook.save(town.office, FOREIGN, typed.with_rows("schools", [rows[0], new]), "y is z now")
    after = workbook.sheets(town.office, ADMIN)
    assert ids(after, "schools") == ["a", "b", "c", "d", "x", "z"]
    assert all(after.rows[t] == whole.rows[t] for t in whole.rows if t != "schools")
    assert [r for r in after.rows["schools"] if r["precinct_id"] == "p"] == whole.rows["schools"][:4]


def test_a_file_of_all_rows_doubles_none_for_a_supervisor(town: Desk) -> None:
    """A CSV or workbook of the whole county brought in by a supervisor changes nothing."""
    whole, typed = workbook.sheets(town.office, ADMIN), workbook.sheets(town.office, FOREIGN)
    data = workbook.csv_text("schools", whole.rows["schools"]).encode()
    for took in (
        workbook.take_csv(typed, "schools", data, "schools.csv"),
        workbook.take_excel(typed, workbook.excel(whole), "tables.xlsx"),
    ):
        assert not workbook.propose(town.office, FOREIGN, took).changes
