"""A page over the town's store, run as Streamlit runs it, with its background work waited for."""

from datetime import date
from pathlib import Path

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
MAIN = """
from scheduler.ui import shell

if __name__ == "__main__":
    shell.run()
"""


def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tables: Agency | None = None) -> Desk:
    """The town in a SQLite store, which is the one that the app opens."""
    url = f"sqlite:///{tmp_path / 'esro.db'}"
    monkeypatch.setenv("ESRO_DATABASE_URL", url)
    monkeypatch.setattr("scheduler.ui.state._JOBS", Jobs())
    shell._database.clear()
    return desk(Database(url), tmp_path, tables)


SCRIPT = """
import streamlit as st

if __name__ == "__main__":
    from scheduler.ui.pages.{module} import render

    render(st.session_state["state"])
"""


def page(
    module: str, town: Desk, actor: Actor = ADMIN, precinct: str = "p", week: date = MONDAY
) -> AppTest:
    """A page of this actor, drawn once."""
    at = AppTest.from_string(SCRIPT.format(module=module), default_timeout=60)
    at.session_state[KEY] = State(town.office, actor, actor, precinct, week)
    return drawn(at.run())


def drawn(at: AppTest) -> AppTest:
    """The page, after it was seen to draw without a fault and without words of the trade of planners."""
    assert not at.exception, at.exception
    said = words(at).lower()
    assert not [w for w in FORBIDDEN if w in said]
    return at


def words(at: AppTest) -> str:
    """Everything that the page says."""
    heads, texts = (at.title, at.header, at.subheader), (at.markdown, at.caption)
    kinds = (*heads, *texts, at.info, at.success, at.warning, at.error)
    said = [str(e.value) for kind in kinds for e in kind]
    said += [f"{b.label} {b.proto.help}" for b in at.button]
    said += [e.label for e in at.expander]
    said += [b.proto.popover.label for b in at.get("popover")]
    said += [str(h.proto.body) for h in at.get("html")]
    said += [d.value.to_string() for d in at.dataframe]
    return "\n".join(said)


def press(at: AppTest, label: str, dialog: str | None = None) -> AppTest:
    """The page after a press on a button, in the dialog that another button opens where that is named."""
    for wanted in (dialog, label) if dialog is not None else (label,):
        found = [b for b in at.button if b.label == wanted]
        assert found, (wanted, [b.label for b in at.button])
        found[0].click()
    return drawn(at.run())


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
