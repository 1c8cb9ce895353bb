"""The real server over a store of the shipped county in which a week is published."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

from benchmarks.instances import COUNTY


def prepare(folder: Path, seconds: float) -> date:
    """A folder with inputs, a planned week in outputs/, and a store in which the same is published."""
    from scheduler.domain.calendar import monday_of
    from scheduler.errors import RefusedError
    from scheduler.service import drafting, editing, publishing
    from scheduler.service.office import local_actor
    from scheduler.store.engine import Database
    from scheduler.tables.plans import read_plan

    week = monday_of(date.today()) + timedelta(weeks=1)
    (folder / "inputs").symlink_to(COUNTY.parent)
    (folder / "data").mkdir()
    esro(folder, "plan", "inputs/baltimore-county", "--week", str(week), "--time-limit", str(seconds))
    actor = local_actor()
    office = editing.init(Database(f"sqlite:///{folder}/data/esro.db"), COUNTY, actor)
    agency = editing.tables(office).agency
    plan = read_plan(folder / "outputs" / COUNTY.name / str(week) / "plan.csv", agency, [week])
    waiting = list(agency.precincts)
    for precinct in waiting:
        visits = [v for _, v in plan if agency.schools[v.school_id].precinct_id == precinct]
        draft = drafting.manual_draft(office, actor, precinct, week, visits)
        try:
            publishing.publish(office, actor, draft.draft_id, "benchmark")
        except RefusedError:  # a relief officer's day may keep the rules only with more of it published
            assert len(waiting) < 5 * len(agency.precincts)
            waiting.append(precinct)
    office.database.close()
    return week


def add_links(folder: Path, count: int) -> list[tuple[str, str]]:
    """Links to all kinds of calendars in turn, in one transaction; token and ETag of each."""
    from scheduler.domain.link import CalendarLink, LinkKind
    from scheduler.service import linking
    from scheduler.service.office import local_actor, open_office
    from scheduler.store import calendars
    from scheduler.store.engine import Database

    office, actor = open_office(opened=Database(f"sqlite:///{folder}/data/esro.db")), local_actor()
    with office.database.reading() as connection:
        _, agency = office.head(connection)
        targets = [(LinkKind.OFFICER, o) for o in agency.officers]
        targets += [(LinkKind.PRECINCT, p) for p in agency.precincts]
        targets += [(LinkKind.SCHOOL, s) for s in agency.schools]
    made = []
    for target in targets[:count]:
        made.append((linking.make_link(office, actor, *target).token, target))
    with office.database.writing() as connection:
        for n in range(len(made), count):
            target, token = targets[n % len(targets)], uuid4().hex
            calendars.add_link(connection, office.agency_id,
                               CalendarLink(uuid4().hex, *target, office.now(), "x"), token)
            made.append((token, target))
        tags = {t: calendars.get_feed(connection, office.agency_id, *t) for t in set(targets[:count])}
    dead = linking.make_link(office, actor, *targets[0])
    linking.revoke_link(office, actor, dead.link.link_id)
    (folder / "revoked").write_text(dead.token)
    office.database.close()
    return [(token, tags[target].etag) for token, target in made]  # type: ignore[union-attr]


def esro(folder: Path, *words: str) -> None:
    """Runs a command in a folder."""
    command = [sys.executable, "-m", "scheduler.cli", *words]
    subprocess.run(command, cwd=folder, env=surroundings(), check=True, capture_output=True)


def surroundings() -> dict[str, str]:
    """The environment of the programs started here."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "ESRO_DATABASE_URL": ""}


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The real server on a free port, until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "scheduler.cli", "serve", "--port", str(port)]
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen(command, cwd=folder, env=surroundings(), stdout=log, stderr=log)
    try:
        while True:
            assert server.poll() is None, (folder / "server.log").read_text()
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()
