"""Calendar links and the bytes behind them."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from scheduler.domain.link import CalendarLink, Feed, LinkKind
from scheduler.errors import RefusedError
from scheduler.store import audit
from scheduler.store.forms import moment_of, moment_text
from scheduler.store.schema import counters, feeds, links, publication_feeds

COUNTER = "calendars"
SECOND = timedelta(seconds=1)
Target = tuple[str, LinkKind, str]
"""Agency, kind and id of what a calendar shows."""


def token_hash(token: str) -> str:
    """What is kept of a token. Tokens hold 160 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def add_link(connection: Connection, agency_id: str, link: CalendarLink, token: str) -> None:
    """Keeps a link and the hash of its token."""
    connection.execute(insert(links).values(
        link_id=link.link_id, agency_id=agency_id, kind=link.kind.value, target_id=link.target_id,
        token_hash=token_hash(token), made_at=moment_text(link.made), author=link.author,
        replaces=link.replaces,
    ))  # fmt: skip
    audit.append(connection, link.made, link.author, "link", link.link_id,
                 {"kind": link.kind.value, "target": link.target_id, "replaces": link.replaces})  # fmt: skip
    _touch(connection)


def revoke(connection: Connection, link_id: str, at: datetime, author: str, why: str) -> bool:
    """Ends a link; whether it was alive."""
    done = connection.execute(
        update(links).where(links.c.link_id == link_id, links.c.revoked_at.is_(None))
        .values(revoked_at=moment_text(at), revoked_why=why)
    )  # fmt: skip
    if not done.rowcount:
        return False
    audit.append(connection, at, author, "link revoked", link_id, {"why": why})
    _touch(connection)
    return True


def list_links(connection: Connection, agency_id: str, alive: bool = True) -> list[CalendarLink]:
    """The links of an agency, by kind and target."""
    query = select(links).where(links.c.agency_id == agency_id)
    if alive:
        query = query.where(links.c.revoked_at.is_(None))
    rows = connection.execute(query.order_by(links.c.kind, links.c.target_id, links.c.made_at))
    return [_link(r) for r in rows]


def get_link(connection: Connection, agency_id: str, link_id: str) -> CalendarLink:
    """A link by its id or the beginning of it. Raises RefusedError where none or several fit."""
    query = select(links).where(
        links.c.agency_id == agency_id, links.c.link_id.startswith(link_id, autoescape=True)
    )
    rows = connection.execute(query.limit(2)).all() if link_id else []
    if len(rows) != 1:
        what = "several links that begin so" if rows else "no such link"
        raise RefusedError(f"There is {what}: {link_id!r}. `esro calendars list` lists them.")
    return _link(rows[0])


def live(connection: Connection, hash_: str) -> tuple[str, Target, Feed] | None:
    """The link that a token's hash opens, and its calendar (made with the link); None for a hash that
    is unknown, revoked or of no token at all."""
    joined = links.join(
        feeds,
        (feeds.c.agency_id == links.c.agency_id)
        & (feeds.c.kind == links.c.kind)
        & (feeds.c.target_id == links.c.target_id),
    )
    query = select(links.c.link_id, feeds).select_from(joined)
    row = connection.execute(query.where(links.c.token_hash == hash_, links.c.revoked_at.is_(None))).first()
    if row is None:
        return None
    return row.link_id, (row.agency_id, LinkKind(row.kind), row.target_id), _feed(row)


def all_live(connection: Connection, most: int) -> dict[str, tuple[str, Target]]:
    """Links that live (the newest so many) and what they show, by the hashes of their tokens."""
    columns = (links.c.token_hash, links.c.link_id, links.c.agency_id, links.c.kind, links.c.target_id)
    query = select(*columns).where(links.c.revoked_at.is_(None)).order_by(links.c.made_at.desc()).limit(most)
    kinds = {kind.value: kind for kind in LinkKind}
    return {
        hash_: (link_id, (agency_id, kinds[kind], target_id))
        for hash_, link_id, agency_id, kind, target_id in connection.execute(query)
    }


def get_feed(connection: Connection, agency_id: str, kind: LinkKind, target_id: str) -> Feed | None:
    """The calendar of a target."""
    query = select(feeds).where(
        feeds.c.agency_id == agency_id, feeds.c.kind == kind.value, feeds.c.target_id == target_id
    )
    row = connection.execute(query).first()
    return _feed(row) if row is not None else None


def unchanged_since(connection: Connection, agency_id: str, moment: datetime) -> list[tuple[LinkKind, str]]:
    """The calendars that changed last before a moment."""
    query = select(feeds.c.kind, feeds.c.target_id).where(
        feeds.c.agency_id == agency_id, feeds.c.changed_at < moment_text(moment)
    )
    rows = connection.execute(query.order_by(feeds.c.kind, feeds.c.target_id))
    return [(LinkKind(r.kind), r.target_id) for r in rows]


def put_feeds(
    connection: Connection, agency_id: str, publication_id: int | None, made: Iterable[Feed]
) -> None:
    """Keeps calendars that changed, and that a publication is first held by these versions. The
    version of each is one above the one that was kept; the same bytes change nothing."""
    for feed in made:
        stands = get_feed(connection, agency_id, feed.kind, feed.target_id)
        if stands is not None and stands.etag == feed.etag:
            continue
        version = (stands.version if stands is not None else 0) + 1
        key = {"agency_id": agency_id, "kind": feed.kind.value, "target_id": feed.target_id}
        # Two changes in one second would look like one to a client that asks by date.
        changed = feed.changed if stands is None else max(feed.changed, stands.changed + SECOND)
        values = {"version": version, "changed_at": moment_text(changed), "etag": feed.etag,
                  "body": feed.body}  # fmt: skip
        if stands is None:
            connection.execute(insert(feeds).values(**key, **values))
        else:
            where = [feeds.c[name] == value for name, value in key.items()]
            connection.execute(update(feeds).where(*where).values(**values))
        if publication_id is not None:
            connection.execute(insert(publication_feeds).values(
                publication_id=publication_id, kind=feed.kind.value, target_id=feed.target_id,
                version=version))  # fmt: skip
    _touch(connection)


def changed_feeds(connection: Connection, publication_id: int) -> dict[tuple[LinkKind, str], int]:
    """The calendars that a publication changed, and the version that first holds it."""
    query = select(publication_feeds).where(publication_feeds.c.publication_id == publication_id)
    return {(LinkKind(r.kind), r.target_id): r.version for r in connection.execute(query)}


def count(connection: Connection) -> int:
    """Rises whenever a calendar or a link has changed."""
    return connection.scalar(select(counters.c.value).where(counters.c.name == COUNTER)) or 0


def _touch(connection: Connection) -> None:
    row = counters.c.name == COUNTER
    done = connection.execute(update(counters).where(row).values(value=counters.c.value + 1))
    if not done.rowcount:
        connection.execute(insert(counters).values(name=COUNTER, value=1, text=""))


def _feed(row: Any) -> Feed:
    return Feed(LinkKind(row.kind), row.target_id, row.version, moment_of(row.changed_at), row.etag, row.body)


def _link(row: Any) -> CalendarLink:
    return CalendarLink(
        row.link_id, LinkKind(row.kind), row.target_id, moment_of(row.made_at), row.author,
        moment_of(row.revoked_at) if row.revoked_at else None, row.revoked_why, row.replaces,
    )  # fmt: skip
