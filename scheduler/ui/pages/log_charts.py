"""Charts of the service over the weeks, as plain descriptions that the browser draws."""

import streamlit as st

from scheduler.publish.drawing import FOCUS_COLOURS, FOCUS_EDGE
from scheduler.publish.words import FOCUS_WORDS, day_short, short_school
from scheduler.service.reporting import Figures
from scheduler.ui import theme
from scheduler.ui.charts import Spec, draw

HEIGHT = 240
SCHOOL = {"field": "school", "type": "nominal", "title": None}
TOP = {"orient": "top"}
WHOLE = {"tickMinStep": 1, "format": "d"}
LEVEL = {"labelAngle": 0}
WATCHERS = ["#2473b8", "#9a3d00", "#14513a", "#7a5800", "#6a3d9a", "#16202a"]


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
        draw(_weeks_chart(found))
        st.subheader("Time against fair share")
        if any(s.share is not None for s in found.schools):
            draw(_shares_chart(found))
            st.caption("Bars: part of the time given. Ticks: the part that the school's weight asks for.")
        else:
            st.caption("No visit is confirmed yet.")
    with right:
        st.subheader("Focus by school")
        if any(s.focuses for s in found.schools):
            draw(_focus_chart(found))
        else:
            st.caption("No visit is confirmed yet.")
        st.subheader("Could a watcher foresee the rounds?")
        if found.panel.guesses:
            draw(_watchers_chart(found))
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
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "x": {
                "field": "week",
                "type": "ordinal",
                "sort": [day_short(w.week) for w in found.weeks],
                "title": None,
                "axis": LEVEL,
            },
            "xOffset": {"field": "what", "sort": kinds},
            "y": {"field": "visits", "type": "quantitative", "title": None, "axis": WHOLE},
            "color": {"field": "what", "type": "nominal", "title": None, "scale": colours, "legend": TOP},
        },
    }


def _focus_chart(found: Figures) -> Spec:
    rows = [
        {"school": short_school(s.school.name), "focus": FOCUS_WORDS.get(f, f), "visits": count}
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
            "x": {
                "field": "visits",
                "type": "quantitative",
                "title": "visits given",
                "axis": WHOLE,
                "scale": {"domainMax": 1 + max(sum(s.focuses.values()) for s in found.schools)},
            },
            "fill": {**focus, "scale": colour, "legend": TOP},
            "stroke": {**focus, "scale": edge, "legend": None},
        },
    }


def _shares_chart(found: Figures) -> Spec:
    rows = [
        {"school": short_school(s.school.name), "given": s.share or 0.0, "due": s.due or 0.0}
        for s in found.schools
    ]
    part = {"format": "%"}
    room = {"domainMax": 1.08 * max(max(s.share or 0.0, s.due or 0.0) for s in found.schools)}
    given = {"field": "given", "type": "quantitative"}
    bars = {
        "mark": {"type": "bar", "color": theme.GOOD, "tooltip": True},
        "encoding": {"x": {**given, "title": None, "axis": part, "scale": room}},
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
    watcher: Spec = {"field": "watcher", "type": "nominal", "title": None, "legend": TOP}
    watcher["scale"] = {"range": WATCHERS}
    shape = {k: v for k, v in watcher.items() if k != "scale"}
    guessed = {"title": "guessed right", "axis": {"format": "%"}, "type": "quantitative"}
    points = {
        "data": {"values": rows},
        "mark": {"type": "point", "filled": True, "size": 60, "tooltip": True},
        "encoding": {"y": {"field": "rate", **guessed}, "color": watcher, "shape": shape},
    }
    ink = {"color": theme.INK}
    ground = {
        "data": {"values": floor},
        "mark": {"type": "line", "strokeDash": [4, 3], "tooltip": True, **ink, "point": ink},
        "encoding": {"y": {"field": "floor", **guessed}},
    }
    x = {"field": "week", "type": "ordinal", "sort": weeks, "title": None, "axis": LEVEL}
    return {"height": HEIGHT, "encoding": {"x": x}, "layer": [points, ground]}
