"""Users and what they may do."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from scheduler.domain.actor import Actor, UserRole
from scheduler.store import audit
from scheduler.store.forms import document, moment_text
from scheduler.store.schema import users


def put(connection: Connection, user: Actor, at: datetime, author: str) -> None:
    """Adds a user or changes one (by user id)."""
    roles, precincts = sorted(user.roles), sorted(user.precincts)
    values = {
        "name": user.name, "roles": document(roles), "precincts": document(precincts),
        "officer_id": user.officer_id, "changed_at": moment_text(at), "removed_at": None,
    }  # fmt: skip
    done = connection.execute(update(users).where(users.c.user_id == user.user_id).values(**values))
    if not done.rowcount:
        connection.execute(insert(users).values(user_id=user.user_id, **values))
    detail = {"roles": roles, "precincts": precincts, "officer": user.officer_id}
    audit.append(connection, at, author, "user", user.user_id, detail)


def remove(connection: Connection, user_id: str, at: datetime, author: str) -> bool:
    """Takes every role from a user; whether there was one."""
    done = connection.execute(
        update(users)
        .where(users.c.user_id == user_id, users.c.removed_at.is_(None))
        .values(removed_at=moment_text(at))
    )
    if done.rowcount:
        audit.append(connection, at, author, "user removed", user_id)
    return bool(done.rowcount)


def get(connection: Connection, user_id: str) -> Actor | None:
    """The user with this id, None where there is none (any more)."""
    row = connection.execute(
        select(users).where(users.c.user_id == user_id, users.c.removed_at.is_(None))
    ).first()
    return _actor(row) if row is not None else None


def listed(connection: Connection) -> list[Actor]:
    """All users, by id."""
    query = select(users).where(users.c.removed_at.is_(None)).order_by(users.c.user_id)
    return [_actor(r) for r in connection.execute(query)]


def _actor(row: Any) -> Actor:
    return Actor(row.user_id, row.name, frozenset(UserRole(r) for r in json.loads(row.roles)),
                 frozenset(json.loads(row.precincts)), row.officer_id)  # fmt: skip
