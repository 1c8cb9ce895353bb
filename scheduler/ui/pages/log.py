"""Log and reports: what became of the visits, and what service that makes."""

from datetime import date, timedelta
from html import escape

import streamlit as st

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import monday_of
from scheduler.domain.clock import format_clock
from scheduler.domain.log import ServiceRecord
from scheduler.domain.scope import restricted
from scheduler.errors import SchedulerError
from scheduler.publish.chips import Chip
from scheduler.publish.service_report import status_words
from scheduler.publish.words import FOCUS_LETTERS, FOCUS_WORDS, day_short
from scheduler.service import editing, reporting, visit_logging
from scheduler.ui.pages.log_charts import charts
from scheduler.ui.parts import chips, problem
from scheduler.ui.place import choose_place, row, week_words
from scheduler.ui.reporting import added_form, confirm, report_form
from scheduler.ui.state import State, visible_precincts

TOLD = "log told"
VISITS, CHARTS, REPORTS = VIEWS = ("Visits", "Charts", "Reports")


def render(state: State) -> None:
    """Draws the page."""
    agency = editing.tables(state.office).agency
    with row():
        st.title("Log", width="content")
        place = choose_place(state, agency)
    if place is None:
        return
    precinct, week = place
    told = st.session_state.pop(TOLD, None)
    if told:
        st.success(told)
    # Only what is looked at is worked out: charts and reports read a year.
    view = st.segmented_control("View", VIEWS, default=VIEWS[0], label_visibility="collapsed")
    if view == CHARTS:
        charts(reporting.figures(state.office, state.actor, precinct, week))
    elif view == REPORTS:
        _reports(state, agency, precinct)
    else:
        _visits(state, agency, precinct, week)


def _visits(state: State, agency: Agency, precinct: str, week: date) -> None:
    found = visit_logging.service_records(state.office, state.actor, week, week + timedelta(days=6))
    found = [r for r in found if r.precinct_id == precinct]
    local = state.office.local(agency)
    may = state.actor.may_plan(precinct)
    if not found:
        st.info(f"No visits are published or logged in the week of {week_words(week)}.")
    else:
        due = sum(r.entry is None and r.visit.starts <= local for r in found)
        missed = sum(r.missed for r in found)
        waits = "1 visit waits" if due == 1 else f"{due} visits wait" if due else "no visit waits"
        said = [Chip(not due, f"{waits} for a report")]
        if missed:
            said.append(Chip(False, f"{missed} missed"))
        chips(said)
    for day in sorted({r.date for r in found}):
        records = [r for r in found if r.date == day]
        open_ = [r for r in records if r.entry is None and r.visit.starts <= local]
        with st.container(horizontal=True, vertical_alignment="center", key=f"day-{day}"):
            st.markdown(f"### {day_short(day)}", width="stretch")
            if may and open_ and st.button(f"Confirm all {len(open_)}", key=f"all {day}"):
                _confirm_all(state, precinct, day)
        with st.container(gap=None, key=f"lines-{day}"):
            for record in records:
                _row(state, agency, record, may and record in open_)
    if not may:
        return
    _report(state, agency, [r for r in found if r.date <= local.date()])
    with st.expander("Add a visit that was not planned"):
        scope = restricted(agency, [precinct])
        officers = {o.officer_id: o.name for o in scope.officers.values()}
        schools = {s.school_id: s.name for s in scope.schools.values()}
        added_form(
            state, officers, schools, min(local.date(), week + timedelta(days=4)), f"{precinct} {week}"
        )
    _sheets(state, found, precinct, week)


def _words(agency: Agency, record: ServiceRecord) -> str:
    v = record.visit
    school = agency.schools[v.school_id].name if v.school_id in agency.schools else v.school_id
    officer = agency.officers[v.officer_id].name if v.officer_id in agency.officers else v.officer_id
    focus = FOCUS_WORDS.get(v.focus, v.focus).lower()
    return f"{format_clock(v.start)}-{format_clock(v.end)} {school} · {officer} · {focus}"


