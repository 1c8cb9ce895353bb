"""A table in an editor: every cell as text, so that nothing is clamped or lost; policy as sentences."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from scheduler.service import workbook
from scheduler.tables.columns import FORMAT_WORDS, TABLES
from scheduler.ui.pages.inputs.draft import Draft, column_words

NUMBER = "row"


def editor(draft: Draft, name: str) -> None:
    """The table, every cell as text: nothing is clamped, and what cannot be used is said below."""
    table = TABLES[name]
    columns = [c.name for c in table.columns]
    key = f"editor {name} {draft.generation}"
    if key not in st.session_state:  # first shown, or shown again after another table or page
        draft.generation += 1
        key = f"editor {name} {draft.generation}"
        draft.shown[name] = [dict(r) for r in draft.typed.rows.get(name, ())]
    frame = pd.DataFrame(draft.shown[name], columns=columns, dtype="object")
    frame.insert(0, NUMBER, [str(i) for i in range(2, len(frame) + 2)])
    settings: dict[str, object] = {
        NUMBER: st.column_config.TextColumn("Row", disabled=True, width=50, pinned=True)
    }
    for c in table.columns:
        need = "Required." if c.required else (f"Blank: {c.default}." if c.default else "May be blank.")
        settings[c.name] = st.column_config.TextColumn(
            column_words(c.name), help=f"{c.help} {FORMAT_WORDS[c.kind].capitalize()}. {need}"
        )
    edited = st.data_editor(
        frame,
        key=key,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        height=min(36 * len(frame) + 110, 480),
        column_config=settings,
    )
    records = edited.to_dict("records")
    found = [{c: _text(record[c]) for c in columns} for record in records]
    draft.row_names = {name: [_text(record[NUMBER]) for record in records]}
    if found != draft.typed.rows.get(name):
        draft.typed = draft.typed.with_rows(name, found)


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value)


def policy(draft: Draft) -> None:
    """The settings, a sentence each."""
    settings = dict(draft.typed.settings)
    section = None
    draft.row_names = {}
    columns = st.columns(2, gap="large")
    for number, (path, words) in enumerate(workbook.SETTING_WORDS.items()):
        head = path.partition(".")[0] if "." in path else "agency"
        where = columns[0 if number < 9 else 1]
        if head != section:
            section = head
            where.subheader(head.capitalize())
        key = f"setting {path} {draft.generation}"
        if key not in st.session_state:
            st.session_state[key] = settings[path]
        settings[path] = where.text_input(words, key=key)
    if settings != draft.typed.settings:
        draft.typed = replace(draft.typed, settings=settings)
