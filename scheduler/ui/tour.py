"""The first visit: three steps that point to the pages where they are made; gone once a week is published
or it is dismissed."""

import streamlit as st

from scheduler.service.first_steps import steps
from scheduler.ui.links_to import link_to
from scheduler.ui.state import State

DISMISSED = "tour dismissed"
TABLES = "Leave and court of the week, sessions, the school calendar. Edit in place and save."
GENERATE = "Press Generate here. Move, lengthen or pin what you know better."
PUBLISH = "Press Publish here; each officer's calendar link is made under Calendars."


def tour(state: State) -> None:
    """Draws the steps where they still help."""
    if st.session_state.get(DISMISSED) or not state.actor.may_plan(state.precinct_id):
        return
    made = steps(state.office)
    if made.published:
        st.session_state[DISMISSED] = True
        return
    with st.container(border=True, key="tour"):
        head, close = st.columns([8, 1], vertical_alignment="center")
        head.markdown("**Your first week in three steps**")
        if close.button("Dismiss", key="tour-dismiss", type="tertiary", width="stretch"):
            st.session_state[DISMISSED] = True
            st.rerun()
        for where, (slug, title, done, words) in zip(
            st.columns(3, gap="medium"),
            (
                ("inputs", "1 · Look over the tables", made.edited, TABLES),
                ("week", "2 · Generate the week", made.planned, GENERATE),
                ("calendar-links", "3 · Publish, and give out links", False, PUBLISH),
            ),
            strict=True,
        ):
            with where:
                link_to(slug, title, done=done)
                if not made.planned:  # the plan is what is looked at then
                    st.caption(words)
