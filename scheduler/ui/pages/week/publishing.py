"""Publishing a week, what that means to whom, the drafts and publications before, and undo."""

import streamlit as st

from scheduler.domain.publication import Draft, Publication
from scheduler.publish.changes import changes, summary
from scheduler.publish.chips import week_chips
from scheduler.publish.summary import school_weeks
from scheduler.service import delivery, publishing, weeks
from scheduler.service.comparing import news
from scheduler.service.weeks import WeekView
from scheduler.ui.asking import answer, ask, is_asked, window
from scheduler.ui.pages.week.generating import key
from scheduler.ui.pages.week.keys import SHOWN, TOLD
from scheduler.ui.parts import MOST_LINES, escaped, moment
from scheduler.ui.place import precinct_name, week_words
from scheduler.ui.state import State
from scheduler.ui.watching import is_running


def publish(state: State, view: WeekView) -> None:
    """The button that publishes, after a question."""
    running = is_running(state, key(view.precinct_id, view.week)) is not None
    draft = view.draft
    about = None if draft is None else draft.draft_id
    st.button(
        "Publish…",
        type="secondary" if draft is None else "primary",
        disabled=draft is None or running,
        help="Show this draft in the officers' calendars.",
        on_click=ask,
        args=("publish", about),
    )
    if draft is not None and is_asked("publish", about):
        _publish(state, view, draft)


@window("Publish this week", width="large")
def _publish(state: State, view: WeekView, draft: Draft) -> None:
    found = news(view)
    replaced = (
        f"replaces {len(view.standing.plan.visits)} published visits" if view.standing else "is the first"
    )
    calendars = (
        "1 officer's calendar changes"
        if len(found.officers) == 1
        else f"{len(found.officers)} officers' calendars change"
    )
    st.write(
        f"{len(draft.plan.visits)} visits of {precinct_name(view.agency, view.precinct_id)}, week of "
        f"{week_words(view.week)}. This {replaced}; {calendars}."
    )
    for broken in weeks.faults(view):
        st.error(broken.sentence)
    if short := _left_out(view):
        st.warning(f"It leaves something out: {'; '.join(short)}.")
    if view.standing is not None:
        st.markdown(
            "\n".join(f"- {escaped(line)}" for line in found.lines[:MOST_LINES]) or "Nothing changes."
        )
        if len(found.lines) > MOST_LINES:
            st.caption(f"… and {len(found.lines) - MOST_LINES} more.")
    st.text_input("Why (for the record)", placeholder="Weekly rounds", key="publish reason")

    def act() -> None:
        made = publishing.publish(
            state.office, state.actor, draft.draft_id, st.session_state["publish reason"]
        )
        st.session_state.pop((SHOWN, view.precinct_id, view.week), None)
        st.session_state[TOLD] = made.publication_id

    answer("Publish", act)


def _left_out(view: WeekView) -> list[str]:
    """What is not well with the week, as on its page."""
    assert view.case is not None, "a draft is shown"
    schools = school_weeks(view.case, view.week, (view.precinct_id,))
    return [c.text for c in week_chips(view.case, view.week, schools) if not c.good]


def told(state: State, view: WeekView) -> None:
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


def history(state: State, view: WeekView) -> None:
    """The drafts and publications of the week, and the way back."""
    if not view.told and len(view.drafts) < 2:
        return
    with st.expander(f"Drafts ({len(view.drafts)}) and publications ({len(view.told)})"):
        if len(view.drafts) > 1:
            _choose_draft(state, view)
        for p in reversed(view.told):
            when = moment(state, view.agency, p.at)
            st.markdown(f"**Revision {p.number}** · {when} · {p.author} · {p.reason or '–'}")
        if view.standing is not None and state.actor.may_plan(view.precinct_id):
            about = view.standing.publication_id
            st.button("Undo the last publication…", on_click=ask, args=("undo publication", about))
            if is_asked("undo publication", about):
                _undo(state, view.standing)


def _choose_draft(state: State, view: WeekView) -> None:
    ids = [d.draft_id for d in view.drafts]
    numbers = {d.draft_id: len(ids) - i for i, d in enumerate(view.drafts)}
    by_id = {d.draft_id: d for d in view.drafts}

    def label(draft_id: str) -> str:
        d: Draft = by_id[draft_id]
        return f"Draft {numbers[draft_id]} · {moment(state, view.agency, d.made)} · {d.author} {d.note}"

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


@window("Undo a publication")
def _undo(state: State, standing: Publication) -> None:
    st.write(
        f"The plan before revision {standing.number} is published again, as revision "
        f"{standing.number + 1}. What has begun stays as it is."
    )
    st.text_input("Why (for the record)", key="undo publication reason")

    def act() -> None:
        reason = st.session_state["undo publication reason"]
        made = publishing.take_back(state.office, state.actor, standing.publication_id, reason)
        st.session_state[TOLD] = made.publication_id

    answer("Undo it", act)
