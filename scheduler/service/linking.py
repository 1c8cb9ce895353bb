"""Calendar links: made, replaced, revoked, exported; what each exposes and who has fetched it."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from scheduler.domain.actor import Actor
from scheduler.domain.agency import Agency
from scheduler.domain.link import CalendarLink, LinkKind, Receipt
from scheduler.errors import RefusedError
from scheduler.publish.feed_check import FeedCheck, check
from scheduler.service.exposure import Exposing, Exposure, exposing
from scheduler.service.office import Office
from scheduler.service.publishing import put_feeds
from scheduler.service.static_calendars import write_static
from scheduler.store import calendars, receipts
from scheduler.store.engine import Connection

TOKEN_BYTES = 20


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A new link with its token, which nobody can look up later: for whom it is, and what it exposes."""

    link: CalendarLink
    token: str
    name: str
    exposure: Exposure

    @property
    def path(self) -> str:
        """The path of the calendar on the server."""
        return f"/calendars/{self.token}.ics"


@dataclass(frozen=True, slots=True)
class LinkStanding:
    """A link, for whom it is, what it exposes, and what its clients have fetched (latest first)."""

    link: CalendarLink
    name: str
    version: int
    exposure: Exposure
    receipts: tuple[Receipt, ...]

    @property
    def up_to_date(self) -> bool:
        """Whether some client has what stands now."""
        return any(r.version >= self.version for r in self.receipts)


def make_link(office: Office, actor: Actor, kind: LinkKind, target_id: str) -> MadeLink:
    """A new secret link. Raises RefusedError."""
    with office.database.writing() as connection:
        _, head = office.head(connection)
        _require(actor, head, kind, target_id)
        return _made(connection, office, head, actor, kind, target_id, exposing(connection, office, head))


def make_links(office: Office, actor: Actor, kind: LinkKind, target_ids: Sequence[str]) -> list[MadeLink]:
    """A new secret link for each target that has none, all in one step. Raises RefusedError, with none made,
    where the actor may not make one of them."""
    with office.database.writing() as connection:
        _, head = office.head(connection)
        for target_id in target_ids:
            _require(actor, head, kind, target_id)
        alive = calendars.list_links(connection, office.agency_id)
        linked = {x.target_id for x in alive if x.kind is kind}
        shows = exposing(connection, office, head)
        return [_made(connection, office, head, actor, kind, t, shows) for t in target_ids if t not in linked]


def replace_link(office: Office, actor: Actor, link_id: str) -> MadeLink:
    """A new link in the place of one that dies at once. Raises RefusedError."""
    with office.database.writing() as connection:
        _, head = office.head(connection)
        old = calendars.get_link(connection, office.agency_id, link_id)
        _require(actor, head, old.kind, old.target_id)
        if not calendars.revoke(connection, old.link_id, office.now(), actor.user_id, "replaced"):
            raise RefusedError("The link was revoked before; make a new one.")
        shows = exposing(connection, office, head)
        return _made(connection, office, head, actor, old.kind, old.target_id, shows, old.link_id)


def revoke_link(office: Office, actor: Actor, link_id: str) -> CalendarLink:
    """Ends a link. Raises RefusedError."""
    with office.database.writing() as connection:
        _, head = office.head(connection)
        link = calendars.get_link(connection, office.agency_id, link_id)
        _require(actor, head, link.kind, link.target_id)
        calendars.revoke(connection, link.link_id, office.now(), actor.user_id, "revoked")
        return link


def links(office: Office, actor: Actor) -> list[LinkStanding]:
    """The living links that the actor may manage, by kind and name."""
    with office.database.reading() as connection:
        _, head = office.head(connection)
        alive = [x for x in calendars.list_links(connection, office.agency_id)
                 if _may(actor, head, x.kind, x.target_id)]  # fmt: skip
        got: dict[str, list[Receipt]] = {}
        for receipt in receipts.of_agency(connection, office.agency_id):
            got.setdefault(receipt.link_id, []).append(receipt)
        shows = exposing(connection, office, head)
        out = []
        for link in alive:
            feed = calendars.get_feed(connection, office.agency_id, link.kind, link.target_id)
            name, exposure = _name(head, link.kind, link.target_id), shows(link.kind, link.target_id)
            mine = tuple(got.get(link.link_id, ()))
            out.append(LinkStanding(link, name, feed.version if feed else 0, exposure, mine))
    return sorted(out, key=lambda s: (s.link.kind, s.name, s.link.made))


