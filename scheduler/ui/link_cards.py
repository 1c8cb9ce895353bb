"""Links for all who have none, made in one step; shown once, as one page of cards to print."""

from collections.abc import Mapping, Sequence

import streamlit as st

from scheduler.domain.link import LinkKind
from scheduler.errors import SchedulerError
from scheduler.publish.subscribing import subscription
from scheduler.service import editing, linking, printing
from scheduler.service.linking import MadeLink
from scheduler.ui import links
from scheduler.ui.asking import answer, ask, is_asked, window
from scheduler.ui.parts import problem
from scheduler.ui.state import State

MADE, TAKEN = "new links", "new links were taken"
QUESTION = "make links for all"


def offer(missing: Mapping[str, str]) -> None:
    """The button, where one link is not enough."""
    if len(missing) > 1:
        words = f"Make a link for each of the {len(missing)} without one…"
        st.button(words, on_click=ask, args=(QUESTION,), icon=":material/print:")


def question(state: State, missing: Mapping[str, str]) -> bool:
    """The window that asks, or shows what was made; whether one is open."""
    if MADE in st.session_state:
        _made(state, st.session_state[MADE])
        return True
    if is_asked(QUESTION) and missing:
        _ask(state, missing)
        return True
    return False


@window("A link for each officer without one")
def _ask(state: State, missing: Mapping[str, str]) -> None:
    st.write(
        f"This makes {len(missing)} secret links, for {', '.join(missing.values())}. You get one page with a "
        "card for each officer, to print and cut. The addresses are shown this once and cannot be looked up "
        "later, so have a printer or a safe place for the file at hand."
    )

    def act() -> None:
        st.session_state[MADE] = linking.make_links(
            state.office, state.actor, LinkKind.OFFICER, tuple(missing)
        )

    answer(f"Make {len(missing)} links", act)


@st.dialog("New calendar links", width="large", dismissible=False)
def _made(state: State, made: Sequence[MadeLink]) -> None:
    if MADE not in st.session_state:
        st.rerun()
    st.write(
        f"{len(made)} links are made, for {', '.join(m.name for m in made)}. **Download the cards now**: the "
        "addresses are secret and shown this once. Print the page, cut the cards apart, give each to its "
        "officer alone, and delete the file."
    )
    base = links.server_field("base of new links")
    try:
        for_all = [subscription(base, m.path, m.name) for m in made]
    except SchedulerError as error:
        problem(error)
        return
    if for_all:
        links.warn(for_all[0])
    agency = editing.tables(state.office).agency
    taken = st.session_state.get(TAKEN, False)
    with st.container(horizontal=True):
        st.download_button(
            "Download the cards, to print",
            lambda: printing.link_cards(agency, state.office.local(agency), made, base),
            "calendar-links.html",
            "text/html",
            type="secondary" if taken else "primary",
            icon=":material/print:",
            on_click=_took,
        )
        st.button("Done" if taken else "Close without the cards", on_click=_forget)


def _took() -> None:
    st.session_state[TAKEN] = True


def _forget() -> None:
    st.session_state.pop(MADE, None)
    st.session_state.pop(TAKEN, None)
