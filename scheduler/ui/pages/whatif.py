"""What if? Scenarios made in users' words, planned side by side, and made real."""

from collections.abc import Callable
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from scheduler import questions
from scheduler.domain.agency import Agency, Officer, Role
from scheduler.domain.calendar import week_days
from scheduler.domain.change import Scenario
from scheduler.domain.plan import Visit
from scheduler.domain.score import TIERS
from scheduler.errors import SchedulerError
from scheduler.explain import makers
from scheduler.explain.sweep import SweepPoint
from scheduler.explain.whatif import ScenarioAnswer
from scheduler.publish.comparison import TIER_WORDS
from scheduler.publish.words import day_short, duration, proof_sentence
from scheduler.questions import Asked, Comparison
from scheduler.service import editing, scenarios
from scheduler.service.drafting import DraftRequest, plan_drafts
from scheduler.ui.parts import problem
from scheduler.ui.place import choose_precinct, choose_week, precinct_name
from scheduler.ui.state import State
from scheduler.ui.watching import is_running, settled, step_words, watch

SECONDS = 20.0
"""Planning time a precinct and scenario."""
MOST_SECONDS = 240.0
AS_IT_IS = "As it is"
Made = Callable[[State, Agency, str], Scenario | None]


def render(state: State) -> None:
    """Draws the page."""
    st.title("What if?")
    agency = editing.tables(state.office).agency
    where, when = st.columns(2, vertical_alignment="bottom")
    with where:
        precinct = choose_precinct(state, agency)
    if precinct is None:
        return
    with when:
        choose_week(state)
    if "told what-if" in st.session_state:
        st.success(st.session_state.pop("told what-if"))
    comparing, staffing = st.tabs(["Scenarios", "What staff buys"])
    with comparing:
        _make(state, agency, precinct)
        _choose(state, agency, precinct)
        _result(state, agency, precinct)
    with staffing:
        _sweep(state, agency, precinct)


# -- making ---------------------------------------------------------------------------------------


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


def _make(state: State, agency: Agency, precinct: str) -> None:
    with st.expander("Make a scenario", expanded=not scenarios.list_scenarios(state.office, state.actor)):
        kind = st.selectbox("What if …", list(KINDS), index=None, placeholder="Choose what would change")
        if kind is None:
            return
        try:
            made = KINDS[kind](state, agency, precinct)
        except SchedulerError as error:
            problem(error)
            return
        if made is None:
            return
        st.markdown(f"**{made.name}**")
        _sentences(made)
        if st.button("Keep this scenario"):
            try:
                scenarios.keep(state.office, state.actor, made)
            except SchedulerError as error:
                problem(error)
                return
            st.session_state["told what-if"] = f"Kept: {made.name}."
            st.rerun()


def _sentences(scenario: Scenario, most: int = 6) -> None:
    for sentence in scenario.sentences[:most]:
        st.caption(sentence)
    if len(scenario.changes) > most:
        st.caption(f"… and {len(scenario.changes) - most} changes more.")


# -- choosing and comparing -----------------------------------------------------------------------


def _choose(state: State, agency: Agency, precinct: str) -> None:
    listed = scenarios.list_scenarios(state.office, state.actor)
    if not listed:
        st.info("Scenarios that you keep are listed here, to be planned beside the week as it is.")
        return
    st.subheader("Kept scenarios")
    chosen: list[Scenario] = []
    for kept in listed:
        left, right = st.columns([8, 1], vertical_alignment="center")
        with left:
            if st.checkbox(kept.scenario.name, key=f"choose {kept.scenario_id}", help=f"By {kept.author}"):
                chosen.append(kept.scenario)
            _sentences(kept.scenario, 2)
        mine = kept.author == state.actor.user_id or state.actor.is_admin
        if mine and right.button("Remove", key=f"remove {kept.scenario_id}", help="Take it off the list."):
            scenarios.remove(state.office, state.actor, kept.scenario_id)
            st.rerun()
    own = [p for p in agency.precincts if state.actor.may_plan(p) and agency.schools_of[p]]
    looked = st.multiselect(
        "Planned for",
        own,
        default=[precinct] if precinct in own else [],
        key=f"compared {precinct}",
        format_func=lambda p: precinct_name(agency, p),
        help="A scenario that touches two precincts is best looked at in both.",
    )
    key = _key(state, precinct)
    job = is_running(state, key)
    seconds = min(MOST_SECONDS, SECONDS * max(1, len(looked)) * (1 + len(chosen)))
    ready = bool(chosen) and bool(looked) and job is None
    said = f"Takes up to {duration(max(1, round(seconds / 60)))}." if chosen else "Choose scenarios first."
    if st.button("Compare", type="primary", disabled=not ready, help=said):
        office, actor = state.office, state.actor
        asked = Asked(state.week, tuple(looked), seconds)
        state.jobs.start(
            state.user.user_id,
            key,
            f"Planning the week {1 + len(chosen)} times",
            lambda j: questions.compare(office, actor, asked, chosen, j.progress.append, j.stop),
        )
        st.rerun()
    if job is not None:
        watch(state, job.job_id, lambda j: [step_words(agency, p) for p in j.latest.values()])


