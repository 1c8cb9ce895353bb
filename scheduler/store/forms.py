"""Canonical texts of what the store keeps: documents, moments, digests."""

import hashlib
import json
import zlib
from datetime import UTC, date, datetime
from typing import Any

from scheduler.domain.clock import format_clock
from scheduler.domain.plan import Visit
from scheduler.domain.publication import Place


def document(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values have equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment_text(value) if value.tzinfo else f"{value:%Y-%m-%dT%H:%M}"
    return str(value)


def sha256(text: str) -> str:
    """`sha256:…` of a text."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def packed(text: str) -> bytes:
    """A text, deflated."""
    return zlib.compress(text.encode(), 6)


def unpacked(data: bytes) -> str:
    """The inverse of `packed`. Raises zlib.error, UnicodeDecodeError."""
    return zlib.decompress(data).decode()


def moment_text(moment: datetime) -> str:
    """A moment as `2026-11-30T12:00:00Z` (UTC, whole seconds)."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def moment_of(text: str) -> datetime:
    """The inverse of `moment_text`."""
    return datetime.fromisoformat(text).astimezone(UTC)


def visit_columns(visit: Visit) -> dict[str, Any]:
    """A visit as columns of a table of the store."""
    return {
        "officer_id": visit.officer_id, "school_id": visit.school_id, "date": visit.date.isoformat(),
        "start": visit.start, "end": visit.end, "focus": visit.focus, "tasks": document(list(visit.tasks)),
    }  # fmt: skip


def visit_of(row: Any) -> Visit:
    """The visit in a row of the store."""
    return Visit(row.officer_id, row.school_id, date.fromisoformat(row.date), row.start, row.end, row.focus,
                 tuple(json.loads(row.tasks)))  # fmt: skip


def place_text(place: Place) -> str:
    """A place as one column."""
    return document([place.name, place.address, place.latitude, place.longitude])


def place_of(text: str) -> Place:
    """The inverse of `place_text`."""
    return Place(*json.loads(text))


def visit_words(visit: Visit) -> str:
    """A visit in the audit trail: officer, school, date and times."""
    return (f"{visit.officer_id} {visit.school_id} {visit.date} "
            f"{format_clock(visit.start)}-{format_clock(visit.end)} {visit.focus}")  # fmt: skip
