"""What if? Scenarios made in users' words, planned side by side, and made real."""

import streamlit as st

from scheduler.service import editing
from scheduler.ui.pages.whatif.answers import result
from scheduler.ui.pages.whatif.comparing import choose
from scheduler.ui.pages.whatif.making import TOLD, make
from scheduler.ui.pages.whatif.staffing import sweep
from scheduler.ui.place import choose_place, row
from scheduler.ui.state import State


def render(state: State) -> None:
    """Draws the page."""
    agency = editing.tables(state.office).agency
    with row():
        st.title("What if?", width="content")
        place = choose_place(state, agency)
    if place is None:
        return
    precinct, _ = place
    if TOLD in st.session_state:
        st.success(st.session_state.pop(TOLD))
    comparing, staffing = st.tabs(["Scenarios", "What staff buys"])
    with comparing:
        make(state, agency, precinct)
        choose(state, agency, precinct)
        result(state, agency, precinct)
    with staffing:
        sweep(state, agency, precinct)
