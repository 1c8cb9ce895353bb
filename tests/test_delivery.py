"""Who has what was published, whom to call, and links and calendars given out on paper and as files."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.domain.link import LinkKind
from scheduler.errors import RefusedError
from scheduler.publish.clients import client_name, refresh_minutes
from scheduler.service import delivery, editing, linking, printing, records
from tests.feeds import GOOGLE, Feeds, events, link
from tests.offices import ADMIN, FOREIGN, SERGEANT, WEEK, Desk, visit


@pytest.fixture
def served(town: Desk) -> Feeds:
    return Feeds(town)


def test_receipts_say_who_has_what_and_who_must_be_called(town: Desk, served: Feeds) -> None:
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
    served = Feeds(town)
    assert [len(events(served.get(m.token).content)) > 0 for m in made] == [True, False]


def test_links_are_printed_as_cards(town: Desk) -> None:
    """A card a link with its addresses, code, what it shows and how long clients take; it says that all of
    it is secret, and fetches nothing."""
    town.publish(*WEEK)
    made = linking.make_links(town.office, ADMIN, LinkKind.OFFICER, ["o", "r"])
    tables = editing.tables(town.office).agency
    named = replace(made[1], name="<b>Officer</b>")
    html = printing.link_cards(
        tables, town.office.local(tables), [made[0], named], "https://esro.example.org"
    )
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


def test_fetches_are_counted_and_waits_remembered(town: Desk, served: Feeds) -> None:
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
