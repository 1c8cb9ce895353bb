"""Where and when: the precinct and the week that a page is about, chosen in one row and remembered."""

from datetime import date, timedelta

import streamlit as st

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import monday_of
from scheduler.publish.words import day_short
from scheduler.ui.state import State, visible_precincts

PRECINCT_WIDTH, WEEK_WIDTH = 186, 206


def precinct_name(agency: Agency, precinct_id: str) -> str:
    """`Pikesville (4)`."""
    return f"{agency.precincts[precinct_id].name} ({precinct_id})"


def week_words(week: date) -> str:
    """`Mon 30 Nov 2026`."""
    return f"{day_short(week)} {week.year}"


def choose_place(state: State, agency: Agency) -> tuple[str, date] | None:
    """A precinct and a week in one row; None where no precinct is open to the actor. What is drawn
    next joins the row where the caller made one (`row`)."""
    precinct = choose_precinct(state, agency)
    return None if precinct is None else (precinct, choose_week(state))


def row(name: str = "place", wrap: bool = True):  # type: ignore[no-untyped-def]
    """A row, which wraps where the screen is narrow."""
    return st.container(horizontal=True, wrap=wrap, vertical_alignment="center", gap="small", key=name)


def choose_precinct(state: State, agency: Agency, label: str = "Precinct") -> str | None:
    """A choice among the precincts that the actor may look at; remembered."""
    seen = visible_precincts(agency, state.actor)
    if not seen:
        st.info("No precinct is open to you. Ask your administrator.")
        return None
    if state.precinct_id not in seen:
        state.precinct_id = seen[0]
    chosen = st.selectbox(
        label,
        seen,
        index=seen.index(state.precinct_id),
        format_func=lambda p: precinct_name(agency, p),
        label_visibility="collapsed",
        width=PRECINCT_WIDTH,
    )
    if chosen != state.precinct_id:
        state.precinct_id = chosen
        st.rerun()
    return state.precinct_id


def choose_week(state: State) -> date:
    """A choice of the week, with a step to either side; remembered."""
    with st.container(horizontal=True, gap="xxsmall", wrap=False, width="content", key="when"):
        if st.button(":material/chevron_left:", help="The week before", key="week-before"):
            _turn(state, -1)
        with st.popover(f"Week of {week_words(state.week)}", width=WEEK_WIDTH + 20):
            day = st.date_input("Week of", state.week, format="YYYY-MM-DD", key=f"week {state.week}")
            st.caption("Any day of the week will do.")
        if st.button(":material/chevron_right:", help="The week after", key="week-after"):
            _turn(state, 1)
    if isinstance(day, date) and monday_of(day) != state.week:
        state.week = monday_of(day)
        st.rerun()
    return state.week


def _turn(state: State, weeks: int) -> None:
    state.week += timedelta(weeks=weeks)
    st.rerun()
