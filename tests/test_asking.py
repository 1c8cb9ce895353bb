"""Questions over a page: they stay until they are answered or put away."""

from streamlit.testing.v1 import AppTest


def _script() -> None:
    import streamlit as st

    from scheduler.errors import SchedulerError
    from scheduler.ui import asking

    asking.on_page(st.session_state.get("page", "one"))

    def act() -> None:
        if not st.session_state["reason"]:
            raise SchedulerError("Say why.")
        st.session_state["kept"] = st.session_state["reason"]

    @asking.window("Sure?")
    def sure(number: int) -> None:
        st.text_input("Reason", key="reason")
        asking.answer(f"Yes, {number}", act)

    for number in (1, 2):
        st.button(f"Ask {number}", on_click=asking.ask, args=("sure", number))
        if asking.is_asked("sure", number):
            sure(number)


def _asked() -> AppTest:
    at = AppTest.from_function(_script).run()
    at.button[1].click().run()
    assert [b.label for b in at.button] == ["Ask 1", "Ask 2", "Yes, 2"]
    return at


def test_a_question_stays_with_what_was_typed_when_the_page_is_drawn_anew() -> None:
    at = _asked()
    at.text_input[0].input("Court").run().run()
    assert at.text_input[0].value == "Court" and at.button[2].label == "Yes, 2"


def test_an_answer_that_cannot_be_taken_is_said_and_can_be_mended() -> None:
    at = _asked()
    at.button[2].click().run()
    assert [e.value for e in at.error] == ["Say why."] and "kept" not in at.session_state
    at.text_input[0].input("Court")
    at.button[2].click().run()
    assert at.session_state["kept"] == "Court" and len(at.button) == 2 and not at.error


def test_another_question_and_another_page_take_its_place() -> None:
    at = _asked()
    at.button[0].click().run()
    assert [b.label for b in at.button] == ["Ask 1", "Ask 2", "Yes, 1"]
    at.session_state["page"] = "two"
    assert len(at.run().button) == 2
