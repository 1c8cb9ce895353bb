"""The page of calendar links, run as Streamlit runs it, and what stands behind it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scheduler.domain.link import LinkKind
from scheduler.errors import InputError
from scheduler.publish.feed_check import check
from scheduler.publish.subscribing import base_address, qr_svg, subscription
from scheduler.service import linking, publishing
from scheduler.service.feed_desk import FeedDesk
from tests.offices import ADMIN, FOREIGN, MONDAY, OFFICER, SERGEANT, VIEWER, WEEK, Desk, visit
from tests.pages import choose, drawn, fill, opened, page, press, words

NOON = datetime(2026, 11, 30, 12)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The town with a published week, before it begins."""
    made = opened(tmp_path, monkeypatch)
    made.publish(*WEEK)
    return made


def fetch(town: Desk, token: str, agent: str = "Thunderbird/128") -> None:
    """A client asks for the calendar."""
    served = FeedDesk(lambda: town.office.database, clock=town.office.now)
    found = served.find(token)
    assert found is not None
    served.note(found, agent)
    served.close()


def test_making_a_link_shows_it_once(town: Desk) -> None:
    """The button beside an officer without a link makes one, which is shown until Done and never again."""
    made = page("calendars", town, SERGEANT)
    assert "Officer o** has no calendar link" in words(made)
    made = press(made, "Make a link")
    assert [s.link.target_id for s in linking.links(town.office, SERGEANT)] == ["o"]
    shown = [c.value for c in made.code if c.value.endswith(".ics")]
    assert [x.split(":")[0] for x in shown] == ["http", "webcal"]
    assert "esro calendars export" in words(made) and "8 to 24 hours" in words(made)
    made = press(made, "Done")
    assert not any(".ics" in c.value for c in made.code)
    assert "shows 5 visits to come until Thu 3 Dec, at School a, School b, School c, School d" in words(made)
    assert "nobody has fetched it yet" in words(made)


def test_a_link_is_replaced(town: Desk) -> None:
    """Replace asks first in a sentence, ends the old link and shows the new one."""
    old = linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "o")
    made = press(page("calendars", town, SERGEANT), "Replace…")
    assert "dies at once" in words(made)
    assert linking.links(town.office, SERGEANT)[0].link == old.link
    made = press(made, "Replace the link")
    (now,) = linking.links(town.office, SERGEANT)
    assert now.link.replaces == old.link.link_id
    assert any(".ics" in c.value and old.token not in c.value for c in made.code)


def test_a_link_is_revoked(town: Desk) -> None:
    """Revoke asks first in a sentence and then ends the link."""
    linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "o")
    made = press(page("calendars", town, SERGEANT), "Revoke…")
    assert "what was fetched before may stay" in words(made)
    made = press(made, "Revoke the link")
    assert not linking.links(town.office, SERGEANT)
    assert "Officer o** has no calendar link" in words(made)


def test_a_link_of_a_precinct_is_made(town: Desk) -> None:
    """The second form makes links of what the actor plans for, and of nothing else."""
    made = fill(page("calendars", town, SERGEANT), "What it shows", LinkKind.PRECINCT)
    made = press(made, "Make this link")
    (standing,) = linking.links(town.office, SERGEANT)
    assert (standing.link.kind, standing.link.target_id) == (LinkKind.PRECINCT, "p")
    assert linking.targets(town.office, FOREIGN, LinkKind.PRECINCT) == {"q": "Precinct q (q)"}


def test_a_link_of_a_school_is_made_with_the_address_that_phones_reach(town: Desk) -> None:
    """The school is chosen; the address that is typed in the window is the one of all its links."""
    made = fill(page("calendars", town, SERGEANT), "What it shows", LinkKind.SCHOOL)
    made = press(choose(made, "Of whom", "b"), "Make this link")
    (standing,) = linking.links(town.office, SERGEANT)
    assert (standing.link.kind, standing.link.target_id) == (LinkKind.SCHOOL, "b")
    made = fill(made, "Address of this program, as phones reach it", "https://esro.example.org/x")
    assert [c.value.partition("/calendars/")[0] for c in made.code if ".ics" in c.value] == [
        "https://esro.example.org/x", "webcal://esro.example.org/x"]  # fmt: skip
    assert "This address is reached from this machine alone" not in words(made)


def test_the_receipts_of_another_publication_are_shown(town: Desk) -> None:
    """The list of publications chooses whose receipts stand there."""
    link = linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "o")
    first = publishing.list_publications(town.office, ADMIN, MONDAY, "p")[0].publication_id
    fetch(town, link.token)
    town.at(0, "08:45")
    town.publish(visit("a", 0, "09:15"), *WEEK[1:])
    made = page("calendars", town, SERGEANT)
    assert "0 of 1 officer has revision 2." in words(made)
    assert "1 of 1 officer has revision 1." in words(
        choose(made, "Publication (precinct, week, revision)", first)
    )


