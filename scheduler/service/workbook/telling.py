"""Edits of the tables in words, with what stood before each of them, for those whom they concern."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scheduler.domain.actor import Actor
from scheduler.explain.change_words import change_words
from scheduler.service import editing
from scheduler.service.office import Office
from scheduler.service.workbook.reach import change_reaches
from scheduler.store.snapshots import Edit

ELSEWHERE = "In other precincts"
MOST_SAID = 12
"""So many changes of an edit are said in words."""
MOST_REMEMBERED = 1000
_MEMORY: dict[tuple[str, str, int, str], tuple[str, ...]] = {}


@dataclass(frozen=True)
class Told:
    """An edit, with the sentences of its first changes, and how many more there are."""

    edit: Edit
    sentences: tuple[str, ...]
    more: int


def as_seen(office: Office, actor: Actor, edits: Sequence[Edit]) -> list[Edit]:
    """Edits without what concerns others: their changes, and their reason where nothing else is left."""
    if actor.is_admin:
        return list(edits)
    agency = editing.tables(office).agency
    out = []
    for e in edits:
        changes = tuple(c for c in e.changes if change_reaches(agency, actor, c))
        hidden = bool(e.changes) and not changes
        out.append(replace(e, changes=changes, reason=ELSEWHERE if hidden else e.reason))
    return out


def told(office: Office, edits: Sequence[Edit]) -> list[Told]:
    """Edits, oldest first and one after the other, each in words as the tables stood before it. An edit
    never changes, so what was said of it is remembered."""
    out, before = [], ""
    for e in edits:
        changes = e.changes[:MOST_SAID]
        place = (office.database.shown, office.agency_id, e.revision, repr(changes))
        if changes and place not in _MEMORY:
            while len(_MEMORY) >= MOST_REMEMBERED:
                _MEMORY.pop(next(iter(_MEMORY)), None)
            before = before or _snapshot(office, e.revision - 1)
            with office.database.reading() as connection:
                _MEMORY[place] = tuple(change_words(office.agency(connection, before), changes))
        more = max(0, len(e.changes) - MOST_SAID)
        out.append(Told(e, _MEMORY[place] if changes else (), more))
        before = e.snapshot
    return out


def _snapshot(office: Office, revision: int) -> str:
    """The tables of a revision, by their digest."""
    return editing.edits(office, revision - 1)[0].snapshot
