"""Charts as plain descriptions that the browser draws: no library builds them, and nothing is fetched."""

from typing import Any

import streamlit as st

from scheduler.ui import theme

Spec = dict[str, Any]
CONFIG: Spec = {
    "axis": {"labelColor": theme.QUIET, "titleColor": theme.QUIET},
    "axisY": {"labelFlush": False, "labelLimit": 200},
    "legend": {"labelColor": theme.INK},
    "title": {"color": theme.INK, "anchor": "start", "fontSize": 13},
}


def draw(spec: Spec) -> None:
    """Draws a description, with axes and legends that can be read."""
    st.vega_lite_chart({"config": CONFIG, **spec}, width="stretch")
