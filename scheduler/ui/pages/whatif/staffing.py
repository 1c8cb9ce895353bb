"""What staff buys: a precinct planned with fewer and more officers and visits."""

import pandas as pd
import streamlit as st

from scheduler import questions
from scheduler.domain.agency import Agency, Role
from scheduler.explain.sweep import SweepPoint
from scheduler.publish.drawing import FOCUS_EDGE
from scheduler.questions import Asked
from scheduler.ui.pages.whatif.comparing import MOST_SECONDS
from scheduler.ui.place import precinct_name
from scheduler.ui.state import State
from scheduler.ui.watching import is_running, settled, watch

_VISITS = {"field": "visits", "type": "nominal", "title": "Visits at each school"}
CURVES = {
    "height": 260,
    "mark": {"type": "line", "point": {"size": 70, "filled": True}},
    "encoding": {
        "x": {"field": "Officers", "type": "ordinal", "axis": {"labelAngle": 0}},
        "y": {
            "field": "coverage",
            "type": "quantitative",
            "title": "Visits made, %",
            "scale": {"domain": [0, 100]},
        },
        "color": {**_VISITS, "scale": {"range": list(FOCUS_EDGE.values())}},
        "shape": _VISITS,
        "strokeDash": {**_VISITS, "legend": None},
        "tooltip": [{"field": "Officers"}, {"field": "visits"}, {"field": "shown", "title": "Visits made"}],
    },
}


def sweep(state: State, agency: Agency, precinct: str) -> None:
    """Asks how many, plans them all, and shows what came of it."""
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
    rows = [
        {
            "Officers": p.officers,
            "visits": f"{p.visits} a week",
            "coverage": round(100 * p.coverage, 1),
            "shown": f"{100 * p.coverage:.1f} %{' ✓' if p.proven else ''}",
        }
        for p in points
    ]
    table = pd.DataFrame(rows)
    st.dataframe(table.pivot(index="Officers", columns="visits", values="shown"))
    st.caption("The part of the visits asked for that the best plan makes; ✓: nobody can make more.")
    st.vega_lite_chart({"data": {"values": rows}, **CURVES}, width="stretch")
