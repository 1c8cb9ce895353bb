"""Which rows of the tables concern whom."""

from collections.abc import Mapping
from typing import Any

from scheduler.domain.actor import Actor
from scheduler.domain.agency import Agency
from scheduler.domain.change import Change

SHARED = ("precincts", "travel", "agency.toml")
"""Tables that are nobody's in particular."""


def reaches(agency: Agency, actor: Actor, table: str, row: Mapping[str, Any]) -> bool:
    """Whether a row is of a precinct that the actor sees, of a relief officer who comes there, or of
    nobody's precinct in particular."""
    if actor.is_admin or table in SHARED:
        return True
    named = _precincts(agency, row)
    return not named or any(actor.may_see(p) for p in named)


def change_reaches(agency: Agency, actor: Actor, change: Change) -> bool:
    """The same of a change."""
    table = change.table.removesuffix(".csv")
    row = {**change.key, **change.values}
    work: Mapping[str, Any] = {"sessions": agency.sessions, "tasks": agency.tasks}.get(table, {})
    known = work.get(str(row.get(f"{table[:-1]}_id")))
    if known is not None and not row.get("school_id"):
        row["school_id"] = known.school_id
    return reaches(agency, actor, table, row)


def _precincts(agency: Agency, row: Mapping[str, Any]) -> frozenset[str]:
    """The precincts that a row names by its school, else by its officer or itself; empty where it is
    shared or names what is not known."""
    school = agency.schools.get(str(row.get("school_id") or ""))
    if school is not None:
        return frozenset({school.precinct_id})
    officer = agency.officers.get(str(row.get("officer_id") or ""))
    if officer is not None:
        return agency.served_precincts(officer)
    return frozenset({str(row["precinct_id"])}) if row.get("precinct_id") else frozenset()
