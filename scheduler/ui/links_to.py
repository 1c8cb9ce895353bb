"""Links from one page of the app to another."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

KNOWN = "pages of this session"


def remember(pages: Mapping[str, Any]) -> None:
    """Keeps the pages that are open to the actor, by their names in addresses."""
    st.session_state[KNOWN] = dict(pages)


def link_to(slug: str, label: str, done: bool = False) -> None:
    """A link to a page; plain words where it is not open."""
    icon = ":material/check_circle:" if done else ":material/arrow_forward:"
    page = st.session_state.get(KNOWN, {}).get(slug)
    if page is None:
        st.markdown(f"{icon} {label}")
    else:
        st.page_link(page, label=label, icon=icon)


def go_to(slug: str) -> None:
    """Leaves for a page."""
    page = st.session_state.get(KNOWN, {}).get(slug)
    if page is not None:
        st.switch_page(page)
