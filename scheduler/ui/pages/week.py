"""The week: is it covered, is it the best there is, has everyone got it? Then the next step."""

from datetime import datetime, timedelta

import pandas as pd
import streamlit as st

from scheduler.domain.publication import Draft, Publication
from scheduler.errors import SchedulerError
from scheduler.publish.changes import changes, summary
from scheduler.publish.drawing import area_map
from scheduler.publish.report import chips as week_chips
from scheduler.publish.summary import SchoolWeek, officer_weeks, school_weeks
from scheduler.publish.words import FOCUS_LETTERS, day_short, duration, proof_sentence, tier_sentence
from scheduler.service import delivery, editing, publishing, weeks
from scheduler.service.drafting import DraftRequest, plan_drafts
from scheduler.service.jobs import Job
from scheduler.service.weeks import WeekView
from scheduler.ui.grid import PICK, visit_key, week_chart
from scheduler.ui.pages.visit import visit_panel
from scheduler.ui.parts import chips, choose_precinct, choose_week, precinct_name, problem, week_words
from scheduler.ui.state import State

PICKED = "picked visit"
SHOWN = "shown draft"
TOLD = "publication just made"


def render(state: State) -> None:
    """Draws the page."""
    agency = editing.tables(state.office).agency
    where, when, status, todo = st.columns([5, 7, 5, 5], vertical_alignment="bottom")
    with where:
        precinct = choose_precinct(state, agency)
    if precinct is None:
        return
    with when:
        week = choose_week(state)
    key = f"plan {precinct} {week}"
    shown = st.session_state.get((SHOWN, precinct, week))
    view = weeks.week_view(state.office, state.actor, precinct, week, shown)
    status.markdown(f"**{_status(state, view)}**")
    job = state.jobs.of_key(key)
    with todo:
        _buttons(state, view, key, job)
    if job is not None and job.state == "running":
        _watch(state, job.job_id)
    elif job is not None and job.state == "failed" and job.owner == state.user.user_id:
        st.error(job.error)
    _told(state, view)
    if view.case is None:
        _nothing_yet(state, view)
        return
    _plan(state, view)


def _status(state: State, view: WeekView) -> str:
    if view.draft is not None:
        number = len(view.drafts) - list(view.drafts).index(view.draft)
        return f"Draft {number} · not published"
    if view.standing is not None:
        return f"Published · revision {view.standing.number} · {_at(state, view, view.standing.at)}"
    return "No plan yet"


def _at(state: State, view: WeekView, moment: datetime) -> str:
    """A moment as the agency's wall clock shows it."""
    return f"{state.office.local(view.agency, moment):%a %d %b %H:%M}"


def _buttons(state: State, view: WeekView, key: str, job: Job | None) -> None:
    if not state.actor.may_plan(view.precinct_id):
        st.caption("You may look at this week.")
        return
    left, right = st.columns(2)
    running = job is not None and job.state == "running"
    fresh = view.case is None
    if left.button(
        "Generate",
        type="primary" if fresh else "secondary",
        disabled=running,
        width="stretch",
        help="Plan this week from the tables as they stand.",
    ):
        request = DraftRequest(view.week, (view.precinct_id,), time_limit=40, apart=True)
        office, actor = state.office, state.actor
        state.jobs.start(
            state.user.user_id,
            key,
            f"Planning precinct {view.precinct_id}",
            lambda j: plan_drafts(office, actor, request, j.progress.append, j.stop),
        )
        st.session_state.pop((SHOWN, view.precinct_id, view.week), None)
        st.rerun()
    if right.button(
        "Publish…",
        type="secondary" if fresh else "primary",
        width="stretch",
        disabled=view.draft is None or running,
        help="Show this draft in the officers' calendars.",
    ):
        _publish(state, view)


@st.fragment(run_every=timedelta(seconds=1))
def _watch(state: State, job_id: str) -> None:
    """What is known so far, once a second; the whole page when it is done."""
    job = state.jobs.get(job_id)
    if job is None or job.state != "running":
        st.rerun()
        return
    left, right = st.columns([6, 1], vertical_alignment="center")
    latest = list(job.latest.values())
    said = "Looking for a first plan"
    if latest and latest[-1].score is not None:
        p = latest[-1]
        said = f"Cost so far {p.score.minutes_cost} min" if p.score else said
        if p.score and tuple(p.score)[:-1] == tuple(p.bound)[:-1]:
            said += f"; no plan can cost less than {p.bound.minutes_cost}"
    left.info(f"Planning for {job.seconds:.0f} s. {said}.", icon=":material/hourglass_top:")
    if right.button("Stop", key=f"stop {job_id}", help="Keep the best plan so far.", width="stretch"):
        job.stop.wanted = True
    points = [
        (p.seconds, p.score.minutes_cost, p.bound.minutes_cost)
        for p in job.progress
        if p.score is not None and tuple(p.score)[:-1] == tuple(p.bound)[:-1]
    ]
    if len(points) > 1:
        table = pd.DataFrame(points, columns=["seconds", "best so far", "proven least"])
        st.line_chart(table, x="seconds", y=["best so far", "proven least"], height=140)


