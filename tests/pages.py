"""A page over the town's store, run as Streamlit runs it, with its background work waited for."""

import sys
from datetime import date
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from scheduler.domain.actor import Actor
from scheduler.domain.agency import Agency
from scheduler.service.jobs import Job, Jobs
from scheduler.store.engine import Database
from scheduler.ui import shell
from scheduler.ui.state import KEY, State
from tests.offices import ADMIN, MONDAY, Desk, desk

FORBIDDEN = ("constraint", "objective", "infeasible", "variable", "solver", "impossible")
"""Words of the trade of planners."""
SCRIPT = """
import streamlit as st

if __name__ == "__main__":
    from scheduler.errors import SchedulerError
    from scheduler.ui.pages.{module} import render

    try:
        render(st.session_state["state"])
    except SchedulerError as error:
        st.error(str(error))
"""
MAIN = Path(shell.__file__).parent / "script" / "main.py"
"""The script of the whole app."""


def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tables: Agency | None = None) -> Desk:
    """The town in a SQLite store, which is the one that the app opens."""
    url = f"sqlite:///{tmp_path / 'esro.db'}"
    monkeypatch.setenv("ESRO_DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("scheduler.ui.state._JOBS", Jobs())
    shell._database.clear()
    return desk(Database(url), tmp_path, tables)


def page(module: str, town: Desk, actor: Actor = ADMIN, precinct: str = "p", week: date = MONDAY) -> AppTest:
    """A page of this actor, drawn once. As in the app, what is refused is a sentence."""
    at = AppTest.from_string(SCRIPT.format(module=module), default_timeout=60)
    at.session_state[KEY] = State(town.office, actor, actor, precinct, week)
    return drawn(at.run())


def whole(precinct: str = "p", week: date = MONDAY) -> AppTest:
    """The whole app at the address of a precinct's week, drawn once."""
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.query_params["precinct"], at.query_params["week"] = precinct, week.isoformat()
    return drawn(at.run())


def drawn(at: AppTest) -> AppTest:
    """The page, after it was seen to draw without a fault and without words of the trade of planners."""
    assert not at.exception, at.exception
    said = words(at).lower()
    assert not [w for w in FORBIDDEN if w in said]
    return at


def words(at: AppTest) -> str:
    """Everything that the page says."""
    kinds = (at.title, at.header, at.subheader, at.markdown, at.caption, at.info, at.success, at.warning,
             at.error, at.code)  # fmt: skip
    said = [str(e.value) for kind in kinds for e in kind]
    said += [f"{b.label} {b.proto.help}" for b in at.button]
    said += [e.label for e in at.expander]
    said += [b.proto.popover.label for b in at.get("popover")]
    said += [d.value.to_string() for d in [*at.dataframe, *at.table]]
    said += [str(h.proto.body) for h in at.get("html")]
    return "\n".join(said).replace("\\", "")


def press(at: AppTest, label: str, which: int = 0) -> AppTest:
    """The page after a press on a button, of the page or of the window over it."""
    found = [b for b in at.button if b.label == label]
    assert found, (label, [b.label for b in at.button])
    found[which].click()
    return drawn(at.run())


def fill(at: AppTest, label: str, value: object) -> AppTest:
    """The page after something was typed, set or chosen in the (first) field with this label."""
    kinds = (at.text_input, at.number_input, at.date_input, at.time_input, at.multiselect, at.radio,
             at.toggle, at.checkbox, at.select_slider, at.button_group)  # fmt: skip
    next(field for kind in kinds for field in kind if field.proto.label == label).set_value(value)
    return drawn(at.run())


def upload(at: AppTest, label: str, name: str, data: bytes) -> AppTest:
    """The page after a file was given to the field with this label."""
    (found,) = [field for field in at.file_uploader if field.label == label]
    return drawn(found.upload(name, data, "application/octet-stream").run())


def choose(at: AppTest, label: str, value: object) -> AppTest:
    """The page after a choice in a list."""
    (found,) = [s for s in at.selectbox if s.label == label]
    return drawn(found.select(value).run())


def finished(at: AppTest, key: str, seconds: float = 120.0) -> tuple[AppTest, Job]:
    """The page after the background work whose key begins so is over; the work must have succeeded."""
    state: State = at.session_state[KEY]
    job = next(j for j in reversed(state.jobs.known()) if j.key.startswith(key))
    assert job.over.wait(seconds), f"{job.title} takes too long"
    assert job.state == "done", job.error
    return drawn(at.run()), job


def planning_until_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has every page plan drafts by waiting until someone asks it to stop."""

    def plan(*given: Any) -> list[object]:
        while not given[-1].wanted:
            sleep(0.01)
        return []

    for name, module in list(sys.modules.items()):
        if name.startswith("scheduler.ui.pages") and hasattr(module, "plan_drafts"):
            monkeypatch.setattr(module, "plan_drafts", plan)


def running(at: AppTest) -> Job:
    """The background work that runs."""
    state: State = at.session_state[KEY]
    (job,) = [j for j in state.jobs.known() if j.state == "running"]
    return job
