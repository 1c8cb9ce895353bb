"""The kinds of scenarios that are made in users' words, a form each."""

from collections.abc import Callable

import streamlit as st

from scheduler.domain.agency import Agency, Officer, Role
from scheduler.domain.calendar import week_days
from scheduler.domain.change import Scenario
from scheduler.explain import makers
from scheduler.ui.place import precinct_name
from scheduler.ui.state import State

Made = Callable[[State, Agency, str], Scenario | None]


def _officers(agency: Agency, precinct: str) -> list[Officer]:
    return [o for o in agency.officers.values() if precinct in agency.served_precincts(o)]


def _who(agency: Agency, precinct: str, label: str = "Officer") -> str | None:
    people = {o.officer_id: o.name for o in _officers(agency, precinct)}
    found = st.selectbox(label, list(people), format_func=lambda o: people[o], index=None)
    return None if found is None else str(found)


def _school(agency: Agency, precinct: str, label: str = "School") -> str | None:
    names = {s.school_id: s.name for s in agency.schools_of[precinct]}
    found = st.selectbox(label, list(names), format_func=lambda s: names[s], index=None)
    return None if found is None else str(found)


def _precinct(agency: Agency, label: str, without: str = "") -> str | None:
    known = [p for p in agency.precincts if p != without]
    found = st.selectbox(label, known, format_func=lambda p: precinct_name(agency, p), index=None)
    return None if found is None else str(found)


def _officer_out(state: State, agency: Agency, precinct: str) -> Scenario | None:
    officer = _who(agency, precinct)
    days = week_days(state.week)
    left, right = st.columns(2)
    first = left.date_input("First day", days[0], format="YYYY-MM-DD", key=f"first {days[0]}")
    last = right.date_input("Last day", days[-1], format="YYYY-MM-DD", key=f"last {days[0]}")
    return None if officer is None else makers.officer_out(agency, officer, first, last)


def _relief_lent(state: State, agency: Agency, precinct: str) -> Scenario | None:
    relief = {o.officer_id: o.name for o in agency.officers.values() if o.role is Role.RELIEF}
    officer = st.selectbox("Relief officer", list(relief), format_func=lambda o: relief[o], index=None)
    to = _precinct(agency, "Also covers")
    return None if officer is None or to is None else makers.relief_lent(agency, officer, to)


def _moved(state: State, agency: Agency, precinct: str) -> Scenario | None:
    school, to = _school(agency, precinct), _precinct(agency, "Moves to", precinct)
    return None if school is None or to is None else makers.school_moved(agency, school, to)


def _added(state: State, agency: Agency, precinct: str) -> Scenario | None:
    station = agency.precincts[precinct]
    name = st.text_input("Name of the new school")
    left, right = st.columns(2)
    latitude = left.number_input("Latitude", -90.0, 90.0, station.latitude, format="%.5f")
    longitude = right.number_input("Longitude", -180.0, 180.0, station.longitude, format="%.5f")
    like = _school(agency, precinct, "Hours and visits like")
    return makers.school_added(agency, precinct, name, latitude, longitude, like) if name.strip() else None


def _closed(state: State, agency: Agency, precinct: str) -> Scenario | None:
    school = _school(agency, precinct)
    return None if school is None else makers.school_closed(agency, school)


def _visits(state: State, agency: Agency, precinct: str) -> Scenario | None:
    names = {s.school_id: s.name for s in agency.schools_of[precinct]}
    chosen = st.multiselect("Schools", list(names), format_func=lambda s: names[s], placeholder="Choose some")
    count = int(st.number_input("Visits a week", 0, 5, 2))
    return makers.visits_changed(agency, chosen, count) if chosen else None


def _shift(state: State, agency: Agency, precinct: str) -> Scenario | None:
    officer = _who(agency, precinct)
    minutes = int(st.number_input("Minutes longer (below 0: shorter)", -240, 240, 30, 15))
    return None if officer is None or not minutes else makers.shift_changed(agency, officer, minutes)


def _more(state: State, agency: Agency, precinct: str) -> Scenario | None:
    number = int(st.number_input("How many more", 1, 5, 1))
    return makers.more_officers(agency, precinct, number)


KINDS: dict[str, Made] = {
    "An officer is away": _officer_out,
    "A relief officer covers one precinct more": _relief_lent,
    "A school moves to another precinct": _moved,
    "A school opens": _added,
    "A school closes": _closed,
    "Schools get more or fewer visits a week": _visits,
    "Shifts are longer or shorter": _shift,
    "There are more officers": _more,
}
