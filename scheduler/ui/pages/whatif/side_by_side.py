"""The figures of scenarios as a table and as bars."""

from typing import Any

import pandas as pd
import streamlit as st

from scheduler.domain.score import TIERS
from scheduler.publish.comparison import TIER_WORDS
from scheduler.publish.words import proof_sentence
from scheduler.questions import Comparison
from scheduler.ui import theme

AS_IT_IS = "As it is"


def names_of(found: Comparison) -> list[str]:
    """The scenarios' names; a name that comes twice is numbered."""
    out: list[str] = [AS_IT_IS]
    for answer in found.answers[1:]:
        name = answer.scenario.name
        again = sum(n == name or n.startswith(f"{name} (") for n in out)
        out.append(f"{name} ({again + 1})" if again else name)
    return out


def table(found: Comparison, names: list[str]) -> pd.DataFrame:
    """The figures, a column a scenario."""
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


def bars(found: Comparison, named: list[str]) -> None:
    """A small chart a figure."""
    drawn = (
        ("coverage", "Visits made, %", 100),
        ("minutes_at_schools", "Minutes at schools", 1),
        ("travel_minutes", "Minutes on the road", 1),
        ("guessed_right", "Visits guessed", 1),
    )
    for column, (figure, title, times) in zip(st.columns(len(drawn)), drawn, strict=True):
        rows = [
            {"name": name, "value": round(times * a.figures[figure], 1)}
            for name, a in zip(named, found.answers, strict=True)
        ]
        column.vega_lite_chart({"data": {"values": rows}, **_bar_spec(title, named)}, width="stretch")


def _bar_spec(title: str, named: list[str]) -> dict[str, Any]:
    bar = {
        "mark": "bar",
        "encoding": {
            "color": {
                "condition": {"test": f"datum.name == '{AS_IT_IS}'", "value": theme.QUIET},
                "value": theme.ACTION,
            }
        },
    }
    number = {
        "mark": {"type": "text", "align": "left", "dx": 3},
        "encoding": {"text": {"field": "value", "type": "quantitative"}},
    }
    y = {"field": "name", "type": "nominal", "sort": named, "title": None, "axis": {"labelLimit": 110}}
    x = {"field": "value", "type": "quantitative", "title": title}
    return {"height": 36 * len(named) + 30, "encoding": {"x": x, "y": y}, "layer": [bar, number]}
