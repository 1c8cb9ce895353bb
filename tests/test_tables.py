"""Tables: what is read equals what is written, and every fault is named at once."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.errors import InputError
from scheduler.tables.cells import defuse, refuse
from scheduler.tables.columns import TABLES
from scheduler.tables.folder import agency_digest, read_agency, write_agency
from scheduler.tables.template import tables_document, write_template
from tests.worlds import random_agency

COUNTY = Path(__file__).parents[1] / "inputs" / "baltimore-county"


@pytest.mark.parametrize("seed", range(40))
def test_reading_what_was_written_gives_the_same_agency(seed: int, tmp_path: Path) -> None:
    world = random_agency(seed)
    write_agency(world, tmp_path)
    again, _ = read_agency(tmp_path)
    assert again == world
    assert agency_digest(again) == agency_digest(world)


def test_the_county_reads_without_a_warning() -> None:
    agency, warnings = read_agency(COUNTY)
    assert warnings == () and len(agency.schools) == 109 and len(agency.precincts) == 10


@given(st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_defused_cells_come_back(text: str) -> None:
    assert refuse(defuse(text)) == text
    assert not defuse(text).startswith(("=", "+", "-", "@"))


def copy_county(folder: Path) -> Path:
    for file in COUNTY.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def problems(folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_agency(folder)
    return [str(p) for p in caught.value.problems if p.severity == "error"]


def edit(folder: Path, table: str, old: str, new: str) -> None:
    path = folder / table
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_byte_order_mark_crlf_and_column_order_are_fine(tmp_path: Path) -> None:
    folder = copy_county(tmp_path)
    want, _ = read_agency(folder)
    shifts = (folder / "shifts.csv").read_text().splitlines()
    turned = [",".join(reversed(line.split(","))) for line in shifts]
    (folder / "shifts.csv").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(turned).encode() + b"\r\n")
    again, _ = read_agency(folder)
    assert again == want


def test_every_fault_is_named_with_table_row_and_value(tmp_path: Path) -> None:
    folder = copy_county(tmp_path)
    edit(folder, "schools.csv", "arbutus,Arbutus Elementary,1,", "arbutus,Arbutus Elementary,77,")
    edit(folder, "schools.csv", "09:05,15:35,2", "25:05,15:35,2")
    edit(folder, "shifts.csv", "esro-01,Mon,08:00,16:00", "esro-01,Mon,16:00,08:00")
    edit(folder, "absences.csv", "esro-04,2026-12-02T08:00", "esro-99,2026-12-02T08:00")
    edit(folder, "precincts.csv", "39.2618", "139.2618")
    (folder / "tasks.csv").write_text("task_id,school_id\nx,y\n")
    found = problems(folder)
    for part in ("schools.csv, row 2", "'77'", "'25:05'", "shifts.csv, row 2", "'esro-99'", "'139.2618'"):
        assert any(part in f for f in found), (part, found)
    assert any(f.startswith("tasks.csv") and "until" in f for f in found)


@pytest.mark.parametrize(
    ("table", "content"),
    [
        ("agency.toml", b"name = \n"),
        ("agency.toml", b'name = "x"\ntimezone = "Nowhere/Land"\n'),
        ("agency.toml", b'name = "x"\ntimezone = "UTC"\n[visits]\nshortest_minutes = "x"\n'),
        ("schools.csv", "school_id\xff".encode("latin-1")),
        ("schools.csv", b""),
        ("officers.csv", b"officer_id,name,precinct_id\n" + b"x" * 10_001 + b",a,1\n"),
        ("shifts.csv", b"officer_id,weekday,start,end\nesro-01,Mon,08:00,16:00\nesro-01,Mon,08:00,16:00\n"),
        ("officers.csv", b"\x00\x00\x00"),
        ("closures.csv", b"date,school_id,opens,closes,label\n2026-02-30,,,,x\n2026-12-01,,10:00,,y\n"),
    ],
)
def test_broken_files_are_sentences(table: str, content: bytes, tmp_path: Path) -> None:
    folder = copy_county(tmp_path)
    (folder / table).write_bytes(content)
    found = problems(folder)
    assert found and all(f.startswith(table) or "," in f for f in found)
    assert any(f.startswith(table) for f in found)


@pytest.mark.parametrize(
    "table", ["agency.toml", "precincts.csv", "schools.csv", "officers.csv", "shifts.csv"]
)
def test_a_missing_table_is_named(table: str, tmp_path: Path) -> None:
    folder = copy_county(tmp_path)
    (folder / table).unlink()
    assert any(f.startswith(table) for f in problems(folder))


def test_colliding_pins_are_input_errors(tmp_path: Path) -> None:
    folder = copy_county(tmp_path)
    (folder / "pins.csv").write_text(
        "officer_id,school_id,date,start,end,focus\n"
        "esro-01,arbutus,2026-11-30,10:00,10:45,law_enforcement\n"
        "esro-01,catonsville,2026-11-30,10:45,11:30,law_enforcement\n"
    )
    assert any("pins.csv" in f for f in problems(folder))


def test_a_blank_folder_checks_and_names_every_column(tmp_path: Path) -> None:
    write_template(tmp_path / "new")
    agency, _ = read_agency(tmp_path / "new")
    assert not agency.schools
    words = (tmp_path / "new" / "README.txt").read_text()
    assert all(c.name in words for t in TABLES.values() for c in t.columns)


def test_the_tables_page_is_made_from_the_columns() -> None:
    page = Path(__file__).parents[1] / "docs" / "tables.md"
    assert page.read_text(encoding="utf-8") == tables_document()
