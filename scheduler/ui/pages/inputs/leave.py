"""Leave, court and training in three clicks."""

from collections.abc import Mapping
from datetime import date, time

import streamlit as st

from scheduler.errors import SchedulerError
from scheduler.service import editing, workbook
from scheduler.ui.pages.inputs.draft import SAID, Draft
from scheduler.ui.parts import problem
from scheduler.ui.place import precinct_name
from scheduler.ui.state import State


@st.dialog("Leave, court, training")
def leave(state: State, draft: Draft) -> None:
    agency = editing.tables(state.office).agency
    mine = {k: o for k, o in agency.officers.items() if state.actor.may_plan(o.precinct_id)}
    if not mine:
        st.info("No officer of your precincts is known yet.")
        return
    officer = st.selectbox(
        "Officer",
        list(mine),
        format_func=lambda k: f"{mine[k].name} · {precinct_name(agency, mine[k].precinct_id)}",
        key="leave officer",
    )
    a, b = st.columns(2)
    first = a.date_input("First day", state.week, format="YYYY-MM-DD", key="leave first")
    last = b.date_input("Last day", None, format="YYYY-MM-DD", key="leave last", help="Blank: the same day.")
    begin = a.time_input("From (blank: all day)", None, key="leave from")
    end = b.time_input("Until (blank: all day)", None, key="leave until")
    reason = st.segmented_control("Reason", workbook.REASONS, default=workbook.REASONS[0], key="leave reason")
    st.caption("The reason stays in the program; calendars and reports never show it.")
    if st.button("Add it", type="primary", key="leave add"):
        try:
            _add_leave(state, draft, officer, (first, last), (begin, end), reason or "")
        except SchedulerError as error:
            problem(error)


def _add_leave(
    state: State,
    draft: Draft,
    officer: str,
    days: tuple[object, object],
    times: tuple[time | None, time | None],
    reason: str,
) -> None:
    first, last = days
    if not isinstance(first, date):
        raise SchedulerError("Choose the first day.")
    row: Mapping[str, str] = workbook.absence_row(
        officer, first, last if isinstance(last, date) else first, reason, *times
    )
    if draft.dirty:
        draft.put(draft.typed.with_rows("absences", [*draft.typed.rows["absences"], row]))
        st.session_state[SAID] = "Added to your unsaved changes; save them below."
    else:
        made = workbook.add_absence(state.office, state.actor, row)
        st.session_state[SAID] = (
            f"Saved as revision {made.revision}: {row['officer_id']} is away from {row['start']} to "
            f"{row['end']}. Plans of those days must be made again."
        )
    st.rerun()
