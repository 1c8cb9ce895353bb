"""What is past stays as published."""

from collections.abc import Iterator

from scheduler.rules.case import Case
from scheduler.rules.violation import Violation, visit_words


def past_kept(case: Case) -> Iterator[Violation]:
    """Published visits that start before the moment are in the plan exactly, and no other
    visit but a pin starts before it."""
    if case.published is None:
        return
    planned = {(v.pin_key, v.tasks) for v in case.visits}
    for visit in case.past:
        if (visit.pin_key, visit.tasks) not in planned:
            yield Violation(
                "past_kept", (),
                f"The published visit of {visit_words(case, visit)} is past and not in the plan.",
            )  # fmt: skip
    for row, visit in case.free():
        if case.published.is_past(visit):
            yield Violation(
                "past_kept", (row,),
                f"{visit_words(case, visit)}: it starts before "
                f"{case.published.moment:%Y-%m-%d %H:%M} and is not in the published plan.",
            )  # fmt: skip
