"""The week: is it covered, is it the best there is, has everyone got it? Then the next step."""

import streamlit as st

from scheduler.service import editing, weeks
from scheduler.service.asked import asked_for, asked_of_schools
from scheduler.service.weeks import WeekView
from scheduler.ui.asked_rows import asked_html
from scheduler.ui.pages.week.generating import generate, planning
from scheduler.ui.pages.week.keys import PUBLISHED, SHOWN
from scheduler.ui.pages.week.publishing import publish, told
from scheduler.ui.pages.week.shown import plan
from scheduler.ui.parts import escaped, moment
from scheduler.ui.place import choose_place, precinct_name, row, week_words
from scheduler.ui.state import State
from scheduler.ui.tour import tour


def render(state: State) -> None:
    """Draws the page."""
    agency = editing.tables(state.office).agency
    with row():
        place = choose_place(state, agency)
        if place is None:
            return
        precinct, week = place
        chosen = st.session_state.get((SHOWN, precinct, week))
        published = chosen == PUBLISHED
        view = weeks.week_view(
            state.office, state.actor, precinct, week, None if published else chosen, published
        )
        with st.container(key="status", width="stretch"):
            st.markdown(_status(state, view))
        if state.actor.may_plan(precinct):
            generate(state, view)
            publish(state, view)
        else:
            st.caption("You may look at this week.")
    tour(state)
    running = planning(state, precinct, week)
    told(state, view)
    if view.case is not None:
        plan(state, view)
        return
    if not running:
        _nothing_yet(state, view)
    _asked(view)


def _status(state: State, view: WeekView) -> str:
    if view.draft is not None:
        number = len(view.drafts) - list(view.drafts).index(view.draft)
        return f"Draft {number} · not published"
    if view.standing is not None:
        return f"Published · revision {view.standing.number} · {moment(state, view.agency, view.standing.at)}"
    return "No plan yet"


def _nothing_yet(state: State, view: WeekView) -> None:
    where = f"{precinct_name(view.agency, view.precinct_id)} in the week of {week_words(view.week)}"
    if state.actor.may_plan(view.precinct_id):
        words = (
            f"Nothing is planned for {where}. Look over the leave, court and sessions under **Inputs**, then "
            "press **Generate**: the rounds stand here then, and nobody sees them before you **Publish**."
        )
    else:
        words = f"Nothing is published for {where} yet. The rounds stand here once its supervisor publishes."
    st.info(words, icon=":material/flag:")


def _asked(view: WeekView) -> None:
    """What will be here: what the schools ask for."""
    st.subheader("What this week asks for")
    st.markdown(escaped(" ".join(asked_for(view))))
    st.html(asked_html(view.week, asked_of_schools(view)))
