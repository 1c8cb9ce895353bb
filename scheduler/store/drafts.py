"""Drafts: plans that nobody outside has been told of. A changed draft is a new one."""

import json
from datetime import date

from sqlalchemy import Connection, insert, select

from scheduler.domain.plan import Plan
from scheduler.domain.publication import Draft, Proof
from scheduler.errors import RefusedError
from scheduler.store import audit
from scheduler.store.forms import document, moment_of, moment_text, visit_columns, visit_of
from scheduler.store.schema import drafts


def put(connection: Connection, agency_id: str, draft: Draft) -> None:
    """Keeps a draft."""
    rows = [visit_columns(v) for v in draft.plan.visits]
    connection.execute(insert(drafts).values(
        draft_id=draft.draft_id, agency_id=agency_id, precinct_id=draft.precinct_id,
        week=draft.week.isoformat(), snapshot=draft.snapshot, inputs=draft.inputs,
        precincts=document(list(draft.precincts)), plan=document(rows), proof=document(draft.proof.to_dict()),
        author=draft.author, made_at=moment_text(draft.made), follows=draft.follows, parent=draft.parent,
        note=draft.note,
    ))  # fmt: skip
    audit.append(connection, draft.made, draft.author, "draft", draft.draft_id, {
        "precinct": draft.precinct_id, "week": draft.week, "snapshot": draft.snapshot,
        "inputs": draft.inputs, "seed": draft.proof.seed, "visits": len(rows),
    })  # fmt: skip


def get(connection: Connection, agency_id: str, draft_id: str) -> Draft:
    """A draft by its id, or by the beginning of it. Raises RefusedError where none or several fit."""
    query = select(drafts).where(
        drafts.c.agency_id == agency_id, drafts.c.draft_id.startswith(draft_id, autoescape=True)
    )
    rows = connection.execute(query.limit(2)).all() if draft_id else []
    if len(rows) != 1:
        what = "several drafts that begin so" if rows else "no such draft"
        raise RefusedError(f"There is {what}: {draft_id!r}. `esro drafts` lists them.")
    return _draft(rows[0])


def of_week(
    connection: Connection, agency_id: str, week: date | None = None, precinct_id: str | None = None
) -> list[Draft]:
    """The drafts (of a week, of a precinct), newest first."""
    query = select(drafts).where(drafts.c.agency_id == agency_id)
    if week is not None:
        query = query.where(drafts.c.week == week.isoformat())
    if precinct_id is not None:
        query = query.where(drafts.c.precinct_id == precinct_id)
    rows = connection.execute(query.order_by(drafts.c.made_at.desc(), drafts.c.draft_id))
    return [_draft(r) for r in rows]


def exist(connection: Connection, agency_id: str) -> bool:
    """Whether an agency has any draft."""
    query = select(drafts.c.draft_id).where(drafts.c.agency_id == agency_id).limit(1)
    return connection.execute(query).first() is not None


class _Row:
    def __init__(self, data: dict[str, object]) -> None:
        self.__dict__.update(data)


def _draft(row: object) -> Draft:
    d = row._mapping  # type: ignore[attr-defined]
    return Draft(
        d["draft_id"], d["precinct_id"], date.fromisoformat(d["week"]), d["snapshot"], d["inputs"],
        tuple(json.loads(d["precincts"])), Plan(tuple(visit_of(_Row(v)) for v in json.loads(d["plan"]))),
        Proof.from_dict(json.loads(d["proof"])), d["author"], moment_of(d["made_at"]), d["follows"],
        d["parent"], d["note"],
    )  # fmt: skip
