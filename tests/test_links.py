"""Calendar links and what they open: secret, replaceable, mortal, the same answer for all that are not."""

import gzip
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from starlette.applications import Starlette
from starlette.testclient import TestClient

from scheduler.domain.change import Change
from scheduler.domain.link import LinkKind
from scheduler.errors import RefusedError, StoreError
from scheduler.publish.clients import client_name, refresh_minutes
from scheduler.publish.feed_routes import UNKNOWN_A_MINUTE, Limiter, calendar_routes
from scheduler.service import delivery, editing, linking, printing, publishing, records
from scheduler.service.feed_desk import FeedDesk
from scheduler.store import calendars
from tests.offices import ADMIN, FOREIGN, OFFICER, SERGEANT, VIEWER, WEEK, Desk, visit

GOOGLE = "Google-Calendar-Importer/1.0"


class Served:
    """The feeds of a town over HTTP."""

    def __init__(self, town: Desk) -> None:
        self.desk = FeedDesk(lambda: town.office.database, lambda: town.time)
        self.clock = 0.0
        self.limiter = Limiter(lambda: self.clock)
        self.app = Starlette(routes=calendar_routes(self.desk, "/base", self.limiter))
        self.http = TestClient(self.app, base_url="http://feeds")

    def get(self, token: str, method: str = "GET", **headers: str):
        self.desk._looked = -1e9  # the store is asked at once, not a quarter of a second later
        named = {"user-agent": GOOGLE, "accept-encoding": "identity"}
        named |= {k.replace("_", "-"): v for k, v in headers.items()}
        return self.http.request(method, f"/base/calendars/{token}.ics", headers=named)


@pytest.fixture
def served(town: Desk) -> Served:
    return Served(town)


def link(town: Desk, kind: LinkKind = LinkKind.OFFICER, target: str = "o") -> linking.MadeLink:
    return linking.make_link(town.office, ADMIN, kind, target)


def events(body: bytes) -> dict[str, list[str]]:
    return {str(e["SUMMARY"]): sorted(e) for e in Calendar.from_ical(body).walk("VEVENT")}


def test_an_officers_link_shows_the_published_visits_and_nothing_before(town: Desk, served: Served) -> None:
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


def test_a_school_sees_sessions_and_never_patrol_visits(town: Desk, served: Served) -> None:
    town.publish(*WEEK)
    school = served.get(link(town, LinkKind.SCHOOL, "a").token)
    (event,) = Calendar.from_ical(school.content).walk("VEVENT")
    assert str(event["SUMMARY"]) == "DARE: Officer o"
    assert (event.start.hour, event.start.minute) == (10, 0)
    assert b"enforcement" not in school.content
    assert events(served.get(link(town, LinkKind.SCHOOL, "b").token).content) == {}


def test_a_precincts_link_shows_every_officers_visits(town: Desk, served: Served) -> None:
    town.publish(*WEEK[:4], visit("d", 3, "13:00", officer_id="r"))
    titles = events(served.get(link(town, LinkKind.PRECINCT, "p").token).content)
    assert any("Officer r" in t for t in titles) and any("Officer o" in t for t in titles)


def test_two_fetches_are_the_same_bytes_and_conditions_are_kept(town: Desk, served: Served) -> None:
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


def test_gzip_where_it_is_asked_for_has_a_tag_of_its_own(town: Desk, served: Served) -> None:
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


def test_a_change_is_seen_by_every_kind_of_condition(town: Desk, served: Served) -> None:
    """Two publications in one second have two dates, so that a client that asks by date sees both."""
    town.publish(*WEEK)
    token = link(town).token
    first = served.get(token)
    town.publish(*WEEK[:4])
    second = served.get(token, if_none_match=first.headers["etag"])
    assert second.status_code == 200 and second.headers["etag"] != first.headers["etag"]
    assert served.get(token, if_modified_since=first.headers["last-modified"]).status_code == 200


def test_unknown_revoked_replaced_and_malformed_links_get_one_answer(town: Desk, served: Served) -> None:
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


def test_a_link_dies_with_its_officer_and_does_not_come_back(town: Desk, served: Served) -> None:
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


