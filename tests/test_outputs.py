"""What a run leaves behind: whole, self-contained, and never in the place of other files."""

import csv
import json
import re
from pathlib import Path

import pytest

from scheduler.errors import InputError
from scheduler.publish.outputs import file_name
from scheduler.service import folders
from scheduler.tables.folder import write_agency
from tests.worlds import MONDAY, agency, officer, school


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    names = ["<b>Ash</b>", "=HYPERLINK(1)", "Birch & Co", "Éclair"]
    schools = [school(s, name=n) for s, n in zip("abcd", names, strict=True)]
    write_agency(agency(schools, [officer("o/1"), officer("ö")]), tmp_path / "in")
    return tmp_path / "in"


def run(folder: Path, **options: object) -> folders.PlanAnswer:
    options.setdefault("out", folder.parent / "out")
    return folders.plan(folders.PlanRequest(folder, MONDAY, time_limit=10, **options))  # type: ignore[arg-type]


def test_a_run_leaves_everything_and_a_second_one_replaces_it(folder: Path) -> None:
    answer = run(folder, seed=7)
    out = answer.folder
    names = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
    assert names == {
        "plan.csv", "result.json", "schools.csv", "officers.csv", "report.html",
        "calendars/o%2F1.ics", "calendars/%C3%B6.ics",
    }  # fmt: skip
    document = json.loads((out / "result.json").read_text())
    assert list(document) == [
        "status", "weeks", "seed", "price", "score", "best", "bound", "gap", "clusters", "seconds",
        "inputs_digest", "versions",
    ]  # fmt: skip
    assert document["seed"] == 7 and document["weeks"] == ["2026-11-30"]
    assert set(document["clusters"][0]) == {"precincts", "status", "score", "best", "bound", "seconds"}
    run(folder)
    judged = folders.judge(folder, out / "plan.csv", MONDAY)
    assert judged.violations == ()
    assert judged.score.to_dict() == json.loads((out / "result.json").read_text())["score"]
    assert not [p for p in out.parent.iterdir() if p.name.startswith(".")]


def test_the_report_opens_offline_and_escapes_names(folder: Path) -> None:
    page = (run(folder).folder / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"(src|href)=\"(https?:)?//", page) and "@import" not in page
    assert "<script" not in page
    assert "<b>Ash</b>" not in page and "&lt;b&gt;Ash&lt;/b&gt;" in page
    assert "Officer ö" in page and "Birch &amp; Co" in page


def test_formula_cells_are_defused(folder: Path) -> None:
    text = (run(folder).folder / "schools.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines()))
    assert "'=HYPERLINK(1)" in {r[2] for r in rows}


def test_other_files_are_never_replaced(folder: Path) -> None:
    out = folder.parent / "out"
    out.mkdir()
    (out / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match=r"letter\.txt"):
        run(folder)
    assert (out / "letter.txt").read_text() == "dear"


def test_ids_become_safe_file_names() -> None:
    assert file_name("a/../b") == "a%2F..%2Fb" and file_name("..") == "%2E%2E"
