"""Scenarios that people keep."""

import json
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from scheduler.domain.change import Scenario
from scheduler.store import audit
from scheduler.store.forms import document, moment_text
from scheduler.store.schema import scenarios
from scheduler.tables.changes import change_of


def put(connection: Connection, agency_id: str, scenario: Scenario, at: datetime, author: str) -> str:
    """Keeps a scenario; its id."""
    scenario_id = uuid4().hex
    listed = [c.to_dict() for c in scenario.changes]
    connection.execute(insert(scenarios).values(
        scenario_id=scenario_id, agency_id=agency_id, name=scenario.name, changes=document(listed),
        at=moment_text(at), author=author,
    ))  # fmt: skip
    audit.append(connection, at, author, "scenario", scenario_id, {"name": scenario.name})
    return scenario_id


def remove(connection: Connection, agency_id: str, scenario_id: str, at: datetime, author: str) -> bool:
    """Hides a scenario from the list; whether it was there."""
    done = connection.execute(
        update(scenarios)
        .where(scenarios.c.agency_id == agency_id, scenarios.c.scenario_id == scenario_id,
               scenarios.c.removed_at.is_(None))
        .values(removed_at=moment_text(at))
    )  # fmt: skip
    if done.rowcount:
        audit.append(connection, at, author, "scenario removed", scenario_id)
    return bool(done.rowcount)


def authors(connection: Connection, agency_id: str) -> dict[str, str]:
    """Who kept each scenario, by its id."""
    query = select(scenarios.c.scenario_id, scenarios.c.author).where(scenarios.c.agency_id == agency_id)
    return {row.scenario_id: row.author for row in connection.execute(query)}


def listed(connection: Connection, agency_id: str) -> dict[str, Scenario]:
    """The scenarios by id, oldest first."""
    query = select(scenarios).where(scenarios.c.agency_id == agency_id, scenarios.c.removed_at.is_(None))
    out = {}
    for row in connection.execute(query.order_by(scenarios.c.at, scenarios.c.scenario_id)):
        changes = tuple(change_of(c, row.name, i + 1) for i, c in enumerate(json.loads(row.changes)))
        out[row.scenario_id] = Scenario(row.name, changes)
    return out
