"""Leave, court and training in three clicks."""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from scheduler.domain.calendar import monday_of
from scheduler.errors import SchedulerError
from scheduler.explain.change_words import change_words
from scheduler.service import editing, workbook
from scheduler.ui.asking import answer, window
from scheduler.ui.pages.inputs.draft import SAID, Draft
from scheduler.ui.place import precinct_name
from scheduler.ui.state import State

FIELDS = ("officer", "first", "last", "from", "until", "reason")


@window("Leave, court, training")
def leave(state: State, draft: Draft) -> None:
    agency = editing.tables(state.office).agency
    mine = {k: o for k, o in agency.officers.items() if state.actor.may_plan(o.precinct_id)}
    if not mine:
        st.info("No officer of your precincts is known yet.")
        return
    st.selectbox(
        "Officer",
        list(mine),
        format_func=lambda k: f"{mine[k].name} · {precinct_name(agency, mine[k].precinct_id)}",
        key="leave officer",
    )
    a, b = st.columns(2)
    today = state.office.local(agency).date()
    first = today if monday_of(today) == state.week else state.week
    a.date_input("First day", first, format="YYYY-MM-DD", key="leave first")
    b.date_input("Last day", None, format="YYYY-MM-DD", key="leave last", help="Blank: the same day.")
    a.time_input("From (blank: all day)", None, key="leave from")
    b.time_input("Until (blank: all day)", None, key="leave until")
    st.segmented_control("Reason", workbook.REASONS, default=workbook.REASONS[0], key="leave reason")
    st.caption("The reason stays in the program; calendars and reports never show it.")
    answer("Add it", lambda: _add_leave(state, draft), key="leave add")


def _add_leave(state: State, draft: Draft) -> None:
    typed = {name: st.session_state[f"leave {name}"] for name in FIELDS}
    first, last = typed["first"], typed["last"]
    if not isinstance(first, date):
        raise SchedulerError("Choose the first day.")
    row: Mapping[str, str] = workbook.absence_row(
        typed["officer"],
        first,
        last if isinstance(last, date) else first,
        typed["reason"] or "",
        typed["from"],
        typed["until"],
    )
    if draft.dirty:
        draft.put(draft.typed.with_rows("absences", [*draft.typed.rows["absences"], row]))
        st.session_state[SAID] = "Added to your unsaved changes; save them below."
    else:
        made = workbook.add_absence(state.office, state.actor, row)
        said = " ".join(change_words(editing.tables(state.office).agency, made.changes))
        st.session_state[SAID] = (
            f"Saved as revision {made.revision}: {said} Plans of those days must be made again."
        )
