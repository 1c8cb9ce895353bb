"""Calendars: the same bytes every time, and the right local times in other readers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest

from scheduler.domain.calendar import monday_of
from scheduler.domain.plan import Visit
from scheduler.domain.publication import Mark, Place
from scheduler.publish.calendars import calendar_bytes, officer_calendar, visit_event
from scheduler.publish.timezones import vtimezone
from scheduler.rules.case import Case
from scheduler.tables.folder import read_agency
from scheduler.tables.plans import read_plan
from tests.worlds import agency, officer, school

DATA = Path(__file__).parent / "data"


def test_the_golden_calendar() -> None:
    world, _ = read_agency(DATA / "examples" / "one")
    week = (date(2026, 10, 5),)
    visits = tuple(v for _, v in read_plan(DATA / "examples" / "one" / "plan.csv", world, week))
    person = world.officers[visits[0].officer_id]
    own = [v for v in visits if v.officer_id == person.officer_id]
    made = officer_calendar(Case(world, week, visits), person, own)
    assert made == (DATA / "golden" / "one.ics").read_bytes()
    assert made == officer_calendar(Case(world, week, visits), person, list(reversed(own)))


def test_lines_are_75_octets_and_crlf_even_where_names_are_long() -> None:
    place = replace(
        school("a"), name="École élémentaire Saint-Exupéry; room, “B”" * 3, address="1 Main St\nRear"
    )
    world = agency([place], [officer("o")])
    visit = Visit("o", "a", date(2026, 11, 30), 600, 660, "teaching")
    made = officer_calendar(Case(world, (visit.date,), (visit,)), world.officers["o"], [visit])
    lines = made.split(b"\r\n")
    assert b"\n" not in made.replace(b"\r\n", b"") and max(map(len, lines)) <= 75
    event = icalendar.Calendar.from_ical(made).events[0]
    assert str(event["LOCATION"]).startswith(place.name)


@pytest.mark.parametrize(
    "zone", ["America/New_York", "America/Phoenix", "Australia/Lord_Howe", "Europe/Dublin"]
)
@pytest.mark.parametrize("day", [date(2026, 3, 6), date(2026, 3, 9), date(2026, 10, 30), date(2026, 11, 2)])
def test_local_times_hold_on_both_sides_of_a_clock_change(zone: str, day: date) -> None:
    world = replace(agency([school("a")], [officer("o")]), timezone=zone)
    visit = Visit("o", "a", day, 545, 605, "law_enforcement")
    made = officer_calendar(Case(world, (monday_of(day),), (visit,)), world.officers["o"], [visit])
    parsed = icalendar.Calendar.from_ical(made)
    event = parsed.events[0]
    want = datetime(day.year, day.month, day.day, 9, 5, tzinfo=ZoneInfo(zone))
    assert event.start.astimezone(UTC) == want.astimezone(UTC)
    assert (event.end - event.start) == timedelta(minutes=60)
    # The VTIMEZONE alone says the same as the zone's own table.
    own = parsed.timezones[0].to_tz(lookup_tzid=False)
    local = datetime(day.year, day.month, day.day, 9, 5)
    assert own.utcoffset(local) == want.utcoffset()


def test_timezones_have_yearly_rules_and_no_dates() -> None:
    text = vtimezone("America/New_York", 2026, 2027).to_ical().decode()
    assert "RDATE" not in text and text.count("RRULE") == 2
    assert "BYDAY=2SU" in text and "BYDAY=1SU" in text


def test_a_cancelled_event_is_marked_in_every_way_clients_know() -> None:
    place = school("a")
    visit = Visit("o", "a", date(2026, 11, 30), 600, 660, "mentoring")
    mark = Mark("u1", 3, datetime(2026, 11, 20, tzinfo=UTC), cancelled=True)
    event = visit_event(mark, visit, Place.of(place), ())
    text = calendar_bytes("Name", "America/New_York", [event]).decode()
    for part in ("SUMMARY:Cancelled: ", "STATUS:CANCELLED", "TRANSP:TRANSPARENT", "SEQUENCE:3", "UID:u1"):
        assert part in text


def test_an_empty_calendar_parses() -> None:
    made = calendar_bytes("Name", "America/New_York", [])
    assert icalendar.Calendar.from_ical(made).events == []
