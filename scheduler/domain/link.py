"""Calendar links: who can see which rounds, and who has fetched them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LinkKind(StrEnum):
    """What a link shows: an officer's visits, a precinct's visits, or a school's appointments."""

    OFFICER = "officer"
    PRECINCT = "precinct"
    SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """A secret link to one calendar. Its token is known to nobody but its holder."""

    link_id: str
    kind: LinkKind
    target_id: str
    made: datetime
    author: str
    revoked: datetime | None = None
    revoked_why: str | None = None
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """The bytes behind links of one target. `version` counts their changes."""

    kind: LinkKind
    target_id: str
    version: int
    changed: datetime
    etag: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one client fetched through a link: when first and last, the version it got, and the
    minutes between its last fetches."""

    link_id: str
    client: str
    first: datetime
    last: datetime
    version: int
    fetches: int
    waits: tuple[int, ...]
