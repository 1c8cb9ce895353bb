"""How far an agency has come on its way from its tables to a published week."""

from dataclasses import dataclass

from scheduler.service.office import Office
from scheduler.store import drafts, publications


@dataclass(frozen=True)
class Steps:
    """Which of the three steps were made already: tables edited, a week planned, a week published."""

    edited: bool
    planned: bool
    published: bool


def steps(office: Office) -> Steps:
    """The steps that were made."""
    with office.database.reading() as connection:
        edit, _ = office.head(connection)
        published = publications.exist(connection, office.agency_id)
        planned = published or drafts.exist(connection, office.agency_id)
    return Steps(edit.revision > 1, planned, published)
