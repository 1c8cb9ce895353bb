"""What saving typed tables would do, saving them as one revision, conflicts, and the history."""

from dataclasses import dataclass, replace

from scheduler.domain.actor import Actor, UserRole
from scheduler.domain.agency import Agency
from scheduler.domain.change import Change
from scheduler.errors import InputError, Problem, RefusedError
from scheduler.service import editing
from scheduler.service.office import Office
from scheduler.service.workbook.building import built
from scheduler.service.workbook.reach import change_reaches
from scheduler.service.workbook.sheets import Sheets, sheets_for
from scheduler.store.snapshots import Edit
from scheduler.tables.changes import apply_changes
from scheduler.tables.differences import difference
from scheduler.tables.settings import FILE

ELSEWHERE = "In other precincts"


@dataclass(frozen=True)
class Proposal:
    """What saving the sheets would do. `agency` is None where a table is unusable; `refused` says why the
    actor may not save it."""

    agency: Agency | None
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...]
    refused: str = ""

    @property
    def sentence(self) -> str:
        """`3 changes: …`"""
        if not self.changes:
            return "Nothing is changed."
        count = "1 change" if len(self.changes) == 1 else f"{len(self.changes)} changes"
        return f"{count}: " + " ".join(c.sentence for c in self.changes[:3]) + (
            f" … and {len(self.changes) - 3} more." if len(self.changes) > 3 else "")  # fmt: skip


@dataclass(frozen=True)
class Clash:
    """What others saved since a revision was read, and which rows both sides changed."""

    theirs: tuple[Edit, ...]
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
    return Proposal(agency, warnings, changes, refused)


def save(office: Office, actor: Actor, typed: Sheets, reason: str) -> Edit:
    """Makes a new revision of the sheets, on the one that was read. Raises ConflictError, InputError,
    RefusedError."""
    require_editor(actor)
    agency, _ = built(typed)
    return editing.replace_tables(office, actor, typed.base, agency, reason.strip())


def clash(office: Office, actor: Actor, typed: Sheets) -> Clash:
    """What others saved since `typed` was read. Raises RefusedError."""
    require_editor(actor)
    theirs = tuple(editing.edits(office, typed.base))
    mine = {cell for c in propose(office, actor, typed).changes for cell in _cells(c)}
    other = {cell for e in theirs for c in e.changes for cell in _cells(c)}
    return Clash(tuple(_as_seen(office, actor, list(theirs))), tuple(sorted(mine & other)))


def again(office: Office, actor: Actor, typed: Sheets) -> Sheets:
    """The tables as others left them, with the changes of `typed` made again on them. Raises InputError
    where a change fits no row any more, RefusedError."""
    made = propose(office, actor, typed)
    if made.agency is None:
        raise InputError(made.problems)
    head = editing.tables(office)
    changed = apply_changes(head.agency, made.changes, "your changes")
    return sheets_for(changed, head.edit.revision, actor)


def history(office: Office, actor: Actor, last: int | None = None) -> list[Edit]:
    """Who changed the tables, when and why, newest first, the `last` ones; of what others changed in
    other precincts, that they did. Raises RefusedError."""
    require_editor(actor)
    after = 0 if last is None else max(0, editing.tables(office).edit.revision - last)
    return _as_seen(office, actor, editing.edits(office, after)[::-1])


def require_editor(actor: Actor) -> None:
    """Raises RefusedError unless the actor is an admin or a supervisor."""
    if not actor.roles & {UserRole.ADMIN, UserRole.SUPERVISOR}:
        raise RefusedError(f"{actor.name} may not edit the tables; supervisors and admins may.")


def _as_seen(office: Office, actor: Actor, edits: list[Edit]) -> list[Edit]:
    """Edits without what concerns others: their changes, and their reason where nothing else is left."""
    if actor.is_admin:
        return edits
    agency = editing.tables(office).agency
    out = []
    for e in edits:
        changes = tuple(c for c in e.changes if change_reaches(agency, actor, c))
        hidden = bool(e.changes) and not changes
        out.append(replace(e, changes=changes, reason=ELSEWHERE if hidden else e.reason))
    return out


def _at(office: Office, revision: int) -> Agency:
    """The tables of a revision."""
    stands = editing.tables(office)
    return stands.agency if stands.edit.revision == revision else editing.tables_at(office, revision)


def _cells(change: Change) -> list[str]:
    """What a change touches, to find what two sides both touched: cells of rows, or rows."""
    row = ", ".join(str(v) for v in change.key.values() if v not in ("", None))
    if change.table == FILE:
        return [f"{FILE}: {row}"]
    if change.action != "update":
        return [f"{change.table}: {row}"] if row else []
    return [f"{change.table}: {row}: {n}" for n in change.values]
