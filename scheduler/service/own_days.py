"""An officer's own days: where to be, what to do there, and what was said of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote

from scheduler.domain.actor import Actor, UserRole
from scheduler.domain.agency import Agency
from scheduler.domain.calendar import monday_of
from scheduler.domain.log import ServiceRecord
from scheduler.domain.publication import Place, Publication
from scheduler.domain.travel import TravelTimes
from scheduler.errors import RefusedError
from scheduler.service.history import merged
from scheduler.service.office import Office
from scheduler.store import publications, visit_log


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit of a day. `drive` are the minutes from the visit before it on that day (None for the
    first), `begun` whether it may be reported on."""

    record: ServiceRecord
    place: Place
    lines: tuple[str, ...]
    drive: int | None
    begun: bool

    @property
    def google_maps(self) -> str:
        """Where to open the place in Google's maps."""
        return f"https://www.google.com/maps/search/?api=1&query={quote(self._where, safe='')}"

    @property
    def apple_maps(self) -> str:
        """Where to open the place in Apple's maps."""
        where = f"ll={self.place.latitude},{self.place.longitude}&q={quote(self.place.name, safe='')}"
        address = f"&address={quote(self.place.address, safe='')}" if self.place.address else ""
        return f"https://maps.apple.com/?{where}{address}"

    @property
    def _where(self) -> str:
        if self.place.address:
            return f"{self.place.name}, {self.place.address}"
        return f"{self.place.latitude},{self.place.longitude}"


@dataclass(frozen=True, slots=True)
class OwnDays:
    """The stops of a span of days, by date and start, and the next one after it."""

    today: date
    stops: tuple[Stop, ...]
    following: Stop | None


def own_officer(actor: Actor) -> str:
    """The officer who acts. Raises RefusedError."""
    if UserRole.OFFICER not in actor.roles or actor.officer_id is None:
        raise RefusedError(f"{actor.name} is no officer, so there is no day to show.")
    return actor.officer_id


def own_days(office: Office, actor: Actor, week: bool = False) -> OwnDays:
    """The acting officer's today, or the whole week it is in. Raises RefusedError."""
    officer_id = own_officer(actor)
    with office.database.reading() as connection:
        _, head = office.head(connection)
        local = office.local(head)
        today = local.date()
        monday = monday_of(today)
        first, last = (monday, monday + timedelta(days=6)) if week else (today, today)
        standing = publications.find(connection, office.agency_id, since=monday, latest=True)
        until = max([last, *(p.week + timedelta(days=6) for p in standing)])
        entries = {e.uid: e for e in visit_log.entries(connection, office.agency_id, first, until)}
    found = merged(head, standing, entries.values(), first, until)
    stops = _stops(head, standing, [r for r in found if r.visit.officer_id == officer_id], local)
    later = [s for s in stops if s.record.date > last]
    return OwnDays(today, tuple(s for s in stops if s.record.date <= last), later[0] if later else None)


def _stops(
    head: Agency, standing: Iterable[Publication], found: Iterable[ServiceRecord], local: datetime
) -> list[Stop]:
    told = {v.mark.uid: v for p in standing for v in p.visits}
    drives = TravelTimes(head)
    out: list[Stop] = []
    for record in found:
        visit = record.visit
        published = told.get(record.uid)
        school = head.schools.get(visit.school_id)
        if published is not None:
            place, lines = published.place, published.lines
        elif school is not None:
            place, lines = Place.of(school), ()
        else:
            continue
        before = out[-1].record.visit if out and out[-1].record.date == record.date else None
        drive = None
        if before is not None and {before.school_id, visit.school_id} <= set(head.schools):
            drive = drives.schools(before.school_id, visit.school_id)
        out.append(Stop(record, place, lines, drive, visit.starts <= local))
    return out
