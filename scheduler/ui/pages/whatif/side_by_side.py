"""The figures of scenarios as a table and as bars."""

from typing import Any

import pandas as pd
import streamlit as st

from scheduler.domain.score import TIERS
from scheduler.publish.comparison import TIER_WORDS
from scheduler.publish.words import proof_sentence
from scheduler.questions import Comparison
from scheduler.ui import theme
from scheduler.ui.charts import Spec, draw
from scheduler.ui.parts import escaped

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
    """The figures, a row each and a column a scenario."""
    figures = [a.figures for a in found.answers]
    rows: dict[str, list[str]] = {
        "How good it is": [_short_proof(f) for f in figures],
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
    return pd.DataFrame.from_dict(rows, orient="index", columns=[escaped(name) for name in names])


def _cell(figures: dict[str, Any], base: dict[str, Any], tier: str) -> str:
    score, bound = figures["score"], figures["bound"]
    if score is None:
        return "no plan found"
    above = TIERS[: TIERS.index(tier) + 1]
    proven = " ✓" if all(score[t] == bound[t] for t in above) else ""
    change = score[tier] - base["score"][tier] if base["score"] else 0
    return f"{score[tier]:,}" + (f" ({change:+,})" if change else "") + proven


def _short_proof(figures: dict[str, Any]) -> str:
    said = proof_sentence(figures["status"], figures["gap"])
    return said.partition(":")[0].partition(";")[0].rstrip(".").removesuffix(" possible")


def bars(found: Comparison, named: list[str]) -> None:
    """A small chart a figure."""
    drawn = (
        ("coverage", "Visits made, %", 100),
        ("minutes_at_schools", "Minutes at schools", 1),
        ("travel_minutes", "Minutes on the road", 1),
        ("guessed_right", "Visits guessed", 1),
    )
    for number, (figure, title, times) in enumerate(drawn):
        if number % 2 == 0:
            columns = st.columns(2, gap="medium")
        rows = [
            {"name": name, "value": round(times * a.figures[figure], 1)}
            for name, a in zip(named, found.answers, strict=True)
        ]
        with columns[number % 2]:
            draw({"data": {"values": rows}, **_bar_spec(title, named, max(r["value"] for r in rows))})


def _bar_spec(title: str, named: list[str], most: float) -> Spec:
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
        "mark": {"type": "text", "align": "left", "dx": 4},
        "encoding": {"text": {"field": "value", "type": "quantitative"}},
    }
    y = {"field": "name", "type": "nominal", "sort": named, "title": None, "axis": {"labelLimit": 200}}
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1.15 * most or 1]}}
    return {
        "title": title,
        "height": 34 * len(named) + 40,
        "encoding": {"x": x, "y": y},
        "layer": [bar, number],
    }