def test_too_many_unknown_links_are_told_to_wait_and_known_ones_go_on(town: Desk, served: Served) -> None:
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


def test_receipts_say_who_has_what_and_who_must_be_called(town: Desk, served: Served) -> None:
    made = link(town)
    first = town.publish(*WEEK)
    (holder,) = delivery.holders(town.office, SERGEANT, first.publication_id)
    assert holder.linked and holder.fetched is None and holder.client is None and len(holder.risks) == 5
    served.get(made.token)
    served.desk.write()
    (holder,) = delivery.holders(town.office, SERGEANT, first.publication_id)
    assert holder.client == "Google Calendar" and holder.fetched == town.time and not holder.risks
    town.at(1, "12:00")
    second = town.publish(*WEEK[:3], visit("c", 2, "10:00"))
    (holder,) = delivery.holders(town.office, SERGEANT, second.publication_id)
    assert holder.fetched is None and holder.refresh_minutes == 1440
    moved = "Moved: School c from Wed 2 Dec 09:00-10:00 to Wed 2 Dec 10:00-11:00."
    assert [c.sentence for c in holder.risks] == [moved]
    assert holder.text and holder.text == "\n".join([
        "Officer o, your visits have changed:", "", "Wed 2 Dec",
        "Moved: School c from 09:00-10:00 to 10:00-11:00"])  # fmt: skip
    standing = linking.links(town.office, SERGEANT)[0]
    assert not standing.up_to_date and standing.exposure.visits == 1
    with pytest.raises(RefusedError):
        delivery.holders(town.office, FOREIGN, second.publication_id)


def test_an_officer_without_a_link_is_on_the_list_for_every_change(town: Desk) -> None:
    first = town.publish(*WEEK)
    (holder,) = delivery.holders(town.office, ADMIN, first.publication_id)
    assert not holder.linked and len(holder.risks) == 5
    assert holder.text is not None
    assert holder.text.split("\n")[:8] == [
        "Officer o, you have new visits:", "",
        "Mon 30 Nov", "09:00-10:00 School a, law enforcement", "10:30-11:30 School b, law enforcement", "",
        "Tue 1 Dec", "10:00-11:00 School a, teaching",
    ]  # fmt: skip
    (told,) = delivery.recent(town.office, ADMIN)
    assert (told.publication, told.holders, told.to_call) == (first, (holder,), 1)


def test_a_text_names_what_became_of_each_visit_below_its_day(town: Desk) -> None:
    """Another day is said with it; what is new, cancelled and changed stands with what it is."""
    town.publish(*WEEK)
    town.at(0, "08:00")
    second = town.publish(WEEK[0], visit("b", 0, "10:30"), WEEK[2], visit("c", 4, "09:00"),
                          visit("a", 4, "10:45"))  # fmt: skip
    (holder,) = delivery.holders(town.office, SERGEANT, second.publication_id)
    assert holder.text == "\n".join([
        "Officer o, your visits have changed:",
        "", "Mon 30 Nov", "Changed: 10:30-11:30 School b: no session or task any more",
        "", "Wed 2 Dec", "Moved: School c from 09:00-10:00 to Fri 4 Dec 09:00-10:00",
        "", "Thu 3 Dec", "Cancelled: 13:00-14:00 School d",
        "", "Fri 4 Dec", "New: 10:45-11:45 School a, law enforcement",
    ])  # fmt: skip


def test_links_for_many_are_made_in_one_step(town: Desk) -> None:
    """Who has a link gets no second one; each new one opens something and is in the audit trail. Where one
    may not be made, none is."""
    link(town, target="k")
    with pytest.raises(RefusedError):
        linking.make_links(town.office, SERGEANT, LinkKind.OFFICER, ["o", "r"])
    assert [s.link.target_id for s in linking.links(town.office, ADMIN)] == ["k"]
    town.publish(*WEEK)
    made = linking.make_links(town.office, ADMIN, LinkKind.OFFICER, ["o", "k", "r"])
    assert [(m.name, m.exposure.visits) for m in made] == [("Officer o", 5), ("Officer r", 0)]
    trail = records.trail(town.office, ADMIN, "link")
    assert {m.link.link_id for m in made} <= {r.subject for r in trail if r.action == "link"}
    served = Served(town)
    assert [len(events(served.get(m.token).content)) > 0 for m in made] == [True, False]


