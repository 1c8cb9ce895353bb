"""What the tables' rules say of what is typed, in whole sentences, with the names and numbers on screen."""

from dataclasses import replace

import streamlit as st

from scheduler.errors import Problem
from scheduler.service.workbook import FIRST_ROW, POLICY, Proposal
from scheduler.tables.labels import SETTING_WORDS, on_screen
from scheduler.tables.settings import FILE
from scheduler.ui.pages.inputs.draft import MOST_SHOWN, Draft


def problems(draft: Draft, proposal: Proposal, chosen: str) -> None:
    """A sentence for each problem, what is in the way of saving first; those of settings stand below their
    fields where these are shown."""

    def at_its_field(problem: Problem) -> bool:
        return chosen == POLICY and problem.table == FILE and problem.column in SETTING_WORDS

    found = sorted(proposal.problems, key=lambda p: p.severity != "error")
    found = [p for p in found if not at_its_field(p)]
    for one in found[:MOST_SHOWN]:
        (st.error if one.severity == "error" else st.warning)(_sentence(draft, one))
    if len(found) > MOST_SHOWN:
        st.caption(f"… and {len(found) - MOST_SHOWN} more.")


def _sentence(draft: Draft, problem: Problem) -> str:
    said, row = on_screen(problem), problem.row
    places = draft.places.get(problem.table.removesuffix(".csv"), [])
    if row is not None and 0 <= row - FIRST_ROW < len(places):
        place = places[row - FIRST_ROW]
        if place is not None:
            return str(replace(said, row=place + FIRST_ROW))
        new = places[: row - FIRST_ROW + 1].count(None)
        return str(replace(said, table=f"{said.table}, new row {new}", row=None))
    return str(said)
