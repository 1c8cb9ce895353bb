"""Prints what libical (Debian's libical.so.3, through ctypes) makes of calendar files, as JSON.

A program of its own, so that whatever the library says on standard error is seen.
"""

import ctypes
import json
import sys
from ctypes import POINTER, c_char_p, c_int, c_int64, c_void_p
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LIBRARY = "libical.so.3"


class Time(ctypes.Structure):
    """struct icaltimetype."""

    _fields_ = (
        *((n, c_int) for n in ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")),
        ("zone", c_void_p),
    )

    def __str__(self) -> str:
        return (f"{self.year:04}-{self.month:02}-{self.day:02}T"
                f"{self.hour:02}:{self.minute:02}:{self.second:02}")  # fmt: skip


SIGNATURES: dict[str, tuple[Any, ...]] = {
    "icalparser_parse_string": (c_void_p, c_char_p),
    "icalerrno_return": (POINTER(c_int),),
    "icalrestriction_check": (c_int, c_void_p),
    "icalcomponent_count_errors": (c_int, c_void_p),
    "icalcomponent_as_ical_string": (c_char_p, c_void_p),
    "icalcomponent_string_to_kind": (c_int, c_char_p),
    "icalcomponent_get_first_component": (c_void_p, c_void_p, c_int),
    "icalcomponent_get_next_component": (c_void_p, c_void_p, c_int),
    "icalcomponent_get_first_property": (c_void_p, c_void_p, c_int),
    "icalcomponent_get_dtstart": (Time, c_void_p),
    "icalcomponent_get_dtend": (Time, c_void_p),
    "icalcomponent_get_timezone": (c_void_p, c_void_p, c_char_p),
    "icaltimezone_get_tzid": (c_char_p, c_void_p),
    "icaltime_as_timet_with_zone": (c_int64, Time, c_void_p),
    "icalproperty_string_to_kind": (c_int, c_char_p),
    "icalproperty_get_value_as_string": (c_char_p, c_void_p),
}


def library() -> Any:
    """The library, its functions typed. Raises OSError where it is missing."""
    out = ctypes.CDLL(LIBRARY)
    for name, (result, *arguments) in SIGNATURES.items():
        function = getattr(out, name)
        function.restype, function.argtypes = result, arguments
    return out


def calendar(lib: Any, body: bytes) -> dict[str, Any]:
    """The events of a calendar, what the parser complains of, and which rules of RFC 5545 and 5546 the
    calendar breaks."""
    root = lib.icalparser_parse_string(body)
    complaints = errors(lib, root)
    if lib.icalerrno_return().contents.value:
        complaints.append(f"icalerrno is {lib.icalerrno_return().contents.value}")
    lib.icalrestriction_check(root)
    restrictions = [x for x in errors(lib, root) if x not in complaints]
    events, kind = [], lib.icalcomponent_string_to_kind(b"VEVENT")
    component = lib.icalcomponent_get_first_component(root, kind)
    while component:
        events.append(event(lib, root, component))
        component = lib.icalcomponent_get_next_component(root, kind)
    return {"complaints": complaints, "restrictions": restrictions, "events": events}


def errors(lib: Any, root: int) -> list[str]:
    """What libical marks as wrong inside a calendar."""
    text = lib.icalcomponent_as_ical_string(root).decode()
    found = [x for x in text.replace("\r\n ", "").splitlines() if x.startswith("X-LIC")]
    assert len(found) == lib.icalcomponent_count_errors(root)
    return found


def event(lib: Any, root: int, component: int) -> dict[str, Any]:
    """One event."""

    def value(name: str) -> str:
        kind = lib.icalproperty_string_to_kind(name.encode())
        found = lib.icalcomponent_get_first_property(component, kind)
        return lib.icalproperty_get_value_as_string(found).decode()

    start, end = lib.icalcomponent_get_dtstart(component), lib.icalcomponent_get_dtend(component)
    tzid = lib.icaltimezone_get_tzid(start.zone) if start.zone else b""
    own = lib.icalcomponent_get_timezone(root, tzid)
    if not own or not own == start.zone == end.zone:
        return {"uid": value("UID"), "tzid": f"{tzid.decode()}, which is not the calendar's own VTIMEZONE"}
    return {
        "uid": value("UID"), "sequence": int(value("SEQUENCE")), "status": value("STATUS"),
        "tzid": tzid.decode(), "start": moment(lib, start), "end": moment(lib, end),
    }  # fmt: skip


def moment(lib: Any, time: Time) -> dict[str, str]:
    """A time as the wall clock shows it, and in UTC."""
    seconds = lib.icaltime_as_timet_with_zone(time, time.zone)
    return {"local": str(time), "utc": datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


if __name__ == "__main__":
    loaded = library()
    print(json.dumps([calendar(loaded, Path(f).read_bytes()) for f in sys.argv[1:]]))
