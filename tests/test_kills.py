"""A hundred kills (SIGKILL) lose nothing committed and leave no half publication, on both databases."""

import json
import multiprocessing
import multiprocessing.forkserver
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from scheduler.domain.link import LinkKind
from scheduler.publish.feeds import affected, feed
from scheduler.store import audit, calendars, drafts, publications, snapshots, verify, visit_log
from scheduler.store.engine import Connection, Database
from scheduler.store.schema import feeds, publication_feeds
from scheduler.tables.changes import apply_changes
from scheduler.tables.folder import agency_digest
from tests import killed
from tests.killed import FILE_ROWS, Bomb, fingerprint
from tests.offices import WEEK, desk

KILLS = 50
"""On each database: half from outside, half by the process itself at a moment of its work."""
SEED = 20261130
Key = tuple[str, object]


class Ledger:
    """What the processes said was committed, and what of the store was looked at already."""

    def __init__(self) -> None:
        self.kept: dict[Key, str | None] = {}
        self.trail: list[audit.AuditRow] = []
        self.unsaid: Counter[str] = Counter()
        self.interrupted: Counter[str] = Counter()

    def said(self, kind: str) -> int:
        """How many steps of a kind are known."""
        return sum(what == kind for what, _ in self.kept)


def contents(connection: Connection) -> dict[Key, object]:
    """Everything in the store that a step can have committed."""
    found: dict[Key, object] = {}
    for edit in snapshots.past_edits(connection, "town"):
        found["edit", edit.revision] = edit
    for draft in drafts.of_week(connection, "town"):
        found["draft", draft.draft_id] = draft
    for publication in publications.find(connection, "town"):
        found["publication", publication.publication_id] = publication
    steps = defaultdict(list)
    for entry in visit_log.entries(connection, "town"):
        steps[entry.contacts].append(entry)
    for contacts, entries in steps.items():
        # An odd number is one of a file: all its rows are there, or none.
        assert len(entries) == (FILE_ROWS if contacts % 2 else 1), "half an import"
        found["log", contacts] = (FILE_ROWS, 0) if contacts % 2 else entries
    return found


def check(connection: Connection, ledger: Ledger, begun: str | None) -> None:
    """The store holds what was said, whole, and at most the one step more that nobody could speak of."""
    assert verify.faults(connection) == []
    found = contents(connection)
    for key, mark in ledger.kept.items():
        assert key in found, f"lost: {key}"
        assert mark is None or fingerprint(found[key]) == mark, f"altered: {key}"
    more = [key for key in found if key not in ledger.kept]
    assert len(more) <= 1 and all(what == begun for what, _ in more), (more, begun)
    for key in more:
        ledger.kept[key] = fingerprint(found[key])
        ledger.unsaid[key[0]] += 1
    trail = list(audit.rows(connection))
    assert trail[: len(ledger.trail)] == ledger.trail
    ledger.trail = trail
    check_numbers(connection)
    check_tables(connection)
    check_publications(connection)


def check_numbers(connection: Connection) -> None:
    """Nothing that was numbered and then lost left a gap."""
    told = publications.find(connection, "town")
    assert [p.publication_id for p in told] == list(range(1, len(told) + 1))
    weeks = defaultdict(list)
    for p in told:
        weeks[p.precinct_id, p.week].append(p.number)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in weeks.values())
    revisions = [e.revision for e in snapshots.past_edits(connection, "town")]
    assert revisions == list(range(1, len(revisions) + 1))
    entries = [e.entry_id for e in visit_log.entries(connection, "town")]
    assert entries == list(range(1, len(entries) + 1))


def check_tables(connection: Connection) -> None:
    """The last two revisions are whole tables, and one leads to the other."""
    before, after = snapshots.past_edits(connection, "town")[-2:]
    made = apply_changes(snapshots.get(connection, before.snapshot), after.changes)
    assert agency_digest(made) == after.snapshot == agency_digest(snapshots.get(connection, after.snapshot))


