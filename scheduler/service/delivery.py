"""Who has a publication, and who must be called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.domain.actor import Actor
from scheduler.domain.calendar import monday_of
from scheduler.domain.link import LinkKind
from scheduler.domain.publication import Publication
from scheduler.errors import RefusedError
from scheduler.publish.changes import VisitChange, changes, message
from scheduler.publish.clients import refresh_minutes
from scheduler.service.office import Office
from scheduler.store import calendars, publications, receipts
from scheduler.store.engine import Connection


@dataclass(frozen=True, slots=True)
class Holder:
    """One officer whom a publication concerns: whether some client of a link has fetched it, when,
    and which changes may come too late for the client."""

    officer_id: str
    name: str
    linked: bool
    fetched: datetime | None
    client: str | None
    refresh_minutes: int | None
    risks: tuple[VisitChange, ...]
    text: str | None

    @property
    def sentence(self) -> str:
        """Whether the officer has it, and what to do where the calendar may come too late."""
        if self.fetched is not None:
            return f"{self.name} has it, by {self.client}."
        why = "has no calendar link" if not self.linked else "has not fetched it yet"
        return f"{self.name} {why}: {'call, or send a text' if self.text else 'nothing is urgent'}."


@dataclass(frozen=True, slots=True)
class Delivery:
    """A publication and the officers whom it concerns, who must be called first."""

    publication: Publication
    holders: tuple[Holder, ...]

    @property
    def to_call(self) -> int:
        """How many officers must be called still."""
        return sum(h.text is not None for h in self.holders)


def holders(office: Office, actor: Actor, publication_id: int) -> list[Holder]:
    """Who has a publication, and who must be called: a change that starts sooner than the officer's
    client tends to ask again, counted from the publication. Raises RefusedError."""
    with office.database.reading() as connection:
        made = publications.get(connection, office.agency_id, publication_id)
        if not actor.may_see(made.precinct_id):
            raise RefusedError(f"{actor.name} may not see the publications of precinct {made.precinct_id}.")
        before = publications.before(connection, office.agency_id, made)
        return _Desk(connection, office).holders(made, before)


def recent(office: Office, actor: Actor, days: int = 14) -> list[Delivery]:
    """The publications of the weeks that matter still, as far as the actor may see, and who has each;
    newest first."""
    since = monday_of(office.now().date() - timedelta(days=days))
    with office.database.reading() as connection:
        found = [p for p in publications.find(connection, office.agency_id, since=since)
                 if actor.may_see(p.precinct_id)]  # fmt: skip
        by_number = {(p.precinct_id, p.week, p.number): p for p in found}
        desk = _Desk(connection, office)
        return [
            Delivery(p, tuple(desk.holders(p, by_number.get((p.precinct_id, p.week, p.number - 1)))))
            for p in reversed(found)
        ]


def tally(found: Sequence[Holder], publication: Publication) -> str:
    """`12 of 14 officers have revision 7.`"""
    if not found:
        return f"Revision {publication.number} concerns nobody."
    has = sum(h.fetched is not None for h in found)
    who = "officer has" if len(found) == 1 else "officers have"
    return f"{has} of {len(found)} {who} revision {publication.number}."


class _Desk:
    """What is known of links and receipts at one moment."""

    def __init__(self, connection: Connection, office: Office) -> None:
        self._connection, self._office, self._now = connection, office, office.now()
        _, self._head = office.head(connection)
        self._alive = calendars.list_links(connection, office.agency_id)
        self._got = receipts.of_agency(connection, office.agency_id)

    def holders(self, made: Publication, before: Publication | None) -> list[Holder]:
        """Who has a publication that followed `before`."""
        by_officer: dict[str, list[VisitChange]] = {}
        for change in changes(before, made):
            by_officer.setdefault(change.officer_id, []).append(change)
        versions = calendars.changed_feeds(self._connection, made.publication_id)
        out = [self._holder(officer_id, version, by_officer.get(officer_id, []), made)
               for (kind, officer_id), version in versions.items() if kind is LinkKind.OFFICER]  # fmt: skip
        return sorted(out, key=lambda h: (not h.risks, h.fetched is not None, h.name))

    def _holder(self, officer_id: str, version: int, found: list[VisitChange], made: Publication) -> Holder:
        head = self._head
        name = head.officers[officer_id].name if officer_id in head.officers else officer_id
        ids = {x.link_id for x in self._alive if (x.kind, x.target_id) == (LinkKind.OFFICER, officer_id)}
        mine = [r for r in self._got if r.link_id in ids]
        has = [r for r in mine if r.version >= version]
        if has:
            latest = max(has, key=lambda r: r.last)
            return Holder(officer_id, name, True, latest.last, latest.client, None, (), None)
        waits = {r.client: refresh_minutes(r.client, r.waits) for r in mine}
        client = min(waits, key=lambda c: waits[c]) if waits else None
        delay = waits[client] if client is not None else None
        local = self._office.local(head, self._now)
        coming = [c for c in found if c.starts >= local]
        if delay is not None:
            until = self._office.local(head, max(self._now, made.at)) + timedelta(minutes=delay)
            coming = [c for c in coming if c.starts < until]
        text = message(name, coming) if coming else None
        return Holder(officer_id, name, bool(ids), None, client, delay, tuple(coming), text)
