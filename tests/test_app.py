"""The week page, run as Streamlit runs it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scheduler.service import folders
from scheduler.tables.folder import write_agency
from tests.worlds import MONDAY, agency, officer, school

SCRIPT = Path(__file__).parents[1] / "scheduler" / "ui" / "main.py"


def test_without_plans_the_page_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = AppTest.from_file(str(SCRIPT), default_timeout=30).run()
    assert not page.exception
    assert page.title[0].value == "No week is planned yet"
    assert "esro plan" in page.code[0].value


def test_a_kept_plan_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    world = agency([school("a"), school("x", "q")], [officer("o"), officer("n", "q")])
    write_agency(world, tmp_path / "inputs" / "town")
    folders.plan(folders.PlanRequest(tmp_path / "inputs" / "town", MONDAY, time_limit=10, seed=1))
    page = AppTest.from_file(str(SCRIPT), default_timeout=30).run()
    assert not page.exception
    assert page.title[0].value == "Precinct p (p): week of Mon 30 Nov 2026"
    assert any("Proven best" in m.value for m in page.markdown)
    page.selectbox[2].select("q").run()
    assert not page.exception and page.title[0].value.startswith("Precinct q")


def test_a_spoilt_plan_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_agency(agency([school("a")], [officer("o")]), tmp_path / "inputs" / "town")
    folder = tmp_path / "outputs" / "town" / "2026-11-30"
    folder.mkdir(parents=True)
    (folder / "result.json").write_text("{")
    page = AppTest.from_file(str(SCRIPT), default_timeout=30).run()
    assert not page.exception and "nothing was lost" in page.error[0].value
