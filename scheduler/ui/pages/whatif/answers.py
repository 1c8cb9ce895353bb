"""What came of the scenarios: figures side by side, bars, what changes, and making one real."""

import pandas as pd
import streamlit as st

from scheduler.domain.agency import Agency
from scheduler.domain.change import Scenario
from scheduler.domain.plan import Visit
from scheduler.explain.whatif import ScenarioAnswer
from scheduler.publish.words import day_short
from scheduler.questions import Comparison
from scheduler.service import editing, scenarios
from scheduler.service.drafting import DraftRequest, plan_drafts
from scheduler.ui.asking import answer, ask, is_asked, window
from scheduler.ui.pages.whatif.comparing import compare_key
from scheduler.ui.pages.whatif.making import TOLD, sentences
from scheduler.ui.pages.whatif.side_by_side import bars, names_of, table
from scheduler.ui.state import State
from scheduler.ui.watching import settled


def result(state: State, agency: Agency, precinct: str) -> None:
    """What came of the last comparison."""
    job = settled(state, compare_key(state, precinct))
    if job is None:
        return
    found: Comparison = job.result
    st.subheader("Side by side")
    if found.revision != editing.tables(state.office).edit.revision:
        st.warning("The tables changed since these were planned: compare again.")
    names = names_of(found)
    with st.container(key="side-by-side"):
        st.table(table(found, names))
    st.caption(
        "Smaller is better from “Sessions and tasks missed” to “Minutes owed”; ✓ means that no plan can do "
        "better. Each is the best plan, without what chance adds to it. " + found.stands.sentence
    )
    bars(found, names)
    for number, one in enumerate(found.answers[1:], 1):
        _changed(state, agency, found, one, f"{job.job_id} {number}")
    st.download_button(
        "Download as one page",
        found.page,
        f"what-if-{found.week}.html",
        "text/html",
        icon=":material/download:",
        on_click="ignore",
        help="Opens offline; it can be mailed.",
    )


def _changed(state: State, agency: Agency, found: Comparison, answered: ScenarioAnswer, key: str) -> None:
    world = answered.case.agency
    parts = answered.difference
    with st.expander(f"{answered.scenario.name}: what changes"):
        sentences(agency, answered.scenario)
        # Above the table, which takes its height only once it is open: what is pressed must stand still.
        st.button("Promote to a draft…", key=f"promote {key}", on_click=ask, args=("promote", key))
        if is_asked("promote", key):
            _promote(state, agency, found, answered.scenario)
        rows = [("Added", _visit(world, v), "") for v in parts.added]
        rows += [("Removed", _visit(agency, v), "") for v in parts.removed]
        rows += [("Moved", _visit(agency, a), _visit(world, b)) for a, b in parts.moved]
        if rows:
            st.dataframe(pd.DataFrame(rows, columns=["", "Visit", "Becomes"]), hide_index=True)
        else:
            st.write("Every visit stays as it is.")


def _visit(agency: Agency, visit: Visit) -> str:
    school = agency.schools.get(visit.school_id)
    officer = agency.officers.get(visit.officer_id)
    return (
        f"{day_short(visit.date)}, {visit.window}: {school.name if school else visit.school_id}, "
        f"{officer.name if officer else visit.officer_id}"
    )


@window("Promote to a draft")
def _promote(state: State, agency: Agency, found: Comparison, scenario: Scenario) -> None:
    count = len(scenario.changes)
    st.write(
        f"This makes {count} {'change' if count == 1 else 'changes'} in the tables, for this week and all "
        "that follow, and plans a draft of this week. Nothing is published."
    )
    sentences(agency, scenario)
    st.text_input("Why (for the record)", placeholder=scenario.name, key="promote reason")
    answer("Make the changes and plan", lambda: _made_real(state, found, scenario))


def _made_real(state: State, found: Comparison, scenario: Scenario) -> None:
    reason = st.session_state["promote reason"]
    scenarios.promote(state.office, state.actor, found.revision, scenario, reason)
    precincts = tuple(p for p in found.precincts if state.actor.may_plan(p))
    request = DraftRequest(
        found.week, precincts, time_limit=40.0 * len(precincts), note=scenario.name, apart=True
    )
    office, actor = state.office, state.actor
    key = f"plan {precincts[0]} {found.week}" if len(precincts) == 1 else f"plan {precincts} {found.week}"
    state.jobs.start(
        state.user.user_id,
        key,
        "Planning the draft",
        lambda j: plan_drafts(office, actor, request, j.progress.append, j.stop),
    )
    st.session_state[TOLD] = (
        f"The tables now say so: {scenario.name}. A draft is being planned; it appears on the Week page."
    )
