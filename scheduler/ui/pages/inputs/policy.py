"""The policy: a sentence for each setting, with what is wrong below its field."""

from dataclasses import replace

import streamlit as st

from scheduler.service.workbook import Proposal
from scheduler.tables.labels import SETTING_WORDS
from scheduler.tables.settings import FILE
from scheduler.ui.pages.inputs.draft import Draft

COLUMNS = (("agency", "break"), ("visits",), ("travel", "rotation"))
"""The sections side by side, so that all of them are seen at once."""


def take(draft: Draft) -> None:
    """Takes what was typed in the fields since they were drawn."""
    typed = {path: st.session_state.get(_field(draft, path)) for path in SETTING_WORDS}
    settings = {**draft.typed.settings, **{path: text for path, text in typed.items() if text is not None}}
    if settings != draft.typed.settings:
        draft.typed = replace(draft.typed, settings=settings)


def policy(draft: Draft, proposal: Proposal) -> None:
    """The fields."""
    draft.places = {}
    for where, sections in zip(st.columns(len(COLUMNS), gap="medium"), COLUMNS, strict=True):
        with where:
            for section in sections:
                st.subheader(section.capitalize(), anchor=False)
                for path, words in SETTING_WORDS.items():
                    if (path.partition(".")[0] if "." in path else "agency") == section:
                        _setting(draft, proposal, path, words)


def _setting(draft: Draft, proposal: Proposal, path: str, words: str) -> None:
    st.session_state.setdefault(_field(draft, path), draft.typed.settings[path])
    st.text_input(words, key=_field(draft, path))
    for p in proposal.problems:
        if p.table == FILE and p.column == path:
            said = f"{p.message[0].upper()}{p.message[1:]}. {p.advice}"
            (st.error if p.severity == "error" else st.warning)(said, icon=":material/warning:")


def _field(draft: Draft, path: str) -> str:
    return f"setting {path} {draft.generation}"
