"""The log and the reports, run as Streamlit runs them, and what stands behind them."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from scheduler.domain.log import LogStatus
from scheduler.errors import InputError, RefusedError
from scheduler.service import reporting, visit_logging
from scheduler.service.visit_logging import service_records, sheet_text
from tests.offices import ADMIN, FOREIGN, MONDAY, OFFICER, SERGEANT, VIEWER, WEEK, Desk, visit
from tests.pages import choose, drawn, fill, opened, page, press, upload, words

FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The town with a published week, on its Wednesday at noon."""
    made = opened(tmp_path, monkeypatch)
    made.publish(*WEEK)
    made.publish(visit("x", 0, "09:00", officer_id="k"), precinct="q")
    made.at(2, "12:00")
    return made


def test_one_visit_is_confirmed(town: Desk) -> None:
    """The button in a visit's row logs it as planned and no other."""
    made = press(page("log", town, SERGEANT), "Confirm", 1)
    logged = [r for r in service_records(town.office, ADMIN, MONDAY, FRIDAY) if r.entry is not None]
    assert [r.visit for r in logged] == [WEEK[1]] and logged[0].entry is not None
    assert logged[0].entry.status is LogStatus.CONFIRMED and "● confirmed" in words(made)


def test_a_whole_day_is_confirmed_with_one_button(town: Desk) -> None:
    """The day's button confirms the precinct's visits of that day and no other precinct's."""
    made = press(page("log", town, SERGEANT), "Confirm all 2")
    assert "2 visits of Mon 30 Nov are confirmed." in words(made)
    found = service_records(town.office, ADMIN, MONDAY, MONDAY)
    assert {r.precinct_id for r in found if r.entry is not None} == {"p"}
    assert not any(b.label == "Confirm all 2" for b in made.button)


def test_visits_to_come_cannot_be_confirmed(town: Desk) -> None:
    """Four visits have begun by Wednesday noon, so four can be confirmed."""
    made = page("log", town, SERGEANT)
    assert [b.label for b in made.button].count("Confirm") == 4
    assert visit_logging.confirm_day(town.office, SERGEANT, "p", MONDAY + timedelta(days=3)) == 0


def test_other_times_are_reported(town: Desk) -> None:
    """The form of a chosen visit logs it at its real times, with a number of contacts."""
    made = page("log", town, SERGEANT)
    first = service_records(town.office, SERGEANT, MONDAY, MONDAY)[0]
    made = choose(made, "Which visit", first.uid)
    made = fill(made, "What became of it", "Other times")
    contacts = next(n for n in made.number_input if n.key.startswith("contacts ") and MONDAY.isoformat()
                    not in n.key)  # fmt: skip
    contacts.set_value(2)
    made.time_input[1].set_value((made.time_input[1].value).replace(hour=9, minute=40))
    made = press(made, "Save")
    entry = service_records(town.office, ADMIN, MONDAY, MONDAY)[1].entry
    assert entry is not None and entry.status is LogStatus.SHORTENED
    assert (entry.visit.end, entry.contacts) == (580, 2)
    assert "other times: 09:00-09:40, 2 contacts" in words(made)


def test_an_unplanned_visit_is_added(town: Desk) -> None:
    """The second form logs a visit that nobody planned, as it is filled in."""
    made = choose(page("log", town, SERGEANT), "School", "c")
    made = choose(made, "Focus", "mentoring")
    made = fill(made, "Day", MONDAY)
    made = fill(made, "From", time(13))
    made = fill(made, "To", time(13, 45))
    made = press(fill(made, "Lessons, talks and meetings held", 3), "Add the visit")
    (added,) = [r for r in service_records(town.office, SERGEANT, MONDAY, FRIDAY) if r.planned is None]
    assert added.entry is not None and (added.entry.status, added.entry.contacts) == (LogStatus.ADDED, 3)
    v = added.entry.visit
    assert (v.school_id, v.date, v.start, v.end, v.focus) == ("c", MONDAY, 780, 825, "mentoring")
    assert "added: 13:00-13:45" in words(made)


def test_a_sheet_goes_down_and_up(town: Desk) -> None:
    """The sheet of a day, sent back, logs its visits; a spoilt one logs nothing and says why."""
    found = [r for r in service_records(town.office, SERGEANT, MONDAY, MONDAY)]
    text = sheet_text(found)
    with pytest.raises(InputError):
        visit_logging.log_sheet(town.office, SERGEANT, text.replace("done", "great").encode(), "log.csv")
    assert visit_logging.log_sheet(town.office, SERGEANT, text.encode(), "../log.csv") == (2, 0)
    assert visit_logging.log_sheet(town.office, SERGEANT, text.encode(), "log.csv") == (0, 2)


