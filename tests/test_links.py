"""Calendar links and what they open: secret, replaceable, mortal, the same answer for all that are not."""

import gzip
from pathlib import Path

import pytest
from icalendar import Calendar
from starlette.applications import Starlette
from starlette.testclient import TestClient

from scheduler.domain.change import Change
from scheduler.domain.link import LinkKind
from scheduler.errors import RefusedError, StoreError
from scheduler.publish.feed_routes import UNKNOWN_A_MINUTE, calendar_routes
from scheduler.service import editing, linking, publishing
from scheduler.service.feed_desk import FeedDesk
from scheduler.store import calendars
from tests.feeds import Feeds, events, link
from tests.offices import ADMIN, FOREIGN, OFFICER, SERGEANT, VIEWER, WEEK, Desk, visit


@pytest.fixture
def served(town: Desk) -> Feeds:
    return Feeds(town)


def test_an_officers_link_shows_the_published_visits_and_nothing_before(town: Desk, served: Feeds) -> None:
    made = link(town)
    empty = served.get(made.token)
    assert empty.status_code == 200 and events(empty.content) == {}
    town.draft(*WEEK)
    assert served.get(made.token).content == empty.content
    town.publish(*WEEK)
    full = served.get(made.token)
    assert len(Calendar.from_ical(full.content).walk("VEVENT")) == 5
    assert full.headers["content-type"] == "text/calendar; charset=utf-8"
    assert full.headers["x-content-type-options"] == "nosniff"


def test_a_school_sees_sessions_and_never_patrol_visits(town: Desk, served: Feeds) -> None:
    town.publish(*WEEK)
    school = served.get(link(town, LinkKind.SCHOOL, "a").token)
    (event,) = Calendar.from_ical(school.content).walk("VEVENT")
    assert str(event["SUMMARY"]) == "DARE: Officer o"
    assert (event.start.hour, event.start.minute) == (10, 0)
    assert b"enforcement" not in school.content
    assert events(served.get(link(town, LinkKind.SCHOOL, "b").token).content) == {}


def test_a_precincts_link_shows_every_officers_visits(town: Desk, served: Feeds) -> None:
    town.publish(*WEEK[:4], visit("d", 3, "13:00", officer_id="r"))
    titles = events(served.get(link(town, LinkKind.PRECINCT, "p").token).content)
    assert any("Officer r" in t for t in titles) and any("Officer o" in t for t in titles)


def test_two_fetches_are_the_same_bytes_and_conditions_are_kept(town: Desk, served: Feeds) -> None:
    town.publish(*WEEK)
    token = link(town).token
    first, second = served.get(token), served.get(token)
    assert first.content == second.content and first.headers["etag"] == second.headers["etag"]
    tag = first.headers["etag"]
    for match in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = served.get(token, if_none_match=match)
        assert answer.status_code == 304 and answer.content == b"" and answer.headers["etag"] == tag
    assert served.get(token, if_none_match='"other"', if_modified_since=first.headers["last-modified"]
                      ).status_code == 200  # fmt: skip
    assert served.get(token, if_modified_since=first.headers["last-modified"]).status_code == 304
    future = "Thu, 01 Jan 2099 00:00:00 GMT"
    for unreadable in ("yesterday", "", "0", "Thu, 99 Foo 2026 00:00:00 GMT", future):
        assert served.get(token, if_modified_since=unreadable).status_code == 200, unreadable
    head = served.get(token, "HEAD")
    assert head.content == b"" and head.headers["content-length"] == str(len(first.content))


def test_gzip_where_it_is_asked_for_has_a_tag_of_its_own(town: Desk, served: Feeds) -> None:
    town.publish(*WEEK)
    token = link(town).token
    plain = served.get(token)
    asks = {"accept-encoding": "gzip"}
    with served.http.stream("GET", f"/base/calendars/{token}.ics", headers=asks) as raw:
        body = b"".join(raw.iter_raw())
        tag = raw.headers["etag"]
    assert gzip.decompress(body) == plain.content and tag != plain.headers["etag"]
    assert served.get(token, if_none_match=tag).status_code == 304
    assert "content-encoding" not in served.get(token, accept_encoding="gzip;q=0").headers


def test_a_change_is_seen_by_every_kind_of_condition(town: Desk, served: Feeds) -> None:
    """Two publications in one second have two dates, so that a client that asks by date sees both."""
    town.publish(*WEEK)
    token = link(town).token
    first = served.get(token)
    town.publish(*WEEK[:4])
    second = served.get(token, if_none_match=first.headers["etag"])
    assert second.status_code == 200 and second.headers["etag"] != first.headers["etag"]
    assert served.get(token, if_modified_since=first.headers["last-modified"]).status_code == 200


