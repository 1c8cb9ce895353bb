"""A process that works in a store until it is killed, and tells what was committed. For test_kills.py.

It sends ("start", what) before each step and ("done", what, key, fingerprint) after its commit. It may
hold a bomb: a countdown over the moments of its work with the database (before and after every
statement, before every commit, after every end of a transaction), at whose end it kills itself.
"""

import hashlib
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from sqlalchemy import event

from scheduler.domain.agency import Agency, Session
from scheduler.domain.change import Change
from scheduler.domain.plan import Visit
from scheduler.service import drafting, editing, publishing, visit_logging
from scheduler.service.office import Office
from scheduler.service.visit_logging import Report
from scheduler.store.engine import Database
from tests.offices import ADMIN, MONDAY, town_agency, visit

NOW = datetime(2026, 12, 3, 21, 30, tzinfo=UTC)
"""Thursday of the first week, 16:30 in the town: what is planned up to then can be logged."""
AHEAD = tuple(MONDAY + timedelta(weeks=n) for n in range(1, 5))
FILE_ROWS = 3
STEPS = ("edit", *["import"] * 3, *["publish"] * 2, "take back", "log", *["log file"] * 2)


@dataclass(frozen=True)
class Bomb:
    """A kill of its own: at the `count`-th moment; `commits` counts only those around commits."""

    count: int
    commits: bool = False


def town() -> Agency:
    """The small town with a session on every Tuesday, so that schools' calendars change as well."""
    plain = town_agency()
    weekly = {f"w{n}": Session(f"w{n}", "a", monday + timedelta(days=1), 600, 45, "DARE")
              for n, monday in enumerate(AHEAD)}  # fmt: skip
    return replace(plain, sessions={**plain.sessions, **weekly})


def fingerprint(thing: object) -> str:
    """Equal things have equal ones, in any process."""
    return hashlib.sha256(repr(thing).encode()).hexdigest()


def work(url: str, folder: str, sender: Connection, seed: int, bomb: Bomb | None, first: int) -> None:
    """Works until killed. `first` is the first number that no step before has used."""
    database = Database(url)
    if bomb is not None:
        _arm(database, bomb)
    worker = _Worker(Office(database, "town", lambda: NOW), Path(folder), sender.send, Random(seed), first)
    while True:
        worker.step()


def _arm(database: Database, bomb: Bomb) -> None:
    left = bomb.count

    def tick(*_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "commit", tick)
    event.listen(database.engine, "checkin", tick)
    if not bomb.commits:
        event.listen(database.engine, "before_cursor_execute", tick)
        event.listen(database.engine, "after_cursor_execute", tick)


@dataclass
class _Worker:
    office: Office
    folder: Path
    send: Callable[[object], None]
    rng: Random
    number: int

    def step(self) -> None:
        """One to two commits of a kind drawn at random; each is told before and after."""
        kind = self.rng.choice(STEPS)
        for what, key, made in getattr(self, "_" + kind.replace(" ", "_"))():
            self.send(("done", what, key, fingerprint(made)))

    def _edit(self) -> Iterator[tuple[str, object, object]]:
        base = editing.tables(self.office).edit.revision
        key = {"school_id": self.rng.choice("abcdxy")}
        change = Change("schools.csv", "update", key, {"enrollment": self.rng.randrange(2000)})
        self.send(("start", "edit"))
        made = editing.edit(self.office, ADMIN, base, [change], f"edit {base}")
        yield "edit", made.revision, made

    def _import(self) -> Iterator[tuple[str, object, object]]:
        stands = editing.tables(self.office)
        schools = {s.school_id: replace(s, enrollment=self.rng.randrange(2000))
                   for s in stands.agency.schools.values()}  # fmt: skip
        self.send(("start", "edit"))
        agency = replace(stands.agency, schools=schools)
        made = editing.replace_tables(self.office, ADMIN, stands.edit.revision, agency, "import")
        yield "edit", made.revision, made

    def _publish(self) -> Iterator[tuple[str, object, object]]:
        precinct, week = self.rng.choice("ppq"), self.rng.choice(AHEAD)
        visits = self._plan(precinct, week)
        self.send(("start", "draft"))
        draft = drafting.manual_draft(self.office, ADMIN, precinct, week, visits)
        yield "draft", draft.draft_id, draft
        self.send(("start", "publication"))
        made = publishing.publish(self.office, ADMIN, draft.draft_id, "killed?")
        yield "publication", made.publication_id, made

    def _take_back(self) -> Iterator[tuple[str, object, object]]:
        found = publishing.list_publications(self.office, ADMIN, self.rng.choice(AHEAD), "p")
        if found:
            self.send(("start", "publication"))
            made = publishing.take_back(self.office, ADMIN, found[0].publication_id)
            yield "publication", made.publication_id, made

    def _log(self) -> Iterator[tuple[str, object, object]]:
        target = self.rng.choice(self._past())
        self.number += 1
        self.send(("start", "log"))
        made = visit_logging.log_visit(self.office, ADMIN, replace(target, contacts=2 * self.number))
        yield "log", made.contacts, [made]

    def _log_file(self) -> Iterator[tuple[str, object, object]]:
        self.number += 1
        contacts = 2 * self.number + 1
        rows = [f"{r.officer_id},{r.school_id},{r.date},{contacts}"
                for r in self.rng.sample(self._past(), FILE_ROWS)]  # fmt: skip
        file = self.folder / "log.csv"
        file.write_text("\n".join(["officer_id,school_id,date,contacts", *rows]) + "\n", encoding="utf-8")
        self.send(("start", "log"))
        yield "log", contacts, visit_logging.log_file(self.office, ADMIN, file)

    def _past(self) -> list[Report]:
        """Reports about the visits of the first week that are over, one a school and day."""
        published = publishing.list_publications(self.office, ADMIN, MONDAY, "p")[0]
        return [Report(v.visit.officer_id, v.visit.school_id, v.visit.date, v.mark.uid)
                for v in published.visits]  # fmt: skip

    def _plan(self, precinct: str, week: date) -> list[Visit]:
        start = self.rng.choice(("09:00", "09:15", "09:30"))
        if precinct == "q":
            return [visit(s, day, start, 60, "k", week=week) for day, s in enumerate("xy")]
        # With or without the session on Tuesday, and two of three other visits.
        others = [visit(s, day, start, week=week) for s, day in (("b", 0), ("c", 2), ("d", 3))]
        chosen = self.rng.sample(others, 2)
        return [*chosen, *([visit("a", 1, "10:00", week=week, focus="teaching")] * self.rng.randrange(2))]
