"""Scenarios that people keep: listed, kept, taken off the list, and made real in the tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.domain.actor import Actor, UserRole
from scheduler.domain.agency import Agency
from scheduler.domain.change import Change, Scenario
from scheduler.errors import RefusedError
from scheduler.explain.makers import relief_lent
from scheduler.service import editing
from scheduler.service.office import Office
from scheduler.store import scenarios as kept_scenarios
from scheduler.store.snapshots import Edit
from scheduler.tables.changes import apply_changes
from scheduler.tables.differences import touched_precincts

ASKERS = frozenset({UserRole.ADMIN, UserRole.SUPERVISOR})
"""Who may work with scenarios."""


@dataclass(frozen=True)
class KeptScenario:
    """A scenario in the store, and who keeps it."""

    scenario_id: str
    author: str
    scenario: Scenario


def list_scenarios(office: Office, actor: Actor) -> list[KeptScenario]:
    """The scenarios that the actor may see, newest first: the own ones, and those that touch only
    precincts that the actor plans for. Raises RefusedError."""
    _require_asker(actor)
    with office.database.reading() as connection:
        _, head = office.head(connection)
        found = kept_scenarios.listed(connection, office.agency_id)
        authors = kept_scenarios.authors(connection, office.agency_id)
    kept = [KeptScenario(i, authors[i], s) for i, s in found.items()]
    return [k for k in reversed(kept) if k.author == actor.user_id or _may_see(actor, head, k.scenario)]


def get_scenario(office: Office, actor: Actor, scenario_id: str) -> KeptScenario:
    """One of the scenarios that the actor may see. Raises RefusedError."""
    for kept in list_scenarios(office, actor):
        if kept.scenario_id == scenario_id:
            return kept
    raise RefusedError("This scenario is not on the list any more.")


def keep(office: Office, actor: Actor, scenario: Scenario) -> str:
    """Keeps a scenario, after its changes were tried on the tables as they stand; its id. Raises
    InputError with the sentences of the tables, RefusedError."""
    _require_asker(actor)
    if not scenario.changes:
        raise RefusedError(f"“{scenario.name}” changes nothing: the tables say so already.")
    with office.database.writing() as connection:
        _, head = office.head(connection)
        apply_changes(head, scenario.changes, scenario.name)
        return kept_scenarios.put(connection, office.agency_id, scenario, office.now(), actor.user_id)


def remove(office: Office, actor: Actor, scenario_id: str) -> None:
    """Takes a scenario off the list; whoever kept it may, and admins. Raises RefusedError."""
    kept = get_scenario(office, actor, scenario_id)
    if kept.author != actor.user_id and not actor.is_admin:
        raise RefusedError(f"{actor.name} may not remove a scenario that {kept.author} keeps.")
    with office.database.writing() as connection:
        kept_scenarios.remove(connection, office.agency_id, scenario_id, office.now(), actor.user_id)


def promote(office: Office, actor: Actor, base: int, scenario: Scenario, reason: str = "") -> Edit:
    """Makes the changes of a scenario in the tables of revision `base`. Raises ConflictError where
    the tables moved on, InputError, RefusedError."""
    why = reason.strip() or f"Scenario: {scenario.name}"
    return editing.edit(office, actor, base, scenario.changes, why)


def lend(
    office: Office, actor: Actor, base: int, officer_id: str, precinct_id: str, reason: str = ""
) -> Edit:
    """Has a relief officer cover one precinct more, from now on. Raises ConflictError, InputError,
    RefusedError."""
    with office.database.reading() as connection:
        _, head = office.head(connection)
    return promote(office, actor, base, relief_lent(head, officer_id, precinct_id), reason)


def _require_asker(actor: Actor) -> None:
    if not actor.roles & ASKERS:
        raise RefusedError(f"{actor.name} may not work with scenarios; supervisors and admins may.")


def _may_see(actor: Actor, agency: Agency, scenario: Scenario) -> bool:
    touched = _touched(agency, scenario.changes)
    return actor.is_admin or all(actor.may_plan(p) for p in touched)


def _touched(agency: Agency, changes: Sequence[Change]) -> frozenset[str]:
    return frozenset(p for c in changes for p in touched_precincts(agency, c))
