"""The side panel of the week: one visit, what it serves, and what can be done with it."""

from dataclasses import replace

import streamlit as st

from scheduler.domain.agency import Agency
from scheduler.domain.clock import format_clock
from scheduler.domain.plan import Visit
from scheduler.errors import SchedulerError
from scheduler.explain.candidates import Candidate, candidates
from scheduler.explain.why import visit_reason
from scheduler.publish.calendars import visit_lines
from scheduler.publish.words import FOCUS_WORDS, day_short, duration
from scheduler.service import handwork
from scheduler.service.handwork import Weighed
from scheduler.service.weeks import WeekView
from scheduler.ui.grid import visit_key
from scheduler.ui.parts import problem
from scheduler.ui.state import State

FEW_PLACES, MOST_PLACES = 5, 20


def visit_panel(state: State, view: WeekView, picked: str | None) -> None:
    """What is known of the picked visit; without one, how to pick."""
    case = view.case
    assert case is not None
    by_key = {visit_key(v): v for v in view.visits}
    keys = list(by_key)

    def label(key: str) -> str:
        v = by_key[key]
        return f"{day_short(v.date)} {format_clock(v.start)} {case.agency.schools[v.school_id].name}"

    st.subheader("Visit")
    chosen = st.selectbox(
        "Visit",
        keys,
        index=keys.index(picked) if picked in keys else None,
        format_func=label,
        placeholder="Click a block, or choose here",
        label_visibility="collapsed",
    )
    if chosen is None:
        st.caption("Click a visit to see what it serves and where else it could go.")
        if state.actor.may_plan(view.precinct_id):
            _add(state, view)
        return
    visit = by_key[chosen]
    school = case.agency.schools[visit.school_id]
    st.markdown(
        f"**{school.name}**  \n{day_short(visit.date)}, {visit.window} ({duration(visit.minutes)})  \n"
        f"{FOCUS_WORDS.get(visit.focus, visit.focus)} · {case.officer(visit).name}"
    )
    for line in visit_lines(case, visit):
        st.write(line)
    reason = visit_reason(case, visit)
    if reason.serves:
        st.caption("Serves: " + "; ".join(reason.serves) + ".")
    else:
        st.caption("Serves nothing that the score counts: it may go.")
    begun = visit.starts < view.local
    if begun or not state.actor.may_plan(view.precinct_id):
        st.caption("It has begun, so it stays as it is." if begun else "")
        return
    _actions(state, view, visit)


def _actions(state: State, view: WeekView, visit: Visit) -> None:
    case = view.case
    assert case is not None
    how = st.segmented_control(
        "Change it", ["Move", "Length", "Hand over", "Focus", "Pin", "Remove"], key=f"how {visit_key(visit)}"
    )
    if how == "Move":
        _move(state, view, visit)
    elif how == "Length":
        lengths = list(case.agency.policy.visits.lengths())
        minutes = st.select_slider(
            "Minutes", lengths, value=visit.minutes if visit.minutes in lengths else lengths[0]
        )
        _offer(state, view, visit, replace(visit, end=visit.start + minutes), f"{minutes} minutes long")
    elif how == "Hand over":
        own = view.precinct_id
        serving = [
            o
            for o in case.agency.officers.values()
            if own in case.agency.served_precincts(o) and o.officer_id != visit.officer_id
        ]
        officer = st.selectbox("To", serving, format_func=lambda o: o.name, index=None)
        if officer is not None:
            _offer(state, view, visit, replace(visit, officer_id=officer.officer_id), f"to {officer.name}")
    elif how == "Focus":
        focus = st.selectbox("Focus", list(FOCUS_WORDS), format_func=lambda f: FOCUS_WORDS[f], index=None)
        if focus is not None and focus != visit.focus:
            _offer(state, view, visit, replace(visit, focus=focus), FOCUS_WORDS[focus].lower())
    elif how == "Remove":
        _offer(state, view, visit, None, "removed")
    elif how == "Pin":
        _pin(state, visit, pinned=visit.pin_key in {p.pin_key for p in case.pins})


def _move(state: State, view: WeekView, visit: Visit) -> None:
    assert view.case is not None
    places = [c for c in candidates(view.case, visit.school_id, view.week, visit) if c.visit != visit]
    key = f"{visit_key(visit)} {visit.window}"
    chosen = _place(view.case.agency, "To, the best first", places, key, visit.officer_id)
    if chosen is not None:
        _offer(state, view, visit, chosen, "moved")


def _place(agency: Agency, label: str, places: list[Candidate], key: str, officer_id: str) -> Visit | None:
    """A choice among places, each with what it costs below it; those not allowed come last, marked."""
    if not places:
        st.caption("No officer has a place for it in this week.")
        return None
    few = len(places) <= FEW_PLACES or not st.toggle("More places", key=f"more places {key}")
    shown = places[: FEW_PLACES if few else MOST_PLACES]
    index = st.radio(
        label,
        range(len(shown)),
        index=None,
        format_func=lambda i: _place_words(agency, shown[i], officer_id),
        captions=[c.effect for c in shown],
        key=f"place {key}",
    )
    return None if index is None else shown[index].visit


def _place_words(agency: Agency, place: Candidate, officer_id: str) -> str:
    visit, mark = place.visit, "▲ " if place.broken else ""
    who = "" if visit.officer_id == officer_id else f" · {agency.officers[visit.officer_id].name}"
    return f"{mark}{day_short(visit.date)}, {visit.window}{who}"


def _add(state: State, view: WeekView) -> None:
    case = view.case
    assert case is not None
    with st.expander("Add a visit"):
        schools = list(case.agency.schools_of[view.precinct_id])
        school = st.selectbox("School", schools, format_func=lambda s: s.name, index=None)
        if school is None:
            return
        places = candidates(case, school.school_id, view.week)
        chosen = _place(case.agency, "Where, the best first", places, school.school_id, "")
        if chosen is not None:
            _offer(state, view, None, chosen, "added")


def _offer(state: State, view: WeekView, before: Visit | None, after: Visit | None, note: str) -> None:
    """What the change costs and breaks, and the button that keeps it."""
    weighed: Weighed = handwork.weigh(view, before, after)
    for broken in weighed.broken:
        st.warning(broken.sentence)
    st.write(weighed.sentence)
    st.caption(weighed.foreseen)
    words = "Keep it anyway" if weighed.broken else "Keep it"
    if st.button(words, type="primary", key=f"keep {note}", help="As a new draft; nothing is published yet."):
        moved = before or after
        assert moved is not None
        try:
            handwork.keep(state.office, state.actor, view, weighed.visits, f"{moved.school_id} {note}")
        except SchedulerError as error:
            problem(error)
            return
        st.session_state.pop(("shown draft", view.precinct_id, view.week), None)
        st.rerun()


def _pin(state: State, visit: Visit, pinned: bool) -> None:
    st.caption("A pinned visit stays in every plan of this week." if not pinned else "It is pinned.")
    if st.button("Take the pin away" if pinned else "Pin it"):
        try:
            handwork.pin(state.office, state.actor, visit, not pinned)
        except SchedulerError as error:
            problem(error)
            return
        st.rerun()
