"""A scenario is made in words and kept."""

import streamlit as st

from scheduler.domain.agency import Agency
from scheduler.domain.change import Scenario
from scheduler.errors import SchedulerError
from scheduler.explain.change_words import change_words
from scheduler.service import scenarios
from scheduler.ui.links_to import link_to
from scheduler.ui.pages.whatif.kinds import KINDS
from scheduler.ui.parts import escaped, problem
from scheduler.ui.state import State

TOLD = "told what-if"
FREELY = "Anything else in the tables"


def make(state: State, agency: Agency, precinct: str) -> None:
    """The form of a kind of scenario, and the button that keeps it."""
    with st.expander("Make a scenario", expanded=not scenarios.list_scenarios(state.office, state.actor)):
        kinds = [*KINDS, FREELY]
        kind = st.selectbox("What if …", kinds, index=None, placeholder="Choose what would change")
        if kind is None:
            return
        if kind == FREELY:
            st.write("Change any table under Inputs, and press **Try as a what-if** there in place of Save.")
            link_to("inputs", "Edit the tables")
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
