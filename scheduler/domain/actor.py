"""Who acts: a user with roles, the precincts that the roles reach, and the officer that the user is."""

from dataclasses import dataclass, field
from enum import StrEnum

EVERY_PRECINCT = "*"


class UserRole(StrEnum):
    """What a user may do. An admin runs the division; a supervisor plans and publishes the own
    precincts; an officer sees and logs the own visits; a viewer looks."""

    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    OFFICER = "officer"
    VIEWER = "viewer"


@dataclass(frozen=True)
class Actor:
    """The acting user. `precincts` holds precinct ids, or `*` for all."""

    user_id: str
    name: str
    roles: frozenset[UserRole] = frozenset()
    precincts: frozenset[str] = field(default_factory=frozenset)
    officer_id: str | None = None

    @staticmethod
    def local(name: str) -> "Actor":
        """Whoever sits at the machine itself: a local admin."""
        return Actor(f"local:{name}", name, frozenset({UserRole.ADMIN}), frozenset({EVERY_PRECINCT}))

    @property
    def is_admin(self) -> bool:
        """Whether the actor runs the division."""
        return UserRole.ADMIN in self.roles

    def reaches(self, precinct_id: str) -> bool:
        """Whether the actor's roles reach a precinct."""
        return self.is_admin or EVERY_PRECINCT in self.precincts or precinct_id in self.precincts

    def may_plan(self, precinct_id: str) -> bool:
        """Whether the actor may edit, plan and publish for a precinct."""
        return self.is_admin or (UserRole.SUPERVISOR in self.roles and self.reaches(precinct_id))

    def may_see(self, precinct_id: str) -> bool:
        """Whether the actor may see a whole precinct's rounds."""
        return self.may_plan(precinct_id) or (UserRole.VIEWER in self.roles and self.reaches(precinct_id))

    def is_officer(self, officer_id: str) -> bool:
        """Whether the actor is that officer."""
        return UserRole.OFFICER in self.roles and self.officer_id == officer_id
