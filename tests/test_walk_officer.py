"""An officer's day, walked in a real browser of the size of a phone."""

from pathlib import Path

from playwright.sync_api import Browser

from scheduler.domain.log import LogStatus, MissedCause
from scheduler.service import visit_logging
from scheduler.store.engine import Database
from tests.offices import ADMIN, MONDAY, WEEK, desk
from tests.serving_app import served
from tests.walking import visiting


def test_a_visit_is_confirmed_in_one_tap_and_another_reported_missed(
    chromium: Browser, tmp_path: Path
) -> None:
    """At noon of a published Monday the officer sees the day's two visits on a phone, confirms the first
    and says that the school of the second was closed; the supervisor's log shows both."""
    url = f"sqlite:///{tmp_path / 'esro.db'}"
    town = desk(Database(url), tmp_path)
    town.publish(*WEEK)
    town.at(0, "12:00")
    with served(tmp_path, url, town.time) as address, visiting(chromium, address) as officer:
        officer.acts_as("Officer: Officer o")
        officer.takes_a_phone()
        officer.reads("09:00 – 10:00 · School a")
        officer.reads("10:30 – 11:30 · School b")
        officer.does_not_read("School c")
        officer.confirms("School a")
        officer.reports_missed("School b", "school closed")
        records = visit_logging.service_records(town.office, ADMIN, MONDAY, MONDAY)
        confirmed, missed = [r.entry for r in records]
        assert confirmed is not None and confirmed.status is LogStatus.CONFIRMED
        assert missed is not None and missed.status is LogStatus.MISSED
        assert missed.cause is MissedCause.SCHOOL_CLOSED
        with visiting(chromium, f"{address}/log?precinct=p&week={MONDAY}") as sergeant:
            sergeant.reads("1 missed")
            sergeant.reads("missed: school closed")
            sergeant.reads("confirmed")
