"""How wide the screen is: a phone has no room for what stands beside a table."""

import streamlit as st

NARROW = "narrow screen"
_tell = st.components.v2.component(
    "screen",
    js="export default function ({ setStateValue }) { if (innerWidth < 640) setStateValue('narrow', true) }",
)


def is_narrow() -> bool:
    """Whether this session is looked at on a phone, as far as its browser has told yet."""
    return bool(st.session_state.get(NARROW))


def ask_width() -> None:
    """Has the browser tell, once; a wide one tells nothing. Draws nothing."""
    if not is_narrow():
        _tell(key="screen", height=1, on_narrow_change=_told)


def _told() -> None:
    st.session_state[NARROW] = True
