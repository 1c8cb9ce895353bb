"""Questions in a window over the page.

What is asked is kept in the session until it is answered or put away: work in the background that ends, and
whatever else has the page drawn anew meanwhile, neither shuts the window nor takes what was typed in it. What
a button does is done before the page is drawn, so that no press is lost either.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import streamlit as st

from scheduler.errors import SchedulerError
from scheduler.ui.parts import problem

_ASKED, _WRONG, _PAGE = "asked", "what was wrong with the answer", "page of the question"
Draw = Callable[..., None]


def ask(question: str, about: object = None) -> None:
    """Opens a question about something; what a button does when it is pressed (`on_click`)."""
    st.session_state[_ASKED] = (question, about)
    st.session_state.pop(_WRONG, None)


def is_asked(question: str, about: object = None) -> bool:
    """Whether this question is open, about this thing."""
    return bool(st.session_state.get(_ASKED) == (question, about))


def put_away() -> None:
    """Closes the question that is open."""
    st.session_state.pop(_ASKED, None)
    st.session_state.pop(_WRONG, None)


def on_page(slug: str) -> None:
    """Closes a question that was left open on another page."""
    if st.session_state.get(_PAGE) != slug:
        st.session_state[_PAGE] = slug
        put_away()


def window(title: str, **settings: Any) -> Callable[[Draw], Draw]:
    """A window that draws a question; it is gone once the question is."""

    def made(draw: Draw) -> Draw:
        @wraps(draw)
        def shown(*args: object) -> None:
            if _ASKED not in st.session_state:
                st.rerun()
            draw(*args)

        opened: Draw = st.dialog(title, on_dismiss=put_away, **settings)(shown)
        return opened

    return made


def answer(label: str, act: Callable[[], object], key: str | None = None) -> None:
    """The button that does what was asked about; what is in its way is said, and the question stays. Fields
    are read in `act` from the session, where they are as typed."""
    st.button(label, type="primary", on_click=_do, args=(act,), key=key)
    wrong = st.session_state.get(_WRONG)
    if wrong is not None:
        problem(wrong)


def _do(act: Callable[[], object]) -> None:
    st.session_state.pop(_WRONG, None)
    try:
        act()
    except SchedulerError as error:
        st.session_state[_WRONG] = error
        return
    put_away()
