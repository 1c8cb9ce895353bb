"""Publications: numbered, immutable, with every visit as people were told it."""

import json
import threading
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from scheduler.domain.publication import Appointment, Mark, Proof, Publication, PublishedVisit
from scheduler.errors import RefusedError
from scheduler.store import audit
from scheduler.store.forms import (
    document,
    moment_of,
    moment_text,
    place_of,
    place_text,
    sha256,
    visit_columns,
    visit_of,
)
from scheduler.store.schema import appointments, publications, published_visits

MOST_REMEMBERED = 3000
_MEMORY: dict[tuple[Any, ...], Publication] = {}
"""Publications read last, by their row, which names their draft: they never change."""
_LOCK = threading.Lock()


def next_id(connection: Connection) -> int:
    """The number of the next publication of the store, within a writing transaction."""
    return (connection.scalar(select(func.max(publications.c.publication_id))) or 0) + 1


def put(connection: Connection, agency_id: str, publication: Publication) -> None:
    """Keeps a publication."""
    p = publication
    visit_rows = [_visit_row(p, v) for v in p.visits]
    appointment_rows = [_appointment_row(p, a) for a in p.appointments]
    row = {
        "publication_id": p.publication_id, "agency_id": agency_id, "precinct_id": p.precinct_id,
        "week": p.week.isoformat(), "number": p.number, "draft_id": p.draft_id, "snapshot": p.snapshot,
        "inputs": p.inputs, "proof": document(p.proof.to_dict()), "author": p.author,
        "at": moment_text(p.at), "moment": p.moment.isoformat(timespec="minutes"), "reason": p.reason,
        "undoes": p.undoes,
    }  # fmt: skip
    digest = content_digest(row, visit_rows, appointment_rows)
    connection.execute(insert(publications).values(**row))
    if visit_rows:
        connection.execute(insert(published_visits), visit_rows)
    if appointment_rows:
        connection.execute(insert(appointments), appointment_rows)
    audit.append(connection, p.at, p.author, "publication", str(p.publication_id), {
        "precinct": p.precinct_id, "week": p.week, "number": p.number, "snapshot": p.snapshot,
        "inputs": p.inputs, "seed": p.proof.seed, "reason": p.reason, "content": digest, "undoes": p.undoes,
    })  # fmt: skip


def content_digest(
    row: dict[str, Any] | None, visits: Iterable[dict[str, Any]], appointments: Iterable[dict[str, Any]]
) -> str:
    """The digest of a publication and its rows, in order of their identities."""
    return sha256(document([row, sorted(visits, key=lambda r: r["uid"]),
                            sorted(appointments, key=lambda r: r["uid"])]))  # fmt: skip


def stored_digest(connection: Connection, publication_id: int) -> str:
    """The digest of a publication as it stands in the store."""
    own = connection.execute(
        select(publications).where(publications.c.publication_id == publication_id)
    ).first()
    rows = []
    for table in (published_visits, appointments):
        query = select(table).where(table.c.publication_id == publication_id)
        rows.append([dict(r._mapping) for r in connection.execute(query)])
    return content_digest(dict(own._mapping) if own is not None else None, *rows)


def exist(connection: Connection, agency_id: str) -> bool:
    """Whether an agency has published anything."""
    query = select(publications.c.publication_id).where(publications.c.agency_id == agency_id).limit(1)
    return connection.execute(query).first() is not None


def find(
    connection: Connection, agency_id: str, *, precincts: Sequence[str] | None = None,
    weeks: Sequence[date] | None = None, since: date | None = None, ids: Sequence[int] | None = None,
    latest: bool = False,
) -> list[Publication]:  # fmt: skip
    """Publications in the order of their numbers; with `latest` only the last of each precinct and
    week. `since` is the first Monday looked at."""
    query = select(publications).where(publications.c.agency_id == agency_id)
    if precincts is not None:
        query = query.where(publications.c.precinct_id.in_(list(precincts)))
    if weeks is not None:
        query = query.where(publications.c.week.in_([w.isoformat() for w in weeks]))
    if since is not None:
        query = query.where(publications.c.week >= since.isoformat())
    if ids is not None:
        query = query.where(publications.c.publication_id.in_(list(ids)))
    if latest:
        query = _latest(query)
    rows = connection.execute(query.order_by(publications.c.publication_id)).all()
    known = {tuple(r): _MEMORY.get(tuple(r)) for r in rows}
    wanted = [r.publication_id for r in rows if known[tuple(r)] is None]
    visits = _grouped(connection, select(published_visits), published_visits, wanted)
    listed = _grouped(connection, select(appointments), appointments, wanted)
    out = []
    for r in rows:
        made = known[tuple(r)]
        if made is None:
            made = _publication(r, visits.get(r.publication_id, []), listed.get(r.publication_id, []))
            _remember(tuple(r), made)
        out.append(made)
    return out


