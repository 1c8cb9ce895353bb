"""Receipts: what each client fetched through each link."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from scheduler.domain.link import Receipt
from scheduler.store.forms import document, moment_of, moment_text
from scheduler.store.schema import links, receipts

KEPT_WAITS = 20
MOST_CLIENTS = 20
"""Names of clients that are told apart for one link; more of them are counted as one."""
OTHERS = "other clients"
PART = 500


@dataclass(frozen=True, slots=True)
class Fetch:
    """One or several fetches of a calendar: the last of them, and how many."""

    link_id: str
    client: str
    at: datetime
    version: int
    count: int = 1


def record(connection: Connection, fetches: Sequence[Fetch]) -> None:
    """Notes fetches, oldest first."""
    known: dict[str, dict[str, Receipt]] = {}
    ids = sorted({f.link_id for f in fetches})
    for begin in range(0, len(ids), PART):
        for receipt in of_links(connection, ids[begin : begin + PART]):
            known.setdefault(receipt.link_id, {})[receipt.client] = receipt
    stood = {(r.link_id, r.client) for clients in known.values() for r in clients.values()}
    touched: dict[tuple[str, str], Receipt] = {}
    for fetch in fetches:
        clients = known.setdefault(fetch.link_id, {})
        name = fetch.client if fetch.client in clients or len(clients) < MOST_CLIENTS else OTHERS
        clients[name] = touched[fetch.link_id, name] = _noted(clients.get(name), fetch, name)
    new = [_row(r) for key, r in touched.items() if key not in stood]
    old = [{f"b_{k}": v for k, v in _row(r).items()} for key, r in touched.items() if key in stood]
    if new:
        connection.execute(insert(receipts), new)
    if old:
        columns = ("last_at", "version", "fetches", "waits")
        query = update(receipts).where(
            receipts.c.link_id == bindparam("b_link_id"), receipts.c.client == bindparam("b_client")
        )
        connection.execute(query.values({c: bindparam(f"b_{c}") for c in columns}), old)


def _noted(before: Receipt | None, fetch: Fetch, client: str) -> Receipt:
    if before is None:
        return Receipt(fetch.link_id, client, fetch.at, fetch.at, fetch.version, fetch.count, ())
    waited = int((fetch.at - before.last).total_seconds() // 60)
    waits = (*before.waits, waited)[-KEPT_WAITS:] if waited >= 1 else before.waits
    return Receipt(fetch.link_id, client, before.first, max(fetch.at, before.last),
                   max(fetch.version, before.version), before.fetches + fetch.count, waits)  # fmt: skip


def of_links(connection: Connection, link_ids: Sequence[str]) -> list[Receipt]:
    """The receipts of links, latest first."""
    query = select(receipts).where(receipts.c.link_id.in_(list(link_ids)))
    return [_receipt(r) for r in connection.execute(query.order_by(receipts.c.last_at.desc()))]


def of_agency(connection: Connection, agency_id: str) -> list[Receipt]:
    """The receipts of all links of an agency, latest first."""
    query = select(receipts).join(links).where(links.c.agency_id == agency_id)
    return [_receipt(r) for r in connection.execute(query.order_by(receipts.c.last_at.desc()))]


def _row(r: Receipt) -> dict[str, Any]:
    return {
        "link_id": r.link_id, "client": r.client, "first_at": moment_text(r.first),
        "last_at": moment_text(r.last), "version": r.version, "fetches": r.fetches,
        "waits": document(list(r.waits)),
    }  # fmt: skip


def _receipt(row: Any) -> Receipt:
    return Receipt(row.link_id, row.client, moment_of(row.first_at), moment_of(row.last_at), row.version,
                   row.fetches, tuple(json.loads(row.waits)))  # fmt: skip