def worst_first(found: Iterable[LinkStanding]) -> list[LinkStanding]:
    """Links that nobody uses, then those behind, then those up to date; each by name."""
    return sorted(found, key=lambda s: (bool(s.receipts), s.up_to_date, s.link.kind, s.name, s.link.made))


def targets(office: Office, actor: Actor, kind: LinkKind) -> dict[str, str]:
    """Of whom the actor may make links: id to name, in the order of the tables."""
    with office.database.reading() as connection:
        _, head = office.head(connection)
    return {t: _name(head, kind, t) for t in _targets(head, kind) if _may(actor, head, kind, t)}


def without_link(office: Office, actor: Actor) -> dict[str, str]:
    """The officers whose links the actor may manage and who have none: id to name."""
    with office.database.reading() as connection:
        alive = calendars.list_links(connection, office.agency_id)
    linked = {x.target_id for x in alive if x.kind is LinkKind.OFFICER}
    return {t: n for t, n in targets(office, actor, LinkKind.OFFICER).items() if t not in linked}


def check_link(office: Office, actor: Actor, link_id: str) -> FeedCheck:
    """What a client finds behind a link, and whether it is well-formed. Raises RefusedError."""
    with office.database.reading() as connection:
        _, head = office.head(connection)
        link = calendars.get_link(connection, office.agency_id, link_id)
        _require(actor, head, link.kind, link.target_id)
        feed = calendars.get_feed(connection, office.agency_id, link.kind, link.target_id)
    if feed is None:
        raise RefusedError("Nothing stands behind the link; replace it.")
    return check(feed.body, head.timezone, office.local(head))


def export_calendars(office: Office, actor: Actor, folder: Path, names: Path) -> dict[str, str]:
    """Writes every calendar that has a living link as a static file with a secret name, and the list
    of the names (kind, target, file) beside it for the admin alone; names of an earlier export stay.
    Files whose links are gone are removed. Returns file name to whose it is. Raises RefusedError."""
    if not actor.is_admin:
        raise RefusedError(f"{actor.name} may not export calendars; admins may.")
    with office.database.reading() as connection:
        _, head = office.head(connection)
        targets = sorted({(x.kind, x.target_id) for x in calendars.list_links(connection, office.agency_id)})
        found = {t: calendars.get_feed(connection, office.agency_id, *t) for t in targets}
    bodies = {t: f.body for t, f in found.items() if f is not None}
    written = write_static(folder, names, bodies)
    return {file: f"{kind.value} {_name(head, kind, target)}" for (kind, target), file in written.items()}


def _made(
    connection: Connection, office: Office, head: Agency, actor: Actor, kind: LinkKind, target_id: str,
    shows: Exposing, replaces: str | None = None,
) -> MadeLink:  # fmt: skip
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = CalendarLink(uuid4().hex, kind, target_id, office.now(), actor.user_id, replaces=replaces)
    if calendars.get_feed(connection, office.agency_id, kind, target_id) is None:
        put_feeds(connection, office, head, [(kind, target_id)])
    calendars.add_link(connection, office.agency_id, link, token)
    return MadeLink(link, token, _name(head, kind, target_id), shows(kind, target_id))


def _targets(agency: Agency, kind: LinkKind) -> Iterable[str]:
    return {LinkKind.OFFICER: agency.officers, LinkKind.PRECINCT: agency.precincts,
            LinkKind.SCHOOL: agency.schools}[kind]  # fmt: skip


def _name(agency: Agency, kind: LinkKind, target_id: str) -> str:
    if kind is LinkKind.OFFICER and target_id in agency.officers:
        return agency.officers[target_id].name
    if kind is LinkKind.PRECINCT and target_id in agency.precincts:
        return f"{agency.precincts[target_id].name} ({target_id})"
    return agency.schools[target_id].name if target_id in agency.schools else target_id


def _may(actor: Actor, agency: Agency, kind: LinkKind, target_id: str) -> bool:
    if kind is LinkKind.PRECINCT:
        return actor.may_plan(target_id)
    if kind is LinkKind.SCHOOL:
        return target_id in agency.schools and actor.may_plan(agency.schools[target_id].precinct_id)
    if target_id not in agency.officers:
        return actor.is_admin
    return actor.is_officer(target_id) or actor.may_plan(agency.officers[target_id].precinct_id)


def _require(actor: Actor, agency: Agency, kind: LinkKind, target_id: str) -> None:
    if target_id not in _targets(agency, kind):
        raise RefusedError(f"The agency has no {kind.value} {target_id}.")
    if not _may(actor, agency, kind, target_id):
        raise RefusedError(f"{actor.name} may not manage the calendar links of {kind.value} {target_id}.")
