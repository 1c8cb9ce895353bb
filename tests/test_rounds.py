"""The rounds as HTML: a button a visit, what is no visit said quietly, and no name that runs as code."""

import re
from dataclasses import replace
from datetime import datetime

from scheduler.domain.agency import Absence, Agency
from scheduler.domain.plan import Visit
from scheduler.publish.chips import week_chips
from scheduler.publish.drawing import week_grid
from scheduler.publish.summary import officer_weeks, school_weeks
from scheduler.publish.words import named
from scheduler.rules.case import Case
from scheduler.ui.grid import officers_html, visit_key
from scheduler.ui.school_rows import schools_html
from tests.offices import MONDAY, WEEK, town_agency, visit

AWAY = Absence("o", datetime(2026, 12, 2, 12), datetime(2026, 12, 2, 16), "court")


def drawn(
    agency: Agency, reasons: bool = True, picked: str | None = None, visits: tuple[Visit, ...] = WEEK
) -> str:
    """The grids of precinct p with the town's week, or other visits."""
    case = Case(agency, (MONDAY,), visits)
    return officers_html(case, MONDAY, officer_weeks(case, MONDAY, ("p",)), picked, reasons)


def test_each_visit_is_one_button_that_names_itself() -> None:
    """In the grid and in the table of schools; the picked one says that it is pressed."""
    agency, key = town_agency(), visit_key(WEEK[2])
    case = Case(agency, (MONDAY,), WEEK)
    table = schools_html(case, MONDAY, school_weeks(case, MONDAY, ("p",)), key)
    for html in (drawn(agency, picked=key), table):
        keys = re.findall(r'<button [^>]*data-key="([^"]+)"', html)
        assert sorted(keys) == sorted(visit_key(v) for v in WEEK)
        assert re.findall(r'data-key="([^"]+)" aria-pressed="true"', html) == [key]
    assert "School a, Tue 1 Dec, 10:00-11:00, teaching; DARE" in drawn(agency)


def test_why_an_officer_is_away_is_told_to_planners_alone() -> None:
    """The reason of an absence stands in the grid of those who plan; others see that he is away."""
    agency = replace(town_agency(), absences=(AWAY,))
    assert ">court<" in drawn(agency) and 'class="away"' in drawn(agency, reasons=False)
    assert "court" not in drawn(agency, reasons=False) and ">away<" in drawn(agency, reasons=False)


def test_drives_and_the_break_are_said_in_one_line_a_gap() -> None:
    """Between two visits stands the drive, with the break of the day where there is room for it; a gap too
    low for a line has its words in the tooltip and for ears alone. On paper it stays empty."""
    day = (visit("a", 0, "09:00"), visit("b", 0, "10:15"), visit("c", 0, "12:15"), visit("d", 0, "13:45"))
    agency = town_agency()
    html = drawn(agency, visits=day)
    assert re.findall(r'<div class="gap( low)?" [^>]* title="([^"]*)"><span>([^<]*)</span>', html) == [
        (" low", "drive 5 min", "drive 5 min"), ("", *["drive 5 min · break"] * 2), ("", *["drive 5 min"] * 2)
    ]  # fmt: skip
    assert html.count('<i class="drive"') - 1 == 3 and html.count('<i class="break"') - 1 == 1
    paper = week_grid(Case(agency, (MONDAY,), day), agency.officers["o"], MONDAY, day)
    assert re.findall(r'class="drive"[^>]*>([^<]*)<', paper) == ["drive 5 min · break", "drive 5 min"]


def test_nothing_is_written_over_an_absence() -> None:
    """The line of a gap ends where the officer is away."""
    court = Absence("o", datetime(2026, 11, 30, 10, 10), datetime(2026, 11, 30, 12), "court")
    day = (visit("a", 0, "09:00"), visit("b", 0, "12:30"))
    html = drawn(replace(town_agency(), absences=(court,)), visits=day)
    assert 'class="gap low"' in html and ">court<" in html


def test_a_name_is_text_and_nothing_else() -> None:
    """Markup in the tables is shown as it is typed."""
    agency = town_agency()
    bad = '<img src=x onerror="alert(1)">'
    schools = {k: replace(s, name=bad) for k, s in agency.schools.items()}
    officers = {k: replace(o, name=bad) for k, o in agency.officers.items()}
    changed = replace(agency, schools=schools, officers=officers)
    case = Case(changed, (MONDAY,), WEEK)
    table = schools_html(case, MONDAY, school_weeks(case, MONDAY, ("p",)), None)
    assert "<img" not in drawn(changed) + table and "&lt;img" in drawn(changed)


def test_chips_stand_worst_first_and_tell_what_they_count() -> None:
    """A session that nobody holds comes first, with its day; what is well comes behind."""
    case = Case(town_agency(), (MONDAY,), WEEK[:2])
    chips = week_chips(case, MONDAY, school_weeks(case, MONDAY, ("p",)))
    assert [c.good for c in chips] == sorted(c.good for c in chips)
    assert chips[0].text == "0 of 1 session has an officer" and "DARE" in chips[0].lines[0]
    assert chips[1].text == "2 of 4 schools covered" and len(chips[1].lines) == 2


def test_many_schools_are_named_by_the_first_two() -> None:
    """A long list would hide what it says; three are said in full, and nobody is left out alone."""
    assert named(["Arbutus Elementary", "Relay Elementary", "Fifth District School"]) == (
        "Arbutus, Relay, Fifth District School")  # fmt: skip
    assert named([f"{c} Elementary" for c in "abcd"]) == "a, b and 2 more" and named([]) == ""
