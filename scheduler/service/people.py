"""Users: who may do what."""

from collections.abc import Sequence

from scheduler.domain.actor import EVERY_PRECINCT, Actor, UserRole
from scheduler.errors import InputError, Problem, RefusedError
from scheduler.service.office import Office, require_admin
from scheduler.store import users
from scheduler.store.engine import Database


def set_user(
    office: Office, actor: Actor, user_id: str, name: str, roles: Sequence[str], precincts: Sequence[str],
    officer_id: str | None = None,
) -> Actor:  # fmt: skip
    """Adds a user or changes one. Raises InputError with every problem, RefusedError."""
    require_admin(actor, "manage users")
    problems = []
    with office.database.writing() as connection:
        _, head = office.head(connection)
        known = [r.value for r in UserRole]
        for role in roles:
            if role not in known:
                problems.append(_problem("role", role, f"Known are {', '.join(known)}."))
        for precinct in precincts:
            if precinct != EVERY_PRECINCT and precinct not in head.precincts:
                problems.append(_problem("precinct", precinct, f"Known are {', '.join(head.precincts)}."))
        if officer_id is not None and officer_id not in head.officers:
            problems.append(_problem("officer", officer_id, "Name an officer_id of officers.csv."))
        if UserRole.OFFICER.value in roles and officer_id is None:
            problems.append(_problem("officer", None, "The role officer needs --officer."))
        if not user_id.strip() or not roles:
            problems.append(_problem("user", user_id, "Give an id and at least one role."))
        if problems:
            raise InputError(problems)
        user = Actor(user_id, name, frozenset(map(UserRole, roles)), frozenset(precincts), officer_id)
        users.put(connection, user, office.now(), actor.user_id)
    return user


def remove_user(office: Office, actor: Actor, user_id: str) -> None:
    """Takes every role from a user. Raises RefusedError."""
    require_admin(actor, "manage users")
    with office.database.writing() as connection:
        if not users.remove(connection, user_id, office.now(), actor.user_id):
            raise RefusedError(f"There is no user {user_id}.")


def list_users(office: Office, actor: Actor) -> list[Actor]:
    """All users. Raises RefusedError."""
    require_admin(actor, "see the users")
    with office.database.reading() as connection:
        return users.listed(connection)


def _problem(option: str, value: str | None, advice: str) -> Problem:
    return Problem(f"--{option}", None, None, value, f"this is no {option} of the agency", advice)


def signed_in(database: Database, user_id: str) -> Actor | None:
    """The user whom an identity provider vouched for; roles are looked up at every call. E-mail addresses
    are the same in large and small letters, unless two users differ in that alone."""
    with database.reading() as connection:
        exact = users.get(connection, user_id) if user_id else None
        if exact is not None:
            return exact
        alike = [u for u in users.listed(connection) if u.user_id.casefold() == user_id.casefold()]
    return alike[0] if len(alike) == 1 else None
