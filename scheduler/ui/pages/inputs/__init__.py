"""The tables: edited in place, checked, and saved as one revision with a reason."""

import streamlit as st

from scheduler.errors import SchedulerError
from scheduler.service.workbook import LABELS, POLICY
from scheduler.tables.columns import TABLES
from scheduler.ui.asking import ask, is_asked
from scheduler.ui.pages.inputs import editor, policy
from scheduler.ui.pages.inputs.draft import SAID, last_draft, open_draft, proposed
from scheduler.ui.pages.inputs.files import files
from scheduler.ui.pages.inputs.history import history
from scheduler.ui.pages.inputs.leave import leave
from scheduler.ui.pages.inputs.problems import problems
from scheduler.ui.pages.inputs.saving import conflict, save
from scheduler.ui.parts import problem
from scheduler.ui.place import PRECINCT_WIDTH, row
from scheduler.ui.screen import ask_width
from scheduler.ui.state import State


def render(state: State) -> None:
    """Draws the page."""
    if (last := last_draft()) is not None:
        editor.take(last)
        policy.take(last)
    try:
        draft = open_draft(state)
    except SchedulerError as error:
        problem(error)
        return
    with row():
        st.title("Inputs", width="content")
        chosen: str = st.selectbox(
            "Table",
            list(LABELS),
            format_func=LABELS.__getitem__,
            key="inputs table",
            label_visibility="collapsed",
            width=PRECINCT_WIDTH,
        )
        # Not at the end of the row: there the table's own buttons would cover it.
        st.button("Add leave, court, training…", help="In three clicks.", on_click=ask, args=("leave",))
        help = "How the program plans." if chosen == POLICY else TABLES[chosen].help
        with st.container(key="status-inputs", width="stretch"):
            unsaved = ", with changes not saved yet" if draft.dirty else ""
            st.markdown(f"**{help}** Revision {draft.read.base}{unsaved}.")
    # What comes and goes has places of its own: what is open below stays open.
    told = st.empty()
    if said := st.session_state.pop(SAID, ""):
        told.success(said)
    if is_asked("leave"):
        leave(state, draft)
    if not state.actor.is_admin:
        own, aside = ", ".join(sorted(state.actor.precincts)), len(draft.typed.aside.get(chosen, ()))
        kept = f" {aside} rows of other precincts are not shown, and stay as they are." if aside else ""
        st.caption(
            f"You may save changes to rows of the own precincts ({own}); an admin saves the rest.{kept}"
        )
    if chosen == POLICY:
        proposal = proposed(state, draft)
        policy.policy(draft, proposal)
    else:
        editor.begin(draft, chosen)
        proposal = proposed(state, draft)
        editor.editor(draft, chosen, proposal)
    with st.container():
        if draft.conflict:
            conflict(state, draft, proposal)
        problems(draft, proposal)
        save(state, draft, proposal)
    files(draft, chosen)
    history(state, draft)
    ask_width()
