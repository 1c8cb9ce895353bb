"""Kept scenarios are chosen and planned side by side in the background."""

import streamlit as st

from scheduler import questions
from scheduler.domain.agency import Agency
from scheduler.domain.change import Scenario
from scheduler.publish.words import duration
from scheduler.questions import Asked
from scheduler.service import scenarios
from scheduler.ui.pages.whatif.making import sentences
from scheduler.ui.place import precinct_name
from scheduler.ui.state import State
from scheduler.ui.watching import is_running, step_words, watch

SECONDS = 20.0
"""Planning time a precinct and scenario."""
MOST_SECONDS = 240.0


def choose(state: State, agency: Agency, precinct: str) -> None:
    """The list of kept scenarios, and the button that compares those that are chosen."""
    listed = scenarios.list_scenarios(state.office, state.actor)
    if not listed:
        st.info("Scenarios that you keep are listed here, to be planned beside the week as it is.")
        return
    st.subheader("Kept scenarios")
    chosen: list[Scenario] = []
    for kept in listed:
        left, right = st.columns([8, 1], vertical_alignment="center")
        with left:
            if st.checkbox(kept.scenario.name, key=f"choose {kept.scenario_id}", help=f"By {kept.author}"):
                chosen.append(kept.scenario)
            sentences(agency, kept.scenario, 2)
        mine = kept.author == state.actor.user_id or state.actor.is_admin
        if mine and right.button("Remove", key=f"remove {kept.scenario_id}", help="Take it off the list."):
            scenarios.remove(state.office, state.actor, kept.scenario_id)
            st.rerun()
    own = [p for p in agency.precincts if state.actor.may_plan(p) and agency.schools_of[p]]
    looked = st.multiselect(
        "Planned for",
        own,
        default=[precinct] if precinct in own else [],
        key=f"compared {precinct}",
        format_func=lambda p: precinct_name(agency, p),
        help="A scenario that touches two precincts is best looked at in both.",
    )
    key = compare_key(state, precinct)
    job = is_running(state, key)
    seconds = min(MOST_SECONDS, SECONDS * max(1, len(looked)) * (1 + len(chosen)))
    ready = bool(chosen) and bool(looked) and job is None
    said = f"Takes up to {duration(max(1, round(seconds / 60)))}." if chosen else "Choose scenarios first."
    if st.button("Compare", type="primary", disabled=not ready, help=said):
        office, actor = state.office, state.actor
        asked = Asked(state.week, tuple(looked), seconds)
        state.jobs.start(
            state.user.user_id,
            key,
            f"Planning the week {1 + len(chosen)} times",
            lambda j: questions.compare(office, actor, asked, chosen, j.progress.append, j.stop),
        )
        st.rerun()
    if job is not None:
        watch(state, job.job_id, lambda j: [step_words(agency, p) for p in j.latest.values()])


def compare_key(state: State, precinct: str) -> str:
    """Names the comparison of a user in background work."""
    return f"compare {state.user.user_id} {state.actor.name} {precinct} {state.week}"
