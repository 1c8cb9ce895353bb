"""Visits have an allowed length and start."""

from collections.abc import Iterator

from scheduler.rules.case import Case
from scheduler.rules.violation import Violation, visit_words


def visit_length(case: Case) -> Iterator[Violation]:
    """The length is within its limits and on its step, the start on its step."""
    policy = case.agency.policy.visits
    for row, visit in case.free():
        length = visit.minutes
        words = visit_words(case, visit)
        if not policy.shortest_minutes <= length <= policy.longest_minutes:
            yield Violation(
                "visit_length", (row,),
                f"{words}: {length} minutes; a visit lasts {policy.shortest_minutes} to "
                f"{policy.longest_minutes}.",
            )  # fmt: skip
        elif length % policy.length_step_minutes:
            yield Violation(
                "visit_length", (row,),
                f"{words}: {length} minutes is no multiple of {policy.length_step_minutes}.",
            )  # fmt: skip
        elif visit.start % policy.start_step_minutes:
            yield Violation(
                "visit_length", (row,),
                f"{words}: visits start on multiples of {policy.start_step_minutes} minutes.",
            )  # fmt: skip
