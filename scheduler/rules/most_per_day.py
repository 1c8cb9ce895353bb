"""Officers make so many visits a day."""

from collections.abc import Iterator

from scheduler.rules.case import Case
from scheduler.rules.violation import Violation, day_words


def most_per_day(case: Case) -> Iterator[Violation]:
    """At most `most_per_day` visits of an officer on a date; a day with more pins than that
    takes no further visit."""
    most = case.agency.policy.visits.most_per_day
    for (officer_id, day), visits in case.officer_days.items():
        if len(visits) > most and not all(case.is_fixed(v) for _, v in visits):
            yield Violation(
                "most_per_day", tuple(sorted(row for row, _ in visits)),
                f"{case.agency.officers[officer_id].name} has {len(visits)} visits on "
                f"{day_words(day)}; {most} are allowed.",
            )  # fmt: skip
