"""Receipts: what each client fetched through each link."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from scheduler.domain.link import Receipt
from scheduler.store.forms import document, moment_of, moment_text
from scheduler.store.schema import links, receipts

KEPT_WAITS = 20
MOST_CLIENTS = 20
"""Names of clients that are told apart for one link; more of them are counted as one."""
OTHERS = "other clients"


@dataclass(frozen=True, slots=True)
class Fetch:
    """One fetch of a calendar."""

    link_id: str
    client: str
    at: datetime
    version: int


def record(connection: Connection, fetches: Sequence[Fetch]) -> None:
    """Notes fetches, oldest first."""
    for fetch in fetches:
        _note(connection, fetch)


def _note(connection: Connection, fetch: Fetch) -> None:
    known = {r.client: r for r in of_links(connection, [fetch.link_id])}
    client = fetch.client if fetch.client in known or len(known) < MOST_CLIENTS else OTHERS
    before = known.get(client)
    row = {"link_id": fetch.link_id, "client": client}
    if before is None:
        connection.execute(insert(receipts).values(
            **row, first_at=moment_text(fetch.at), last_at=moment_text(fetch.at), version=fetch.version,
            fetches=1, waits="[]",
        ))  # fmt: skip
        return
    waited = int((fetch.at - before.last).total_seconds() // 60)
    waits = [*before.waits, waited][-KEPT_WAITS:] if waited >= 1 else list(before.waits)
    connection.execute(
        update(receipts)
        .where(receipts.c.link_id == fetch.link_id, receipts.c.client == client)
        .values(last_at=moment_text(max(fetch.at, before.last)), version=max(fetch.version, before.version),
                fetches=before.fetches + 1, waits=document(waits))
    )  # fmt: skip


def of_links(connection: Connection, link_ids: Sequence[str]) -> list[Receipt]:
    """The receipts of links, latest first."""
    query = select(receipts).where(receipts.c.link_id.in_(list(link_ids)))
    return [_receipt(r) for r in connection.execute(query.order_by(receipts.c.last_at.desc()))]


def of_agency(connection: Connection, agency_id: str) -> list[Receipt]:
    """The receipts of all links of an agency, latest first."""
    query = select(receipts).join(links).where(links.c.agency_id == agency_id)
    return [_receipt(r) for r in connection.execute(query.order_by(receipts.c.last_at.desc()))]


def _receipt(row: object) -> Receipt:
    d = row._mapping  # type: ignore[attr-defined]
    return Receipt(d["link_id"], d["client"], moment_of(d["first_at"]), moment_of(d["last_at"]), d["version"],
                   d["fetches"], tuple(json.loads(d["waits"])))  # fmt: skip
