"""Visiting officers hold the required qualification."""

from collections.abc import Iterator

from scheduler.rules.case import Case
from scheduler.rules.violation import Violation, visit_words


def qualified(case: Case) -> Iterator[Violation]:
    """Every visiting officer holds `required_qualification`."""
    required = case.agency.policy.visits.required_qualification
    for row, visit in case.free():
        if not case.officer(visit).holds(required):
            yield Violation(
                "qualified", (row,),
                f"{visit_words(case, visit)}: the officer lacks the qualification {required}.",
            )  # fmt: skip
