"""Charts of the service over the weeks, as plain descriptions that the browser draws."""

from typing import Any

import streamlit as st

from scheduler.publish.drawing import FOCUS_COLOURS, FOCUS_EDGE
from scheduler.publish.words import FOCUS_WORDS, day_short
from scheduler.service.reporting import Figures
from scheduler.ui import theme

HEIGHT = 240
Spec = dict[str, Any]
SCHOOL = {"field": "school", "type": "nominal", "title": None}
TOP = {"orient": "top"}
WHOLE = {"tickMinStep": 1, "format": "d"}


def _draw(spec: Spec) -> None:
    st.vega_lite_chart(spec, width="stretch")


def charts(found: Figures) -> None:
    """Visits a week, shares of time, focuses, and what a watcher could foresee."""
    first, last = found.weeks[0].week, found.weeks[-1].week
    st.caption(f"Weeks of {day_short(first)} to {day_short(last)} {last.year}.")
    if not any(w.planned or w.given for w in found.weeks):
        st.info("Nothing was published or logged in these weeks. Charts appear once visits are.")
        return
    left, right = st.columns(2)
    with left:
        st.subheader("Visits a week")
        _draw(_weeks_chart(found))
        st.subheader("Time against fair share")
        if any(s.share is not None for s in found.schools):
            _draw(_shares_chart(found))
            st.caption("Bars: part of the time given. Ticks: the part that the school's weight asks for.")
        else:
            st.caption("No visit is confirmed yet.")
    with right:
        st.subheader("Focus by school")
        if any(s.focuses for s in found.schools):
            _draw(_focus_chart(found))
        else:
            st.caption("No visit is confirmed yet.")
        st.subheader("Could a watcher foresee the rounds?")
        if found.panel.guesses:
            _draw(_watchers_chart(found))
            best = max(found.panel.hits, key=lambda n: found.panel.hits[n])
            st.caption(
                f"The best watcher ({best}) is right {found.panel.rate(best):.0%} of the time; who knows "
                f"only the opening hours {found.panel.floor:.0%} (the floor, the line)."
            )
        else:
            st.caption("No visit to guess yet.")


def _weeks_chart(found: Figures) -> Spec:
    kinds = ["planned", "given", "missed"]
    rows = [
        {"week": day_short(w.week), "what": what, "visits": count}
        for w in found.weeks
        for what, count in zip(kinds, (w.planned, w.given, w.missed), strict=True)
    ]
    colours = {"domain": kinds, "range": ["#b8c2cc", theme.GOOD, theme.WARN]}
    return {
        "data": {"values": rows},
        "height": HEIGHT,
        "mark": {"type": "bar", "stroke": theme.QUIET, "tooltip": True},
        "encoding": {
            "x": {
                "field": "week",
                "type": "ordinal",
                "sort": [day_short(w.week) for w in found.weeks],
                "title": None,
            },
            "xOffset": {"field": "what", "sort": kinds},
            "y": {"field": "visits", "type": "quantitative", "title": None, "axis": WHOLE},
            "color": {"field": "what", "type": "nominal", "title": None, "scale": colours, "legend": TOP},
        },
    }


def _focus_chart(found: Figures) -> Spec:
    rows = [
        {"school": s.school.name, "focus": FOCUS_WORDS.get(f, f), "visits": count}
        for s in found.schools
        for f, count in s.focuses.items()
    ]
    names = list(FOCUS_WORDS.values())
    colour = {"domain": names, "range": [FOCUS_COLOURS[f] for f in FOCUS_WORDS]}
    edge = {"domain": names, "range": [FOCUS_EDGE[f] for f in FOCUS_WORDS]}
    focus = {"field": "focus", "type": "nominal", "title": None}
    return {
        "data": {"values": rows},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "y": SCHOOL,
            "x": {"field": "visits", "type": "quantitative", "title": "visits given", "axis": WHOLE},
            "fill": {**focus, "scale": colour, "legend": TOP},
            "stroke": {**focus, "scale": edge, "legend": None},
        },
    }


def _shares_chart(found: Figures) -> Spec:
    rows = [{"school": s.school.name, "given": s.share or 0.0, "due": s.due or 0.0} for s in found.schools]
    part = {"format": "%"}
    bars = {
        "mark": {"type": "bar", "color": theme.GOOD, "tooltip": True},
        "encoding": {"x": {"field": "given", "type": "quantitative", "title": None, "axis": part}},
    }
    ticks = {
        "mark": {"type": "tick", "color": theme.INK, "thickness": 3, "tooltip": True},
        "encoding": {"x": {"field": "due", "type": "quantitative"}},
    }
    return {"data": {"values": rows}, "encoding": {"y": SCHOOL}, "layer": [bars, ticks]}


def _watchers_chart(found: Figures) -> Spec:
    weeks = [day_short(m) for m, _ in found.watchers]
    rows = [
        {"week": day_short(m), "watcher": name, "rate": round(p.rate(name), 3)}
        for m, p in found.watchers
        for name in p.hits
    ]
    floor = [{"week": day_short(m), "floor": round(p.floor, 3)} for m, p in found.watchers]
    watcher = {"field": "watcher", "type": "nominal", "title": None, "legend": TOP}
    guessed = {"title": "guessed right", "axis": {"format": "%"}, "type": "quantitative"}
    points = {
        "data": {"values": rows},
        "mark": {"type": "point", "filled": True, "size": 60, "tooltip": True},
        "encoding": {"y": {"field": "rate", **guessed}, "color": watcher, "shape": watcher},
    }
    ground = {
        "data": {"values": floor},
        "mark": {"type": "line", "color": theme.INK, "strokeDash": [4, 3], "point": True, "tooltip": True},
        "encoding": {"y": {"field": "floor", **guessed}},
    }
    x = {"field": "week", "type": "ordinal", "sort": weeks, "title": None}
    return {"height": HEIGHT, "encoding": {"x": x}, "layer": [points, ground]}
