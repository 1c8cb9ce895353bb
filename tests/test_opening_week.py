"""The week that the app opens on."""

from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.offices import ADMIN, MONDAY, SERGEANT, WEEK, Desk
from tests.pages import opened

SCRIPT = """
import streamlit as st

if __name__ == "__main__":
    from scheduler.ui.state import open_state

    st.text(open_state(st.session_state["office"], st.session_state["who"]).week.isoformat())
"""
"""Processes that are begun later look at this script, too, and must not run it."""
BEFORE = MONDAY - timedelta(weeks=1)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return opened(tmp_path, monkeypatch)


def week_shown(town: Desk, address: str | None = None, precinct: str = "p") -> str:
    at = AppTest.from_string(SCRIPT, default_timeout=60)
    at.session_state["office"] = town.office
    at.session_state["who"] = SERGEANT if precinct == "p" else ADMIN
    at.query_params["precinct"] = precinct
    if address is not None:
        at.query_params["week"] = address
    at.run()
    assert not at.exception
    return str(at.text[0].value)


def test_it_is_the_current_one_until_wednesday_and_then_the_coming_one(town: Desk) -> None:
    for day, expected in ((0, BEFORE), (2, BEFORE), (3, MONDAY), (6, MONDAY)):
        town.at(day, "09:00", BEFORE)
        assert week_shown(town) == str(expected)
    assert week_shown(town, str(BEFORE + timedelta(days=1))) == str(BEFORE)
    assert week_shown(town, "soon") == str(MONDAY)


def test_it_is_the_coming_one_where_that_alone_has_a_plan(town: Desk) -> None:
    town.at(1, "09:00", BEFORE)
    town.draft(*WEEK)
    assert week_shown(town) == str(MONDAY)
    assert week_shown(town, str(BEFORE)) == str(BEFORE)
    assert week_shown(town, precinct="q") == str(BEFORE)
    town.draft(week=BEFORE)
    assert week_shown(town) == str(BEFORE)


def test_what_is_published_is_a_plan(town: Desk) -> None:
    town.at(1, "09:00", BEFORE)
    town.publish(*WEEK)
    assert week_shown(town) == str(MONDAY)
