"""Calendars that are served, as real clients see them: vdirsyncer and khal, ical.js, libical."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduler.domain.agency import Agency, Role, Session
from scheduler.domain.link import LinkKind
from scheduler.domain.plan import Visit
from scheduler.domain.publication import Mark, Publication
from scheduler.service import feed_desk, publishing
from tests import clients
from tests.clients.serving import Served, Target, serving
from tests.clients.subscriber import Seen, Subscriber
from tests.offices import ADMIN, MONDAY, visit
from tests.worlds import agency, officer, school

OFFICER, PRECINCT, SCHOOL = LinkKind.OFFICER, LinkKind.PRECINCT, LinkKind.SCHOOL
TARGETS: tuple[Target, ...] = (
    (OFFICER, "o"), (OFFICER, "r"), (PRECINCT, "p"), (SCHOOL, "a"), (SCHOOL, "d"),
)  # fmt: skip
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
NO_ORGANIZER = "Failed iTIP restrictions for ORGANIZER property"
"""On purpose: clients would show an event with an organizer as an invitation to answer."""


# A town, its weeks, and what calendars ought to hold ------------------------------------------------


def tables(mondays: Iterable[date] = (MONDAY,), timezone: str = "America/New_York") -> Agency:
    """Precinct p with two officers; sessions at its schools a and d, on Tuesdays and Thursdays."""
    people = [officer("o"), officer("r", role=Role.RELIEF, covers=("p",))]
    sessions = [
        Session(f"{s}{m}", s, m + timedelta(days=day), start, 45, "DARE")
        for m in mondays for s, day, start in (("a", 1, 600), ("d", 3, 790))
    ]  # fmt: skip
    plain = agency([school(s) for s in "abcd"], people, sessions={s.session_id: s for s in sessions})
    return replace(plain, timezone=timezone)


def week_of(monday: date) -> list[Visit]:
    """A week of officer o that attends both sessions."""
    return [
        visit("a", 0, "09:00", week=monday), visit("b", 0, "10:30", week=monday),
        visit("a", 1, "10:00", focus="teaching", week=monday), visit("c", 2, "09:00", week=monday),
        visit("d", 3, "13:00", focus="teaching", week=monday),
    ]  # fmt: skip


def other_week_of(monday: date) -> list[Visit]:
    """The same week after changes: a session is missed, another has another officer."""
    _, _, _, kept, given = week_of(monday)
    moved = visit("a", 0, "09:30", week=monday)
    moved_to_friday = visit("b", 4, "10:30", week=monday)
    added = visit("b", 2, "13:00", week=monday)
    return [moved, moved_to_friday, kept, replace(given, officer_id="r"), added]


@dataclass(frozen=True)
class Event:
    """What a calendar ought to say of a visit or an appointment."""

    mark: Mark
    date: date
    start: int
    end: int
    title: str
    place: str

    def seen(self) -> Seen:
        """As khal shows it."""
        title = ("Cancelled: " if self.mark.cancelled else "") + self.title
        return Seen(self.local(self.start), self.local(self.end), title, self.place)

    def read(self, timezone: str) -> dict[str, Any]:
        """As the readers print it, but its identity."""
        start, end = (
            {"local": self.local(m), "utc": f"{self.moment(m, timezone).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
            for m in (self.start, self.end)
        )
        return {"sequence": self.mark.sequence, "status": "CANCELLED" if self.mark.cancelled else "CONFIRMED",
                "tzid": timezone, "start": start, "end": end}  # fmt: skip

    def local(self, minute: int) -> str:
        """The wall clock at a minute of the day."""
        return f"{self.date}T{minute // 60:02}:{minute % 60:02}:00"

    def moment(self, minute: int, timezone: str) -> datetime:
        """A minute of the day as zoneinfo knows it."""
        return datetime.combine(self.date, time(*divmod(minute, 60)), ZoneInfo(timezone))


def wanted(publications: Sequence[Publication], kind: LinkKind, target_id: str) -> list[Event]:
    """The events of a calendar, from what was published."""
    out = []
    for p in publications:
        for a in p.appointments if kind is SCHOOL else ():
            if a.school_id == target_id:
                out.append(Event(a.mark, a.date, a.start, a.end, f"{a.program}: {a.officer}", a.place.name))
        for v in p.visits if kind is not SCHOOL else ():
            who, s = v.visit.officer_id, v.visit
            if kind is PRECINCT or who == target_id:
                title = f"{v.place.name}: {s.focus.replace('_', ' ')}"
                title += f", Officer {who}" if kind is PRECINCT else ""
                out.append(Event(v.mark, s.date, s.start, s.end, title, v.place.name))
    return out


def shown(publications: Sequence[Publication], target: Target) -> list[Seen]:
    """What a client ought to show of a calendar."""
    return sorted(e.seen() for e in wanted(publications, *target))


def parted(body: bytes) -> tuple[list[str], dict[str, list[str]]]:
    """The unfolded lines of a calendar itself, and those of each event by UID; none may come twice."""
    text = body.decode().replace("\r\n ", "").replace("\r\n", "\n")
    found = [e.split("\n") for e in re.findall(r"BEGIN:VEVENT\n.*?END:VEVENT", text, re.DOTALL)]
    by_uid = {value(e, "UID"): e for e in found}
    assert len(by_uid) == len(found)
    return re.sub(r"BEGIN:VEVENT\n.*?END:VEVENT\n", "", text, flags=re.DOTALL).split("\n"), by_uid


def value(lines: Iterable[str], name: str) -> str:
    """The value of a property that is there once."""
    (found,) = [x.partition(":")[2] for x in lines if x.startswith((f"{name}:", f"{name};"))]
    return found


def without_standing(lines: Iterable[str]) -> list[str]:
    """What people see of an event."""
    return [x for x in lines if not x.startswith(("SEQUENCE:", "DTSTAMP:", "LAST-MODIFIED:"))]


@pytest.fixture(scope="module", autouse=True)
def at_once() -> Iterator[None]:
    """The server looks for news at every request, so that no test waits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed_desk, "LOOK_SECONDS", -1.0)
        yield


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A town that has published nothing yet."""
    with serving(tmp_path, tables()) as made:
        yield made


# vdirsyncer and khal -------------------------------------------------------------------------------


def test_vdirsyncer_and_khal_hold_exactly_the_new_week(served: Served, tmp_path: Path) -> None:
    """After each publication a subscriber holds what was published, each event once, and what did not
    change was not written again; cancelled visits go two weeks later, from every calendar."""
    town = served.town
    first = town.publish(*week_of(MONDAY))
    names = {f"{kind}_{target}": (kind, target) for kind, target in TARGETS}
    subscriber = Subscriber(tmp_path, {n: served.url(*t) for n, t in names.items()})
    since, until = MONDAY - 4 * WEEK, MONDAY + 4 * WEEK

    def holds(*publications: Publication, among: Sequence[str] = tuple(names)) -> None:
        before = {n: (subscriber.files(n), bodies.get(n)) for n in among}
        subscriber.sync(among)
        listed = subscriber.listed(since, until)
        for n in among:
            assert listed.get(n, []) == shown(publications, names[n])
            files, (old, body) = subscriber.files(n), before[n]
            bodies[n] = served.fetch(*names[n]).content
            events, old_events = parted(bodies[n])[1], parted(body)[1] if body else {}
            assert len(files) == len(events)
            same = {f for f in files if files[f] == old.get(f)}
            assert len(same) == sum(events[u] == old_events.get(u) for u in events)
            assert same == files.keys() & old.keys()

    bodies: dict[str, bytes] = {}
    holds(first)
    holds(first)
    town.time += HOUR
    second = town.publish(*other_week_of(MONDAY))
    holds(second)
    assert Counter(v.mark.cancelled for v in second.visits) == {False: 5, True: 2}
    town.time += HOUR
    third = publishing.take_back(town.office, ADMIN, second.publication_id)
    assert set(shown([first], (PRECINCT, "p"))) < set(shown([third], (PRECINCT, "p")))
    holds(third)
    town.time += 16 * DAY
    fourth = town.publish(visit("a", 0, "09:00", week=MONDAY + 3 * WEEK), week=MONDAY + 3 * WEEK)
    left = replace(third, visits=tuple(v for v in third.visits if not v.mark.cancelled))
    # vdirsyncer asks before it empties a calendar.
    assert parted(served.fetch(OFFICER, "r").content)[1] == {}
    holds(left, fourth, among=[n for n in names if n != "officer_r"])


def test_taking_back_brings_the_same_events_again_with_a_higher_sequence(served: Served) -> None:
    """After an undo each calendar has the first week's events, the same but for a sequence that rose
    where there was a change; no sequence ever falls and no identity is used anew."""
    town = served.town
    town.publish(*week_of(MONDAY))
    before = {t: parted(served.fetch(*t).content)[1] for t in TARGETS}
    town.time += HOUR
    last = town.publish(*other_week_of(MONDAY))
    between = {t: parted(served.fetch(*t).content)[1] for t in TARGETS}
    town.time += HOUR
    publishing.take_back(town.office, ADMIN, last.publication_id)
    for target in TARGETS:
        after = parted(served.fetch(*target).content)[1]
        assert before[target].keys() <= between[target].keys() == after.keys()
        for uid, event in after.items():
            first, second = before[target].get(uid), between[target][uid]
            risen = int(value(event, "SEQUENCE")) - int(value(second, "SEQUENCE"))
            assert risen == (without_standing(event) != without_standing(second))
            assert (value(event, "DTSTAMP") > value(second, "DTSTAMP")) == bool(risen)
            if first is None:
                assert value(event, "STATUS") == "CANCELLED"
            else:
                assert without_standing(event) == without_standing(first)
                assert risen == int(value(second, "SEQUENCE")) - int(value(first, "SEQUENCE"))


# The same bytes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_fetches_without_a_change_are_the_same_bytes(served: Served, coding: str) -> None:
    """Neither time nor the same week published again changes a byte, the ETag or Last-Modified, and
    who names the ETag gets no body."""
    town = served.town
    town.publish(*week_of(MONDAY))
    first = [served.fetch(*t, accept_encoding=coding) for t in TARGETS]
    town.time += DAY
    second = [served.fetch(*t, accept_encoding=coding) for t in TARGETS]
    town.publish(*week_of(MONDAY))
    third = [served.fetch(*t, accept_encoding=coding) for t in TARGETS]
    for target, *answers in zip(TARGETS, first, second, third, strict=True):
        told = {(a.status_code, a.content, a.headers["etag"], a.headers["last-modified"]) for a in answers}
        assert len(told) == 1 and answers[0].status_code == 200
        again = served.fetch(*target, accept_encoding=coding, if_none_match=answers[0].headers["etag"])
        assert (again.status_code, again.content) == (304, b"")
    assert first[0].headers.get("content-encoding", "identity") == coding


def test_a_change_of_one_visit_changes_its_lines_alone(served: Served) -> None:
    """A publication that moves one visit leaves every other line as it was, but the calendar's
    LAST-MODIFIED; calendars that do not show the visit keep their bytes."""
    town = served.town
    town.publish(*week_of(MONDAY))
    before = {t: served.fetch(*t) for t in TARGETS}
    town.time += HOUR
    town.publish(visit("a", 0, "09:05"), *week_of(MONDAY)[1:])
    for target in TARGETS:
        after = served.fetch(*target)
        (head, events), (old_head, old_events) = parted(after.content), parted(before[target].content)
        changed = [u for u in events if events[u] != old_events[u]]
        assert events.keys() == old_events.keys()
        if target not in ((OFFICER, "o"), (PRECINCT, "p")):
            assert after.content == before[target].content
            assert after.headers["etag"] == before[target].headers["etag"]
            continue
        assert after.headers["etag"] != before[target].headers["etag"]
        assert {x.partition(":")[0] for x in set(head) ^ set(old_head)} == {"LAST-MODIFIED"}
        (uid,) = changed
        names = {re.split("[:;]", x)[0] for x in set(events[uid]) ^ set(old_events[uid])}
        assert names == {"DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND"}


# ical.js and libical -------------------------------------------------------------------------------

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
