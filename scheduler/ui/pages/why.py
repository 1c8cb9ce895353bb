"""Why? What the week leaves out and what would mend it, and why each visit is there."""

import pandas as pd
import streamlit as st

from scheduler import questions
from scheduler.domain.agency import Agency
from scheduler.domain.change import Scenario
from scheduler.errors import SchedulerError
from scheduler.explain.shortage import LONGER, Repair, Shortage
from scheduler.explain.why import Reasons
from scheduler.explain.words import tier_changes
from scheduler.publish.chips import week_chips
from scheduler.publish.summary import school_weeks
from scheduler.publish.words import day_short
from scheduler.questions import Asked, WeekExplained
from scheduler.service import editing, scenarios, weeks
from scheduler.service.weeks import WeekView
from scheduler.ui.parts import chips, escaped, problem
from scheduler.ui.place import choose_place, row
from scheduler.ui.state import State
from scheduler.ui.watching import is_running, settled, watch

SECONDS = 30.0
MOST_ITEMS = 12


def render(state: State) -> None:
    """Draws the page."""
    agency = editing.tables(state.office).agency
    with row():
        st.title("Why?", width="content")
        place = choose_place(state, agency)
    if place is None:
        return
    precinct, week = place
    view = weeks.week_view(state.office, state.actor, precinct, week)
    if "told why" in st.session_state:
        st.success(st.session_state.pop("told why"))
    short, shown = st.tabs(["What is left out", "Why each visit is there"])
    with short:
        _shortages(state, view)
    with shown:
        _reasons(view)


# -- what is left out -----------------------------------------------------------------------------


def _shortages(state: State, view: WeekView) -> None:
    precinct = view.precinct_id
    if view.case is not None:
        chips(week_chips(view.case, view.week, school_weeks(view.case, view.week, (precinct,))))
    st.write("Why the best plan of this week leaves something out, and what would mend it.")
    key = f"why {state.user.user_id} {precinct} {state.week}"
    job = is_running(state, key)
    if st.button(
        "Find out",
        type="primary",
        disabled=job is not None,
        help=f"Plans the week many times, for {SECONDS:.0f} seconds.",
    ):
        office, actor = state.office, state.actor
        asked = Asked(state.week, (precinct,), SECONDS)
        state.jobs.start(
            state.user.user_id,
            key,
            "Planning the week with one fact changed at a time",
            lambda j: questions.explain_week(office, actor, asked, j.stop),
        )
        st.rerun()
    if job is not None:
        watch(state, job.job_id)
    done = settled(state, key)
    if done is not None:
        _found(state, done.result)


def _found(state: State, found: WeekExplained) -> None:
    if found.revision != editing.tables(state.office).edit.revision:
        st.warning("The tables changed since this was found out: ask again.")
    if found.stopped:
        st.caption("Stopped early: this is what was found until then; with more time there may be more.")
    if found.stands.sentence:
        st.caption(found.stands.sentence)
    explanation = found.explanation
    if not explanation.shortages:
        st.success(
            "Nothing is left out: every session and task is covered, every school has the visits that it "
            "asks for, and none is overdue."
        )
        return
    for number, shortage in enumerate(explanation.shortages):
        with st.container(border=True):
            _shortage(state, shortage, tuple(explanation.score), f"{found.revision} {number}")


def _shortage(state: State, shortage: Shortage, score: tuple[int, ...], key: str) -> None:
    st.subheader(shortage.sentence)
    st.markdown("  \n".join(f"▲ {escaped(item.sentence)}" for item in shortage.items[:MOST_ITEMS]))
    if len(shortage.items) > MOST_ITEMS:
        st.caption(f"… and {len(shortage.items) - MOST_ITEMS} more.")
    st.caption(
        "It is proven that it cannot be less by the tables as they stand. Who goes short is often a choice."
        if shortage.irreducible
        else "Whether it could be less is not proven in this time: planning longer may find a better week."
    )
    if shortage.conflict:
        lines = "\n".join(f"- {escaped(fact.sentence)}" for fact in shortage.conflict)
        st.markdown(f"**Lift any one of these and it gets smaller**\n\n{lines}")
    if not shortage.repairs:
        st.caption("Nothing was found in this time that would mend it.")
        return
    st.markdown("**What would mend it, the cheapest first**")
    for place, repair in enumerate(shortage.repairs):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.write(f"{repair.sentence}  \n{_outcome(repair, score)}")
        if state.actor.roles & scenarios.ASKERS and right.button(
            "Keep as a scenario", key=f"keep {key} {place}", width="stretch"
        ):
            _keep(state, repair)


def _outcome(repair: Repair, score: tuple[int, ...]) -> str:
    change = [b - a for a, b in zip(score, repair.score, strict=True)]
    said = tier_changes(change)
    longer = "" if repair.proven else f" {LONGER}"
    return f":small[Planning then gave: {said or 'the same'}.{longer}]"


def _keep(state: State, repair: Repair) -> None:
    try:
        scenarios.keep(state.office, state.actor, Scenario(repair.sentence.rstrip("."), repair.changes))
    except SchedulerError as error:
        problem(error)
        return
    st.session_state["told why"] = f"Kept: {repair.sentence} Compare it under What-if."
    st.rerun()


# -- why each visit is there ----------------------------------------------------------------------


def _reasons(view: WeekView) -> None:
    found = questions.why(view)
    if found is None or view.case is None:
        st.info(
            "Nothing is planned for this week yet. Generate it on the Week page; its reasons stand here then."
        )
        return
    _unfilled(view.case.agency, found)
    _visits(view.case.agency, found)
    _shares(view.case.agency, found)


def _unfilled(agency: Agency, found: Reasons) -> None:
    if not found.unfilled:
        return
    st.subheader("What the plan leaves open")
    for need in found.unfilled:
        with st.expander(f"▲ {need.item.sentence}"):
            if not need.blocked:
                st.write("No officer comes into question.")
            for officer in need.blocked:
                name = agency.officers[officer.officer_id].name
                st.write(f"**{name}**: {officer.sentence}")


def _visits(agency: Agency, found: Reasons) -> None:
    st.subheader("Visits")
    st.dataframe(
        pd.DataFrame(
            {
                "Day": [day_short(r.visit.date) for r in found.visits],
                "Time": [str(r.visit.window) for r in found.visits],
                "School": [agency.schools[r.visit.school_id].name for r in found.visits],
                "Officer": [agency.officers[r.visit.officer_id].name for r in found.visits],
                "Serves": ["; ".join(r.serves) or "nothing that is counted: it may go" for r in found.visits],
            }
        ),
        hide_index=True,
    )


def _shares(agency: Agency, found: Reasons) -> None:
    st.subheader("Time against fair share, over the cycle")
    rows = sorted(found.shares, key=lambda s: s.had / s.target if s.target else 9)
    st.dataframe(
        pd.DataFrame(
            {
                "School": [agency.schools[s.school_id].name for s in rows],
                "Of fair share": [round(100 * s.had / s.target) if s.target else None for s in rows],
                "Minutes had": [s.had for s in rows],
                "Fair share": [s.target for s in rows],
            }
        ),
        hide_index=True,
        column_config={"Of fair share": st.column_config.ProgressColumn(format="%d %%", max_value=100)},
    )
