"""The admin page, run as Streamlit runs it, over a town in a store."""

from pathlib import Path

import pytest
from sqlalchemy import text

from scheduler.domain.actor import Actor
from scheduler.errors import RefusedError
from scheduler.service import editing, people, records
from scheduler.store.backup import restore
from scheduler.store.engine import Database
from tests.offices import ADMIN, OFFICER, SERGEANT, VIEWER, Desk
from tests.pages import drawn, opened, page, press, words


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return opened(tmp_path, monkeypatch)


def test_users_are_added_changed_and_removed(place: Desk) -> None:
    """A user is added with a role and a precinct, changed, and removed after a question."""
    at = page("admin", place)
    assert "No users yet" in words(at)
    at.text_input(key="user id 0").input("jo@dept")
    at.text_input(key="name 0").input("Jo")
    at.multiselect(key="roles 0").select("supervisor")
    at.multiselect(key="precincts 0").select("p")
    at = press(at, "Add the user")
    (jo,) = people.list_users(place.office, ADMIN)
    assert "Jo is supervisor." in words(at) and jo.may_plan("p") and not jo.may_plan("q")
    at = drawn(at.selectbox(key="admin user 1").select("jo@dept").run())
    at.multiselect(key="roles jo@dept1").set_value(["officer"])
    at.selectbox(key="officer jo@dept1").select("o")
    at = press(at, "Save the user")
    assert people.list_users(place.office, ADMIN)[0].is_officer("o")
    at = drawn(at.selectbox(key="admin user 2").select("jo@dept").run())
    at = press(press(at, "Remove this user…"), "Remove")
    assert not people.list_users(place.office, ADMIN) and "Jo was removed." in words(at)


def test_a_user_without_a_role_is_a_sentence(place: Desk) -> None:
    """What is missing is said in words of the page, and what was typed stays."""
    at = page("admin", place)
    at.text_input(key="user id 0").input("jo@dept")
    at = press(at, "Add the user")
    assert "Give an id and at least one role." in words(at) and "--" not in words(at)
    assert at.text_input(key="user id 0").value == "jo@dept"


def test_the_trail_is_searched_and_verified(place: Desk) -> None:
    """The trail shows the rows that hold a text, and Verify says that it is whole."""
    people.set_user(place.office, ADMIN, "jo@dept", "Jo", ["viewer"], ["p"])
    at = page("admin", place)
    at = drawn(at.text_input(key="audit search").input("jo@dept").run())
    trail = next(d.value for d in at.dataframe if "What" in d.value)
    assert list(trail["What"]) == ["user"] and "jo@dept" in list(trail["Of what"])
    (detail,) = trail["Details"]
    assert detail == "precincts: p · roles: viewer"
    at = press(at, "Verify")
    assert "rows are whole" in words(at)
    assert records.trail_csv(place.office, ADMIN, "jo@dept").count("\n") == 2


def test_a_trail_that_was_altered_is_said(place: Desk) -> None:
    """Verify names the row that someone altered behind the program's back."""
    with place.office.database.writing() as connection:
        connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE seq = 1"))
    assert "Row 1 of the audit trail" in words(press(page("admin", place), "Verify"))


def test_a_backup_restores_the_town(place: Desk, tmp_path: Path) -> None:
    """The backup holds the whole store, and taking it is noted in the audit trail."""
    file = tmp_path / "backup.db"
    file.write_bytes(records.backup_bytes(place.office, ADMIN))
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    restore(fresh, file)
    copy = type(place.office)(fresh, place.office.agency_id)
    assert editing.tables(copy).agency == editing.tables(place.office).agency
    fresh.close()
    assert records.trail(place.office, ADMIN)[0].action == "backup"
    assert not records.verified(place.office, ADMIN).faults


def test_settings_show_no_password(place: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page tells where the store is, the versions and the path, never a password."""
    monkeypatch.setenv("ESRO_BASE_PATH", "/rounds/")
    at = page("admin", place)
    found = next(d.value for d in at.dataframe if "Setting" in d.value)
    settings = dict(zip(found["Setting"], found["Value"], strict=True))
    assert settings["Store"].startswith("sqlite:///") and settings["Path behind a proxy"] == "/rounds"
    assert "this machine alone" in settings["Signing in"] and settings["streamlit"] == "1.67.0"
    assert "secret" not in Database("postgresql://u:secret@host/db").shown


@pytest.mark.parametrize("actor", [SERGEANT, VIEWER, OFFICER])
def test_admins_alone(place: Desk, actor: Actor) -> None:
    """Everyone else is refused by every function of the service, not by a hidden page alone."""
    assert "may not see the users" in words(page("admin", place, actor))
    for refused in (
        records.trail, records.trail_csv, records.verified, records.backup_bytes, records.about,
        people.list_users,
    ):  # fmt: skip
        with pytest.raises(RefusedError):
            refused(place.office, actor)
