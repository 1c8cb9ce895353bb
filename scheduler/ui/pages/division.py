"""The division: every precinct's week at a glance, the worst first, and what is done for all at once."""

from datetime import date

import streamlit as st

from scheduler.domain.agency import Role
from scheduler.errors import SchedulerError
from scheduler.explain.makers import relief_lent
from scheduler.service import division, editing, scenarios
from scheduler.service.division import Outcome, PrecinctGlance
from scheduler.service.drafting import DraftRequest, plan_drafts
from scheduler.ui.links_to import go_to
from scheduler.ui.parts import problem
from scheduler.ui.place import choose_week, precinct_name, week_words
from scheduler.ui.state import State
from scheduler.ui.watching import is_running, settled, step_words, watch

SECONDS = 90.0
TOLD = "told division"
STATES = {"nothing": "▲ Nothing planned", "draft": "Draft, not published", "published": "● Published"}


def render(state: State) -> None:
    """Draws the page."""
    st.title("Division")
    when, plan, publish = st.columns([3, 2, 2], vertical_alignment="bottom")
    with when:
        week = choose_week(state)
    rows = division.glance(state.office, state.actor, week)
    _summary(rows, week)
    mine = [r for r in rows if state.actor.may_plan(r.precinct_id)]
    if mine:
        with plan:
            _plan_all(state, mine, week)
        with publish:
            _publish_all(state, mine)
    _planning(state, week)
    _told()
    for row in rows:
        _precinct(state, row)
    if state.actor.is_admin:
        _lend(state)


def _summary(rows: list[PrecinctGlance], week: date) -> None:
    counts = {s: sum(r.state == s for r in rows) for s in STATES}
    st.write(
        f"Week of {week_words(week)}: {counts['published']} of {len(rows)} precincts published, "
        f"{counts['draft']} with a draft, {counts['nothing']} with nothing planned yet."
    )


def _precinct(state: State, row: PrecinctGlance) -> None:
    with st.container(border=True):
        name, how, due, proof, button = st.columns([3, 3, 3, 4, 2], vertical_alignment="center")
        name.markdown(f"**{row.name} ({row.precinct_id})**  \n{STATES[row.state]}")
        if row.state == "nothing":
            how.write(f"{row.schools} schools, {row.sessions} sessions")
        else:
            full = row.covered == row.schools
            how.write(f"{'●' if full else '▲'} {row.covered} of {row.schools} schools covered")
            held = row.held == row.sessions
            late = f"▲ overdue: {', '.join(row.overdue)}" if row.overdue else "● none overdue"
            due.write(f"{'●' if held else '▲'} {row.held} of {row.sessions} sessions  \n{late}")
            lines = [row.proof]
            if row.revision:
                lines.append(f"Revision {row.revision}: {row.receipts or 'nobody is concerned'}")
            proof.write("  \n".join(lines))
        if button.button("Open", key=f"open {row.precinct_id}", help="Open the week of this precinct."):
            state.precinct_id = row.precinct_id
            go_to("week")


# -- planning -------------------------------------------------------------------------------------


def _key(state: State, week: date) -> str:
    return f"plan all {state.user.user_id} {state.actor.name} {week}"


def _plan_all(state: State, mine: list[PrecinctGlance], week: date) -> None:
    if st.button(
        "Plan every precinct",
        type="primary",
        width="stretch",
        disabled=is_running(state, _key(state, week)) is not None,
        help=f"Makes a draft of {len(mine)} precincts in up to {SECONDS:.0f} seconds. Nothing is published.",
    ):
        request = DraftRequest(week, tuple(sorted(r.precinct_id for r in mine)), SECONDS, apart=True)
        office, actor = state.office, state.actor
        state.jobs.start(
            state.user.user_id,
            _key(state, week),
            f"Planning {len(mine)} precincts",
            lambda j: plan_drafts(office, actor, request, j.progress.append, j.stop),
        )
        st.rerun()


def _planning(state: State, week: date) -> None:
    job = is_running(state, _key(state, week))
    if job is not None:
        agency = editing.tables(state.office).agency
        watch(state, job.job_id, lambda j: [step_words(agency, p) for p in j.latest.values()])
        return
    done = settled(state, _key(state, week))
    if done is not None:
        st.caption(f"{len(done.result)} drafts were made in {done.seconds:.0f} s.")


# -- publishing -----------------------------------------------------------------------------------


def _publish_all(state: State, mine: list[PrecinctGlance]) -> None:
    ready = [r for r in mine if r.draft is not None]
    if st.button(
        "Publish all drafts…", width="stretch", disabled=not ready, help="Asks once more before it does."
    ):
        _publish(state, ready)


@st.dialog("Publish all drafts")
def _publish(state: State, ready: list[PrecinctGlance]) -> None:
    visits = sum(len(r.draft.plan.visits) for r in ready if r.draft is not None)
    officers = {v.officer_id for r in ready if r.draft is not None for v in r.draft.plan.visits}
    again = sum(r.revision > 0 for r in ready)
    said = f", of which {again} replace what is published" if again else ""
    st.write(
        f"This publishes {visits} visits of {len(ready)} precincts{said}; {len(officers)} officers' "
        "calendars change."
    )
    reason = st.text_input("Why (for the record)", placeholder="Weekly rounds")
    if st.button("Publish them", type="primary"):
        chosen = [(r.precinct_id, r.draft.draft_id) for r in ready if r.draft is not None]
        st.session_state[TOLD] = division.publish_all(state.office, state.actor, chosen, reason)
        st.rerun()


def _told() -> None:
    outcomes: list[Outcome] | None = st.session_state.get(TOLD)
    if not outcomes:
        return
    for o in outcomes:
        (st.success if o.done else st.error)(f"Precinct {o.precinct_id}: {o.sentence}")
    if st.button("Close these notes"):
        st.session_state.pop(TOLD, None)
        st.rerun()


# -- lending --------------------------------------------------------------------------------------


def _lend(state: State) -> None:
    found = editing.tables(state.office)
    agency = found.agency
    relief = [o for o in agency.officers.values() if o.role is Role.RELIEF]
    with st.expander("Lend a relief officer"):
        if not relief:
            st.info("The agency has no relief officers. Add one under Inputs.")
            return
        names = {o.officer_id: o.name for o in relief}
        chosen = st.selectbox("Relief officer", list(names), format_func=lambda o: names[o], index=None)
        if chosen is None:
            st.caption("The officer then covers one precinct more, this week and later, until you change it.")
            return
        officer = agency.officers[chosen]
        served = agency.served_precincts(officer)
        free = [p for p in agency.precincts if p not in served]
        if not free:
            st.info(f"{officer.name} covers every precinct already.")
            return
        to = st.selectbox("Also covers", free, format_func=lambda p: precinct_name(agency, p), index=None)
        if to is None:
            return
        now = ", ".join(precinct_name(agency, p) for p in agency.precincts if p in served)
        made = relief_lent(agency, officer.officer_id, to)
        st.write(
            f"{officer.name} covers {now or 'no precinct'} now, and {precinct_name(agency, to)} as well then."
        )
        for sentence in made.sentences:
            st.caption(sentence)
        base = st.session_state.setdefault(f"lend {officer.officer_id} {to}", found.edit.revision)
        if st.button("Lend"):
            st.session_state.pop(f"lend {officer.officer_id} {to}", None)
            try:
                scenarios.lend(state.office, state.actor, base, officer.officer_id, to)
            except SchedulerError as error:
                problem(error)
                return
            st.session_state[TOLD] = [Outcome(to, True, f"{made.name}. Plan the week again to use it.")]
            st.rerun()
