"""A page of the app, run as Streamlit runs it, over the small town."""

from streamlit.testing.v1 import AppTest

from scheduler.domain.actor import Actor
from scheduler.ui.state import State
from tests.offices import MONDAY, Desk


def _script(render, state) -> None:  # type: ignore[no-untyped-def]
    render(state)


def page(render: object, town: Desk, actor: Actor, precinct: str = "p") -> AppTest:
    """A page as an actor sees it, run once."""
    state = State(town.office, actor, actor, precinct, MONDAY)
    made = AppTest.from_function(_script, default_timeout=60, kwargs={"render": render, "state": state})
    return sound(made.run())


def sound(made: AppTest) -> AppTest:
    """The page, which shows no exception."""
    assert not made.exception, made.exception
    return made


def press(made: AppTest, label: str, which: int = 0) -> AppTest:
    """The page after a button is pressed."""
    return sound([b for b in made.button if b.label == label][which].click().run())


def words(made: AppTest) -> str:
    """All that the page says."""
    kinds = (made.title, made.header, made.subheader, made.markdown, made.caption, made.info, made.success,
             made.warning, made.error, made.code)  # fmt: skip
    return "\n".join(str(e.value) for kind in kinds for e in kind)
