"""The week page: is my week covered, is it the best there is?"""

from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from scheduler.errors import SchedulerError
from scheduler.publish.drawing import area_map, week_grid
from scheduler.publish.report import chips
from scheduler.publish.summary import SchoolWeek, officer_weeks, school_weeks
from scheduler.publish.words import FOCUS_LETTERS, day_short, duration, tier_sentence
from scheduler.service import folders

INPUTS, OUTPUTS = Path("inputs"), Path("outputs")
STYLE = """<style>
.chip{display:inline-block;border:1px solid #d9dee3;border-left:5px solid #2f6b4f;padding:3px 10px;
border-radius:4px;margin:0 8px 6px 0} .chip.warn{border-left-color:#a04000}
</style>"""


def render() -> None:
    """Draws the page."""
    st.html(STYLE)
    plans = folders.kept_plans(OUTPUTS)
    if not plans:
        st.title("No week is planned yet")
        st.write("A planned week will be shown here. Plan one with:")
        st.code("esro plan inputs/baltimore-county --week 2026-11-30")
        return
    with st.sidebar:
        st.header("ESRO scheduler")
        name = st.selectbox("Agency", sorted({p.name for p in plans}))
        weeks = sorted((p.monday for p in plans if p.name == name), reverse=True)
        monday = st.selectbox("Week", weeks, format_func=lambda d: f"{day_short(d)} {d.year}")
    try:
        shown = folders.open_plan(INPUTS / str(name), OUTPUTS / str(name) / str(monday))
    except SchedulerError as error:
        st.error(f"This plan cannot be shown; nothing was lost. {error}")
        return
    if shown.stale:
        st.warning("The tables have changed since this plan was made; plan the week again.")
    _week(shown)


def _week(shown: "folders.ShownPlan") -> None:
    case, agency = shown.case, shown.case.agency
    precincts = [p for p in agency.precincts if p in shown.precincts]
    chosen = st.sidebar.selectbox("Precinct", precincts, format_func=lambda p: _name(shown, p))
    monday = shown.weeks[0]
    if len(shown.weeks) > 1:
        monday = st.sidebar.selectbox("Week of the plan", shown.weeks, format_func=day_short)
    if chosen is None or monday is None:
        st.info("The agency has no precincts with schools yet.")
        return
    st.title(f"{_name(shown, chosen)}: week of {day_short(monday)} {monday.year}")
    schools = school_weeks(case, monday, (chosen,))
    marks = {"good": "●", "warn": "▲"}
    st.html(
        "".join(
            f'<span class="chip {c["kind"]}">{marks[c["kind"]]} {c["text"]}</span>'
            for c in chips(case, monday, chosen, schools)
        )
    )
    st.markdown(f"**{shown.proof}**")
    for o in officer_weeks(case, monday, (chosen,)):
        load = "" if o.load is None else f" · {o.load:.0%} of duty"
        st.markdown(
            f"**{o.officer.name}** · {len(o.visits)} visits · {duration(o.minutes)} at schools"
            f" · {duration(o.travel)} driving{load}"
        )
        st.image(week_grid(case, o.officer, monday, o.visits), width="stretch")
    left, right = st.columns([3, 2])
    with left:
        st.subheader("Schools")
        _schools(schools)
    with right:
        st.subheader("Map")
        st.image(area_map(case, (chosen,), [v for s in schools for v in s.visits]), width="stretch")
    with st.expander("Why this plan: the score from the top down"):
        counts = shown.score.to_dict()
        for tier, count in counts.items():
            st.write(tier_sentence(tier, count, shown.bound, shown.best))
        st.caption("Counted over everything that was planned together.")
    _downloads(shown, monday)


def _name(shown: "folders.ShownPlan", precinct_id: str) -> str:
    return f"{shown.case.agency.precincts[precinct_id].name} ({precinct_id})"


def _schools(schools: list[SchoolWeek]) -> None:
    worst = sorted(schools, key=lambda s: (s.minutes / s.share if s.share else 9, s.school.name))
    st.dataframe(
        pd.DataFrame(
            {
                "School": [s.school.name for s in worst],
                "Visits": [f"{len(s.visits)} / {s.wanted}" for s in worst],
                "Last seen": [day_short(s.last_seen) if s.last_seen else "not known" for s in worst],
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
        column_config={"Of fair share": st.column_config.ProgressColumn(format="%d %%", max_value=100)},
    )


def _downloads(shown: "folders.ShownPlan", monday: date) -> None:
    st.subheader("Take with you")
    files = {"plan.csv": "text/csv", "report.html": "text/html"}
    columns = st.columns(len(files))
    for column, (file, kind) in zip(columns, files.items(), strict=True):
        path = shown.folder / file
        if path.is_file():
            column.download_button(file, path.read_bytes(), f"{monday}-{file}", kind)
