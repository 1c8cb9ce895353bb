"""Every page, whatever the store holds and whoever looks: a sentence where there is nothing to show, and
never a fault of the program."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scheduler.domain.actor import Actor, UserRole
from scheduler.domain.link import LinkKind
from scheduler.service import linking
from scheduler.store import migrate
from scheduler.store.engine import Database
from scheduler.tables.folder import write_agency
from scheduler.ui import shell
from scheduler.ui.pages import PAGES, Page
from tests.offices import (
    ADMIN,
    FOREIGN,
    MONDAY,
    OFFICER,
    SERGEANT,
    VIEWER,
    WEEK,
    Desk,
    desk,
    town_agency,
)
from tests.pages import MAIN, drawn, opened, page, press, words

NOBODY = Actor("who@p", "Nobody", frozenset(), frozenset({"p"}))
LOST = Actor("lost@p", "Lost", frozenset({UserRole.OFFICER}), frozenset(), "gone")


def module(one: Page) -> str:
    """The name of a page's module."""
    return one.render.__module__.rpartition(".")[2]


every_page = pytest.mark.parametrize("name", [module(p) for p in PAGES])


# Nothing there -------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", ["missing", "without an agency", "damaged"])
def test_without_an_agency_the_app_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    """A store that is not there, holds nothing or is no store at all is a welcome with a way on."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "esro.db"
    monkeypatch.setenv("ESRO_DATABASE_URL", f"sqlite:///{file}")
    shell._database.clear()
    if store == "without an agency":
        migrate.upgrade(Database(f"sqlite:///{file}"))
    if store == "damaged":
        file.write_bytes(b"no database" * 1000)
    said = words(drawn(AppTest.from_file(str(MAIN), default_timeout=60).run()))
    assert "esro init FOLDER" in said and "Welcome" in said


def test_a_folder_with_faults_is_told_by_its_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped folder, spoilt, is not brought in: what is wrong with it is said, row by row."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESRO_DATABASE_URL", f"sqlite:///{tmp_path / 'esro.db'}")
    shell._database.clear()
    folder = tmp_path / "inputs" / "baltimore-county"
    write_agency(town_agency(), folder)
    schools = folder / "schools.csv"
    schools.write_text(schools.read_text().replace("15:00", "noon", 1))
    (folder / "shifts.csv").write_text("officer_id,weekday\nnobody,Funday\n")
    at = drawn(AppTest.from_file(str(MAIN), default_timeout=60).run())
    at = press(at, "Begin with Baltimore County")
    assert "schools.csv, row 2, closes: this is not HH:MM" in words(at)
    assert "shifts.csv" in words(at) and "Welcome" in words(at)


@every_page
def test_an_agency_with_nobody_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """An agency of one school and no officer has all its pages."""
    whole_town = town_agency()
    bare = replace(whole_town, officers={}, shifts={}, sessions={}, tasks={},
                   schools={"a": whole_town.schools["a"]})  # fmt: skip
    at = page(name, opened(tmp_path, monkeypatch, bare))
    assert not at.exception and words(at).strip()


# Whoever looks ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The town on a published Monday noon, with a link; pages only look at it."""
    folder = tmp_path_factory.mktemp("told")
    made = desk(Database(f"sqlite:///{folder / 'esro.db'}"), folder)
    made.publish(*WEEK)
    linking.make_link(made.office, ADMIN, LinkKind.OFFICER, "o")
    made.at(0, "12:00")
    return made


@pytest.mark.parametrize("actor", [ADMIN, SERGEANT, FOREIGN, VIEWER, OFFICER, NOBODY, LOST],
                         ids=lambda a: a.name)  # fmt: skip
@every_page
def test_a_page_that_is_not_for_someone_refuses(told: Desk, name: str, actor: Actor) -> None:
    """A page is drawn for everyone without a fault. For whom it is not in the menu, it says so (whatever
    leads there) and offers nothing but other weeks; another precinct's supervisor is shown no visit of p."""
    at = page(name, told, actor)
    (one,) = [p for p in PAGES if module(p) == name]
    if not one.allowed(actor):
        assert not [b.label for b in at.button if not b.key.startswith("week-")]
        assert [*at.error, *at.info] or name == "calendars"
    if actor is FOREIGN and name != "inputs":
        assert "School a" not in words(at) and "Officer o" not in words(at)


# Years of weeks ----------------------------------------------------------------------------------------


@every_page
def test_three_years_of_weeks(old: Desk, name: str) -> None:
    """Every page draws in the last week and in the first one, with all that lies between."""
    actor = OFFICER if name == "my_day" else ADMIN
    for week in (MONDAY, MONDAY - timedelta(weeks=3 * 52)):
        at = page(name, old, actor, week=week)
        assert not at.exception and not at.error and words(at).strip()


def test_reports_and_charts_over_three_years(old: Desk) -> None:
    """The log draws its charts, and reports hold every month of the years asked for."""
    at = page("log", old)
    at = drawn(at.button_group[0].set_value("Charts").run())
    assert len(at.get("vega_lite_chart")) + len(at.get("arrow_vega_lite_chart")) == 4
    at = drawn(at.button_group[0].set_value("Reports").run())
    first = next(d for d in at.date_input if d.label == "From")
    drawn(first.set_value(MONDAY - timedelta(weeks=3 * 52)).run())