def _key(state: State, precinct: str) -> str:
    return f"compare {state.user.user_id} {state.actor.name} {precinct} {state.week}"


def _result(state: State, agency: Agency, precinct: str) -> None:
    job = settled(state, _key(state, precinct))
    if job is None:
        return
    found: Comparison = job.result
    st.subheader("Side by side")
    if found.revision != editing.tables(state.office).edit.revision:
        st.warning("The tables changed since these were planned: compare again.")
    names = _names(found)
    st.dataframe(_table(found, names), hide_index=True)
    st.caption(
        "Smaller is better from “Sessions and tasks missed” to “Minutes owed”; ✓ means that no plan can do "
        "better. Each is the best plan of the whole week, without what chance adds to it."
    )
    _bars(found, names)
    for number, answer in enumerate(found.answers[1:], 1):
        _changed(state, agency, precinct, found, answer, f"{job.job_id} {number}")
    st.download_button(
        "Download as one page",
        found.page,
        f"what-if-{found.week}.html",
        "text/html",
        icon=":material/download:",
        on_click="ignore",
        help="Opens offline; it can be mailed.",
    )


def _names(found: Comparison) -> list[str]:
    """The scenarios' names; a name that comes twice is numbered."""
    out: list[str] = [AS_IT_IS]
    for answer in found.answers[1:]:
        name = answer.scenario.name
        again = sum(n == name or n.startswith(f"{name} (") for n in out)
        out.append(f"{name} ({again + 1})" if again else name)
    return out


def _table(found: Comparison, names: list[str]) -> pd.DataFrame:
    figures = [a.figures for a in found.answers]
    rows: dict[str, list[str]] = {
        "How good it is": [proof_sentence(f["status"], f["gap"]) for f in figures],
        "Visits made of those asked for": [f"{100 * f['coverage']:.1f} %" for f in figures],
        "Schools visited": [f"{f['schools_visited']} of {f['schools']}" for f in figures],
        "Minutes at schools": [f"{f['minutes_at_schools']:,}" for f in figures],
        "Minutes on the road": [f"{f['travel_minutes']:,}" for f in figures],
        "Visits that a watcher guesses": [f"{f['guessed_right']} of {f['guesses']}" for f in figures],
        "Visits added": ["–", *(str(len(a.difference.added)) for a in found.answers[1:])],
        "Visits removed": ["–", *(str(len(a.difference.removed)) for a in found.answers[1:])],
        "Visits moved": ["–", *(str(len(a.difference.moved)) for a in found.answers[1:])],
    }
    for tier in TIERS:
        if any(f["score"] and f["score"][tier] for f in figures):
            rows[TIER_WORDS[tier]] = [_cell(f, figures[0], tier) for f in figures]
    return pd.DataFrame([{"": row, **dict(zip(names, cells, strict=True))} for row, cells in rows.items()])


def _cell(figures: dict[str, Any], base: dict[str, Any], tier: str) -> str:
    score, bound = figures["score"], figures["bound"]
    if score is None:
        return "no plan found"
    above = TIERS[: TIERS.index(tier) + 1]
    proven = " ✓" if all(score[t] == bound[t] for t in above) else ""
    change = score[tier] - base["score"][tier] if base["score"] else 0
    return f"{score[tier]:,}" + (f" ({change:+,})" if change else "") + proven


def _bars(found: Comparison, names: list[str]) -> None:
    drawn = (
        ("coverage", "Visits made, %", 100),
        ("minutes_at_schools", "Minutes at schools", 1),
        ("travel_minutes", "Minutes on the road", 1),
        ("guessed_right", "Visits guessed", 1),
    )
    for column, (figure, title, times) in zip(st.columns(len(drawn)), drawn, strict=True):
        data = pd.DataFrame(
            {"Scenario": names, title: [round(times * a.figures[figure], 1) for a in found.answers]}
        )
        bars = alt.Chart(data, height=36 * len(names) + 30).encode(
            y=alt.Y("Scenario", sort=names, title=None, axis=alt.Axis(labelLimit=110)),
            x=alt.X(title, title=title),
            tooltip=["Scenario", title],
        )
        colour = alt.condition(alt.datum.Scenario == AS_IT_IS, alt.value("#8793a1"), alt.value("#1d4e89"))
        column.altair_chart(
            bars.mark_bar().encode(color=colour)
            + bars.mark_text(align="left", dx=3).encode(text=alt.Text(title)),
            width="stretch",
        )


