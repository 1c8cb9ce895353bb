"""Planning the week in the background, watched and stopped from the page."""

from datetime import date

import streamlit as st

from scheduler.service import editing
from scheduler.service.drafting import DraftRequest, plan_drafts
from scheduler.service.weeks import WeekView
from scheduler.ui.pages.week.keys import SHOWN
from scheduler.ui.state import State
from scheduler.ui.watching import is_running, settled, step_words, watch

SECONDS = 40


def key(precinct: str, week: date) -> str:
    """Names the planning of a precinct's week."""
    return f"plan {precinct} {week}"


def generate(state: State, view: WeekView) -> None:
    """The button that plans."""
    named = key(view.precinct_id, view.week)
    if not st.button(
        "Generate",
        type="primary" if view.case is None else "secondary",
        disabled=is_running(state, named) is not None,
        help=f"Plan this week from the tables as they stand, in up to {SECONDS} s. Nothing is published.",
    ):
        return
    request = DraftRequest(view.week, (view.precinct_id,), time_limit=SECONDS, apart=True)
    office, actor = state.office, state.actor
    state.jobs.start(
        state.user.user_id,
        named,
        f"Planning {view.agency.precincts[view.precinct_id].name}",
        lambda j: plan_drafts(office, actor, request, j.progress.append, j.stop),
    )
    st.session_state.pop((SHOWN, view.precinct_id, view.week), None)
    st.rerun()


def planning(state: State, precinct: str, week: date) -> bool:
    """What is known so far while it runs, and whether it does; why it failed where it did."""
    named = key(precinct, week)
    job = is_running(state, named)
    if job is None:
        settled(state, named)
        return False
    agency = editing.tables(state.office).agency
    watch(state, job.job_id, lambda j: [step_words(agency, p) for p in j.latest.values()], curve=True)
    return True
