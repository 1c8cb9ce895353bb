"""A supervisor's week, walked in a real browser from leave to publication."""

import urllib.request
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from icalendar import Calendar
from playwright.sync_api import Browser

from scheduler.domain.agency import Absence
from scheduler.domain.clock import format_clock
from scheduler.domain.link import LinkKind
from scheduler.publish.words import day_short
from scheduler.service import drafting, linking, publishing
from scheduler.store.engine import Database
from tests.offices import ADMIN, MONDAY, WEEK, desk, town_agency
from tests.serving_app import served, wait_for
from tests.walking import visiting

REPAIR = "Move DARE at School a from Tue 1 Dec to Wed 2 Dec, same time"
TUESDAY = MONDAY + timedelta(days=1)


def shows(address: str) -> dict[str, str]:
    """The visits that stand in a calendar: start to title."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        found = Calendar.from_ical(answer.read()).walk("VEVENT")
    return {f"{e.start:%a %H:%M}": str(e["SUMMARY"]) for e in found if e["STATUS"] == "CONFIRMED"}


def test_leave_a_pin_a_repair_and_a_publication_reach_the_officers_calendar(
    chromium: Browser, tmp_path: Path
) -> None:
    """A supervisor enters leave on the day of a session, generates, pins a visit, asks why the session is
    left out, has it moved as the page proposes, and publishes; the officer's phone then shows that week."""
    midnight = datetime.combine(TUESDAY, datetime.min.time())
    relief_away = Absence("r", midnight, midnight + timedelta(days=1), "training")
    url = f"sqlite:///{tmp_path / 'esro.db'}"
    town = desk(Database(url), tmp_path, replace(town_agency(), absences=(relief_away,)))
    town.publish(*WEEK)
    link = linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "o")
    with served(tmp_path, url, town.time) as address:
        feed = address + link.path
        assert shows(feed)["Tue 10:00"] == "School a: teaching"
        with visiting(chromium, f"{address}/?precinct=p&week={MONDAY}") as sergeant:
            sergeant.acts_as("Supervisor of Precinct p")
            sergeant.goes_to("Inputs")
            sergeant.adds_leave(TUESDAY)
            sergeant.goes_to("Week")
            sergeant.generates()
            (draft, *_) = drafting.list_drafts(town.office, ADMIN, MONDAY, "p")
            assert not [v for v in draft.plan.visits if v.date == TUESDAY]
            pinned = draft.plan.visits[-1]
            sergeant.pins(f"{day_short(pinned.date)} {format_clock(pinned.start)} School {pinned.school_id}")
            sergeant.goes_to("Why")
            sergeant.asks_why()
            sergeant.reads("1 session is left out; no plan can do better")
            sergeant.keeps_repair(REPAIR)
            sergeant.goes_to("What-if")
            sergeant.compares(REPAIR)
            sergeant.promotes(REPAIR, "The school agreed")
            sergeant.goes_to("Week")
            sergeant.is_finished()
            sergeant.publishes("Leave on Tuesday")
        now = wait_for(lambda: shows(feed), lambda found: "Tue 10:00" not in found)
    standing = publishing.list_publications(town.office, ADMIN, MONDAY, "p")[0]
    assert (standing.number, standing.reason) == (2, "Leave on Tuesday")
    assert pinned in standing.plan.visits
    mine = [v for v in standing.plan.visits if v.officer_id == "o"]
    assert {f"{v.date:%a} {format_clock(v.start)}" for v in mine} == set(now)
    (session,) = [v for v in mine if v.date == TUESDAY + timedelta(days=1) and v.school_id == "a"]
    assert now[f"Wed {format_clock(session.start)}"] == "School a: teaching"
    assert not [t for t in now if t.startswith("Tue")]
