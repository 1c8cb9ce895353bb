"""What is typed on the page and not saved yet; it outlives looks at other tables and pages."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from scheduler.service import editing, workbook
from scheduler.service.workbook import Proposal, Sheets
from scheduler.store.snapshots import Edit
from scheduler.ui.parts import escaped, moment
from scheduler.ui.state import State

DRAFT, ROUND, SAID = "inputs draft", "inputs round", "inputs said"
MOST_SHOWN = 30


@dataclass
class Draft:
    """What is typed and not saved yet: kept in the session until it is saved or discarded. `shown` is what
    an editor began with, whose edits the browser counts from there; `places` says where among them the rows
    of the shown table are (None: new)."""

    agency_id: str
    editor: str
    read: Sheets
    typed: Sheets
    generation: int = 0
    shown: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    conflict: str = ""
    places: dict[str, list[int | None]] = field(default_factory=dict)
    proposal: tuple[Sheets, str, Proposal] | None = None

    @property
    def dirty(self) -> bool:
        """Whether anything is typed that is not saved."""
        return self.typed.rows != self.read.rows or self.typed.settings != self.read.settings

    def put(self, typed: Sheets) -> None:
        """Other content, shown in new editors."""
        self.typed = typed
        self.shown.clear()
        self.places = {}
        self.generation += 1


def last_draft() -> Draft | None:
    """The draft of this session so far."""
    known = st.session_state.get(DRAFT)
    return known if isinstance(known, Draft) else None


def open_draft(state: State) -> Draft:
    """The draft of this session; a new one where nothing is typed and tables or editor are other ones."""
    known, editor = last_draft(), str(state.actor)
    if known is not None and known.agency_id == state.office.agency_id:
        workbook.require_editor(state.actor)
        same = known.editor == editor and known.read.base == editing.tables(state.office).edit.revision
        if known.dirty or same:
            return known
    read = workbook.sheets(state.office, state.actor)
    generation = known.generation + 1 if known is not None else 0
    made = Draft(state.office.agency_id, editor, read, read, generation)
    st.session_state[DRAFT] = made
    return made


def proposed(state: State, draft: Draft) -> Proposal:
    """What saving would do; reckoned anew only where something changed."""
    known = draft.proposal
    if known is None or known[0] is not draft.typed or known[1] != str(state.actor):
        if draft.dirty:
            made = workbook.propose(state.office, state.actor, draft.typed)
        else:
            made = Proposal(None, (), ())
        draft.proposal = known = (draft.typed, str(state.actor), made)
    return known[2]


def done(said: str) -> None:
    """Begins anew from the store, with a sentence."""
    known = last_draft()
    if known is not None:
        known.put(known.read)
        known.read = replace(known.read, base=-1)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state[SAID] = said
    st.rerun()


def sentences(said: Sequence[str], more: int) -> None:
    """Changes in words, a line each, and how many more there are."""
    if said:
        st.markdown("\n".join(f"- {escaped(sentence)}" for sentence in said))
    if more:
        st.caption(f"… and {more} more.")


def edit_words(state: State, edit: Edit) -> str:
    """`Revision 3 · Mon 23 Nov 2026, 21:46 · sgt · Court on Thursday`"""
    at = moment(state, editing.tables(state.office).agency, edit.at)
    return f"Revision {edit.revision} · {at} · {edit.author} · {edit.reason or 'no reason given'}"