def check_publications(connection: Connection) -> None:
    """Each calendar shows exactly what stands, and each publication has all of its calendars."""
    told = publications.find(connection, "town")
    of_trail = [json.loads(r.detail)["content"] for r in audit.rows(connection) if r.action == "publication"]
    assert of_trail == [publications.stored_digest(connection, p.publication_id) for p in told]
    stands = publications.find(connection, "town", latest=True)
    agency = snapshots.get(connection, snapshots.head(connection, "town").snapshot)
    before = {p.publication_id: q for p in told for q in told
              if (p.precinct_id, p.week, p.number) == (q.precinct_id, q.week, q.number + 1)}  # fmt: skip
    targets = {t for p in told for t in affected(before.get(p.publication_id), p)}
    kept = connection.execute(select(feeds.c.kind, feeds.c.target_id)).all()
    assert {(LinkKind(kind), target) for kind, target in kept} == targets
    versions = defaultdict(list)
    for row in connection.execute(select(publication_feeds).order_by(publication_feeds.c.publication_id)):
        versions[LinkKind(row.kind), row.target_id].append(row.version)
    for target in targets:
        held = calendars.get_feed(connection, "town", *target)
        fresh = feed(agency, *target, stands, killed.NOW)
        assert held is not None and (held.body, held.etag) == (fresh.body, fresh.etag)
        assert versions[target] == list(range(1, held.version + 1))


def listen(pipe: Pipe, ledger: Ledger, most: int | None) -> str | None:
    """Notes what a process says, to its end or to `most` commits; the step that it has begun."""
    begun, count = None, 0
    try:
        while most is None or count < most:
            word, what, *rest = pipe.recv()
            begun = what if word == "start" else None
            if word == "done":
                ledger.kept[what, rest[0]] = rest[1]
                count += 1
    except EOFError:
        pass
    return begun


def bomb_of(rng: Random) -> Bomb:
    """A kill at a random statement, or around a random commit."""
    return Bomb(rng.randint(1, 30), commits=True) if rng.random() < 0.4 else Bomb(rng.randint(1, 900))


@pytest.fixture
def processes() -> Iterator[multiprocessing.context.ForkServerContext]:
    """Processes that are forked from one which has imported the program and opened nothing. The planner's
    workers are forked from another one: there is one at a time."""
    server = multiprocessing.forkserver._forkserver  # type: ignore[attr-defined]
    server._stop()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.killed"])
    yield context
    server._stop()


def test_kills_lose_nothing_committed_and_leave_nothing_half(
    url: str, tmp_path: Path, processes: multiprocessing.context.ForkServerContext
) -> None:
    """Proves, for 50 kills on each database in the middle of publishing, importing and logging: what was
    said to be committed is there as it was said; of the step that was under way everything is there or
    nothing; the audit trail, the numbers and the calendars are whole; and the next process works on."""
    rng, ledger = Random(SEED), Ledger()
    with closing(Database(url)) as database:
        made = desk(database, tmp_path, killed.town())
        made.publish(*WEEK)
        with database.writing() as connection:
            ledger.kept = {key: fingerprint(thing) for key, thing in contents(connection).items()}
    for kill in range(KILLS):
        outside = kill % 2 == 0
        receiver, sender = processes.Pipe(duplex=False)
        bomb = None if outside else bomb_of(rng)
        first = max((n // 2 for what, n in ledger.kept if what == "log"), default=0)  # type: ignore[operator]
        arguments = (url, str(tmp_path), sender, SEED + kill, bomb, first)
        process = processes.Process(target=killed.work, args=arguments)
        process.start()
        sender.close()
        if outside:
            listen(receiver, ledger, rng.randint(1, 8))
            time.sleep(rng.random() * 0.03)  # not to wait for anything: this chooses the moment
            process.kill()
        begun = listen(receiver, ledger, None)
        process.join()
        receiver.close()
        assert process.exitcode == -signal.SIGKILL
        ledger.interrupted[begun or "between steps"] += 1
        # The writer's turn: what the server may still have been told to commit is in by then, or never.
        with closing(Database(url)) as database, database.writing() as connection:
            check(connection, ledger, begun)
    assert all(ledger.interrupted[what] for what in ("edit", "publication", "log")), ledger.interrupted
    assert ledger.said("publication") > KILLS / 2
