"""Pages take turns, and none waits for one that takes long."""

import threading

import pytest

from scheduler.ui.turns import Turns


def test_one_page_runs_at_a_time_and_a_page_that_fails_gives_its_turn_back() -> None:
    turns, order, entered = Turns(3600), list[str](), threading.Event()

    def second() -> None:
        entered.set()
        with turns.turn():
            order.append("second")

    thread = threading.Thread(target=second)
    with pytest.raises(ZeroDivisionError), turns.turn():
        thread.start()
        entered.wait()
        order.append("first")
        raise ZeroDivisionError
    thread.join()
    assert order == ["first", "second"]


def test_who_takes_long_loses_the_turn_and_cannot_give_back_anothers() -> None:
    turns = Turns(0.01)
    long, other = turns.turn(), turns.turn()
    long.__enter__()
    other.__enter__()  # did not wait for ever
    turns._most = 3600
    long.__exit__(None, None, None)
    assert turns._holder is not None
    other.__exit__(None, None, None)
    assert turns._holder is None