def _changed(
    state: State, agency: Agency, precinct: str, found: Comparison, answer: ScenarioAnswer, key: str
) -> None:
    world = answer.case.agency
    parts = answer.difference
    with st.expander(f"{answer.scenario.name}: what changes"):
        _sentences(answer.scenario)
        rows = [("Added", _visit(world, v), "") for v in parts.added]
        rows += [("Removed", _visit(agency, v), "") for v in parts.removed]
        rows += [("Moved", _visit(agency, a), _visit(world, b)) for a, b in parts.moved]
        if rows:
            st.dataframe(pd.DataFrame(rows, columns=["", "Visit", "Becomes"]), hide_index=True)
        else:
            st.write("Every visit stays as it is.")
        if st.button("Promote to a draft…", key=f"promote {key}"):
            _promote(state, precinct, found, answer.scenario)


def _visit(agency: Agency, visit: Visit) -> str:
    school = agency.schools.get(visit.school_id)
    officer = agency.officers.get(visit.officer_id)
    return (
        f"{day_short(visit.date)}, {visit.window}: {school.name if school else visit.school_id}, "
        f"{officer.name if officer else visit.officer_id}"
    )


@st.dialog("Promote to a draft")
def _promote(state: State, precinct: str, found: Comparison, scenario: Scenario) -> None:
    count = len(scenario.changes)
    st.write(
        f"This makes {count} {'change' if count == 1 else 'changes'} in the tables, for this week and all "
        "that follow, and plans a draft of this week. Nothing is published."
    )
    _sentences(scenario)
    reason = st.text_input("Why (for the record)", placeholder=scenario.name)
    if not st.button("Make the changes and plan", type="primary"):
        return
    try:
        scenarios.promote(state.office, state.actor, found.revision, scenario, reason)
    except SchedulerError as error:
        problem(error)
        return
    precincts = tuple(p for p in found.precincts if state.actor.may_plan(p))
    request = DraftRequest(
        found.week, precincts, time_limit=40.0 * len(precincts), note=scenario.name, apart=True
    )
    office, actor = state.office, state.actor
    key = f"plan {precincts[0]} {found.week}" if len(precincts) == 1 else f"plan {precincts} {found.week}"
    state.jobs.start(
        state.user.user_id,
        key,
        "Planning the draft",
        lambda j: plan_drafts(office, actor, request, j.progress.append, j.stop),
    )
    st.session_state["told what-if"] = (
        f"The tables now say so: {scenario.name}. A draft is being planned; it appears on the Week page."
    )
    st.rerun()


# -- staffing -------------------------------------------------------------------------------------


def _sweep(state: State, agency: Agency, precinct: str) -> None:
    own = [o for o in agency.officers.values() if o.role is Role.ESRO and o.precinct_id == precinct]
    st.write(
        f"{precinct_name(agency, precinct)} has {len(own)} of its own officers. How many of the visits could "
        "be made with fewer or more?"
    )
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    most = int(left.number_input("Up to so many officers", 1, 8, min(8, len(own) + 2)))
    visits = middle.select_slider("Visits a week at each school", [1, 2, 3], value=(1, 3))
    relief = right.checkbox("Relief officers step in")
    key = f"sweep {state.user.user_id} {precinct} {state.week}"
    job = is_running(state, key)
    allowed = state.actor.may_plan(precinct) and job is None
    if st.button("Plan them all", disabled=not allowed, help="Takes about a minute."):
        office, actor = state.office, state.actor
        counts, times = list(range(1, most + 1)), list(range(visits[0], visits[1] + 1))
        asked = Asked(state.week, (precinct,), min(MOST_SECONDS, 8.0 * len(counts) * len(times)))
        state.jobs.start(
            state.user.user_id,
            key,
            f"Planning {len(counts) * len(times)} staffings",
            lambda j: questions.sweep(office, actor, asked, counts, times, relief, j.progress.append, j.stop),
        )
        st.rerun()
    if job is not None:
        watch(state, job.job_id)
    done = settled(state, key)
    if done is not None:
        _swept(done.result)


def _swept(points: list[SweepPoint]) -> None:
    table = pd.DataFrame(
        [
            {
                "Officers": p.officers,
                "visits": f"{p.visits} a week",
                "coverage": round(100 * p.coverage, 1),
                "shown": f"{100 * p.coverage:.1f} %{' ✓' if p.proven else ''}",
            }
            for p in points
        ]
    )
    st.dataframe(table.pivot(index="Officers", columns="visits", values="shown"))
    st.caption("The part of the visits asked for that the best plan makes; ✓: nobody can make more.")
    chart = alt.Chart(table, height=260).encode(
        x=alt.X("Officers:O", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("coverage", title="Visits made, %", scale=alt.Scale(domain=[0, 100])),
        color=alt.Color("visits", title="Visits at each school"),
        shape=alt.Shape("visits", title="Visits at each school"),
        tooltip=["Officers", "visits", "shown"],
    )
    st.altair_chart(chart.mark_line() + chart.mark_point(size=70, filled=True), width="stretch")
