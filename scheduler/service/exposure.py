"""What whoever holds a calendar link can see."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import monday_of
from scheduler.domain.link import LinkKind
from scheduler.domain.publication import Publication
from scheduler.publish.words import day_short, named
from scheduler.service.office import Office
from scheduler.store import publications
from scheduler.store.engine import Connection

MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a link shows from now on: how many visits (`what`; sessions for a school), at which schools,
    until when."""

    visits: int
    schools: tuple[str, ...]
    until: date | None
    what: str = "visit"

    @property
    def words(self) -> str:
        """`shows 5 visits to come until Thu 3 Dec, at School a, School b`."""
        if not self.visits or self.until is None:
            return "shows nothing to come"
        count = f"{self.visits} {self.what}{'' if self.visits == 1 else 's'}"
        return f"shows {count} to come until {day_short(self.until)}, at {named(self.schools, MOST_NAMED)}"


Exposing = Callable[[LinkKind, str], Exposure]


def exposing(connection: Connection, office: Office, agency: Agency) -> Exposing:
    """What links show of what is published now and still to come, by kind and target."""
    since = monday_of(office.now().date() - timedelta(days=7))
    standing = publications.find(connection, office.agency_id, since=since, latest=True)
    local = office.local(agency)

    def exposed(kind: LinkKind, target_id: str) -> Exposure:
        seen = [found for p in standing for found in _shown(p, kind, target_id) if found[0] >= local.date()]
        names = {agency.schools[s].name if s in agency.schools else s for _, s in seen}
        what = "session" if kind is LinkKind.SCHOOL else "visit"
        return Exposure(len(seen), tuple(sorted(names)), max((d for d, _ in seen), default=None), what)

    def _shown(p: Publication, kind: LinkKind, target_id: str) -> list[tuple[date, str]]:
        """Dates and schools: a school's link shows its appointments, the others visits."""
        if kind is LinkKind.SCHOOL:
            return [(a.date, a.school_id) for a in p.appointments
                    if a.school_id == target_id and not a.mark.cancelled]  # fmt: skip
        return [(v.date, v.school_id) for v in p.plan.visits if v.starts >= local
                and target_id == (v.officer_id if kind is LinkKind.OFFICER else p.precinct_id)]  # fmt: skip

    return exposed
