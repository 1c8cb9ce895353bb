"""A town, its weeks, and what their calendars ought to hold."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.domain.agency import Agency, Role, Session
from scheduler.domain.link import LinkKind
from scheduler.domain.plan import Visit
from scheduler.domain.publication import Mark, Publication
from tests.clients.serving import Target
from tests.clients.subscriber import Seen
from tests.offices import MONDAY, visit
from tests.worlds import agency, officer, school

OFFICER, PRECINCT, SCHOOL = LinkKind.OFFICER, LinkKind.PRECINCT, LinkKind.SCHOOL
TARGETS: tuple[Target, ...] = (
    (OFFICER, "o"), (OFFICER, "r"), (PRECINCT, "p"), (SCHOOL, "a"), (SCHOOL, "d"),
)  # fmt: skip


def tables(mondays: Iterable[date] = (MONDAY,), timezone: str = "America/New_York") -> Agency:
    """Precinct p with two officers; sessions at its schools a and d, on Tuesdays and Thursdays."""
    people = [officer("o"), officer("r", role=Role.RELIEF, covers=("p",))]
    sessions = [
        Session(f"{s}{m}", s, m + timedelta(days=day), start, 45, "DARE")
        for m in mondays for s, day, start in (("a", 1, 600), ("d", 3, 790))
    ]  # fmt: skip
    plain = agency([school(s) for s in "abcd"], people, sessions={s.session_id: s for s in sessions})
    return replace(plain, timezone=timezone)


def week_of(monday: date) -> list[Visit]:
    """A week of officer o that attends both sessions."""
    return [
        visit("a", 0, "09:00", week=monday), visit("b", 0, "10:30", week=monday),
        visit("a", 1, "10:00", focus="teaching", week=monday), visit("c", 2, "09:00", week=monday),
        visit("d", 3, "13:00", focus="teaching", week=monday),
    ]  # fmt: skip


def other_week_of(monday: date) -> list[Visit]:
    """The same week after changes: a session is missed, another has another officer."""
    _, _, _, kept, given = week_of(monday)
    moved = visit("a", 0, "09:30", week=monday)
    moved_to_friday = visit("b", 4, "10:30", week=monday)
    added = visit("b", 2, "13:00", week=monday)
    return [moved, moved_to_friday, kept, replace(given, officer_id="r"), added]


@dataclass(frozen=True)
class Event:
    """What a calendar ought to say of a visit or an appointment."""

    mark: Mark
    date: date
    start: int
    end: int
    title: str
    place: str

    def seen(self) -> Seen:
        """As khal shows it."""
        title = ("Cancelled: " if self.mark.cancelled else "") + self.title
        return Seen(self.local(self.start), self.local(self.end), title, self.place)

    def read(self, timezone: str) -> dict[str, Any]:
        """As the readers print it, but its identity."""
        start, end = (
            {"local": self.local(m), "utc": f"{self.moment(m, timezone).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
            for m in (self.start, self.end)
        )
        return {"sequence": self.mark.sequence, "status": "CANCELLED" if self.mark.cancelled else "CONFIRMED",
                "tzid": timezone, "start": start, "end": end}  # fmt: skip

    def local(self, minute: int) -> str:
        """The wall clock at a minute of the day."""
        return f"{self.date}T{minute // 60:02}:{minute % 60:02}:00"

    def moment(self, minute: int, timezone: str) -> datetime:
        """A minute of the day as zoneinfo knows it."""
        return datetime.combine(self.date, time(*divmod(minute, 60)), ZoneInfo(timezone))


def wanted(publications: Sequence[Publication], kind: LinkKind, target_id: str) -> list[Event]:
    """The events of a calendar, from what was published."""
    out = []
    for p in publications:
        for a in p.appointments if kind is SCHOOL else ():
            if a.school_id == target_id:
                out.append(Event(a.mark, a.date, a.start, a.end, f"{a.program}: {a.officer}", a.place.name))
        for v in p.visits if kind is not SCHOOL else ():
            who, s = v.visit.officer_id, v.visit
            if kind is PRECINCT or who == target_id:
                title = f"{v.place.name}: {s.focus.replace('_', ' ')}"
                title += f", Officer {who}" if kind is PRECINCT else ""
                out.append(Event(v.mark, s.date, s.start, s.end, title, v.place.name))
    return out


def shown(publications: Sequence[Publication], target: Target) -> list[Seen]:
    """What a client ought to show of a calendar."""
    return sorted(e.seen() for e in wanted(publications, *target))


def parted(body: bytes) -> tuple[list[str], dict[str, list[str]]]:
    """The unfolded lines of a calendar itself, and those of each event by UID; none may come twice."""
    text = body.decode().replace("\r\n ", "").replace("\r\n", "\n")
    found = [e.split("\n") for e in re.findall(r"BEGIN:VEVENT\n.*?END:VEVENT", text, re.DOTALL)]
    by_uid = {value(e, "UID"): e for e in found}
    assert len(by_uid) == len(found)
    return re.sub(r"BEGIN:VEVENT\n.*?END:VEVENT\n", "", text, flags=re.DOTALL).split("\n"), by_uid


def value(lines: Iterable[str], name: str) -> str:
    """The value of a property that is there once."""
    (found,) = [x.partition(":")[2] for x in lines if x.startswith((f"{name}:", f"{name};"))]
    return found


def without_standing(lines: Iterable[str]) -> list[str]:
    """What people see of an event."""
    return [x for x in lines if not x.startswith(("SEQUENCE:", "DTSTAMP:", "LAST-MODIFIED:"))]