def _nothing_yet(state: State, view: WeekView) -> None:
    st.info(
        f"Nothing is planned for {precinct_name(view.agency, view.precinct_id)} in the week of "
        f"{week_words(view.week)}. Three steps: look over **Inputs** (leave, court, sessions), press "
        "**Generate**, then **Publish**.",
        icon=":material/flag:",
    )


def _plan(state: State, view: WeekView) -> None:
    case, precinct, week = view.case, view.precinct_id, view.week
    assert case is not None
    schools = school_weeks(case, week, (precinct,))
    found = week_chips(case, week, precinct, schools)
    broken = weeks.faults(view)
    if broken:
        found.insert(0, {"kind": "warn", "text": f"{len(broken)} rules broken: {broken[0].sentence}"})
    if view.newer_tables:
        found.insert(
            0, {"kind": "warn", "text": "The tables changed since this plan was made: generate again"}
        )
    if view.proof is not None:
        found.append(_proof_chip(view))
    chips(found)
    rounds, panel = st.columns([5, 2], gap="medium")
    with rounds:
        _grids(view)
    with panel:
        visit_panel(state, view, st.session_state.get((PICKED, precinct, week)))
    _schools(schools)
    left, right = st.columns([3, 2])
    with left:
        _why(view)
        _history(state, view)
    with right:
        st.subheader("Map")
        st.image(area_map(case, (precinct,), case.visits), width="stretch")


def _proof_chip(view: WeekView) -> dict[str, str]:
    proof = view.proof
    assert proof is not None
    if proof.status == "manual":
        return {"kind": "good", "text": "Changed by hand"}
    kind = "good" if proof.status == "optimal" or (proof.gap or 1) <= 0.05 else "warn"
    return {"kind": kind, "text": proof_sentence(proof.status, proof.gap)}


def _grids(view: WeekView) -> None:
    assert view.case is not None
    known = {visit_key(v) for v in view.visits}
    for o in officer_weeks(view.case, view.week, (view.precinct_id,)):
        if not o.visits and o.officer.precinct_id != view.precinct_id:
            continue
        load = "" if o.load is None else f" · {o.load:.0%} of duty"
        st.markdown(
            f"**{o.officer.name}** · {len(o.visits)} visits · {duration(o.minutes)} at schools · "
            f"{duration(o.travel)} driving{load}"
        )
        event = st.altair_chart(
            week_chart(view.case, o.officer, view.week, o.visits),
            on_select="rerun",
            selection_mode=PICK,
            key=f"grid {view.precinct_id} {view.week} {o.officer.officer_id}",
            width="stretch",
        )
        picked = [p.get("key") for p in (event.get("selection", {}).get(PICK) or [])]
        if picked and picked[0] in known:
            st.session_state[(PICKED, view.precinct_id, view.week)] = picked[0]
    st.caption(
        "T teaching, M mentoring, L law enforcement · ▪ session · ✓ task · ⚲ pinned or begun · "
        "grey: driving, off duty or away"
    )


def _schools(schools: list[SchoolWeek]) -> None:
    st.subheader("Schools")
    worst = sorted(
        schools,
        key=lambda s: (len(s.visits) >= s.wanted, s.minutes / s.share if s.share else 9, s.school.name),
    )
    st.dataframe(
        pd.DataFrame(
            {
                "School": [s.school.name for s in worst],
                "Visits": [f"{len(s.visits)} / {s.wanted}" for s in worst],
                "Days": [", ".join(f"{v.date:%a}" for v in s.visits) or "none" for s in worst],
                "Last seen before": [day_short(s.last_seen) if s.last_seen else "not known" for s in worst],
                "Of fair share": [round(100 * s.minutes / s.share) if s.share else None for s in worst],
                "Minutes": [s.minutes for s in worst],
                "Fair share": [s.share for s in worst],
                "Cycle": [
                    "".join(FOCUS_LETTERS[f] if f in s.cycle_focuses else "·" for f in FOCUS_LETTERS)
                    for s in worst
                ],
            }
        ),
        hide_index=True,
        height=min(35 * len(worst) + 38, 460),
        column_config={"Of fair share": st.column_config.ProgressColumn(format="%d %%", max_value=100)},
    )