def test_links_are_printed_as_cards(town: Desk) -> None:
    """A card a link with its addresses, code, what it shows and how long clients take; it says that all of
    it is secret, and fetches nothing."""
    town.publish(*WEEK)
    made = linking.make_links(town.office, ADMIN, LinkKind.OFFICER, ["o", "r"])
    tables = editing.tables(town.office).agency
    named = replace(made[1], name="<b>Officer</b>")
    html = printing.link_cards(tables, town.office.local(tables), [made[0], named], "https://esro.example.org")
    assert html.count('<section class="card">') == html.count("<svg") == 2
    for m in made:
        assert f"https://esro.example.org{m.path}" in html and f"webcal://esro.example.org{m.path}" in html
    assert "shows 5 visits to come until Thu 3 Dec" in html and "shows nothing to come" in html
    assert "Secret, and shown this once" in html and "8 to 24 hours" in html
    assert "&lt;b&gt;Officer" in html and "<b>Officer" not in html
    assert not re.search(r"(src|href)=|url\(|@import", html)


def test_what_a_client_took_lately_counts_more_than_what_is_known_of_it() -> None:
    assert client_name(GOOGLE) == "Google Calendar" and client_name("") == "unknown client"
    assert client_name("iOS/19.1 (23B1) dataaccessd/1.0") == "Apple Calendar (iPhone)"
    assert client_name("<script>/1") == "script" and len(client_name("x" * 900)) == 40
    assert refresh_minutes("Thunderbird", ()) == 30 and refresh_minutes("Thunderbird", (5, 5, 90)) == 90
    assert refresh_minutes("new thing", ()) == 1440


def test_fetches_are_counted_and_waits_remembered(town: Desk, served: Served) -> None:
    made = link(town)
    town.publish(*WEEK)
    for _ in range(3):
        served.get(made.token)
        served.desk.write()
        town.time += timedelta(minutes=45)
    (receipt,) = linking.links(town.office, ADMIN)[0].receipts
    assert receipt.fetches == 3 and receipt.waits == (45, 45) and receipt.version == 2


def test_calendars_export_as_files_with_secret_names_that_stay(town: Desk, tmp_path: Path) -> None:
    made = link(town)
    gone = link(town, LinkKind.SCHOOL, "a")
    town.publish(*WEEK)
    names = tmp_path / "names.csv"
    first = linking.export_calendars(town.office, ADMIN, tmp_path / "static", names)
    assert sorted(p.name for p in (tmp_path / "static").iterdir()) == sorted(first)
    assert names.stat().st_mode & 0o077 == 0 and all(len(f) == 31 for f in first)
    file = next(f for f, whose in first.items() if whose == "officer Officer o")
    assert (tmp_path / "static" / file).read_bytes().count(b"BEGIN:VEVENT") == 5
    linking.revoke_link(town.office, ADMIN, gone.link.link_id)
    town.publish(*WEEK[:2])
    second = linking.export_calendars(town.office, ADMIN, tmp_path / "static", names)
    assert list(second) == [file] == [p.name for p in (tmp_path / "static").iterdir()]
    assert b"Cancelled" in (tmp_path / "static" / file).read_bytes()
    assert made.token not in names.read_text()
    with pytest.raises(RefusedError):
        linking.export_calendars(town.office, SERGEANT, tmp_path / "s", names)


def test_a_session_that_is_attended_no_more_is_cancelled_for_the_school(town: Desk, served: Served) -> None:
    town.publish(*WEEK)
    token = link(town, LinkKind.SCHOOL, "a").token
    uid = Calendar.from_ical(served.get(token).content).walk("VEVENT")[0]["UID"]
    town.publish(*WEEK[:2], *WEEK[3:])
    (event,) = Calendar.from_ical(served.get(token).content).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED" and event["UID"] == uid and event["SEQUENCE"] == 1
    publishing.take_back(town.office, ADMIN, 2)
    (event,) = Calendar.from_ical(served.get(token).content).walk("VEVENT")
    assert event["STATUS"] == "CONFIRMED" and event["UID"] == uid and event["SEQUENCE"] == 2
