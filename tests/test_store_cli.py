"""The store from the command line: a week's walk, statuses, and errors as sentences."""

import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from scheduler.tables.folder import write_agency
from tests.offices import town_agency

ROOT = Path(__file__).parents[1]


@pytest.fixture
def desk(tmp_path: Path):
    """Runs `esro` in a folder of its own, with the town beside it."""
    write_agency(town_agency(), tmp_path / "town")

    def esro(*arguments: object, status: int = 0) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if k != "ESRO_DATABASE_URL"}
        environment |= {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "scheduler.cli", *map(str, arguments)], capture_output=True, text=True,
            cwd=tmp_path, env=environment, timeout=120,
        )  # fmt: skip
        assert "Traceback" not in done.stderr and done.returncode == status, (arguments, done)
        return done

    return esro


def coming_monday() -> date:
    today = date.today()
    return today + timedelta(days=7 - today.weekday())


def test_a_weeks_walk_from_folder_to_calendar_and_back(desk, tmp_path: Path) -> None:
    week = coming_monday()
    assert "esro init" in desk("publications", status=2).stderr
    assert "town is in the store" in desk("init", "town").stderr
    desk("init", "town", status=1)
    assert "was up to date" in desk("db", "upgrade").stderr
    drafts = desk("draft", "--week", week, "--time-limit", "20", "--workers", "1").stdout.split()
    assert len(drafts) == 2 and len(desk("drafts").stdout.splitlines()) == 2
    told = desk("publish", *drafts, "--reason", "weekly").stdout.split()
    assert told == ["1", "2"] and "weekly" in desk("publications", "--precinct", "p").stdout
    (url,) = desk("calendars", "create", "--officer", "o", "--base", "https://esro.example").stdout.split()
    assert re.fullmatch(r"https://esro\.example/calendars/[\w-]{27}\.ics", url)
    listed = desk("calendars", "list").stdout
    assert "Officer o" in listed and "never fetched" in listed and url.split("/")[-1] not in listed
    desk("calendars", "export", "static")
    assert len(list((tmp_path / "static").glob("*.ics"))) == 1 and (tmp_path / "static.names.csv").is_file()
    desk("calendars", "export", "static", "--names", "static/list.csv", status=2)
    assert "0 of" in desk("receipts", 1).stderr
    empty = tmp_path / "empty.csv"
    empty.write_text("officer_id,school_id,date,start,end,focus\n")
    (hand,) = desk("draft", "--week", week, "--precinct", "p", "--plan", empty).stdout.split()
    assert "Cancelled" in desk("publish", hand).stderr
    assert "Cancelled" in desk("diff", 1, 3).stdout
    desk("diff", 1, 2, status=2)
    desk("undo", 3, "--reason", "not so")
    assert "Nothing changed" in desk("diff", 1, 4).stdout
    sheet = desk("log", "sheet", "--first", week, "--last", week + timedelta(days=4)).stdout
    (tmp_path / "sheet.csv").write_text(sheet)
    assert "still to come" in desk("log", "import", "sheet.csv", status=2).stderr
    assert "school_id" in desk("report", "month", "--first", week, "--last", week).stdout
    assert "Coverage" in desk("report", "year", "--first", week, "--html").stdout
    desk("tables", "export", "copy")
    assert "0 changes" in desk("tables", "import", "copy").stderr
    assert len(desk("tables", "history").stdout.splitlines()) == 2
    desk("tables", "undo", 1)
    desk("tables", "undo", 77, status=1)
    desk("users", "set", "sgt@x", "--role", "supervisor", "--precinct", "p")
    assert "no precinct" in desk("users", "set", "x", "--role", "viewer", "--precinct", "zz", status=2).stderr
    assert "sgt@x" in desk("users", "list").stdout
    desk("users", "remove", "sgt@x")
    desk("users", "remove", "sgt@x", status=1)
    desk("backup", "b.esro")
    desk("restore", "b.esro", status=2)
    desk("restore", "b.esro", "--replace")
    assert "are whole" in desk("audit", "verify").stderr
    assert "publication" in desk("audit", "list", "--search", "weekly").stdout
    desk("export", "out")
    assert (tmp_path / "out" / "publications" / str(week) / "p-1" / "plan.csv").is_file()


def test_what_cannot_be_is_a_sentence(desk) -> None:
    desk("init", "nowhere", status=2)
    desk("init", "town")
    for arguments, status in (
        (("publish", "abc"), 1), (("undo", 9), 1), (("receipts", 9), 1), (("calendars", "create"), 2),
        (("calendars", "create", "--officer", "zz"), 1), (("calendars", "revoke", "zz"), 1),
        (("draft", "--week", "2020-01-06"), 1), (("draft", "--week", "2036-01-07", "--precinct", "zz"), 1),
        (("log", "import", "none.csv"), 2), (("restore", "none"), 2), (("export", "."), 2),
        (("drafts", "--agency", "other"), 2), (("draft", "--week", "today"), 2),
    ):  # fmt: skip
        done = desk(*arguments, status=status)
        assert done.stderr.startswith("Error") and done.stderr.strip().endswith("."), done.stderr


def test_a_broken_address_of_the_database_is_a_sentence(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scheduler.cli", "publications"], capture_output=True, text=True,
        env={**os.environ, "ESRO_DATABASE_URL": "postgresql://u:hush@127.0.0.1:1/x"}, cwd=ROOT, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "cannot be used" in done.stderr and "hush" not in done.stderr
