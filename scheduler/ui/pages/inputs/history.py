"""Who changed what and when, and the way back."""

import streamlit as st

from scheduler.service import editing, workbook
from scheduler.ui.asking import answer, ask, is_asked, window
from scheduler.ui.pages.inputs.draft import MOST_SHOWN, SAID, Draft, edit_words, sentences
from scheduler.ui.parts import escaped
from scheduler.ui.state import State


def history(state: State, draft: Draft) -> None:
    """The revisions, newest first."""
    with st.expander("History: who changed what, and back"):
        edits = workbook.history(state.office, state.actor, MOST_SHOWN)
        if edits and edits[-1].revision > 1 and st.toggle("Show older ones too", key="inputs older"):
            edits = workbook.history(state.office, state.actor)
        for edit in edits:
            words = edit_words(state, edit)
            left, right = st.columns([6, 2], vertical_alignment="center")
            left.markdown(f"**{escaped(words)}**")
            if edit is edits[0]:
                right.caption("stands now")
            else:
                words, about = f"Undo to revision {edit.revision}…", edit.revision
                asks = {"on_click": ask, "args": ("undo tables", about), "width": "stretch"}
                right.button(words, key=f"undo {edit.revision}", **asks)
                if is_asked("undo tables", about):
                    _undo(state, draft, edits[0].revision, edit.revision)
            sentences(edit.changes, 8)


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
