"""A table in an editor: every cell as text, so that nothing is clamped or lost."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from scheduler.service import workbook
from scheduler.service.workbook import FIRST_ROW, Note, Proposal
from scheduler.tables.columns import FORMAT_WORDS, TABLES
from scheduler.ui.pages.inputs.draft import Draft
from scheduler.ui.screen import is_narrow
from scheduler.ui.theme import WARN_PAPER

NUMBER, NOTE = "row", "note"
MOST_NOTED = 20_000
"""Tables of more cells than this have no notes beside their rows: they would take seconds to draw."""
NOTED = "color: #000000"
NOTED_WRONG = f"{NOTED}; background-color: {WARN_PAPER}"
"""The browser draws cells that nobody edits paler than they are."""
HEIGHT = 400
"""At most; what is wrong then stands below in the same view."""


def take(draft: Draft) -> None:
    """Takes what was typed since the table was drawn; done before anything else, so that it is not lost
    whatever else happens at the same moment, and what is said of it stands beside it at once."""
    for name, shown in draft.shown.items():
        if _key(draft, name) in st.session_state:
            found = workbook.edited(name, shown, st.session_state[_key(draft, name)])
            draft.places = {name: [place for _, place in found]}
            rows = [row for row, _ in found]
            if rows != draft.typed.rows.get(name):
                draft.typed = draft.typed.with_rows(name, rows)


def begin(draft: Draft, name: str) -> None:
    """Begins a new editor where the table is first shown, or again after another table or page."""
    if name not in draft.shown or _key(draft, name) not in st.session_state:
        draft.generation += 1
        draft.shown[name] = [dict(r) for r in draft.typed.rows.get(name, ())]
        draft.places = {name: list(range(len(draft.shown[name])))}


def editor(draft: Draft, name: str, proposal: Proposal) -> None:
    """The table with notes beside its rows, on a phone with their marks alone. Notes are shown in cells that
    nobody edits: a grid whose content or columns change is a new one to the browser, which forgets what is
    typed at that moment."""
    table, shown = TABLES[name], draft.shown[name]
    frame = pd.DataFrame(shown, columns=[c.name for c in table.columns], dtype="object")
    frame.insert(0, NUMBER, [str(place + FIRST_ROW) for place in range(len(frame))])
    settings: dict[str, object] = {
        NUMBER: st.column_config.TextColumn("Row", disabled=True, width=62, pinned=True)
    }
    if not is_narrow():
        frame.insert(1, NOTE, "")
        help = "What to correct in the row (▲), or what it said before. Whole sentences stand below."
        settings[NOTE] = st.column_config.TextColumn("Note", disabled=True, width=270, pinned=True, help=help)
    for c in table.columns:
        need = "Required." if c.required else (f"Blank: {c.default}." if c.default else "May be blank.")
        settings[c.name] = st.column_config.TextColumn(
            c.label, help=f"{c.help} {FORMAT_WORDS[c.kind].capitalize()}. {need}"
        )
    found = workbook.notes(draft.read, draft.typed, name, proposal.problems)
    places = draft.places[name]
    beside = {place: found[n] for n, place in enumerate(places) if place is not None and n in found}
    with st.container(key="table"):
        st.data_editor(
            _noted(frame, beside) if beside and frame.size <= MOST_NOTED else frame,
            key=_key(draft, name),
            num_rows="dynamic",
            hide_index=True,
            width="stretch",
            height=min(36 * len(frame) + 110, HEIGHT),
            column_config=settings,
            placeholder="",
        )


def _key(draft: Draft, name: str) -> str:
    return f"editor {name} {draft.generation}"


def _noted(frame: pd.DataFrame, beside: Mapping[int, Note]) -> Any:
    """The same cells, with notes to be shown in place of the blank ones."""
    styled = frame.style
    columns = [c for c in (NUMBER, NOTE) if c in frame.columns]
    for wrong, mark, look in ((True, "▲ ", NOTED_WRONG), (False, "", NOTED)):
        places = [place for place, note in beside.items() if note.wrong is wrong]
        styled.format(lambda number, mark=mark: f"{mark}{number}", subset=(places, [NUMBER]))
        styled.map(lambda _, look=look: look, subset=(places, columns))
        for place in places if NOTE in columns else ():
            styled.format(lambda _, said=beside[place].text: said, subset=([place], [NOTE]))
    return styled
