"""A scenario is made in words and kept."""

import streamlit as st

from scheduler.domain.agency import Agency
from scheduler.domain.change import Scenario
from scheduler.errors import SchedulerError
from scheduler.explain.change_words import change_words
from scheduler.service import scenarios
from scheduler.ui.pages.whatif.kinds import KINDS
from scheduler.ui.parts import escaped, problem
from scheduler.ui.state import State

TOLD = "told what-if"


def make(state: State, agency: Agency, precinct: str) -> None:
    """The form of a kind of scenario, and the button that keeps it."""
    with st.expander("Make a scenario", expanded=not scenarios.list_scenarios(state.office, state.actor)):
        kind = st.selectbox("What if …", list(KINDS), index=None, placeholder="Choose what would change")
        if kind is None:
            return
        try:
            made = KINDS[kind](state, agency, precinct)
        except SchedulerError as error:
            problem(error)
            return
        if made is None:
            return
        st.markdown(f"**{made.name}**")
        sentences(agency, made)
        if st.button("Keep this scenario"):
            try:
                scenarios.keep(state.office, state.actor, made)
            except SchedulerError as error:
                problem(error)
                return
            st.session_state[TOLD] = f"Kept: {made.name}."
            st.rerun()


def sentences(agency: Agency, scenario: Scenario, most: int = 6) -> None:
    """The changes of a scenario to an agency in words."""
    words = change_words(agency, scenario.changes)
    for sentence in words[:most]:
        st.caption(escaped(sentence))
    if len(words) > most:
        st.caption(f"… and {len(words) - most} changes more.")
