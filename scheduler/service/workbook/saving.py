"""What saving typed tables would do, saving them as one revision, conflicts, and the history."""

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.domain.actor import Actor, UserRole
from scheduler.domain.agency import Agency
from scheduler.domain.change import Change
from scheduler.errors import InputError, Problem, RefusedError
from scheduler.explain.change_words import change_words, fits, touched_words
from scheduler.service import editing
from scheduler.service.office import Office
from scheduler.service.workbook.building import built
from scheduler.service.workbook.reach import change_reaches
from scheduler.service.workbook.sheets import Sheets, sheets_for
from scheduler.service.workbook.telling import Told, as_seen, told
from scheduler.store.snapshots import Edit
from scheduler.tables.changes import apply_changes
from scheduler.tables.differences import difference

MOST_SAID = 30
"""So many changes are said in words."""


@dataclass(frozen=True)
class Proposal:
    """What saving the sheets would do. `agency` is None where a table is unusable; `refused` says why the
    actor may not save it; `sentences` tell the first of the changes, and `more` counts the others."""

    agency: Agency | None
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...]
    refused: str = ""
    sentences: tuple[str, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Clash:
    """What others saved since a revision was read, and what both sides changed, in words."""

    theirs: tuple[Told, ...]
    both: tuple[str, ...]


def sheets(office: Office, actor: Actor) -> Sheets:
    """The tables as they stand, to be edited by the actor. Raises RefusedError."""
    require_editor(actor)
    found = editing.tables(office)
    return sheets_for(found.agency, found.edit.revision, actor)


def propose(office: Office, actor: Actor, typed: Sheets) -> Proposal:
    """What saving would do, with every problem of the tables. Raises RefusedError."""
    require_editor(actor)
    try:
        agency, warnings = built(typed)
    except InputError as error:
        return Proposal(None, error.problems, ())
    before = _at(office, typed.base)
    changes = difference(before, agency)
    refused = ""
    try:
        editing.refuse_foreign(actor, before, changes)
    except RefusedError as error:
        refused = str(error)
    seen = [c for c in changes if change_reaches(before, actor, c)][:MOST_SAID]
    said = tuple(change_words(before, seen))
    return Proposal(agency, warnings, changes, refused, said, len(changes) - len(seen))


def save(office: Office, actor: Actor, typed: Sheets, reason: str) -> Edit:
    """Makes a new revision of the sheets, on the one that was read. Raises ConflictError, InputError,
    RefusedError."""
    require_editor(actor)
    agency, _ = built(typed)
    return editing.replace_tables(office, actor, typed.base, agency, reason.strip())


def clash(office: Office, actor: Actor, typed: Sheets) -> Clash:
    """What others saved since `typed` was read. Raises RefusedError."""
    require_editor(actor)
    theirs, before = editing.edits(office, typed.base), _at(office, typed.base)
    mine = _touched(before, propose(office, actor, typed).changes)
    other = _touched(before, [c for e in theirs for c in e.changes])
    both = sorted({mine[cell] for cell in mine.keys() & other.keys()})
    return Clash(tuple(told(office, as_seen(office, actor, theirs))), tuple(both))


def again(office: Office, actor: Actor, typed: Sheets) -> Sheets:
    """The tables as others left them, with the changes of `typed` made again on them. Raises InputError
    where a change fits no row any more, RefusedError."""
    made = propose(office, actor, typed)
    if made.agency is None:
        raise InputError(made.problems)
    head, before = editing.tables(office), _at(office, typed.base)
    gone = [(c.table, said) for c in made.changes if not fits(head.agency, c)
            for said in dict.fromkeys(touched_words(before, c).values())]  # fmt: skip
    if gone:
        raise InputError(Problem(table, None, None, None, f"{said}: the row is not there any more",
                                 "Take this change back.") for table, said in gone)  # fmt: skip
    changed = apply_changes(head.agency, made.changes, "your changes")
    return sheets_for(changed, head.edit.revision, actor)


def history(office: Office, actor: Actor, last: int | None = None) -> list[Told]:
    """Who changed the tables, when and why, newest first, the `last` ones; of what others changed in
    other precincts, that they did. Raises RefusedError."""
    require_editor(actor)
    after = 0 if last is None else max(0, editing.tables(office).edit.revision - last)
    return told(office, as_seen(office, actor, editing.edits(office, after)))[::-1]


def require_editor(actor: Actor) -> None:
    """Raises RefusedError unless the actor is an admin or a supervisor."""
    if not actor.roles & {UserRole.ADMIN, UserRole.SUPERVISOR}:
        raise RefusedError(f"{actor.name} may not edit the tables; supervisors and admins may.")


def _at(office: Office, revision: int) -> Agency:
    """The tables of a revision."""
    stands = editing.tables(office)
    return stands.agency if stands.edit.revision == revision else editing.tables_at(office, revision)


def _touched(agency: Agency, changes: Sequence[Change]) -> dict[tuple[str, ...], str]:
    """What changes touch, in words, to find what two sides both touched: cells of rows, or rows."""
    return {
        (c.table, *map(str, c.key.values()), column): words
        for c in changes
        for column, words in touched_words(agency, c).items()
    }
