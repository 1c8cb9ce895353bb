"""What lieutenants and two supervisors at once do, walked in a real browser."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from scheduler.service import drafting, editing, publishing
from scheduler.store.engine import Database
from tests.offices import ADMIN, MONDAY, WEEK, Desk, desk, town_agency
from tests.serving_app import served
from tests.walking import visiting


@pytest.fixture
def town(tmp_path: Path) -> Desk:
    """The town, whose relief officer covers precinct q alone."""
    whole = town_agency()
    officers = {**whole.officers, "r": replace(whole.officers["r"], covers=("q",))}
    return desk(Database(f"sqlite:///{tmp_path / 'esro.db'}"), tmp_path, replace(whole, officers=officers))


@pytest.fixture
def address(town: Desk, tmp_path: Path) -> Iterator[str]:
    with served(tmp_path, f"sqlite:///{tmp_path / 'esro.db'}", town.time) as at:
        yield at


def test_a_lieutenant_lends_an_officer_and_plans_and_publishes_every_precinct(
    chromium: Browser, address: str, town: Desk
) -> None:
    """Lent once, the relief officer serves precinct p too; one button plans both precincts, with what is
    known shown on the way, and another publishes them."""
    with visiting(chromium, f"{address}/division?week={MONDAY}") as lieutenant:
        lieutenant.reads("0 of 2 precincts published")
        lieutenant.reads("2 with nothing planned")
        lieutenant.lends("Officer r", "Precinct p")
        assert editing.tables(town.office).agency.officers["r"].covers == ("q", "p")
        lieutenant.plans_all()
        lieutenant.reads("2 with a draft")
        drafts = drafting.list_drafts(town.office, ADMIN, MONDAY)
        assert {d.precinct_id for d in drafts} == {"p", "q"}
        lieutenant.publishes_all("Weekly rounds")
        lieutenant.reads("2 of 2 precincts published")
    told = publishing.list_publications(town.office, ADMIN, MONDAY)
    assert {(p.precinct_id, p.reason) for p in told} == {("p", "Weekly rounds"), ("q", "Weekly rounds")}


def test_a_what_if_is_compared_promoted_and_published(chromium: Browser, address: str, town: Desk) -> None:
    """A scenario by a maker is planned beside the published week, its lost visits are listed, and once it
    is promoted its draft takes the place of what was published."""
    town.publish(*WEEK)
    with visiting(chromium, f"{address}/what-if?precinct=p&week={MONDAY}") as sergeant:
        sergeant.acts_as("Supervisor of Precinct p")
        name = sergeant.closes_a_school_for_a_try("School d")
        sergeant.compares(name)
        sergeant.promotes(name, "The school closes in December")
        sergeant.goes_to("Week")
        sergeant.is_finished()
        sergeant.publishes("Without School d")
    standing = publishing.list_publications(town.office, ADMIN, MONDAY, "p")[0]
    assert (standing.number, standing.reason) == (2, "Without School d")
    assert {v.school_id for v in standing.plan.visits} == {"a", "b", "c"}
    assert editing.tables(town.office).edit.reason == "The school closes in December"


def test_of_two_supervisors_the_second_sees_both_sides_and_loses_nothing(
    chromium: Browser, address: str, town: Desk
) -> None:
    """Two browsers edit the same cell. Who saves second is shown both values, keeps what was typed, and
    saves it on top of what the first one did."""
    with visiting(chromium, f"{address}/inputs") as first, visiting(chromium, f"{address}/inputs") as second:
        second.edits("schools", 0, "visits_per_week", "2")
        first.edits("schools", 0, "name", "Apple")
        first.edits("schools", 0, "visits_per_week", "3")
        first.saves("Two grades more")
        first.reads("Saved as revision 2")
        second.saves("New principal")
        second.reads("What you typed is kept here")
        second.reads("School a: visits a week 2 in place of 1")
        second.reads("visits a week 3 in place of 1")
        second.reads("Two grades more")
        assert editing.tables(town.office).edit.revision == 2
        second.presses("Take theirs and make my changes again")
        second.does_not_read("What changed meanwhile")
        second.saves("New principal")
        second.reads("Saved as revision 3")
    school = editing.tables(town.office).agency.schools["a"]
    assert (school.name, school.visits_per_week) == ("Apple", 2)
    assert [e.reason for e in editing.edits(town.office)[1:]] == ["Two grades more", "New principal"]
