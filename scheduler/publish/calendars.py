"""Calendars: a pure function from events to the bytes of an iCalendar file (RFC 5545, 7986)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vGeo, vText, vUri
from icalendar.prop import vDuration

from scheduler.domain.agency import Agency, Officer
from scheduler.domain.plan import Visit
from scheduler.domain.publication import Mark, Place
from scheduler.publish.timezones import vtimezone
from scheduler.publish.words import FOCUS_WORDS
from scheduler.rules.case import Case

PRODUCT = "-//ESRO scheduler//Officer rounds//EN"
REFRESH = timedelta(hours=1)
SPACE = UUID("6f2f3d0a-5d0b-4f0e-9a53-2f6c3f9f6a51")
"""Namespace of the identities of visits that no store has given one."""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """A visit or an appointment as calendars see it, [start, end) in minutes from local midnight."""

    mark: Mark
    date: date
    start: int
    end: int
    title: str
    place: Place
    category: str
    lines: tuple[str, ...] = ()


def calendar_bytes(
    name: str, timezone: str, events: Iterable[CalendarEvent], year: int | None = None
) -> bytes:
    """The calendar of these events: the same bytes for the same events, in any order.

    `name` is what clients show, `timezone` an IANA name. A calendar without events holds the time
    zone of `year`, since it must hold something. It has no UID of its own, though RFC 7986 allows
    one: vdirsyncer takes that for the identity of every event, and keeps one event alone.
    """
    zone = ZoneInfo(timezone)
    ordered = sorted(events, key=lambda e: (e.date, e.start, e.mark.uid))
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", timezone)
    duration = vDuration(REFRESH)
    duration.params["VALUE"] = "DURATION"
    calendar["REFRESH-INTERVAL"] = duration
    calendar["X-PUBLISHED-TTL"] = vText("PT1H")
    if ordered:
        calendar.add("last-modified", max(e.mark.changed for e in ordered))
    years = [e.date.year for e in ordered] or ([] if year is None else [year])
    if years:
        calendar.add_component(vtimezone(timezone, min(years), max(years)))
    for event in ordered:
        calendar.add_component(_event(event, zone))
    return bytes(calendar.to_ical(sorted=False))


def _event(event: CalendarEvent, zone: ZoneInfo) -> Event:
    mark, place = event.mark, event.place
    out = Event()
    out.add("uid", mark.uid)
    out.add("dtstamp", mark.changed)
    out.add("last-modified", mark.changed)
    out.add("sequence", mark.sequence)
    out.add("dtstart", _moment(event.date, event.start, zone))
    out.add("dtend", _moment(event.date, event.end, zone))
    out.add("summary", f"Cancelled: {event.title}" if mark.cancelled else event.title)
    whole = ", ".join(x for x in (place.name, place.address) if x)
    out.add("location", whole)
    out["GEO"] = vGeo((place.latitude, place.longitude))
    apple = vUri(f"geo:{place.latitude},{place.longitude}")
    apple.params.update({"VALUE": "URI", "X-TITLE": place.name, "X-ADDRESS": place.address or whole,
                         "X-APPLE-RADIUS": "100"})  # fmt: skip
    out["X-APPLE-STRUCTURED-LOCATION"] = apple
    out.add("categories", [event.category])
    if event.lines:
        out.add("description", "\n".join(event.lines))
    out.add("status", "CANCELLED" if mark.cancelled else "CONFIRMED")
    out.add("transp", "TRANSPARENT" if mark.cancelled else "OPAQUE")
    return out


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return (datetime.combine(day, time()) + timedelta(minutes=minute)).replace(tzinfo=zone)


def visit_event(mark: Mark, visit: Visit, place: Place, lines: tuple[str, ...]) -> CalendarEvent:
    """A visit as its officer sees it."""
    focus = FOCUS_WORDS.get(visit.focus, visit.focus)
    title = f"{place.name}: {focus.lower()}"
    return CalendarEvent(mark, visit.date, visit.start, visit.end, title, place, focus, lines)


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
        visit_event(
            Mark(_uid(agency, "visit", v.officer_id, v.school_id, v.date.isoformat()), 0, stamp), v,
            Place.of(agency.schools[v.school_id]), visit_lines(case, v),
        )
        for v in visits
    ]  # fmt: skip
    name = f"{officer.name}: school visits"
    return calendar_bytes(name, agency.timezone, events)


def _uid(agency: Agency, *parts: str) -> str:
    return str(uuid5(SPACE, "\x1f".join((agency.name, *parts))))