def _remember(row: tuple[Any, ...], made: Publication) -> None:
    with _LOCK:
        while len(_MEMORY) >= MOST_REMEMBERED:
            _MEMORY.pop(next(iter(_MEMORY)))
        _MEMORY[row] = made


def get(connection: Connection, agency_id: str, publication_id: int) -> Publication:
    """One publication. Raises RefusedError where it is not there."""
    found = find(connection, agency_id, ids=[publication_id])
    if not found:
        raise RefusedError(f"There is no publication {publication_id}. `esro publications` lists them.")
    return found[0]


def last(connection: Connection, agency_id: str, precinct_id: str, week: date) -> Publication | None:
    """The publication that stands for a precinct's week."""
    found = find(connection, agency_id, precincts=[precinct_id], weeks=[week], latest=True)
    return found[0] if found else None


def before(connection: Connection, agency_id: str, publication: Publication) -> Publication | None:
    """The publication of the same precinct and week that stood before."""
    p = publication
    told = find(connection, agency_id, precincts=[p.precinct_id], weeks=[p.week])
    return next((x for x in told if x.number == p.number - 1), None)


def _latest(query: Select[Any]) -> Select[Any]:
    newest = (
        select(func.max(publications.c.publication_id))
        .group_by(publications.c.agency_id, publications.c.precinct_id, publications.c.week)
        .scalar_subquery()
    )
    return query.where(publications.c.publication_id.in_(newest))


def _grouped(
    connection: Connection, query: Select[Any], table: Any, ids: Sequence[int]
) -> dict[int, list[Any]]:
    out: dict[int, list[Any]] = {}
    for begin in range(0, len(ids), 500):
        part = query.where(table.c.publication_id.in_(list(ids[begin : begin + 500])))
        for row in connection.execute(part.order_by(table.c.date, table.c.start, table.c.uid)):
            out.setdefault(row.publication_id, []).append(row)
    return out


def _visit_row(p: Publication, v: PublishedVisit) -> dict[str, Any]:
    return {
        "publication_id": p.publication_id, **_mark_columns(v.mark), **visit_columns(v.visit),
        "place": place_text(v.place), "lines": document(list(v.lines)),
    }  # fmt: skip


def _appointment_row(p: Publication, a: Appointment) -> dict[str, Any]:
    return {
        "publication_id": p.publication_id, **_mark_columns(a.mark), "session_id": a.session_id,
        "school_id": a.school_id, "date": a.date.isoformat(), "start": a.start, "end": a.end,
        "program": a.program, "officer": a.officer, "place": place_text(a.place),
    }  # fmt: skip


def _mark_columns(mark: Mark) -> dict[str, Any]:
    return {"uid": mark.uid, "sequence": mark.sequence, "changed_at": moment_text(mark.changed),
            "cancelled": int(mark.cancelled)}  # fmt: skip


def _mark(row: Any) -> Mark:
    return Mark(row.uid, row.sequence, moment_of(row.changed_at), bool(row.cancelled))


def _publication(row: Any, visits: Sequence[Any], listed: Sequence[Any]) -> Publication:
    return Publication(
        row.publication_id, row.precinct_id, date.fromisoformat(row.week), row.number, row.draft_id,
        row.snapshot, row.inputs, Proof.from_dict(json.loads(row.proof)), row.author, moment_of(row.at),
        datetime.fromisoformat(row.moment), row.reason,
        tuple(PublishedVisit(_mark(v), visit_of(v), place_of(v.place), tuple(json.loads(v.lines)))
              for v in visits),
        tuple(Appointment(_mark(a), a.session_id, a.school_id, date.fromisoformat(a.date), a.start, a.end,
                          a.program, a.officer, place_of(a.place)) for a in listed),
        row.undoes,
    )  # fmt: skip
