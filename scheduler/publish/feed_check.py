"""Whether a calendar is well-formed, and what is in it, in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from scheduler.publish.words import day_short

NEEDED = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY")
LONGEST_LINE = 75


@dataclass(frozen=True, slots=True)
class FeedCheck:
    """What a calendar holds, and what is wrong with it (nothing, it is hoped)."""

    lines: tuple[str, ...]
    faults: tuple[str, ...]


def check(body: bytes, timezone: str, local: datetime) -> FeedCheck:
    """Reads a calendar as a client would. `local` is now on the wall clock of `timezone`."""
    try:
        calendar = Calendar.from_ical(body)
    except ValueError as error:
        return FeedCheck((), (f"It is no calendar that can be read: {error}.",))
    assert isinstance(calendar, Calendar)
    events: list[Any] = list(calendar.walk("VEVENT"))
    faults = _form(body)
    for name in ("VERSION", "PRODID"):
        if name not in calendar:
            faults.append(f"The calendar has no {name}.")
    for event in events:
        missing = [n for n in NEEDED if n not in event]
        if missing:
            faults.append(f"An event has no {', '.join(missing)}.")
    whole = [e for e in events if all(n in e for n in NEEDED)]
    uids = [str(e["UID"]) for e in whole]
    if len(set(uids)) < len(uids):
        faults.append("Two events have the same identity, so clients show one of them.")
    if any(e["DTEND"].dt <= e["DTSTART"].dt for e in whole):
        faults.append("An event ends before it begins.")
    if events and not list(calendar.walk("VTIMEZONE")):
        faults.append("It does not tell its time zone, so Outlook may be an hour off.")
    return FeedCheck(_contents(calendar, whole, timezone, local, len(body)), tuple(faults))


def _form(body: bytes) -> list[str]:
    lines = body.split(b"\r\n")
    faults = []
    if any(b"\n" in line for line in lines):
        faults.append("A line does not end as calendars' lines do.")
    if any(len(line) > LONGEST_LINE for line in lines):
        faults.append(f"A line is longer than {LONGEST_LINE} bytes.")
    return faults


def _contents(
    calendar: Calendar, events: list[Any], timezone: str, local: datetime, size: int
) -> tuple[str, ...]:
    name = str(calendar.get("X-WR-CALNAME", "no name"))
    cancelled = sum(str(e.get("STATUS", "")) == "CANCELLED" for e in events)
    now = local.replace(tzinfo=ZoneInfo(timezone))
    coming = sorted((e for e in events if str(e.get("STATUS", "")) != "CANCELLED" and e["DTSTART"].dt >= now),
                    key=lambda e: e["DTSTART"].dt)  # fmt: skip
    over = len(events) - cancelled - len(coming)
    said = [f"It is called “{name}” and has {size} bytes.",
            f"{len(coming)} events still to come, {over} begun or over, {cancelled} cancelled."]  # fmt: skip
    if coming:
        first, last = coming[0], coming[-1]
        start = first["DTSTART"].dt
        said.append(f"Next: {first['SUMMARY']}, {day_short(start.date())} {start:%H:%M}.")
        said.append(f"It reaches until {day_short(last['DTSTART'].dt.date())}.")
    return tuple(said)
