"""The command line: statuses, streams, and never a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.tables.folder import write_agency
from tests.worlds import agency, officer, random_agency, school

ROOT = Path(__file__).parents[1]


def esro(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "scheduler.cli", *map(str, arguments)],
        capture_output=True, text=True, cwd=cwd, env=environment,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_agency(agency([school("a"), school("b")], [officer("o")]), tmp_path / "world")
    return tmp_path / "world"


def test_a_week_is_planned_into_outputs_by_its_monday(folder: Path, tmp_path: Path) -> None:
    done = esro("plan", "world", "--week", "2026-12-03", "--time-limit", "10", cwd=tmp_path)
    assert done.returncode == 0 and done.stdout == ""
    assert (tmp_path / "outputs" / "world" / "2026-11-30" / "plan.csv").is_file()
    assert "Proven best" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "world"],
        ["plan", "world", "--week", "soon"],
        ["plan", "world", "--week", "0001-01-01"],
        ["plan", "world", "--week", "2026-11-30", "--price", "2"],
        ["plan", "world", "--week", "2026-11-30", "--precinct", "nowhere"],
        ["plan", "world", "--week", "2026-11-30", "--from", "2026-12-01T09:00"],
        ["plan", "world", "--week", "2026-11-30", "--published", "no.csv", "--from", "2026-12-01T09:00"],
        ["plan", "nowhere", "--week", "2026-11-30"],
        ["plan", "world/agency.toml", "--week", "2026-11-30"],
        ["score", "world", "nowhere.csv", "--week", "2026-11-30"],
        ["check", "nowhere"],
        ["template", "world"],
        ["nonsense"],
    ],
)
def test_unusable_arguments_end_with_2_and_say_why(
    arguments: list[str], folder: Path, tmp_path: Path
) -> None:
    done = esro(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.strip() and done.stdout == ""


def test_a_broken_plan_ends_with_1_and_sentences(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text(
        "officer_id,school_id,date,start,end,focus\no,a,2026-11-30,03:00,04:00,law_enforcement\n"
    )
    done = esro("score", folder, tmp_path / "plan.csv", "--week", "2026-11-30")
    assert done.returncode == 1
    rules = {v["rule"] for v in json.loads(done.stdout)["violations"]}
    assert rules == {"within_duty", "school_open"}


def test_a_plan_with_unknown_ids_is_unusable(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text(
        "officer_id,school_id,date,start,end,focus\nx,y,2026-12-30,09:00,10:00,\n"
    )
    done = esro("score", folder, tmp_path / "plan.csv", "--week", "2026-11-30")
    assert done.returncode == 2
    for part in ("officer_id", "school_id", "date", "focus"):
        assert f"row 2, {part}" in done.stderr


def test_check_counts_and_template_checks(folder: Path, tmp_path: Path) -> None:
    done = esro("check", folder)
    assert done.returncode == 0 and "2 schools" in done.stderr
    assert esro("template", tmp_path / "new").returncode == 0
    assert esro("check", tmp_path / "new").returncode == 0


def test_a_pin_that_clashes_with_what_has_begun_is_an_input_error(folder: Path, tmp_path: Path) -> None:
    header = "officer_id,school_id,date,start,end,focus\n"
    (tmp_path / "published.csv").write_text(header + "o,a,2026-11-30,09:00,10:00,law_enforcement\n")
    (folder / "pins.csv").write_text(header + "o,b,2026-11-30,09:30,10:15,law_enforcement\n")
    done = esro(
        "plan", folder, "--week", "2026-11-30", "--published", tmp_path / "published.csv",
        "--from", "2026-11-30T09:30", "--out", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 2 and "pins.csv" in done.stderr
    assert not (tmp_path / "out").exists()


def test_what_is_past_and_breaks_rules_by_itself_is_an_input_error(folder: Path, tmp_path: Path) -> None:
    header = "officer_id,school_id,date,start,end,focus\n"
    twice = "o,a,2026-11-30,09:00,10:00,law_enforcement\no,a,2026-11-30,11:00,12:00,law_enforcement\n"
    (tmp_path / "published.csv").write_text(header + twice)
    done = esro(
        "plan", folder, "--week", "2026-11-30", "--published", tmp_path / "published.csv",
        "--from", "2026-11-30T12:30", "--out", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 2 and "once_a_day" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", [[], ["check"], ["template"], ["plan"], ["score"], ["serve"]])
def test_help(command: list[str]) -> None:
    done = esro(*command, "--help")
    assert done.returncode == 0 and "Usage" in done.stdout


def test_folders_written_from_any_world_plan_by_the_command(tmp_path: Path) -> None:
    write_agency(random_agency(7), tmp_path / "w")
    done = esro("plan", "w", "--week", "2026-11-30", "--time-limit", "6", "--weeks", "2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
