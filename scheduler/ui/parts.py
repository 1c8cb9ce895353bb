"""Small pieces that several pages share."""

from collections.abc import Iterable
from datetime import datetime
from html import escape

import streamlit as st

from scheduler.domain.agency import Agency
from scheduler.errors import InputError, SchedulerError
from scheduler.publish.chips import Chip
from scheduler.ui.state import State

MARKS = {"good": "●", "warn": "▲"}
MOST_LINES = 14


def chips(found: Iterable[Chip]) -> None:
    """Sentences with a number, worst first; one that can tell what it counts does so when pressed."""
    with st.container(horizontal=True, gap="xsmall", key="chips"):
        for number, chip in enumerate(sorted(found, key=lambda c: c.good)):
            words = f"{MARKS[chip.kind]} {chip.text}"
            if not chip.lines:
                st.html(f'<span class="chip {chip.kind}">{escape(words)}</span>', width="content")
                continue
            with st.container(key=f"chip-{chip.kind}-{number}", width="content"), st.popover(escaped(words)):
                marked = chip.lines[0].startswith(tuple(MARKS.values()))
                lines = (escaped(line) for line in chip.lines[:MOST_LINES])
                st.markdown("  \n".join(lines) if marked else "\n".join(f"- {line}" for line in lines))
                if len(chip.lines) > MOST_LINES:
                    st.caption(f"… and {len(chip.lines) - MOST_LINES} more.")


def problem(error: SchedulerError) -> None:
    """An error as its sentences; what was typed stays where it is."""
    if isinstance(error, InputError):
        for one in error.problems[:20]:
            (st.error if one.severity == "error" else st.warning)(str(one))
        return
    st.error(str(error))


def moment(state: State, agency: Agency, at: datetime) -> str:
    """A moment as the agency's wall clock shows it: `Mon 23 Nov 21:46`; the year where it is another."""
    local = state.office.local(agency, at)
    year = "" if local.year == state.office.local(agency).year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"


def escaped(text: str) -> str:
    """Text that stands as it is where Markdown is drawn."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#$~|:" else c for c in text)
