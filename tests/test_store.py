"""The store: nothing committed is lost, nothing is overwritten silently, nothing is altered unseen."""

import threading
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from scheduler.domain.change import Change
from scheduler.errors import ConflictError, InputError, RefusedError, StoreError
from scheduler.service import editing
from scheduler.store import audit, migrate, snapshots, verify
from scheduler.store.backup import backup, restore
from scheduler.store.engine import Database
from scheduler.store.schema import metadata
from scheduler.tables.changes import apply_changes
from scheduler.tables.differences import difference
from scheduler.tables.folder import agency_digest
from scheduler.tables.texts import agency_of_texts, agency_texts
from tests.offices import ADMIN, FOREIGN, OFFICER, SERGEANT, VIEWER, WEEK, Desk, town_agency
from tests.worlds import random_agency


def leave(officer_id: str = "o", reason: str = "leave") -> Change:
    hours = {"start": "2026-12-03T08:00", "end": "2026-12-03T16:00"}
    return Change("absences.csv", "add", {}, {"officer_id": officer_id, **hours, "reason": reason})


def faults(town: Desk) -> list[str]:
    with town.office.database.reading() as connection:
        return verify.faults(connection)


def test_the_migrations_make_the_tables_that_the_program_uses(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    assert migrate.upgrade(database) and not migrate.upgrade(database)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_store_that_is_missing_old_or_newer_is_refused_with_what_to_do(database: Database) -> None:
    with pytest.raises(StoreError, match=r"esro (init|db upgrade)"):
        migrate.check(database)
    migrate.upgrade(database)
    migrate.check(database)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer program"):
        migrate.check(database)


def test_an_unknown_kind_of_database_is_a_sentence() -> None:
    with pytest.raises(StoreError, match="not on mysql"):
        Database("mysql://x/y")
    with pytest.raises(StoreError, match="no database address"):
        Database("nonsense")
    nowhere = Database("postgresql://nobody:secret@127.0.0.1:1/none")
    with pytest.raises(StoreError, match="cannot be used"), nowhere.reading():
        pass


def test_a_password_is_never_shown() -> None:
    assert "secret" not in Database("postgresql://nobody:secret@127.0.0.1:1/none").shown


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_tables_kept_as_texts_come_back_the_same(seed: int) -> None:
    world = random_agency(seed)
    again = agency_of_texts(agency_texts(world))
    assert again == world and agency_digest(again) == agency_digest(world)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_difference_of_two_agencies_makes_one_of_the_other(a: int, b: int) -> None:
    before, after = random_agency(a), random_agency(b)
    for world in (before, after):
        assume(all(len(set(rows)) == len(rows) for rows in (world.absences, world.pins, world.history)))
    assert agency_digest(apply_changes(before, difference(before, after))) == agency_digest(after)


def test_an_edit_moves_the_head_and_undo_moves_it_back(town: Desk) -> None:
    first = editing.tables(town.office)
    made = editing.edit(town.office, ADMIN, 1, [leave()], "Leave of o")
    assert made.revision == 2 and len(editing.tables(town.office).agency.absences) == 1
    back = editing.undo(town.office, ADMIN, 2, 1)
    assert back.revision == 3 and back.snapshot == first.edit.snapshot
    assert [e.reason for e in editing.edits(town.office)][1:] == ["Leave of o", "Back to revision 1"]
    assert faults(town) == []


def test_who_edits_an_old_head_gets_a_conflict_and_nothing_is_written(town: Desk) -> None:
    editing.edit(town.office, ADMIN, 1, [leave()])
    with pytest.raises(ConflictError) as caught:
        editing.edit(town.office, SERGEANT, 1, [leave(reason="other")])
    assert (caught.value.base, caught.value.head) == (1, 2)
    assert "revision 2" in str(caught.value) and len(editing.edits(town.office)) == 2


def test_an_edit_that_the_tables_refuse_changes_nothing(town: Desk) -> None:
    with pytest.raises(InputError, match="nobody"):
        editing.edit(town.office, ADMIN, 1, [leave("nobody")])
    assert len(editing.edits(town.office)) == 1 and faults(town) == []


def test_supervisors_edit_their_own_precincts_alone(town: Desk) -> None:
    editing.edit(town.office, SERGEANT, 1, [leave()])
    for change in [
        leave("k"), Change("schools.csv", "update", {"school_id": "x"}, {"weight": 2}),
        Change("schools.csv", "update", {"school_id": "x"}, {"precinct_id": "p"}),
        Change("closures.csv", "add", {}, {"date": "2026-12-01"}),
        Change("agency.toml", "update", {"path": "visits.most_per_day"}, {"value": 5}),
    ]:  # fmt: skip
        with pytest.raises(RefusedError, match="admin"):
            editing.edit(town.office, SERGEANT, 2, [change])
    for actor in (VIEWER, OFFICER, FOREIGN):
        with pytest.raises(RefusedError):
            editing.edit(town.office, actor, 2, [Change("sessions.csv", "remove", {"session_id": "s1"})])
    assert len(editing.edits(town.office)) == 2


def test_a_thousand_edits_by_eight_writers_lose_none(town: Desk) -> None:
    """Each writer tries again where another was faster. Every edit is there once, and all of them made
    one after the other give the tables that stand: none was overwritten unseen."""
    wanted = 1000
    first = editing.tables(town.office).agency
    numbers = iter(range(wanted))
    lock = threading.Lock()

    def write() -> None:
        base = 1
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            key = {"school_id": "abcdxy"[number % 6]}
            change = Change("schools.csv", "update", key, {"enrollment": number})
            while True:
                try:
                    base = editing.edit(town.office, ADMIN, base, [change], f"n{number}").revision
                    break
                except ConflictError as conflict:
                    base = conflict.head

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = editing.edits(town.office)
    assert [e.revision for e in made] == list(range(1, wanted + 2))
    assert sorted(e.reason for e in made[1:]) == sorted(f"n{n}" for n in range(wanted))
    again = apply_changes(first, [c for e in made[1:] for c in e.changes])
    assert again == editing.tables(town.office).agency
    with town.office.database.reading() as connection:
        assert audit.faults(connection) == []


@pytest.mark.parametrize(
    "harm, words",
    [
        ("UPDATE audit SET actor = 'nobody' WHERE seq = 2", "Row 2 of the audit trail"),
        ("DELETE FROM audit WHERE seq = 2", "Rows 2 to 2 of the audit trail are missing"),
        ("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)", "are missing"),
        ("UPDATE published_visits SET officer_id = 'k'", "is not what was published"),
        ("UPDATE publications SET reason = 'other'", "is not what was published"),
        ("DELETE FROM published_visits WHERE date = '2026-12-02'", "is not what was published"),
        ("UPDATE log_entries SET contacts = 99", "is not what was logged"),
        ("DELETE FROM log_entries", "is not what was logged"),
        ("UPDATE blobs SET content = (SELECT content FROM blobs LIMIT 1)", "was altered"),
    ],
)
def test_what_is_altered_or_removed_behind_its_back_shows(town: Desk, harm: str, words: str) -> None:
    from scheduler.service.visit_logging import Report, log_visit

    made = town.publish(*WEEK)
    town.at(0, "17:00")
    log_visit(town.office, ADMIN, Report("o", "a", WEEK[0].date, made.visits[0].mark.uid))
    assert faults(town) == []
    with town.office.database.writing() as connection:
        connection.execute(text(harm))
    assert any(words in f for f in faults(town)), faults(town)


def test_a_backup_taken_in_either_database_restores_in_either(town: Desk, tmp_path: Path, url: str) -> None:
    town.publish(*WEEK)
    count = backup(town.office.database, tmp_path / "b.esro")
    assert not list(tmp_path.glob("*.part*")) and not list(tmp_path.glob("b.esro-*"))
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    assert restore(other, tmp_path / "b.esro") == count
    with other.reading() as connection:
        assert verify.faults(connection) == []
        assert snapshots.head(connection, "town").revision == 1
    with pytest.raises(StoreError, match="not empty"):
        restore(town.office.database, tmp_path / "b.esro")
    editing.edit(town.office, ADMIN, 1, [leave()])
    assert restore(town.office.database, tmp_path / "b.esro", replace=True) == count
    assert editing.tables(town.office).edit.revision == 1 and faults(town) == []
    other.close()


def test_a_backup_that_was_altered_is_not_restored(town: Desk, tmp_path: Path) -> None:
    import sqlite3

    town.publish(*WEEK)
    backup(town.office.database, tmp_path / "b.esro")
    with sqlite3.connect(tmp_path / "b.esro") as plain:
        plain.execute("UPDATE publications SET author = 'x'")
    plain.close()
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    with pytest.raises(StoreError, match="was altered"):
        restore(other, tmp_path / "b.esro")
    other.close()


def test_the_town_is_what_the_tests_say(town: Desk) -> None:
    assert agency_digest(editing.tables(town.office).agency) == agency_digest(town_agency())
