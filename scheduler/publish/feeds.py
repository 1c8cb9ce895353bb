"""The calendars behind links: an officer's visits, a precinct's visits, a school's appointments."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from scheduler.domain.agency import Agency
from scheduler.domain.link import Feed, LinkKind
from scheduler.domain.publication import Appointment, Publication, PublishedVisit
from scheduler.publish.calendars import CalendarEvent, calendar_bytes, visit_event

LOOK_BACK = timedelta(days=14)
"""How far back a calendar reaches from the day it was made: some clients never correct what is
over."""


def feed(
    agency: Agency, kind: LinkKind, target_id: str, publications: Sequence[Publication], at: datetime
) -> Feed:
    """The calendar of a target. `publications` are those that stand, `at` is now (UTC). The version
    is left at 0 for the store to count."""
    since = at.date() - LOOK_BACK
    name = _name(agency, kind, target_id)
    if kind is LinkKind.SCHOOL:
        events = [_appointment_event(a) for a in _appointments(publications, target_id, since)]
    else:
        events = [_visit_event(agency, kind, v) for v in _visits(publications, kind, target_id, since)]
    body = calendar_bytes(name, agency.timezone, events, at.year)
    return Feed(kind, target_id, 0, at, hashlib.sha256(body).hexdigest()[:32], body)


def affected(before: Publication | None, after: Publication) -> list[tuple[LinkKind, str]]:
    """The calendars that a publication can change."""
    found = {(LinkKind.PRECINCT, after.precinct_id)}
    for publication in (before, after):
        if publication is not None:
            found |= {(LinkKind.OFFICER, v.visit.officer_id) for v in publication.visits}
            found |= {(LinkKind.SCHOOL, a.school_id) for a in publication.appointments}
    return sorted(found)


def _name(agency: Agency, kind: LinkKind, target_id: str) -> str:
    if kind is LinkKind.OFFICER:
        officer = agency.officers.get(target_id)
        return f"{officer.name if officer else target_id}: school visits"
    if kind is LinkKind.PRECINCT:
        precinct = agency.precincts.get(target_id)
        return f"{precinct.name if precinct else target_id}: ESRO rounds"
    school = agency.schools.get(target_id)
    return f"{school.name if school else target_id}: police sessions"


def _visits(
    publications: Iterable[Publication], kind: LinkKind, target_id: str, since: date
) -> list[PublishedVisit]:
    return [
        v for p in publications for v in p.visits
        if v.visit.date >= since
        and (v.visit.officer_id == target_id if kind is LinkKind.OFFICER else p.precinct_id == target_id)
        and not _stale(v.mark.cancelled, v.mark.changed, since)
    ]  # fmt: skip


def _appointments(publications: Iterable[Publication], school_id: str, since: date) -> list[Appointment]:
    """A session that moved to another week stands in the publication of that week; what the week
    that it left says of it is over."""
    found: dict[str, Appointment] = {}
    for publication in publications:
        for a in publication.appointments:
            if a.school_id != school_id or a.date < since or _stale(a.mark.cancelled, a.mark.changed, since):
                continue
            other = found.get(a.session_id)
            if other is None or _standing(a) > _standing(other):
                found[a.session_id] = a
    return list(found.values())


def _standing(a: Appointment) -> tuple[bool, datetime]:
    return (not a.mark.cancelled, a.mark.changed)


def _stale(cancelled: bool, changed: datetime, since: date) -> bool:
    return cancelled and changed.date() < since


def _visit_event(agency: Agency, kind: LinkKind, v: PublishedVisit) -> CalendarEvent:
    event = visit_event(v.mark, v.visit, v.place, v.lines)
    if kind is LinkKind.OFFICER:
        return event
    officer = agency.officers.get(v.visit.officer_id)
    name = officer.name if officer else v.visit.officer_id
    # The same visit in two calendars of one client needs two identities.
    uid = str(uuid5(UUID(v.mark.uid), kind.value))
    return replace(event, mark=replace(v.mark, uid=uid), title=f"{event.title}, {name}")


def _appointment_event(a: Appointment) -> CalendarEvent:
    return CalendarEvent(a.mark, a.date, a.start, a.end, f"{a.program}: {a.officer}", a.place, "Session")
