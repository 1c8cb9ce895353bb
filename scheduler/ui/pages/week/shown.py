"""A planned week: its chips, the officers' grids with the picked visit beside them, schools and map."""

from datetime import date

import streamlit as st

from scheduler.publish.chips import Chip, week_chips
from scheduler.publish.drawing import area_map
from scheduler.publish.summary import officer_weeks, school_weeks
from scheduler.publish.words import proof_sentence, tier_sentence
from scheduler.service import delivery, printing, weeks
from scheduler.service.comparing import news
from scheduler.service.weeks import WeekView
from scheduler.ui.grid import officers_html, visit_key
from scheduler.ui.pages.visit import visit_panel
from scheduler.ui.pages.week.keys import PICKED, PUBLISHED, SHOWN
from scheduler.ui.pages.week.publishing import history
from scheduler.ui.parts import chips
from scheduler.ui.rounds import rounds
from scheduler.ui.school_rows import schools_html
from scheduler.ui.state import State

NEAR = 0.05
"""A plan that is this close to the best is well."""


def plan(state: State, view: WeekView) -> None:
    """Draws the plan."""
    case, precinct, week = view.case, view.precinct_id, view.week
    assert case is not None
    schools = school_weeks(case, week, (precinct,))
    chips(
        [*_warnings(view), *week_chips(case, week, schools), *_proof(view), *_news(view), *_told(state, view)]
    )
    picked = st.session_state.get((PICKED, precinct, week))
    if picked not in {visit_key(v) for v in view.visits}:
        picked = None
    drawn, panel = st.columns([7, 2.4], gap="medium")
    with drawn:
        officers = [o for o in officer_weeks(case, week, (precinct,))
                    if o.visits or o.officer.precinct_id == precinct]  # fmt: skip
        reasons = state.actor.may_plan(precinct)
        rounds(
            officers_html(case, week, officers, picked, reasons),
            f"grid {precinct} {week}",
            lambda visit: _pick(precinct, week, visit),
        )
    with panel, st.container(key="panel"):
        _sides(state, view)
        visit_panel(state, view, picked)
        st.image(
            area_map(case, (precinct,), case.visits), width="stretch", caption="Schools, by minutes planned"
        )
    st.subheader("Schools")
    rounds(
        schools_html(case, week, schools, picked),
        f"schools {precinct} {week}",
        lambda visit: _pick(precinct, week, visit),
    )
    with st.container(key="panel-history"):
        st.download_button(
            "To print: the week, and a sheet for each officer's day",
            lambda: printing.week_page(view),
            f"week-{precinct}-{week}.html",
            "text/html",
            icon=":material/print:",
            on_click="ignore",
            help="One page to open and print: the week on a landscape page, each day on a portrait one.",
        )
        history(state, view)


def _sides(state: State, view: WeekView) -> None:
    """Back to the draft that was changed by hand into the one shown, to what is published, and again to
    the draft."""
    if not state.actor.may_plan(view.precinct_id):
        return
    draft, where = view.draft, (SHOWN, view.precinct_id, view.week)
    with st.container(horizontal=True, gap="xsmall"):
        if draft is not None and draft.parent in {d.draft_id for d in view.drafts}:
            help = "Shows the draft as it was before; this one stays in the list of drafts."
            args = (where, draft.parent)
            st.button("Undo the last change", icon=":material/undo:", help=help, on_click=_show, args=args)
        if draft is not None and view.standing is not None:
            st.button("Show what is published", on_click=_show, args=(where, PUBLISHED))
        if draft is None and view.waiting is not None:
            st.button("Show the draft", on_click=_show, args=(where, view.waiting.draft_id))


def _show(where: tuple[str, str, date], draft_id: str) -> None:
    st.session_state[where] = draft_id


def _pick(precinct: str, week: date, visit: str) -> None:
    st.session_state[(PICKED, precinct, week)] = visit


def _warnings(view: WeekView) -> list[Chip]:
    found = []
    broken = weeks.faults(view)
    if broken:
        count = "1 rule is broken" if len(broken) == 1 else f"{len(broken)} rules are broken"
        found.append(Chip(False, count, tuple(b.sentence for b in broken)))
    if view.newer_tables:
        words = "The tables changed since this plan was made"
        found.append(Chip(False, words, ("Press Generate to plan the week from the tables as they stand.",)))
    return found


def _news(view: WeekView) -> list[Chip]:
    """A draft beside what is published."""
    if view.draft is None or view.standing is None:
        return []
    lines = news(view).lines
    count = "1 visit" if len(lines) == 1 else f"{len(lines)} visits"
    return [Chip(True, f"{count} not as published" if lines else "The same as published", lines)]


def _told(state: State, view: WeekView) -> list[Chip]:
    """Who has what is published."""
    if view.draft is not None or view.standing is None or not state.actor.may_plan(view.precinct_id):
        return []
    found = delivery.holders(state.office, state.actor, view.standing.publication_id)
    if not found:
        return []
    has = all(h.fetched is not None for h in found)
    return [Chip(has, delivery.tally(found, view.standing).rstrip("."), tuple(h.sentence for h in found))]


def _proof(view: WeekView) -> list[Chip]:
    """Whether it is the best there is; pressed, the score from the top down."""
    proof = view.proof
    if proof is None:
        return []
    lines = [
        tier_sentence(tier, count, proof.bound, proof.best)
        for tier, count in proof.score.to_dict().items()
        if count or tier != "changed_visits"
    ]
    if view.draft is not None and len(view.draft.precincts) > 1:
        lines.append(f"Counted over precincts {', '.join(view.draft.precincts)}, planned together.")
    if proof.status == "manual":
        return [Chip(True, "Changed by hand", tuple(lines))]
    near = proof.status == "optimal" or (proof.gap is not None and proof.gap <= NEAR)
    return [Chip(near, proof_sentence(proof.status, proof.gap).rstrip("."), tuple(lines))]
