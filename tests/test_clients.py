"""Calendars that are served, as a subscriber sees them: vdirsyncer and khal, and who fetches again."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.domain.publication import Publication
from scheduler.service import publishing
from tests.clients.serving import Served
from tests.clients.subscriber import Subscriber
from tests.clients.weeks import (
    OFFICER,
    PRECINCT,
    TARGETS,
    other_week_of,
    parted,
    shown,
    value,
    week_of,
    without_standing,
)  # fmt: skip
from tests.offices import ADMIN, MONDAY, visit

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


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
