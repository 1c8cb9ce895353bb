"""The division: every precinct's week at a glance, the worst first, and what is done for all at once."""

from datetime import date
from html import escape

import streamlit as st

from scheduler.domain.agency import Role
from scheduler.errors import SchedulerError
from scheduler.publish.chips import Chip
from scheduler.publish.words import named
from scheduler.service import division, editing, scenarios
from scheduler.service.division import Outcome, PrecinctGlance
from scheduler.service.drafting import DraftRequest, plan_drafts
from scheduler.ui.asking import answer, ask, is_asked, window
from scheduler.ui.links_to import go_to
from scheduler.ui.parts import chips, problem
from scheduler.ui.place import choose_week, precinct_name, row
from scheduler.ui.state import State
from scheduler.ui.watching import is_running, settled, step_words, watch

SECONDS = 90.0
TOLD = "told division"
STATES = {"nothing": "▲ Nothing planned", "draft": "▲ Draft, not published", "published": "● Published"}


def render(state: State) -> None:
    """Draws the page."""
    with row():
        st.title("Division", width="content")
        week = choose_week(state)
        rows = division.glance(state.office, state.actor, week)
        mine = [r for r in rows if state.actor.may_plan(r.precinct_id)]
        if mine:
            st.space("stretch")
            _plan_all(state, mine, week)
            _publish_all(state, mine)
    _planning(state, week)
    _told()
    _summary(rows)
    with st.container(gap=None, key="glances"):
        for one in rows:
            _precinct(state, one)
    if state.actor.is_admin:
        _lend(state)


def _summary(rows: list[PrecinctGlance]) -> None:
    names = {s: [f"{r.name} ({r.precinct_id})" for r in rows if r.state == s] for s in STATES}
    short = [r for r in rows if r.state != "nothing" and not r.well]
    found = []
    if names["nothing"]:
        found.append(
            Chip(False, f"{len(names['nothing'])} with nothing planned yet", tuple(names["nothing"]))
        )
    if short:
        lines = tuple(f"{r.name}: {'; '.join(r.shortages)}" for r in short)
        leave = "1 leaves" if len(short) == 1 else f"{len(short)} leave"
        found.append(Chip(False, f"{leave} something out", lines))
    if names["draft"]:
        found.append(Chip(False, f"{len(names['draft'])} with a draft", tuple(names["draft"])))
    told = [f"{r.name} ({r.precinct_id}), revision {r.revision}" for r in rows if r.revision]
    words = f"{len(told)} of {len(rows)} precincts published"
    chips([*found, Chip(len(told) == len(rows), words, tuple(told))])


def _precinct(state: State, one: PrecinctGlance) -> None:
    with row(f"glance-{one.precinct_id}", wrap=False):
        st.markdown(_glance(one), unsafe_allow_html=True, width="stretch")
        if st.button("Open", key=f"open {one.precinct_id}", help=f"Open the week of {one.name}."):
            state.precinct_id = one.precinct_id
            go_to("week")


def _glance(one: PrecinctGlance) -> str:
    """A precinct's week in one line: what is short is marked and said."""
    state = f"Draft beside revision {one.revision}" if one.newer_draft else STATES[one.state]
    cells = [f"<b>{escape(one.name)} ({escape(one.precinct_id)})</b>", state]
    if one.state == "nothing":
        cells += [f"{one.schools} schools", f"{one.sessions} sessions", "", ""]
    else:
        late = f"▲ {len(one.overdue)} overdue: {named(one.overdue)}" if one.overdue else "● none overdue"
        told = f"<br>Revision {one.revision}: {one.receipts or 'nobody is concerned'}" if one.revision else ""
        cells += [
            f"{_mark(one.covered == one.schools)} {one.covered} of {one.schools} schools covered",
            f"{_mark(one.held == one.sessions)} {one.held} of {one.sessions} sessions",
            escape(late),
            escape(one.proof) + told,
        ]
    return '<div class="glance">' + "".join(f"<span>{c}</span>" for c in cells) + "</div>"


def _mark(good: bool) -> str:
    return "●" if good else "▲"


# -- planning -------------------------------------------------------------------------------------


def _key(state: State, week: date) -> str:
    return f"plan all {state.user.user_id} {state.actor.name} {week}"


def _plan_all(state: State, mine: list[PrecinctGlance], week: date) -> None:
    if st.button(
        "Plan every precinct",
        type="primary",
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
    asks = {"on_click": ask, "args": ("publish all",)}
    st.button("Publish all drafts…", disabled=not ready, help="Asks once more before it does.", **asks)
    if ready and is_asked("publish all"):
        _publish(state, ready)


@window("Publish all drafts")
def _publish(state: State, ready: list[PrecinctGlance]) -> None:
    visits = sum(len(r.draft.plan.visits) for r in ready if r.draft is not None)
    officers = {v.officer_id for r in ready if r.draft is not None for v in r.draft.plan.visits}
    again = sum(r.revision > 0 for r in ready)
    said = f", of which {again} replace what is published" if again else ""
    st.write(
        f"This publishes {visits} visits of {len(ready)} precincts{said}; {len(officers)} officers' "
        "calendars change."
    )
    st.text_input("Why (for the record)", placeholder="Weekly rounds", key="publish all reason")

    def act() -> None:
        chosen = [(r.precinct_id, r.draft.draft_id) for r in ready if r.draft is not None]
        reason = st.session_state["publish all reason"]
        st.session_state[TOLD] = division.publish_all(state.office, state.actor, chosen, reason)

    answer("Publish them", act)


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
        st.write(
            f"{officer.name} covers {now or 'no precinct'} now, and {precinct_name(agency, to)} as well then."
        )
        base = st.session_state.setdefault(f"lend {officer.officer_id} {to}", found.edit.revision)
        if st.button("Lend"):
            st.session_state.pop(f"lend {officer.officer_id} {to}", None)
            try:
                scenarios.lend(state.office, state.actor, base, officer.officer_id, to)
            except SchedulerError as error:
                problem(error)
                return
            st.session_state[TOLD] = [
                Outcome(
                    to,
                    True,
                    f"{officer.name} also covers {precinct_name(agency, to)}. Plan the week again to use it.",
                )
            ]
            st.rerun()
