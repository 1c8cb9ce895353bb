"""Log and reports: what became of the visits, and what service that makes."""

from datetime import date, timedelta

import altair as alt
import pandas as pd
import streamlit as st

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import monday_of
from scheduler.domain.clock import format_clock
from scheduler.domain.log import ServiceRecord
from scheduler.domain.scope import restricted
from scheduler.errors import SchedulerError
from scheduler.publish.chips import Chip
from scheduler.publish.drawing import FOCUS_COLOURS
from scheduler.publish.service_report import status_words
from scheduler.publish.words import FOCUS_WORDS, day_short
from scheduler.service import editing, reporting, visit_logging
from scheduler.service.reporting import Figures
from scheduler.ui.parts import chips, problem
from scheduler.ui.place import choose_place, row, week_words
from scheduler.ui.reporting import added_form, confirm, report_form
from scheduler.ui.state import State, visible_precincts

HEIGHT = 240
TOLD = "log told"
VISITS, CHARTS, REPORTS = VIEWS = ("Visits", "Charts", "Reports")


def render(state: State) -> None:
    """Draws the page."""
    agency = editing.tables(state.office).agency
    with row():
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
        _charts(reporting.figures(state.office, state.actor, precinct, week))
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
        said = [Chip(not due, f"{due} of {len(found)} wait for a report")]
        if missed:
            said.append(Chip(False, f"{missed} missed"))
        chips(said)
    for day in sorted({r.date for r in found}):
        records = [r for r in found if r.date == day]
        open_ = [r for r in records if r.entry is None and r.visit.starts <= local]
        left, right = st.columns([5, 2], vertical_alignment="center")
        left.markdown(f"### {day_short(day)}")
        if may and open_ and right.button(f"Confirm all {len(open_)}", key=f"all {day}", width="stretch"):
            _confirm_all(state, precinct, day)
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
    left, middle, right = st.columns([6, 3, 2], vertical_alignment="center")
    left.write(_words(agency, record))
    middle.write(f"**{status_words(record)}**" if record.entry else status_words(record))
    if may and right.button("Confirm", key=f"confirm {record.uid}", width="stretch"):
        confirm(state, record)


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


def _charts(found: Figures) -> None:
    first, last = found.weeks[0].week, found.weeks[-1].week
    st.caption(f"Weeks of {day_short(first)} to {day_short(last)} {last.year}.")
    if not any(w.planned or w.given for w in found.weeks):
        st.info("Nothing was published or logged in these weeks. Charts appear once visits are.")
        return
    left, right = st.columns(2)
    with left:
        st.subheader("Visits a week")
        st.altair_chart(_weeks_chart(found), width="stretch")
        st.subheader("Time against fair share")
        if any(s.share is not None for s in found.schools):
            st.altair_chart(_shares_chart(found), width="stretch")
            st.caption("Bars: part of the time given. Ticks: the part that the school's weight asks for.")
        else:
            st.caption("No visit is confirmed yet.")
    with right:
        st.subheader("Focus by school")
        if any(s.focuses for s in found.schools):
            st.altair_chart(_focus_chart(found), width="stretch")
        else:
            st.caption("No visit is confirmed yet.")
        st.subheader("Could a watcher foresee the rounds?")
        if found.panel.guesses:
            st.altair_chart(_watchers_chart(found), width="stretch")
            best = max(found.panel.hits, key=lambda n: found.panel.hits[n])
            st.caption(
                f"The best watcher ({best}) is right {found.panel.rate(best):.0%} of the time; who knows "
                f"only the opening hours {found.panel.floor:.0%} (the floor, the line)."
            )
        else:
            st.caption("No visit to guess yet.")


def _weeks_chart(found: Figures) -> alt.Chart:
    rows = [
        (day_short(w.week), what, count)
        for w in found.weeks
        for what, count in (("planned", w.planned), ("given", w.given), ("missed", w.missed))
    ]
    kinds = ["planned", "given", "missed"]
    return (
        alt.Chart(pd.DataFrame(rows, columns=["week", "what", "visits"]))
        .mark_bar()
        .encode(
            x=alt.X("week:O", sort=[day_short(w.week) for w in found.weeks], title=None),
            xOffset=alt.XOffset("what:N", sort=kinds),
            y=alt.Y("visits:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d")),
            color=alt.Color(
                "what:N",
                title=None,
                scale=alt.Scale(domain=kinds, range=["#b8c2cc", "#2f6b4f", "#a04000"]),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=["week", "what", "visits"],
        )
        .properties(height=HEIGHT)
    )


def _focus_chart(found: Figures) -> alt.Chart:
    rows = [
        (s.school.name, FOCUS_WORDS.get(f, f), count) for s in found.schools for f, count in s.focuses.items()
    ]
    return (
        alt.Chart(pd.DataFrame(rows, columns=["school", "focus", "visits"]))
        .mark_bar()
        .encode(
            y=alt.Y("school:N", title=None),
            x=alt.X("visits:Q", title="visits given", axis=alt.Axis(tickMinStep=1, format="d")),
            color=alt.Color(
                "focus:N",
                title=None,
                legend=alt.Legend(orient="top"),
                scale=alt.Scale(
                    domain=list(FOCUS_WORDS.values()), range=[FOCUS_COLOURS[f] for f in FOCUS_WORDS]
                ),
            ),
            tooltip=["school", "focus", "visits"],
        )
    )


def _shares_chart(found: Figures) -> alt.LayerChart:
    rows = [(s.school.name, s.share or 0.0, s.due or 0.0) for s in found.schools]
    base = alt.Chart(pd.DataFrame(rows, columns=["school", "given", "due"])).encode(
        y=alt.Y("school:N", title=None), tooltip=["school", "given", "due"]
    )
    bars = base.mark_bar(color="#2f6b4f").encode(x=alt.X("given:Q", title=None, axis=alt.Axis(format="%")))
    return alt.layer(bars, base.mark_tick(color="#16202a", thickness=3).encode(x="due:Q"))


def _watchers_chart(found: Figures) -> alt.LayerChart:
    weeks = [day_short(m) for m, _ in found.watchers]
    rows = [(day_short(m), name, p.rate(name)) for m, p in found.watchers for name in p.hits]
    floor = [(day_short(m), p.floor) for m, p in found.watchers]
    x = alt.X("week:O", sort=weeks, title=None)
    lines = (
        alt.Chart(pd.DataFrame(rows, columns=["week", "watcher", "rate"]))
        .mark_point(filled=True, size=60)
        .encode(
            x=x,
            y=alt.Y("rate:Q", title="guessed right", axis=alt.Axis(format="%")),
            color=alt.Color("watcher:N", title=None, legend=alt.Legend(orient="top")),
            shape="watcher:N",
            tooltip=["week", "watcher", alt.Tooltip("rate:Q", format=".0%")],
        )
    )
    ground = (
        alt.Chart(pd.DataFrame(floor, columns=["week", "floor"]))
        .mark_line(color="#16202a", strokeDash=[4, 3], point=True)
        .encode(x=x, y="floor:Q", tooltip=["week", alt.Tooltip("floor:Q", format=".0%")])
    )
    return alt.layer(lines, ground).properties(height=HEIGHT)


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
