"""What the tables' rules say of what is typed, in whole sentences, with the names and numbers on screen."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import streamlit as st

from scheduler.errors import Problem
from scheduler.service.workbook import FIRST_ROW, Proposal
from scheduler.tables.labels import on_screen
from scheduler.ui.pages.inputs.draft import MOST_SHOWN, Draft
from scheduler.ui.parts import escaped


def problems(draft: Draft, proposal: Proposal) -> None:
    """A sentence for each problem, what is in the way of saving first."""
    for severity, box in (("error", st.error), ("warning", st.warning)):
        said = list(_sentences(draft, [p for p in proposal.problems if p.severity == severity]))
        if said:
            more = [f"… and {len(said) - MOST_SHOWN} more."] if len(said) > MOST_SHOWN else []
            box("\n".join(f"- {escaped(line)}" for line in [*said[:MOST_SHOWN], *more]))


def _sentences(draft: Draft, problems: Sequence[Problem]) -> Iterator[str]:
    """One for each problem; what is wrong in several cells of a row alike is said of them together."""
    alike: dict[object, list[Problem]] = {}
    for p in problems:
        alike.setdefault((p.table, p.row, p.message) if p.value is None else p, []).append(p)
    for first, *others in alike.values():
        said = on_screen(first)
        if others:
            columns = ", ".join(str(on_screen(p).column) for p in (first, *others))
            message = said.message.replace("the cell is", "these are")
            said = replace(said, column=columns, message=message, advice="")
        yield _placed(draft, first, said)


def _placed(draft: Draft, problem: Problem, said: Problem) -> str:
    """A problem in words, with the number that its row is shown with."""
    row, places = problem.row, draft.places.get(problem.table.removesuffix(".csv"), [])
    if row is not None and 0 <= row - FIRST_ROW < len(places):
        place = places[row - FIRST_ROW]
        if place is not None:
            return str(replace(said, row=place + FIRST_ROW))
        new = places[: row - FIRST_ROW + 1].count(None)
        return str(replace(said, table=f"{said.table}, new row {new}", row=None))
    return str(said)
