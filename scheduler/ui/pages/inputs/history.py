"""Who changed what and when, and the way back."""

import streamlit as st

from scheduler.service import editing, workbook
from scheduler.ui.asking import answer, ask, is_asked, window
from scheduler.ui.pages.inputs.draft import SAID, Draft, edit_words, sentences
from scheduler.ui.parts import escaped
from scheduler.ui.state import State

FIRST_SHOWN = 15
"""So many revisions at first."""


def history(state: State, draft: Draft) -> None:
    """The revisions, newest first."""
    with st.expander("History: who changed what, and back"):
        found = workbook.history(state.office, state.actor, FIRST_SHOWN)
        if found[-1].edit.revision > 1 and st.toggle("Show older ones too", key="inputs older"):
            found = workbook.history(state.office, state.actor)
        stands = found[0].edit.revision
        for one in found:
            revision = one.edit.revision
            left, right = st.columns([6, 2], vertical_alignment="center")
            left.markdown(f"**{escaped(edit_words(state, one.edit))}**")
            if revision == stands:
                right.caption("stands now")
            else:
                asks = {"on_click": ask, "args": ("undo tables", revision), "width": "stretch"}
                right.button(f"Undo to revision {revision}…", key=f"undo {revision}", **asks)
                if is_asked("undo tables", revision):
                    _undo(state, draft, stands, revision)
            sentences(one.sentences, one.more)


@window("Back to an earlier revision")
def _undo(state: State, draft: Draft, base: int, revision: int) -> None:
    st.write(
        f"The tables of revision {revision} are put back as revision {base + 1}; "
        f"{base - revision} later revision{'s stay' if base - revision > 1 else ' stays'} in the history."
    )
    if draft.dirty:
        st.warning("Your unsaved changes stay, and must then be made again on the tables put back.")
    st.text_input("Why (for the record)", key="undo reason")

    def act() -> None:
        made = editing.undo(state.office, state.actor, base, revision, st.session_state["undo reason"])
        st.session_state[SAID] = f"Revision {made.revision} holds the tables of revision {revision}."

    answer("Put them back", act)
