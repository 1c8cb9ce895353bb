"""The log and the reports, run as Streamlit runs them, and what stands behind them."""

from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.domain.log import LogStatus
from scheduler.errors import InputError, RefusedError
from scheduler.service import reporting, visit_logging
from scheduler.service.visit_logging import service_records, sheet_text
from scheduler.store.engine import Database
from scheduler.ui.pages.log import render
from tests.offices import ADMIN, FOREIGN, MONDAY, OFFICER, SERGEANT, VIEWER, WEEK, Desk, desk, visit
from tests.pages import page, press, sound, words

FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The town with a published week, on its Wednesday at noon."""
    url = f"sqlite:///{tmp_path / 'esro.db'}"
    monkeypatch.setenv("ESRO_DATABASE_URL", url)
    made = desk(Database(url), tmp_path)
    made.publish(*WEEK)
    made.publish(visit("x", 0, "09:00", officer_id="k"), precinct="q")
    made.at(2, "12:00")
    return made


def test_one_visit_is_confirmed(town: Desk) -> None:
    """The button in a visit's row logs it as planned and no other."""
    made = press(page(render, town, SERGEANT), "Confirm", 1)
    logged = [r for r in service_records(town.office, ADMIN, MONDAY, FRIDAY) if r.entry is not None]
    assert [r.visit for r in logged] == [WEEK[1]] and logged[0].entry is not None
    assert logged[0].entry.status is LogStatus.CONFIRMED and "● confirmed" in words(made)


def test_a_whole_day_is_confirmed_with_one_button(town: Desk) -> None:
    """The day's button confirms the precinct's visits of that day and no other precinct's."""
    made = press(page(render, town, SERGEANT), "Confirm all 2")
    assert "2 visits of Mon 30 Nov are confirmed." in words(made)
    found = service_records(town.office, ADMIN, MONDAY, MONDAY)
    assert {r.precinct_id for r in found if r.entry is not None} == {"p"}
    assert not any(b.label == "Confirm all 2" for b in made.button)


def test_visits_to_come_cannot_be_confirmed(town: Desk) -> None:
    """Four visits have begun by Wednesday noon, so four can be confirmed."""
    made = page(render, town, SERGEANT)
    assert [b.label for b in made.button].count("Confirm") == 4
    assert visit_logging.confirm_day(town.office, SERGEANT, "p", MONDAY + timedelta(days=3)) == 0


def test_other_times_are_reported(town: Desk) -> None:
    """The form of a chosen visit logs it at its real times, with a number of contacts."""
    made = page(render, town, SERGEANT)
    box = next(b for b in made.selectbox if b.label == "Which visit")
    made = sound(box.select_index(0).run())
    made = sound(made.radio[0].set_value("Other times").run())
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
    """The second form logs a visit that nobody planned."""
    made = press(page(render, town, SERGEANT), "Add the visit")
    added = [r for r in service_records(town.office, SERGEANT, MONDAY, FRIDAY) if r.planned is None]
    assert len(added) == 1 and added[0].entry is not None
    assert added[0].entry.status is LogStatus.ADDED and "added: 09:00-10:00" in words(made)


def test_a_sheet_goes_down_and_up(town: Desk) -> None:
    """The sheet of a day, sent back, logs its visits; a spoilt one logs nothing and says why."""
    found = [r for r in service_records(town.office, SERGEANT, MONDAY, MONDAY)]
    text = sheet_text(found)
    with pytest.raises(InputError):
        visit_logging.log_sheet(town.office, SERGEANT, text.replace("done", "great").encode(), "log.csv")
    assert visit_logging.log_sheet(town.office, SERGEANT, text.encode(), "../log.csv") == (2, 0)
    assert visit_logging.log_sheet(town.office, SERGEANT, text.encode(), "log.csv") == (0, 2)


def test_viewers_look_and_cannot_log(town: Desk) -> None:
    """A viewer sees visits, charts and reports without a button that logs; the service refuses too."""
    made = page(render, town, VIEWER)
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
    made = page(render, town, SERGEANT)
    made = sound(made.button_group[0].set_value("Charts").run())
    assert "No visit is confirmed yet." in words(made)
    visit_logging.confirm_day(town.office, SERGEANT, "p", MONDAY)
    made = sound(made.run())
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
    made = page(render, town, SERGEANT)
    assert len(made.get("download_button")) == 1
    made = sound(made.button_group[0].set_value("Reports").run())
    assert len(made.get("download_button")) == 3
