"""A small town in a store: two precincts, their officers and one relief officer, and its clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.domain.actor import Actor, UserRole
from scheduler.domain.agency import Agency, Role, Session, Task
from scheduler.domain.plan import Visit
from scheduler.domain.publication import Draft, Publication
from scheduler.service import drafting, editing, publishing, visit_logging
from scheduler.service.office import Office
from scheduler.store.engine import Database
from scheduler.tables.folder import write_agency
from tests.worlds import agency, officer, school

MONDAY = date(2026, 11, 30)
ZONE = ZoneInfo("America/New_York")
ADMIN = Actor.local("tester")
SERGEANT = Actor("sgt@p", "Sergeant P", frozenset({UserRole.SUPERVISOR}), frozenset({"p"}))
FOREIGN = Actor("sgt@q", "Sergeant Q", frozenset({UserRole.SUPERVISOR}), frozenset({"q"}))
VIEWER = Actor("look@p", "Viewer P", frozenset({UserRole.VIEWER}), frozenset({"p"}))
OFFICER = Actor("off@p", "Officer o", frozenset({UserRole.OFFICER}), frozenset(), "o")
EVERYONE = (ADMIN, SERGEANT, FOREIGN, VIEWER, OFFICER)


def town_agency() -> Agency:
    """Four schools in precinct p, two in q, an officer each, and relief for both."""
    schools = [school(s) for s in "abcd"] + [school(s, "q") for s in "xy"]
    people = [officer("o"), officer("k", "q"), officer("r", "q", role=Role.RELIEF, covers=("p", "q"))]
    sessions = {"s1": Session("s1", "a", MONDAY + timedelta(days=1), 600, 45, "DARE")}
    tasks = {"t1": Task("t1", "b", MONDAY, MONDAY + timedelta(days=4), 30, "Plan review")}
    return agency(schools, people, sessions=sessions, tasks=tasks)


def visit(
    school_id: str, day: int, start: str, minutes: int = 60, officer_id: str = "o",
    focus: str = "law_enforcement", tasks: tuple[str, ...] = (), week: date = MONDAY,
) -> Visit:  # fmt: skip
    """A visit on weekday `day` (0 = Monday) from `start` (HH:MM)."""
    hours, rest = start.split(":")
    begin = int(hours) * 60 + int(rest)
    return Visit(officer_id, school_id, week + timedelta(days=day), begin, begin + minutes, focus, tasks)


WEEK = (
    visit("a", 0, "09:00"), visit("b", 0, "10:30", tasks=("t1",)),
    visit("a", 1, "10:00", 60, focus="teaching"), visit("c", 2, "09:00"), visit("d", 3, "13:00"),
)  # fmt: skip
"""A week of precinct p that keeps every rule."""


@dataclass
class Desk:
    """An office whose clock tests can turn."""

    office: Office
    time: datetime
    file: Path = Path()
    """The SQLite store, where it is one."""

    def at(self, day: int, clock: str, week: date = MONDAY) -> None:
        """Turns the clock to a local time of the week (day 0 = Monday; may be negative)."""
        hours, minutes = map(int, clock.split(":"))
        local = datetime(week.year, week.month, week.day, hours, minutes, tzinfo=ZONE)
        self.time = (local + timedelta(days=day)).astimezone(UTC)

    def draft(self, *visits: Visit, precinct: str = "p", week: date = MONDAY) -> Draft:
        """A draft by hand."""
        return drafting.manual_draft(self.office, ADMIN, precinct, week, visits)

    def publish(self, *visits: Visit, precinct: str = "p", week: date = MONDAY) -> Publication:
        """A publication of these visits."""
        made = self.draft(*visits, precinct=precinct, week=week)
        return publishing.publish(self.office, ADMIN, made.draft_id, "test")


def desk(database: Database, folder: Path, tables: Agency | None = None) -> Desk:
    """The town (or another agency) in a store, on the Friday before its first week."""
    write_agency(tables or town_agency(), folder / "town")
    made = Desk(None, datetime(2026, 11, 27, 20, tzinfo=UTC))  # type: ignore[arg-type]
    made.office = editing.init(database, folder / "town", ADMIN, lambda: made.time)
    return made


def rounds(folder: Path, weeks: int) -> Desk:
    """The town after so many weeks of rounds that went on, each published and confirmed, and on the Monday
    noon after them."""
    file = folder / "esro.db"
    made = desk(Database(f"sqlite:///{file}"), folder)
    made.file = file
    for monday in [MONDAY - timedelta(weeks=n) for n in range(weeks, -1, -1)]:
        turn = monday.toordinal() // 7 % 4
        made.at(-1, "12:00", monday)
        made.publish(*(visit(s, (i + turn) % 5, f"{9 + (i + turn) % 4:02}:00", week=monday)
                       for i, s in enumerate("abcd")), week=monday)  # fmt: skip
        made.at(5, "12:00", monday)
        for day in range(5):
            visit_logging.confirm_day(made.office, ADMIN, "p", monday + timedelta(days=day))
    made.at(0, "12:00")
    return made
