"""Officers visit the schools that they serve."""

from collections.abc import Iterator

from scheduler.rules.case import Case
from scheduler.rules.violation import Violation, visit_words


def own_cluster(case: Case) -> Iterator[Violation]:
    """An ESRO visits schools of the own precinct, a relief officer those of the covered ones."""
    for row, visit in case.free():
        precinct = case.school(visit).precinct_id
        if precinct not in case.agency.served_precincts(case.officer(visit)):
            name = case.agency.precincts[precinct].name
            yield Violation(
                "own_cluster", (row,),
                f"{visit_words(case, visit)}: the school belongs to precinct {precinct} ({name}), "
                "which this officer does not serve.",
            )  # fmt: skip