def test_officers_manage_their_own_link_alone(town: Desk) -> None:
    """An officer sees the own link and none of the receipts."""
    linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "k")
    linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "o")
    said = words(page("calendars", town, OFFICER))
    assert "Officer o" in said and "Officer k" not in said and "Receipts" not in said


def test_a_link_is_read_as_a_client_reads_it(town: Desk) -> None:
    """Check says what is in the stored calendar and that it is well-formed."""
    linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "o")
    said = words(press(page("calendars", town, SERGEANT), "Check"))
    assert "5 events still to come" in said and "It is well-formed" in said
    assert "Next: School a: law enforcement, Mon 30 Nov 09:00." in said


def test_receipts_tell_who_has_it_and_whom_to_call(town: Desk) -> None:
    """After a change the page counts who has the revision, and has a text for who has not."""
    made = linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "o")
    fetch(town, made.token)
    said = words(page("calendars", town, SERGEANT))
    assert "1 of 1 officer has revision 1." in said and "Thunderbird" in said and "up to date" in said
    town.at(0, "08:45")
    town.publish(visit("a", 0, "09:15"), *WEEK[1:])
    said = words(page("calendars", town, SERGEANT))
    assert "0 of 1 officer has revision 2." in said
    assert "Officer o, your visits have changed:\n\nMon 30 Nov\nMoved: School a from 09:00" in said
    assert "not up to date" in said


def test_receipts_open_where_somebody_must_be_called(town: Desk) -> None:
    """Not on the newest publication, where nobody waits, but on the newest one with someone to call; another
    one can be chosen, and stays."""
    made = linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "k")
    town.time += timedelta(minutes=1)
    newest = town.publish(visit("x", 0, "09:00", officer_id="k"), precinct="q")
    fetch(town, made.token)
    at = page("calendars", town)
    assert "0 of 1 officer has revision 1." in words(at) and "Officer o has no link" in words(at)
    (box,) = [s for s in at.selectbox if s.label.startswith("Publication")]
    assert box.options == ["Precinct q (q), Mon 30 Nov, revision 1",
                           "▲ 1 to call · Precinct p (p), Mon 30 Nov, revision 1"]  # fmt: skip
    at = choose(at, "Publication (precinct, week, revision)", newest.publication_id)
    assert "1 of 1 officer has revision 1." in words(at)
    linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "o")
    assert "1 of 1 officer has revision 1." in words(drawn(at.run()))


def test_links_for_all_without_one_are_made_in_one_step(town: Desk) -> None:
    """The button asks first, whom for; then one page of cards is to be taken, once; then all have a link."""
    at = page("calendars", town)
    at = press(at, "Make a link for each of the 3 without one…")
    assert "This makes 3 secret links, for Officer o, Officer k, Officer r." in words(at)
    assert not linking.links(town.office, ADMIN)
    at = press(at, "Make 3 links")
    assert [s.name for s in linking.links(town.office, ADMIN)] == ["Officer k", "Officer o", "Officer r"]
    assert "the addresses are secret and shown this once" in words(at)
    assert [d.label for d in at.get("download_button")] == ["Download the cards, to print"]
    at = press(at, "Close without the cards")
    assert not at.get("download_button") and "has no calendar link" not in words(at)
    assert "Make a link for each" not in words(at)


def test_one_missing_link_needs_no_button_for_all(town: Desk) -> None:
    """A supervisor with one officer has the one button beside the name; a viewer has none."""
    assert "Make a link for each" not in words(page("calendars", town, SERGEANT))
    assert "Make a link" not in words(page("calendars", town, VIEWER))


def test_addresses_for_each_client() -> None:
    """One address becomes those of https, webcal, Google and Outlook.com, and loopback is told."""
    found = subscription("https://esro.example.org/base/", "/calendars/t.ics", "Officer o")
    assert found.https == "https://esro.example.org/base/calendars/t.ics" and not found.loopback
    assert found.webcal == "webcal://esro.example.org/base/calendars/t.ics"
    assert found.google.endswith("?cid=webcal%3A%2F%2Fesro.example.org%2Fbase%2Fcalendars%2Ft.ics")
    assert "url=https%3A%2F%2Fesro" in found.outlook and found.outlook.endswith("&name=Officer%20o")
    for host in ("localhost", "127.0.0.1:8501", "[::1]:80"):
        assert subscription(f"http://{host}", "/x", "n").loopback
    assert base_address("https://esro.example.org/base/calendar-links?x=1", "/base/") == (
        "https://esro.example.org/base")  # fmt: skip
    with pytest.raises(InputError):
        subscription("ftp://esro", "/x", "n")
    code = qr_svg("webcal://x")
    assert code.startswith("<svg") and "viewBox" in code and " width=" not in code  # as large as its place


def test_a_spoilt_calendar_is_told() -> None:
    """The check names what is wrong with a calendar instead of failing."""
    bad = b"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR\n"
    faults = check(bad, "America/New_York", NOON).faults
    assert any("PRODID" in f for f in faults) and any("DTSTART" in f for f in faults)
    assert any("does not end" in f for f in faults)
    assert check(b"nothing", "America/New_York", NOON).faults
