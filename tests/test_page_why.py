"""The Why page: shortages with what would mend them, and the reasons of the shown plan."""

import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scheduler import questions
from scheduler.domain.agency import Absence
from scheduler.errors import RefusedError
from scheduler.explain import makers
from scheduler.questions import Asked
from scheduler.service import editing, scenarios
from tests.offices import FOREIGN, MONDAY, SERGEANT, VIEWER, WEEK, Desk, town_agency
from tests.working_pages import finished, opened, page, press, words

THURSDAY = MONDAY + timedelta(days=3)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return opened(tmp_path, monkeypatch)


def short_town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The town, where nobody is on duty in precinct p during its session."""
    whole = town_agency()
    tuesday = datetime.combine(MONDAY + timedelta(days=1), datetime.min.time())
    away = tuple(Absence(o, tuesday, tuesday + timedelta(days=1), "leave") for o in ("o", "r"))
    return opened(tmp_path, monkeypatch, replace(whole, absences=away))


def test_shortages_are_explained_and_a_repair_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that nobody can attend is named with its facts and repairs, and a repair is kept as a
    scenario."""
    monkeypatch.setattr(sys.modules["scheduler.ui.pages.why"], "SECONDS", 12.0)
    town = short_town(tmp_path, monkeypatch)
    at = press(page("why", town, SERGEANT), "Find out")
    at, job = finished(at, "why")
    (shortage,) = job.result.explanation.shortages
    assert shortage.tier == "missed_sessions" and at.subheader[0].value == shortage.sentence
    assert "Lift any one of these" in words(at) and "Planning then gave" in words(at)
    assert ("It is proven" in words(at)) == shortage.irreducible
    at = press(at, "Keep as a scenario")
    (kept,) = scenarios.list_scenarios(town.office, SERGEANT)
    assert kept.scenario.changes == shortage.repairs[0].changes and "Kept:" in words(at)


def test_nothing_left_out_is_said_and_a_viewer_may_ask(
    town: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing is short the page says so, to a viewer as well."""
    monkeypatch.setattr(sys.modules["scheduler.ui.pages.why"], "SECONDS", 12.0)
    at, _ = finished(press(page("why", town, VIEWER), "Find out"), "why")
    assert "Nothing is left out" in at.success[0].value


def test_the_shown_plan_is_explained(town: Desk) -> None:
    """Each visit has what it serves, each school its share, and an open need the rule in each officer's
    way."""
    town.publish(*WEEK[:3], WEEK[3])
    at = page("why", town, VIEWER)
    visits, shares = at.dataframe[0].value, at.dataframe[1].value
    assert len(visits) == 4 and any("DARE" in s for s in visits["Serves"])
    assert set(shares["School"]) == {"School a", "School b", "School c", "School d"}
    assert any("School d" in e.label for e in at.expander)


def test_without_a_plan_the_page_says_what_to_do(town: Desk) -> None:
    """An empty week says what will stand here."""
    assert "Generate it on the Week page" in page("why", town, SERGEANT).info[0].value


def test_what_is_over_and_published_stays_and_the_page_says_so(town: Desk) -> None:
    """In a week that has begun the published past stays in what is planned, and the answer says so."""
    town.publish(*WEEK)
    town.at(2, "12:00")
    asked = Asked(MONDAY, ("p",), 6)
    agency = editing.tables(town.office).agency
    away = makers.officer_out(agency, "o", THURSDAY, THURSDAY)
    found = questions.compare(town.office, SERGEANT, asked, [away])
    as_it_is, out = (a.result.plan.visits for a in found.answers if a.result.plan)
    over = [v for v in WEEK if v.date < THURSDAY]
    assert all(v in as_it_is and v in out for v in over)
    assert not [v for v in out if v.officer_id == "o" and v.date == THURSDAY]
    assert found.stands.sentence.startswith("What has begun stays, and what is published of precinct p")
    explained = questions.explain_week(town.office, SERGEANT, asked)
    assert explained.stands == found.stands and not explained.stopped


def test_finding_out_why_can_be_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Stop ends it early, with what was found until then."""
    town = short_town(tmp_path, monkeypatch)
    at = press(page("why", town, SERGEANT), "Find out")
    assert "so far" in words(at)
    at = press(at, "Stop")
    at, job = finished(at, "why", 25)
    assert job.result.stopped and "Stopped early" in words(at)


def test_a_foreign_precinct_is_not_explained(town: Desk) -> None:
    """The service refuses who may not see the precinct."""
    with pytest.raises(RefusedError):
        questions.explain_week(town.office, FOREIGN, Asked(MONDAY, ("p",), 2))
    with pytest.raises(RefusedError):
        questions.compare(town.office, VIEWER, Asked(MONDAY, ("p",), 2), [])
