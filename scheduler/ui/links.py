"""A new calendar link, shown once: its addresses, a code to scan, and how long clients take."""

import os
from collections.abc import Callable

import streamlit as st

from scheduler.errors import SchedulerError
from scheduler.publish.subscribing import DELAYS, Subscription, base_address, qr_svg, subscription
from scheduler.service.linking import MadeLink
from scheduler.ui.parts import problem

NEW = "new link"
"""Where a link waits to be shown: whatever the user touches meanwhile, it is not lost."""


def make(how: Callable[[], MadeLink]) -> None:
    """Makes a link and has it shown at the next turn."""
    try:
        keep(how())
    except SchedulerError as error:
        problem(error)
        return
    st.rerun()


def keep(made: MadeLink) -> None:
    """Has a link shown at the next turn."""
    st.session_state[NEW] = made


def show_new() -> None:
    """Shows a link that was just made, until its window is closed."""
    if NEW in st.session_state:
        _window(st.session_state[NEW])


def server_field(key: str) -> str:
    """The address of this program as phones reach it, to be corrected."""
    known = base_address(st.context.url, os.environ.get("ESRO_BASE_PATH", ""))
    typed: str = st.text_input("Address of this program, as phones reach it", known, key=key)
    return typed


def warn(found: Subscription) -> None:
    """What is in the way of an address, where something is."""
    if found.loopback:
        st.warning(
            "This address is reached from this machine alone. Google and Outlook.com fetch from their own "
            "servers and cannot reach it: put files on a web server with `esro calendars export`."
        )
    elif found.plain:
        st.warning("Without https anyone on the way can read the link and the visits.")


def _forget() -> None:
    st.session_state.pop(NEW, None)


@st.dialog("A new calendar link", width="large", on_dismiss=_forget)
def _window(made: MadeLink) -> None:
    if NEW not in st.session_state:
        st.rerun()
    st.write(
        f"The calendar of **{made.name}**. The link is shown this once: whoever has it sees the visits, so "
        "give it to nobody else. A lost one can be replaced."
    )
    base = server_field(f"base {made.link.link_id}")
    try:
        found = subscription(base, made.path, made.name)
    except SchedulerError as error:
        problem(error)
        return
    one, two, three = st.columns(3)
    one.link_button("Apple, Outlook", found.webcal, width="stretch")
    one.caption(DELAYS["Apple"])
    two.link_button("Google Calendar", found.google, width="stretch")
    two.caption(DELAYS["Google"])
    three.link_button("Outlook.com", found.outlook, width="stretch")
    three.caption(DELAYS["Outlook.com"])
    warn(found)
    left, right = st.columns([3, 1])
    with left:
        st.code(found.https, language=None, wrap_lines=True)
        st.code(found.webcal, language=None, wrap_lines=True)
    right.image(qr_svg(found.webcal), width=180, caption="Scan with the phone")
    st.caption(f"{DELAYS['Thunderbird']} A change that starts sooner goes by phone: see Receipts.")
    st.button("Done", type="primary", on_click=_forget)