def _why(view: WeekView) -> None:
    with st.expander("Why this plan: the score from the top down"):
        proof = view.proof
        if proof is None:
            return
        for tier, count in proof.score.to_dict().items():
            if tier == "changed_visits" and not count:
                continue
            st.write(tier_sentence(tier, count, proof.bound, proof.best))
        if view.draft is not None and len(view.draft.precincts) > 1:
            st.caption(f"Counted over precincts {', '.join(view.draft.precincts)}, planned together.")


def _history(state: State, view: WeekView) -> None:
    if not view.told and len(view.drafts) < 2:
        return
    with st.expander(f"Drafts ({len(view.drafts)}) and publications ({len(view.told)})"):
        if len(view.drafts) > 1:
            _choose_draft(state, view)
        for p in reversed(view.told):
            st.markdown(
                f"**Revision {p.number}** · {_at(state, view, p.at)} · {p.author} · {p.reason or '–'}"
            )
        if view.standing is not None and state.actor.may_plan(view.precinct_id):
            if st.button("Undo the last publication…"):
                _undo(state, view.standing)


def _choose_draft(state: State, view: WeekView) -> None:
    ids = [d.draft_id for d in view.drafts]
    numbers = {d.draft_id: len(ids) - i for i, d in enumerate(view.drafts)}
    by_id = {d.draft_id: d for d in view.drafts}

    def label(draft_id: str) -> str:
        d: Draft = by_id[draft_id]
        return f"Draft {numbers[draft_id]} · {_at(state, view, d.made)} · {d.author} {d.note}"

    current = view.draft.draft_id if view.draft is not None else None
    chosen = st.selectbox(
        "Show the draft",
        ids,
        format_func=label,
        placeholder="the publication",
        index=ids.index(current) if current else None,
    )
    if chosen is not None and chosen != current:
        st.session_state[(SHOWN, view.precinct_id, view.week)] = chosen
        st.rerun()


@st.dialog("Publish this week", width="large")
def _publish(state: State, view: WeekView) -> None:
    draft = view.draft
    assert draft is not None
    officers = {v.officer_id for v in draft.plan.visits}
    replaced = (
        f"replaces {len(view.standing.plan.visits)} published visits" if view.standing else "is the first"
    )
    st.write(
        f"{len(draft.plan.visits)} visits of {precinct_name(view.agency, view.precinct_id)}, week of "
        f"{week_words(view.week)}. This {replaced}; {len(officers)} officers' calendars change."
    )
    reason = st.text_input("Why (for the record)", placeholder="Weekly rounds")
    if st.button("Publish", type="primary"):
        try:
            made = publishing.publish(state.office, state.actor, draft.draft_id, reason)
        except SchedulerError as error:
            problem(error)
            return
        st.session_state.pop((SHOWN, view.precinct_id, view.week), None)
        st.session_state[TOLD] = made.publication_id
        st.rerun()


def _told(state: State, view: WeekView) -> None:
    """What a publication just made means: what changed for whom, and who must be called."""
    made = view.standing
    if made is None or st.session_state.get(TOLD) != made.publication_id:
        return
    with st.container(border=True):
        words, close = st.columns([9, 1], vertical_alignment="center")
        words.success(f"Published as revision {made.number}. The officers' calendars show it now.")
        if close.button("Done", width="stretch"):
            del st.session_state[TOLD]
            st.rerun()
        before = view.told[-2] if len(view.told) > 1 else None
        if before is not None:
            for line in summary(changes(before, made), view.agency):
                st.write(line)
        for holder in delivery.holders(state.office, state.actor, made.publication_id):
            if not holder.linked:
                st.warning(f"{holder.name} has no calendar link yet: make one under Calendars.")
            elif holder.text and before is not None:
                st.warning(f"Call or text {holder.name}; the calendar may not show it in time:")
                st.code(holder.text, language=None, wrap_lines=True)


@st.dialog("Undo a publication")
def _undo(state: State, standing: Publication) -> None:
    st.write(
        f"The plan before revision {standing.number} is published again, as revision "
        f"{standing.number + 1}. What has begun stays as it is."
    )
    reason = st.text_input("Why (for the record)")
    if st.button("Undo it", type="primary"):
        try:
            made = publishing.take_back(state.office, state.actor, standing.publication_id, reason)
        except SchedulerError as error:
            problem(error)
            return
        st.session_state[TOLD] = made.publication_id
        st.rerun()
