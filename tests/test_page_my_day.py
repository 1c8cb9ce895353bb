"""My day, run as Streamlit runs it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scheduler.domain.log import LogStatus, MissedCause
from scheduler.errors import RefusedError
from scheduler.service import linking, own_days, visit_logging
from scheduler.ui.pages import PAGES
from tests.offices import ADMIN, MONDAY, OFFICER, WEEK, Desk
from tests.pages import choose, drawn, fill, opened, page, press, words


@pytest.fixture
def monday(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The town at noon of a published week's Monday."""
    town = opened(tmp_path, monkeypatch)
    town.publish(*WEEK)
    town.at(0, "10:00")
    return town


def test_a_day_is_a_list_of_what_to_do(monday: Desk) -> None:
    """The page shows today's visits with time, place, work, drive and maps, and no other day's."""
    said = words(page("my_day", monday, OFFICER))
    assert "09:00 – 10:00 · School a" in said and "10:30 – 11:30 · School b" in said
    assert "Task: Plan review" in said and "min drive" in said and "maps.apple.com" in said
    assert "School d" not in said.replace("Add a visit", "")


def test_the_week_is_one_tap_away(monday: Desk) -> None:
    """The switch shows the whole week's visits."""
    said = words(fill(page("my_day", monday, OFFICER), "Days", "This week"))
    assert "School d" in said and "Session: DARE" in said


def test_one_tap_confirms_a_visit(monday: Desk) -> None:
    """Confirm logs the visit that has begun as planned and marks it; one to come has no such button."""
    made = page("my_day", monday, OFFICER)
    assert [b.label for b in made.button].count("Confirm") == 1
    made = press(made, "Confirm")
    (record, _) = visit_logging.service_records(monday.office, ADMIN, MONDAY, MONDAY)
    assert record.entry is not None and record.entry.status is LogStatus.CONFIRMED
    assert record.entry.visit == WEEK[0] and "**Confirmed**" in words(made)
    assert "Change the report" in words(made)
    assert "Confirm" not in [b.label for b in made.button]


def test_a_missed_visit_has_a_cause_from_the_list(monday: Desk) -> None:
    """The small form logs a visit as missed with its cause, and takes no free text."""
    made = page("my_day", monday, OFFICER)
    made = fill(made, "What became of it", "Missed")
    made = choose(made, "Why", MissedCause.SCHOOL_CLOSED)
    assert not made.text_input and not made.text_area
    made = press(made, "Save")
    (record, _) = visit_logging.service_records(monday.office, ADMIN, MONDAY, MONDAY)
    assert record.missed and record.entry is not None
    assert record.entry.cause is MissedCause.SCHOOL_CLOSED and "Missed: school closed" in words(made)


def test_other_times_and_an_unplanned_visit_are_reported(monday: Desk) -> None:
    """The small form logs a visit at its real times, the one at the foot a visit that nobody planned."""
    made = page("my_day", monday, OFFICER)
    made = fill(made, "What became of it", "Other times")
    made.time_input[1].set_value(made.time_input[1].value.replace(hour=9, minute=45))
    made = press(made, "Save")
    press(made, "Add the visit")
    records = visit_logging.service_records(monday.office, ADMIN, MONDAY, MONDAY)
    said = {r.entry.status: r.entry.visit for r in records if r.entry is not None}
    assert said[LogStatus.SHORTENED].window.end == 585
    assert (said[LogStatus.ADDED].officer_id, said[LogStatus.ADDED].start) == ("o", 540)


def test_the_calendar_is_added_from_the_page(monday: Desk) -> None:
    """An officer makes the own link and sees it once, with a code to scan."""
    made = press(page("my_day", monday, OFFICER), "Add the calendar")
    (standing,) = linking.links(monday.office, OFFICER)
    assert standing.link.target_id == "o"
    assert any("/calendars/" in c.value for c in made.code)
    made = press(made, "Done")
    assert not any("/calendars/" in c.value for c in made.code)


def test_a_day_without_visits_says_so(monday: Desk) -> None:
    """An empty day names the next visit."""
    monday.at(-1, "10:00")
    said = words(page("my_day", monday, OFFICER))
    assert "No visits today" in said and "School a, Mon 30 Nov 09:00" in said


def test_who_is_no_officer_has_no_day(monday: Desk) -> None:
    """The service refuses the day of someone who is no officer."""
    with pytest.raises(RefusedError, match="no officer"):
        own_days.own_days(monday.office, ADMIN)


def test_an_officer_begins_here(monday: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An officer's menu is My day, then Calendars, and the app opens on My day."""
    assert [p.title for p in PAGES if p.allowed(OFFICER)] == ["My day", "Calendars"]
    assert not any(p.title == "My day" for p in PAGES if p.allowed(ADMIN))
    monkeypatch.setattr("scheduler.ui.access.current_user", lambda _database: OFFICER)
    script = Path(__file__).parents[1] / "scheduler" / "ui" / "script" / "main.py"
    made = drawn(AppTest.from_file(str(script), default_timeout=60).run())
    assert any(b.label == "Add the calendar" for b in made.button)