def _row(state: State, agency: Agency, record: ServiceRecord, may: bool) -> None:
    with row(f"line-{record.uid}", wrap=False):
        st.markdown(_line(agency, record), unsafe_allow_html=True, width="stretch")
        if may and st.button("Confirm", key=f"confirm {record.uid}"):
            confirm(state, record)


def _line(agency: Agency, record: ServiceRecord) -> str:
    """A visit in one line, with what was reported of it."""
    v, said = record.visit, escape(status_words(record))
    times = f"{format_clock(v.start)}-{format_clock(v.end)}"
    school = agency.schools[v.school_id].name if v.school_id in agency.schools else v.school_id
    officer = agency.officers[v.officer_id].name if v.officer_id in agency.officers else v.officer_id
    focus = f"{FOCUS_LETTERS.get(v.focus, '?')} · {FOCUS_WORDS.get(v.focus, v.focus).lower()}"
    status = f"<b>{'▲' if record.missed else '●'} {said}</b>" if record.entry else said
    cells = (times, f"<b>{escape(school)}</b>", escape(officer), focus, status)
    return '<div class="line">' + "".join(f"<span>{c}</span>" for c in cells) + "</div>"


def _confirm_all(state: State, precinct: str, day: date) -> None:
    try:
        count = visit_logging.confirm_day(state.office, state.actor, precinct, day)
    except SchedulerError as error:
        problem(error)
        return
    st.session_state[TOLD] = f"{count} visits of {day_short(day)} are confirmed."
    st.rerun()


def _report(state: State, agency: Agency, found: list[ServiceRecord]) -> None:
    if not found:
        return
    by_uid = {r.uid: r for r in found}
    with st.expander("Report other times, a missed visit, or contacts"):
        chosen = st.selectbox(
            "Which visit",
            list(by_uid),
            index=None,
            format_func=lambda u: f"{day_short(by_uid[u].date)} {_words(agency, by_uid[u])}",
            placeholder="Choose a visit",
        )
        if chosen is not None:
            report_form(state, by_uid[chosen])


def _sheets(state: State, found: list[ServiceRecord], precinct: str, week: date) -> None:
    with st.expander("As a sheet (CSV)"):
        st.download_button(
            "Download the week's sheet",
            visit_logging.sheet_text(found),
            file_name=f"log-{precinct}-{week}.csv",
            mime="text/csv",
        )
        sent = st.file_uploader("A sheet that is filled in", type="csv")
        if sent is not None and st.button("Log the sheet"):
            try:
                new, known = visit_logging.log_sheet(state.office, state.actor, sent.getvalue(), sent.name)
            except SchedulerError as error:
                problem(error)
                return
            st.session_state[TOLD] = f"Logged {new} visits; {known} were logged so before."
            st.rerun()


def _reports(state: State, agency: Agency, precinct: str) -> None:
    today = state.office.local(agency).date()
    left, middle, right = st.columns(3)
    start = left.date_input("From", monday_of(today) - timedelta(weeks=51), format="YYYY-MM-DD")
    end = middle.date_input("To", today, format="YYYY-MM-DD")
    seen = visible_precincts(agency, state.actor)
    every = len(seen) > 1 and right.toggle(f"All {len(seen)} precincts")
    if not (isinstance(start, date) and isinstance(end, date)) or end < start:
        st.error("The last day comes before the first.")
        return
    precincts = seen if every else [precinct]
    name = f"{'all' if every else precinct}-{start}-{end}"
    files = (
        (reporting.MONTH, "Month by month (CSV)", f"months-{name}.csv", "text/csv"),
        (reporting.YEAR, "The year's coverage (CSV)", f"coverage-{name}.csv", "text/csv"),
        (reporting.PAGE, "The year's coverage, to print (HTML)", f"coverage-{name}.html", "text/html"),
    )
    for kind, words, file, mime in files:
        text = reporting.report(state.office, state.actor, kind, start, end, precincts)
        st.download_button(words, text, file_name=file, mime=mime, key=f"report {kind}")
