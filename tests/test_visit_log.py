"""The visit log: what became of visits, who may say so, and what follows from it."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from scheduler.domain.log import LogStatus, MissedCause
from scheduler.domain.plan import Visit
from scheduler.errors import InputError, RefusedError
from scheduler.publish.service_report import monthly, monthly_csv, span, yearly_csv, yearly_html
from scheduler.service import editing, exporting, visit_logging
from scheduler.service.history import with_history
from scheduler.service.visit_logging import Report, log_file, log_visit, service_records, sheet
from scheduler.store import verify
from scheduler.tables.columns import LOG_TABLE
from scheduler.tables.folder import read_agency, table_text
from scheduler.tables.plans import read_plan
from tests.offices import ADMIN, FOREIGN, MONDAY, OFFICER, SERGEANT, VIEWER, WEEK, Desk, visit

FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def week(town: Desk) -> Desk:
    """The town with a published week that is over."""
    town.publish(*WEEK)
    town.publish(visit("x", 0, "09:00", officer_id="k"), precinct="q")
    town.at(4, "17:00")
    return town


def report(town: Desk, planned: Visit, **values: object) -> Report:
    uid = next(r.uid for r in service_records(town.office, ADMIN, MONDAY, FRIDAY) if r.visit == planned)
    return replace(Report(planned.officer_id, planned.school_id, planned.date, uid), **values)


def test_a_visit_is_confirmed_shortened_missed_or_added(week: Desk) -> None:
    assert log_visit(week.office, OFFICER, report(week, WEEK[0], contacts=3)).status is LogStatus.CONFIRMED
    short = log_visit(week.office, OFFICER, report(week, WEEK[2], end=630))
    assert short.status is LogStatus.SHORTENED and short.visit == replace(WEEK[2], end=630)
    missed = report(week, WEEK[3], missed=True, cause=MissedCause.CALLED_AWAY)
    assert log_visit(week.office, SERGEANT, missed).status is LogStatus.MISSED
    added = Report("o", "d", MONDAY, start=800, end=830, focus="mentoring")
    assert log_visit(week.office, OFFICER, added).status is LogStatus.ADDED
    found = {(r.visit.school_id, r.date): r for r in service_records(week.office, SERGEANT, MONDAY, FRIDAY)}
    assert len(found) == 6 and found["c", WEEK[3].date].missed and found["d", MONDAY].planned is None
    with week.office.database.reading() as connection:
        assert verify.faults(connection) == []


def test_a_later_report_stands_in_the_place_of_an_earlier_one(week: Desk) -> None:
    log_visit(week.office, OFFICER, report(week, WEEK[0], missed=True))
    log_visit(week.office, OFFICER, report(week, WEEK[0]))
    (record,) = [r for r in service_records(week.office, ADMIN, MONDAY, MONDAY, "o")
                 if r.visit.school_id == "a"]  # fmt: skip
    assert not record.missed and record.entry and record.entry.status is LogStatus.CONFIRMED


@pytest.mark.parametrize(
    "values, words",
    [
        ({"uid": None}, "needs its start"),
        ({"uid": None, "missed": True}, "none can have been missed"),
        ({"uid": "made-up"}, "no visit with that identity"),
        ({"start": 700, "end": 600}, "ends before it begins"),
        ({"cause": MissedCause.OTHER}, "only a missed visit"),
        ({"tasks": ("t9",)}, "no task t9"),
    ],
)
def test_a_report_that_cannot_be_is_refused_in_words(week: Desk, values: dict, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        log_visit(week.office, ADMIN, report(week, WEEK[0], **values))


def test_what_is_still_to_come_cannot_be_confirmed(town: Desk) -> None:
    town.publish(*WEEK)
    town.at(0, "09:30")
    log_visit(town.office, OFFICER, report(town, WEEK[0], end=570))
    with pytest.raises(RefusedError, match="still to come"):
        log_visit(town.office, OFFICER, report(town, WEEK[1]))
    log_visit(town.office, OFFICER, report(town, WEEK[1], missed=True))


def test_officers_log_and_see_their_own_visits_alone(week: Desk) -> None:
    for actor in (FOREIGN, VIEWER):
        with pytest.raises(RefusedError, match="own visits"):
            log_visit(week.office, actor, report(week, WEEK[0]))
    with pytest.raises(RefusedError, match="own visits"):
        log_visit(week.office, OFFICER, report(week, visit("x", 0, "09:00", officer_id="k")))
    assert {r.visit.officer_id for r in service_records(week.office, OFFICER, MONDAY, FRIDAY)} == {"o"}
    assert {r.precinct_id for r in service_records(week.office, FOREIGN, MONDAY, FRIDAY)} == {"q"}
    assert len(service_records(week.office, VIEWER, MONDAY, FRIDAY)) == 5


def test_a_sheet_is_filled_in_and_read_again(week: Desk, tmp_path: Path) -> None:
    rows = sheet(service_records(week.office, SERGEANT, MONDAY, FRIDAY))
    rows[0]["contacts"] = 4
    rows[3] |= {"status": "missed", "cause": "school_closed"}
    rows.append({
        "officer_id": "o", "school_id": "d", "date": MONDAY, "start": 780, "end": 840, "focus": "mentoring",
        "tasks": (), "status": "done", "cause": None, "contacts": 1,
    })  # fmt: skip
    file = tmp_path / "log.csv"
    file.write_text(table_text(LOG_TABLE, rows))
    assert log_file(week.office, SERGEANT, file) == (6, 0)
    assert log_file(week.office, SERGEANT, file) == (0, 6)
    found = service_records(week.office, SERGEANT, MONDAY, FRIDAY)
    assert all(r.entry is not None for r in found) and sum(r.missed for r in found) == 1


def test_a_sheet_with_faults_is_refused_whole_with_every_fault(week: Desk, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(
        "officer_id,school_id,date,start,end,focus,status,cause\n"
        "o,a,2026-11-30,,,,done,\no,b,2026-11-30,25:00,,,done,\no,zz,2026-11-30,09:00,10:00,mentoring,done,\n"
        "o,c,2026-12-02,,,,missed,bored\no,d,2026-12-04,,,,missed,\n"
    )
    with pytest.raises(InputError) as caught:
        log_file(week.office, SERGEANT, file)
    assert [p.row for p in caught.value.problems] == [3, 5, 4, 6]
    assert not any(r.entry for r in service_records(week.office, SERGEANT, MONDAY, FRIDAY))


def test_the_log_becomes_the_history_of_the_next_plan(week: Desk) -> None:
    log_visit(week.office, OFFICER, report(week, WEEK[0], end=570))
    log_visit(week.office, OFFICER, report(week, WEEK[3], missed=True))
    log_visit(week.office, OFFICER, Report("o", "d", MONDAY, start=800, end=830, focus="mentoring"))
    tables = editing.tables(week.office).agency
    with week.office.database.reading() as connection:
        past = with_history(connection, week.office, tables, MONDAY + timedelta(weeks=1)).history
        before = with_history(connection, week.office, tables, MONDAY).history
    by_key = {(p.visit.school_id, p.visit.date): p for p in past}
    assert by_key["a", MONDAY].visit.end == 570 and by_key["c", WEEK[3].date].status == "missed"
    assert by_key["d", MONDAY].visit.focus == "mentoring" and by_key["x", MONDAY].status == "done"
    assert len(past) == 7 and before == ()


def test_rows_of_the_history_table_give_way_to_what_the_store_knows(week: Desk) -> None:
    from scheduler.domain.change import Change

    row = {"officer_id": "o", "school_id": "a", "date": "2026-11-30", "start": "13:00", "end": "14:00",
           "focus": "mentoring"}  # fmt: skip
    other = {**row, "date": "2026-11-20"}
    editing.edit(week.office, ADMIN, 1, [Change("history.csv", "add", {}, r) for r in (row, other)])
    tables = editing.tables(week.office).agency
    with week.office.database.reading() as connection:
        past = with_history(connection, week.office, tables, MONDAY + timedelta(weeks=1)).history
    assert [p.visit.start for p in past if p.visit.school_id == "a"] == [780, 540, 600]


def test_reports_count_what_was_planned_given_missed_added_and_not_reported(week: Desk) -> None:
    log_visit(week.office, OFFICER, report(week, WEEK[0], contacts=2))
    log_visit(week.office, OFFICER, report(week, WEEK[2], end=630))
    log_visit(week.office, OFFICER, report(week, WEEK[3], missed=True))
    log_visit(week.office, OFFICER, Report("o", "d", MONDAY, start=800, end=830, focus="mentoring"))
    tables = editing.tables(week.office).agency
    found = service_records(week.office, ADMIN, MONDAY, FRIDAY)
    rows = {(r.month, r.school.school_id): r for r in monthly(tables, found)}
    november, december = date(2026, 11, 1), date(2026, 12, 1)
    a = rows[november, "a"]
    assert (a.planned, a.given, a.missed, a.added, a.unreported) == (1, 1, 0, 0, 0)
    assert (a.minutes, a.contacts) == (60, 2)
    assert rows[december, "a"].minutes == 30 and rows[december, "a"].planned_minutes == 60
    assert (rows[december, "c"].missed, rows[december, "c"].given) == (1, 0)
    d = rows[november, "d"]
    assert (d.added, d.planned, d.focuses) == (1, 0, {"mentoring": 1})
    assert a.share == pytest.approx(60 / 90) and a.due == pytest.approx(0.25)
    assert rows[november, "b"].unreported == 1 and rows[november, "b"].given == 0
    table = list(csv.DictReader(io.StringIO(monthly_csv(monthly(tables, found)))))
    assert len(table) == 12 and {r["month"] for r in table} == {"2026-11", "2026-12"}


def test_the_years_coverage_names_each_schools_officer_or_who_covered(week: Desk) -> None:
    log_visit(week.office, OFFICER, report(week, WEEK[0]))
    log_visit(week.office, ADMIN, Report("r", "a", FRIDAY, start=800, end=830, focus="mentoring"))
    tables = editing.tables(week.office).agency
    found = service_records(week.office, ADMIN, MONDAY, FRIDAY)
    rows = span(tables, found, MONDAY)
    (a,) = [r for r in csv.DictReader(io.StringIO(yearly_csv(tables, rows))) if r["school_id"] == "a"]
    assert (a["officer"], a["covered_by"]) == ("Officer o", "Officer o 1; Officer r 1")
    assert (a["visits"], a["hours"]) == ("2", "1.5")
    page = yearly_html(tables, rows, MONDAY, FRIDAY, FRIDAY, "1")
    assert "School a" in page and "Officer r 1" in page and "http" not in page
    assert "5 published visits are not reported on" in page


def test_everything_is_written_back_as_folders(week: Desk, tmp_path: Path) -> None:
    log_visit(week.office, OFFICER, report(week, WEEK[0]))
    exporting.export(week.office, ADMIN, tmp_path / "out")
    agency, _ = read_agency(tmp_path / "out" / "agency")
    assert agency == editing.tables(week.office).agency
    place = tmp_path / "out" / "publications" / "2026-11-30" / "p-1"
    assert {v for _, v in read_plan(place / "plan.csv", agency, [MONDAY])} == set(WEEK)
    (inputs,) = [f for f in (tmp_path / "out" / "inputs").iterdir() if read_agency(f)[0].schools_of.get("p")]
    assert set(read_agency(inputs)[0].schools) == set("abcd")
    assert len((tmp_path / "out" / "visit-log.csv").read_text().splitlines()) == 2
    assert len((tmp_path / "out" / "audit.csv").read_text().splitlines()) > 5
    with pytest.raises(InputError, match="not empty"):
        exporting.export(week.office, ADMIN, tmp_path / "out")
    with pytest.raises(RefusedError):
        exporting.export(week.office, SERGEANT, tmp_path / "other")


def test_nothing_in_the_log_takes_free_text() -> None:
    """No column in which something about a pupil could be written."""
    kinds = {c.name: c.kind for c in LOG_TABLE.columns}
    assert "text" not in kinds.values()
    assert visit_logging.Report.__dataclass_fields__.keys() == {
        "officer_id", "school_id", "date", "uid", "missed", "start", "end", "focus", "tasks", "cause",
        "contacts",
    }  # fmt: skip
