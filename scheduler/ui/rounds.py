"""Rounds that can be clicked and reached by keyboard: HTML whose buttons name what they pick."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from scheduler.publish.drawing import FOCUS_COLOURS, FOCUS_EDGE, FOCUS_INK

HERE = Path(__file__)
COLOURS = "".join(
    f".visit.{f}{{background:{c};color:{FOCUS_INK[f]};border-color:{FOCUS_EDGE[f]}}}"
    for f, c in FOCUS_COLOURS.items()
)
_mount = st.components.v2.component(
    "rounds",
    html='<div class="rounds"></div>',
    css=HERE.with_name("rounds.css").read_text(encoding="utf-8") + COLOURS,
    js=HERE.with_name("rounds.js").read_text(encoding="utf-8"),
)


def rounds(html: str, key: str, picked: Callable[[str], None]) -> None:
    """Draws rounds; `picked` is told the key of a visit that is clicked."""

    def told() -> None:
        found = st.session_state[key].get("picked")
        if isinstance(found, str):
            picked(found)

    _mount(key=key, data={"html": html}, on_picked_change=told)
