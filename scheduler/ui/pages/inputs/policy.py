"""The policy: a sentence for each setting, with what is wrong below its field."""

from dataclasses import replace

import streamlit as st

from scheduler.service.workbook import Proposal
from scheduler.tables.labels import SETTING_WORDS
from scheduler.tables.settings import FILE
from scheduler.ui.pages.inputs.draft import Draft

LEFT = 9
"""So many settings stand on the left."""


def take(draft: Draft) -> None:
    """Takes what was typed in the fields since they were drawn."""
    typed = {path: st.session_state.get(_field(draft, path)) for path in SETTING_WORDS}
    settings = {**draft.typed.settings, **{path: text for path, text in typed.items() if text is not None}}
    if settings != draft.typed.settings:
        draft.typed = replace(draft.typed, settings=settings)


def policy(draft: Draft, proposal: Proposal) -> None:
    """The fields."""
    draft.places = {}
    section = None
    columns = st.columns(2, gap="large")
    for number, (path, words) in enumerate(SETTING_WORDS.items()):
        head = path.partition(".")[0] if "." in path else "agency"
        where = columns[0 if number < LEFT else 1]
        if head != section:
            section = head
            where.subheader(head.capitalize())
        st.session_state.setdefault(_field(draft, path), draft.typed.settings[path])
        where.text_input(words, key=_field(draft, path))
        for p in proposal.problems:
            if p.table == FILE and p.column == path:
                said = f"{p.message[0].upper()}{p.message[1:]}. {p.advice}"
                (where.error if p.severity == "error" else where.warning)(said, icon=":material/warning:")


def _field(draft: Draft, path: str) -> str:
    return f"setting {path} {draft.generation}"
