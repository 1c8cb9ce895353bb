"""Small pieces that several pages share."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from html import escape

import streamlit as st

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import monday_of
from scheduler.errors import InputError, SchedulerError
from scheduler.publish.words import day_short
from scheduler.ui.state import State, visible_precincts

STYLE = """<style>
.block-container{padding-top:2.6rem;padding-bottom:2rem}
h1{font-size:1.55rem!important;padding:.1rem 0 .3rem!important} h2{font-size:1.2rem!important}
h3{font-size:1.02rem!important}
.chip{display:inline-block;border:1px solid #d0d7de;border-left:5px solid #2f6b4f;padding:3px 10px;
border-radius:4px;margin:0 8px 6px 0;background:#fff;color:#16202a}
.chip.warn{border-left-color:#a04000;background:#fff8f3}
.quiet{color:#4a5866;font-size:.9rem}
@media (max-width:640px){.block-container{padding-top:4.2rem;padding-left:.8rem;padding-right:.8rem}}
</style>"""
MARKS = {"good": "●", "warn": "▲"}


def chips(found: Iterable[Mapping[str, str]]) -> None:
    """Sentences with a number, as chips; `kind` is good or warn."""
    body = "".join(
        f'<span class="chip {c["kind"]}">{MARKS[c["kind"]]} {escape(c["text"])}</span>' for c in found
    )
    if body:
        st.html(body)


def problem(error: SchedulerError) -> None:
    """An error as its sentences; what was typed stays where it is."""
    if isinstance(error, InputError):
        for one in error.problems[:20]:
            (st.error if one.severity == "error" else st.warning)(str(one))
        return
    st.error(str(error))


def precinct_name(agency: Agency, precinct_id: str) -> str:
    """`Pikesville (4)`."""
    return f"{agency.precincts[precinct_id].name} ({precinct_id})"


def choose_precinct(state: State, agency: Agency, label: str = "Precinct") -> str | None:
    """A choice among the precincts that the actor may look at; remembered."""
    seen = visible_precincts(agency, state.actor)
    if not seen:
        st.info("No precinct is open to you. Ask your administrator.")
        return None
    if state.precinct_id not in seen:
        state.precinct_id = seen[0]
    chosen = st.selectbox(
        label, seen, index=seen.index(state.precinct_id), format_func=lambda p: precinct_name(agency, p)
    )
    if chosen != state.precinct_id:
        state.precinct_id = chosen
        st.rerun()
    return state.precinct_id


def choose_week(state: State) -> date:
    """A choice of the week, with a step to either side; remembered."""
    left, middle, right = st.columns([3, 7, 3], vertical_alignment="bottom", gap="small")
    if left.button(":material/chevron_left:", help="The week before", key="week-before", width="stretch"):
        _turn(state, -1)
    if right.button(":material/chevron_right:", help="The week after", key="week-after", width="stretch"):
        _turn(state, 1)
    day = middle.date_input("Week of", state.week, format="YYYY-MM-DD")
    if isinstance(day, date) and monday_of(day) != state.week:
        state.week = monday_of(day)
        st.rerun()
    return state.week


def _turn(state: State, weeks: int) -> None:
    state.week += timedelta(weeks=weeks)
    st.rerun()


def week_words(week: date) -> str:
    """`Mon 30 Nov 2026`."""
    return f"{day_short(week)} {week.year}"
