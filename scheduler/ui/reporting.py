"""Reporting on visits: the small form that two pages share. Times, a cause from a list, a number."""

from collections.abc import Mapping
from datetime import date, time

import streamlit as st

from scheduler.domain.log import LogStatus, MissedCause, ServiceRecord
from scheduler.errors import SchedulerError
from scheduler.publish.service_report import CAUSE_WORDS, FOCUSES
from scheduler.publish.words import FOCUS_WORDS
from scheduler.service import visit_logging
from scheduler.service.visit_logging import Report
from scheduler.ui.parts import problem
from scheduler.ui.state import State

AS_PLANNED, OTHER, MISSED = "As planned", "Other times", "Missed"


def confirm(state: State, record: ServiceRecord) -> None:
    """Says that a visit took place as planned."""
    _log(state, _of(record))


def report_form(state: State, record: ServiceRecord) -> None:
    """Other times, missed with its cause, or contacts."""
    key, entry, visit = record.uid, record.entry, record.visit
    choices = [OTHER, MISSED] if record.planned is None else [AS_PLANNED, OTHER, MISSED]
    standing = entry.status if entry is not None else LogStatus.CONFIRMED
    chosen = {LogStatus.MISSED: MISSED, LogStatus.CONFIRMED: AS_PLANNED}.get(standing, OTHER)
    how = st.radio(
        "What became of it", choices, index=choices.index(chosen), horizontal=True, key=f"how {key}"
    )
    start, end, cause, contacts = None, None, None, 0
    if how == OTHER:
        start, end = _times(key, visit.start, visit.end)
    if how == MISSED:
        cause = st.selectbox("Why", list(MissedCause), format_func=CAUSE_WORDS.__getitem__, key=f"why {key}")
    else:
        contacts = _contacts(key, entry.contacts if entry is not None else 0)
    if st.button("Save", key=f"save {key}"):
        planned = record.planned
        if how == AS_PLANNED and planned is not None:
            start, end = planned.start, planned.end
        said = _of(record)
        _log(
            state,
            Report(
                said.officer_id,
                said.school_id,
                said.date,
                said.uid,
                how == MISSED,
                start,
                end,
                cause=cause,
                contacts=contacts,
            ),
        )


def added_form(
    state: State, officers: Mapping[str, str], schools: Mapping[str, str], day: date, key: str
) -> None:
    """A visit that nobody planned."""
    left, right = st.columns(2)
    officer = left.selectbox("Officer", list(officers), format_func=officers.__getitem__, key=f"who {key}")
    school = right.selectbox("School", list(schools), format_func=schools.__getitem__, key=f"where {key}")
    when = left.date_input("Day", day, format="YYYY-MM-DD", key=f"day {key}")
    focus = right.selectbox("Focus", FOCUSES, format_func=FOCUS_WORDS.__getitem__, key=f"focus {key}")
    start, end = _times(key, 9 * 60, 10 * 60)
    contacts = _contacts(key, 0)
    if st.button("Add the visit", key=f"add {key}") and isinstance(when, date):
        if officer is None or school is None:
            st.error("Choose an officer and a school.")
            return
        _log(state, Report(officer, school, when, None, False, start, end, focus, contacts=contacts))


def _of(record: ServiceRecord) -> Report:
    visit = record.visit
    return Report(visit.officer_id, visit.school_id, visit.date, record.uid)


def _times(key: str, start: int, end: int) -> tuple[int, int]:
    left, right = st.columns(2)
    begun = left.time_input("From", _time(start), step=300, key=f"from {key}")
    over = right.time_input("To", _time(end), step=300, key=f"to {key}")
    return _minutes(begun, start), _minutes(over, end)


def _contacts(key: str, count: int) -> int:
    value = st.number_input(
        "Lessons, talks and meetings held", 0, 99, count, key=f"contacts {key}", help="A number; never names."
    )
    return int(value)


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _minutes(value: time | None, default: int) -> int:
    return default if value is None else value.hour * 60 + value.minute


def _log(state: State, report: Report) -> None:
    try:
        visit_logging.log_visit(state.office, state.actor, report)
    except SchedulerError as error:
        problem(error)
        return
    st.rerun()
