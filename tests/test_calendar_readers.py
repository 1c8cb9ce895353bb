"""Calendars that are served, as ical.js and libical read them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import clients
from tests.clients.serving import Served, serving
from tests.clients.weeks import (
    OFFICER,
    SCHOOL,
    TARGETS,
    Event,
    other_week_of,
    parted,
    tables,
    wanted,
    week_of,
)  # fmt: skip
from tests.offices import MONDAY

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
NO_ORGANIZER = "Failed iTIP restrictions for ORGANIZER property"
"""On purpose: clients would show an event with an organizer as an invitation to answer."""


CHANGES = {
    "America/New_York": (date(2026, 11, 1), date(2027, 3, 14)),
    "Australia/Sydney": (date(2026, 10, 4), date(2027, 4, 4)),
    "America/Phoenix": (date(2026, 11, 1), date(2027, 3, 14)),  # none of its own
}
"""The Sundays of both clock changes; of the northern ones where a zone has none."""


@dataclass(frozen=True)
class Fetched:
    """A calendar as it was fetched, and what it ought to hold."""

    file: Path
    events: list[Event]


@pytest.fixture(scope="module", params=sorted(CHANGES))
def fetched(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, list[Fetched]]:
    """A time zone, and every calendar around both clock changes: the week before each, and the week
    after it as it was changed by a second publication."""
    timezone, folder = request.param, tmp_path_factory.mktemp("zone")
    read = [*TARGETS, (SCHOOL, "b")]  # the last has no appointments
    mondays = [sunday + timedelta(days=d) for sunday in CHANGES[timezone] for d in (-6, 1)]
    out = []
    with serving(folder, tables(mondays, timezone)) as served:
        town = served.town
        for sunday in CHANGES[timezone]:
            before, after = sunday - 6 * DAY, sunday + DAY
            town.time = datetime.combine(before - 2 * DAY, time(12), UTC)
            first = town.publish(*week_of(before), week=before)
            town.publish(*week_of(after), week=after)
            town.time += HOUR
            second = town.publish(*other_week_of(after), week=after)
            for target in read:
                file = folder / f"{len(out)}.ics"
                file.write_bytes(served.fetch(*target).content)
                out.append(Fetched(file, wanted([first, second], *target)))
    return timezone, out


@pytest.mark.parametrize("reader", [clients.ical_js, clients.libical])
def test_readers_have_no_complaint_and_the_right_times(
    reader: Callable[[Sequence[Path]], list[dict[str, Any]]], fetched: tuple[str, list[Fetched]]
) -> None:
    """ical.js and libical read every calendar without a complaint, and by its own VTIMEZONE come to the
    published local times and to zoneinfo's instants, on both sides of both clock changes."""
    timezone, calendars = fetched
    for calendar, got in zip(calendars, reader([c.file for c in calendars]), strict=True):
        assert got["complaints"] == []
        assert all(NO_ORGANIZER in x for x in got["restrictions"])
        uids = [e.pop("uid") for e in got["events"]]
        assert sorted(uids) == sorted(parted(calendar.file.read_bytes())[1])
        expected = [e.read(timezone) for e in calendar.events]
        assert sorted(got["events"], key=str) == sorted(expected, key=str)
    offsets = {e.moment(e.start, timezone).utcoffset() for c in calendars for e in c.events}
    assert len(offsets) == (1 if timezone == "America/Phoenix" else 2)


def test_readers_complain_of_a_broken_calendar(served: Served, tmp_path: Path) -> None:
    """That there was no complaint means something: a time that is none is complained of."""
    served.town.publish(*week_of(MONDAY))
    body = served.fetch(OFFICER, "o").content
    broken = tmp_path / "broken.ics"
    broken.write_bytes(re.sub(rb"DTSTART;TZID=America/New_York:2026\d+T", b"DTSTART:noon", body, count=1))
    (got,) = clients.libical([broken])
    assert got["complaints"]
    with pytest.raises(AssertionError, match="noon"):
        clients.ical_js([broken])
