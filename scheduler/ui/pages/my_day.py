"""My day: an officer's visits on a phone, with one big button each."""

import streamlit as st

from scheduler.domain.clock import format_clock
from scheduler.domain.link import LinkKind
from scheduler.domain.log import LogStatus
from scheduler.errors import SchedulerError
from scheduler.publish.service_report import status_words
from scheduler.publish.words import FOCUS_WORDS, day_short
from scheduler.service import editing, linking, own_days
from scheduler.service.own_days import OwnDays, Stop
from scheduler.ui import links
from scheduler.ui.parts import problem
from scheduler.ui.place import row
from scheduler.ui.reporting import added_form, confirm, report_form
from scheduler.ui.state import State

TODAY, WEEK = "Today", "This week"


def render(state: State) -> None:
    """Draws the page."""
    links.show_new()
    st.html("<style>@media print{@page{size:letter portrait;margin:14mm}}</style>")
    with row():
        st.title("My day", width="content")
        span = st.segmented_control("Days", [TODAY, WEEK], default=TODAY, label_visibility="collapsed")
    try:
        days = own_days.own_days(state.office, state.actor, span == WEEK)
    except SchedulerError as error:
        problem(error)
        return
    if span != WEEK:
        st.markdown(f"### {day_short(days.today)}")
    if not days.stops:
        _empty(days, "this week" if span == WEEK else "today")
    shown = None
    for stop in days.stops:
        if span == WEEK and stop.record.date != shown:
            shown = stop.record.date
            st.markdown(f"### {day_short(shown)}")
        _stop(state, days, stop)
    _foot(state, days)


def _empty(days: OwnDays, when: str) -> None:
    said = f"No visits {when}: nothing is published for you."
    if days.following is not None:
        r = days.following.record
        said += (
            f" The next one is {days.following.place.name}, {day_short(r.date)} "
            f"{format_clock(r.visit.start)}."
        )
    st.info(said, icon=":material/event_available:")


def _stop(state: State, days: OwnDays, stop: Stop) -> None:
    record, visit, place = stop.record, stop.record.visit, stop.place
    if stop.drive:
        st.caption(f":material/directions_car: {stop.drive} min drive")
    with st.container(border=True, key=f"stop-{record.uid}"):
        st.markdown(
            f"**{format_clock(visit.start)} – {format_clock(visit.end)} · {place.name}**  \n"
            f"{FOCUS_WORDS.get(visit.focus, visit.focus)}"
        )
        for line in stop.lines:
            st.markdown(f"- {line}")
        st.caption(
            f"{place.address or 'No address in the tables'}  \n[Google Maps]({stop.google_maps}) · "
            f"[Apple Maps]({stop.apple_maps})"
        )
        entry = record.entry
        if entry is not None:
            icon = ":material/cancel:" if entry.status is LogStatus.MISSED else ":material/check_circle:"
            st.markdown(f"{icon} **{status_words(record).capitalize()}**")
        elif stop.begun:
            if st.button("Confirm", type="primary", width="stretch", key=f"confirm {record.uid}"):
                confirm(state, record)
        if record.date <= days.today:
            with st.expander("Missed / other times" if entry is None else "Change the report"):
                report_form(state, record)


def _foot(state: State, days: OwnDays) -> None:
    agency = editing.tables(state.office).agency
    officer = agency.officers.get(own_days.own_officer(state.actor))
    if officer is None:
        st.caption("The tables do not hold you any more. Ask your supervisor.")
        return
    with st.expander("Add a visit that was not planned"):
        served = agency.served_precincts(officer)
        schools = {s.school_id: s.name for s in agency.schools.values() if s.precinct_id in served}
        added_form(state, {officer.officer_id: officer.name}, schools, days.today, "own")
    if st.button("Add the calendar", icon=":material/calendar_add_on:", width="stretch"):
        links.make(lambda: linking.make_link(state.office, state.actor, LinkKind.OFFICER, officer.officer_id))