def test_unknown_revoked_replaced_and_malformed_links_get_one_answer(town: Desk, served: Feeds) -> None:
    town.publish(*WEEK)
    dead, old = link(town), link(town)
    linking.revoke_link(town.office, ADMIN, dead.link.link_id)
    new = linking.replace_link(town.office, SERGEANT, old.link.link_id)
    assert served.get(new.token).status_code == 200
    answers = [served.get(t) for t in ("A" * 27, dead.token, old.token, "x", "%00", "ä" * 500, "a.ics")]
    answers.append(served.http.get("/base/calendars/"))
    answers.append(served.http.get("/base/calendars/a/b.ics"))
    assert {(a.status_code, a.content, tuple(sorted(a.headers.items()))) for a in answers} == {
        (404, b"There is no such calendar.\n", tuple(sorted(answers[0].headers.items())))}  # fmt: skip
    with pytest.raises(RefusedError, match="revoked before"):
        linking.replace_link(town.office, ADMIN, dead.link.link_id)


def test_a_link_dies_with_its_officer_and_does_not_come_back(town: Desk, served: Feeds) -> None:
    made = link(town, target="r")
    change = [Change("shifts.csv", "remove", {"officer_id": "r", "weekday": d}) for d in
              ("Mon", "Tue", "Wed", "Thu", "Fri")]  # fmt: skip
    editing.edit(town.office, ADMIN, 1, [*change, Change("officers.csv", "remove", {"officer_id": "r"})])
    assert served.get(made.token).status_code == 404
    editing.undo(town.office, ADMIN, 2, 1)
    assert served.get(made.token).status_code == 404


def test_a_token_is_kept_as_a_hash_and_has_160_bits(town: Desk, tmp_path: Path) -> None:
    from sqlalchemy import select

    from scheduler.store.schema import metadata

    made = link(town)
    assert len(made.token) == 27
    with town.office.database.reading() as connection:
        everything = [str(r) for t in metadata.sorted_tables for r in connection.execute(select(t))]
        assert not any(made.token in row for row in everything)
        assert any(calendars.token_hash(made.token) in row for row in everything)


def test_too_many_unknown_links_are_told_to_wait_and_known_ones_go_on(town: Desk, served: Feeds) -> None:
    token = link(town).token
    assert served.get(token).status_code == 200
    codes = [served.get("wrong").status_code for _ in range(UNKNOWN_A_MINUTE + 5)]
    assert codes == [404] * UNKNOWN_A_MINUTE + [429] * 5
    assert served.get(token).status_code == 200
    served.clock = 61
    assert served.get("wrong").status_code == 404


def test_a_store_that_cannot_be_read_is_an_answer_without_details() -> None:
    def broken():
        raise StoreError("the store at /secret/place is away")

    http = TestClient(Starlette(routes=calendar_routes(FeedDesk(broken))), base_url="http://feeds")
    answer = http.get("/calendars/abc.ics")
    assert answer.status_code == 503 and "secret" not in answer.text and answer.headers["retry-after"]


def test_who_may_manage_links(town: Desk) -> None:
    for actor, kind, target in (
        (FOREIGN, LinkKind.OFFICER, "o"), (VIEWER, LinkKind.OFFICER, "o"), (OFFICER, LinkKind.OFFICER, "k"),
        (OFFICER, LinkKind.PRECINCT, "p"), (SERGEANT, LinkKind.SCHOOL, "x"), (FOREIGN, LinkKind.SCHOOL, "a"),
    ):  # fmt: skip
        with pytest.raises(RefusedError):
            linking.make_link(town.office, actor, kind, target)
    own = linking.make_link(town.office, OFFICER, LinkKind.OFFICER, "o")
    assert [s.link for s in linking.links(town.office, OFFICER)] == [own.link]
    assert linking.links(town.office, VIEWER) == [] == linking.links(town.office, FOREIGN)
    with pytest.raises(RefusedError, match="no officer"):
        linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "nobody")


def test_a_session_that_is_attended_no_more_is_cancelled_for_the_school(town: Desk, served: Feeds) -> None:
    town.publish(*WEEK)
    token = link(town, LinkKind.SCHOOL, "a").token
    uid = Calendar.from_ical(served.get(token).content).walk("VEVENT")[0]["UID"]
    town.publish(*WEEK[:2], *WEEK[3:])
    (event,) = Calendar.from_ical(served.get(token).content).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED" and event["UID"] == uid and event["SEQUENCE"] == 1
    publishing.take_back(town.office, ADMIN, 2)
    (event,) = Calendar.from_ical(served.get(token).content).walk("VEVENT")
    assert event["STATUS"] == "CONFIRMED" and event["UID"] == uid and event["SEQUENCE"] == 2