def test_a_sheet_is_sent_by_the_page(town: Desk) -> None:
    """A filled sheet is logged at a button, and what it held is said."""
    made = page("log", town, SERGEANT)
    text = sheet_text(service_records(town.office, SERGEANT, MONDAY, MONDAY))
    made = upload(made, "A sheet that is filled in", "log.csv", text.encode())
    made = press(made, "Log the sheet")
    assert "Logged 2 visits; 0 were logged so before." in words(made)
    assert all(r.entry for r in service_records(town.office, SERGEANT, MONDAY, MONDAY))


def test_viewers_look_and_cannot_log(town: Desk) -> None:
    """A viewer sees visits, charts and reports without a button that logs; the service refuses too."""
    made = page("log", town, VIEWER)
    assert not any(b.label.startswith(("Confirm", "Add", "Save")) for b in made.button)
    assert "not reported" in words(made)
    for actor in (VIEWER, FOREIGN, OFFICER):
        with pytest.raises(RefusedError):
            visit_logging.confirm_day(town.office, actor, "p", MONDAY)


def test_figures_count_what_was_given(town: Desk) -> None:
    """Weeks, schools and watchers are counted of the precinct alone, and refused to others."""
    visit_logging.confirm_day(town.office, SERGEANT, "p", MONDAY)
    found = reporting.figures(town.office, SERGEANT, "p", MONDAY)
    assert len(found.weeks) == 8 and found.weeks[-1].week == MONDAY
    last = found.weeks[-1]
    assert (last.planned, last.given, last.missed, last.unreported) == (5, 2, 0, 3)
    assert [s.school.school_id for s in found.schools] == list("abcd")
    assert found.panel.guesses == 3 and set(found.panel.hits) >= {"habit", "turn"}
    with pytest.raises(RefusedError):
        reporting.figures(town.office, FOREIGN, "p", MONDAY)


def test_charts_are_drawn(town: Desk) -> None:
    """With visits given, all four charts are on the page; before that a sentence says why not."""
    made = page("log", town, SERGEANT)
    made = fill(made, "View", "Charts")
    assert "No visit is confirmed yet." in words(made)
    visit_logging.confirm_day(town.office, SERGEANT, "p", MONDAY)
    made = drawn(made.run())
    assert len(made.get("vega_lite_chart")) + len(made.get("arrow_vega_lite_chart")) == 4


def test_reports_hold_what_one_may_see(town: Desk) -> None:
    """The downloads are of the precincts that the actor sees, and refused beyond them."""
    visit_logging.confirm_day(town.office, SERGEANT, "p", MONDAY)
    for kind, part in ((reporting.MONTH, "2026-11,p,a,School a,1,1"), (reporting.YEAR, "p,Precinct p,a"),
                       (reporting.PAGE, "<html")):  # fmt: skip
        text = reporting.report(town.office, SERGEANT, kind, MONDAY, FRIDAY, ["p"])
        assert part in text and "School x" not in text
        with pytest.raises(RefusedError):
            reporting.report(town.office, SERGEANT, kind, MONDAY, FRIDAY, ["p", "q"])
    made = page("log", town, SERGEANT)
    assert len(made.get("download_button")) == 1
    made = fill(made, "View", "Reports")
    assert len(made.get("download_button")) == 3


def test_reports_are_of_the_days_and_precincts_asked_for(town: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The days and the switch for every precinct that the actor sees go into each report; where the last
    day comes before the first a sentence says so. The switch is not there for one precinct."""
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(reporting, "report", lambda _office, _actor, *given: asked.append(given) or "")
    assert not fill(page("log", town, SERGEANT), "View", "Reports").toggle
    made = fill(page("log", town), "View", "Reports")
    made = fill(made, "From", MONDAY)
    made = fill(made, "To", FRIDAY)
    assert {given[1:] for given in map(hashed, asked[-3:])} == {(MONDAY, FRIDAY, ("p",))}
    made = fill(made, "All 2 precincts", True)
    assert {given[1:] for given in map(hashed, asked[-3:])} == {(MONDAY, FRIDAY, ("p", "q"))}
    assert "The last day comes before the first." in words(fill(made, "To", MONDAY - timedelta(days=1)))


def hashed(given: tuple[object, ...]) -> tuple[object, ...]:
    """What a report was asked for, lists as tuples."""
    return tuple(tuple(g) if isinstance(g, list) else g for g in given)
