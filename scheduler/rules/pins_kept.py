"""Pinned visits are in the plan."""

from collections.abc import Iterator

from scheduler.rules.case import Case
from scheduler.rules.violation import Violation, visit_words


def pins_kept(case: Case) -> Iterator[Violation]:
    """Every pin of the planned weeks is in the plan, exactly."""
    planned = {v.pin_key for v in case.visits}
    for pin in case.pins:
        if pin.pin_key not in planned:
            yield Violation(
                "pins_kept", (),
                f"The pinned visit of {visit_words(case, pin)} ({pin.focus}) is not in the plan.",
            )  # fmt: skip
