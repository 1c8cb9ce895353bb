"""Calendars: a pure function from events to the bytes of an iCalendar file (RFC 5545, 7986)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vGeo, vText, vUri
from icalendar.prop import vDuration

from scheduler.domain.agency import Agency, Officer, School
from scheduler.domain.plan import Visit
from scheduler.publish.timezones import vtimezone
from scheduler.publish.words import FOCUS_WORDS
from scheduler.rules.case import Case

PRODUCT = "-//ESRO scheduler//Officer rounds//EN"
REFRESH = timedelta(hours=1)
SPACE = UUID("6f2f3d0a-5d0b-4f0e-9a53-2f6c3f9f6a51")
"""Namespace of the identities of visits that no store has given one."""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """A visit as calendars see it. `uid` belongs to the visit for ever; `sequence` and
    `changed` (UTC) rise with every real change of it and with nothing else."""

    uid: str
    sequence: int
    changed: datetime
    visit: Visit
    school: School
    lines: tuple[str, ...]
    cancelled: bool = False


def calendar_bytes(name: str, uid: str, timezone: str, events: Iterable[CalendarEvent]) -> bytes:
    """The calendar of these events: the same bytes for the same events, in any order.

    `name` is what clients show, `uid` the calendar's own identity, `timezone` an IANA name.
    """
    zone = ZoneInfo(timezone)
    ordered = sorted(events, key=lambda e: (e.visit.starts, e.uid))
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("uid", uid)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", timezone)
    duration = vDuration(REFRESH)
    duration.params["VALUE"] = "DURATION"
    calendar["REFRESH-INTERVAL"] = duration
    calendar["X-PUBLISHED-TTL"] = vText("PT1H")
    if ordered:
        calendar.add("last-modified", max(e.changed for e in ordered))
        years = [e.visit.date.year for e in ordered]
        calendar.add_component(vtimezone(timezone, min(years), max(years)))
    for event in ordered:
        calendar.add_component(_event(event, zone))
    return bytes(calendar.to_ical(sorted=False))


def _event(event: CalendarEvent, zone: ZoneInfo) -> Event:
    visit, school = event.visit, event.school
    out = Event()
    out.add("uid", event.uid)
    out.add("dtstamp", event.changed)
    out.add("last-modified", event.changed)
    out.add("sequence", event.sequence)
    out.add("dtstart", _moment(visit, visit.start, zone))
    out.add("dtend", _moment(visit, visit.end, zone))
    focus = FOCUS_WORDS.get(visit.focus, visit.focus)
    title = f"{school.name}: {focus.lower()}"
    out.add("summary", f"Cancelled: {title}" if event.cancelled else title)
    place = ", ".join(x for x in (school.name, school.address) if x)
    out.add("location", place)
    out["GEO"] = vGeo((school.latitude, school.longitude))
    apple = vUri(f"geo:{school.latitude},{school.longitude}")
    apple.params.update({"VALUE": "URI", "X-TITLE": school.name, "X-ADDRESS": school.address or place,
                         "X-APPLE-RADIUS": "100"})  # fmt: skip
    out["X-APPLE-STRUCTURED-LOCATION"] = apple
    out.add("categories", [focus])
    if event.lines:
        out.add("description", "\n".join(event.lines))
    out.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    out.add("transp", "TRANSPARENT" if event.cancelled else "OPAQUE")
    return out


def _moment(visit: Visit, minute: int, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(visit.date, time())
    return (midnight + timedelta(minutes=minute)).replace(tzinfo=zone)


def visit_lines(case: Case, visit: Visit) -> tuple[str, ...]:
    """What is to do in a visit: its sessions and tasks, by program."""
    sessions = [f"Session: {s.program}, {s.window}" for s in case.attended(visit)]
    tasks = [f"Task: {case.agency.tasks[t].program}" for t in visit.tasks if t in case.agency.tasks]
    return (*sessions, *tasks)


def officer_calendar(case: Case, officer: Officer, visits: Sequence[Visit]) -> bytes:
    """An officer's calendar of a plan that no store knows.

    An event's identity is its officer, school and date, which a plan names once; the stamp is
    the Monday of the first planned week, so that a run leaves the same bytes as the last.
    """
    agency = case.agency
    stamp = datetime.combine(case.weeks[0], time(), ZoneInfo("UTC"))
    events = [
        CalendarEvent(
            _uid(agency, "visit", v.officer_id, v.school_id, v.date.isoformat()), 0, stamp, v,
            agency.schools[v.school_id], visit_lines(case, v),
        )
        for v in visits
    ]  # fmt: skip
    name = f"{officer.name}: school visits"
    return calendar_bytes(name, _uid(agency, "calendar", officer.officer_id), agency.timezone, events)


def _uid(agency: Agency, *parts: str) -> str:
    return str(uuid5(SPACE, "\x1f".join((agency.name, *parts))))
