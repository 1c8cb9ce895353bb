"""A town's calendar links and feeds, for tests of what they show and who has it."""

from icalendar import Calendar
from starlette.applications import Starlette
from starlette.testclient import TestClient

from scheduler.domain.link import LinkKind
from scheduler.publish.feed_routes import Limiter, calendar_routes
from scheduler.service import linking
from scheduler.service.feed_desk import FeedDesk
from tests.offices import ADMIN, Desk

GOOGLE = "Google-Calendar-Importer/1.0"


class Feeds:
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


def link(town: Desk, kind: LinkKind = LinkKind.OFFICER, target: str = "o") -> linking.MadeLink:
    return linking.make_link(town.office, ADMIN, kind, target)


def events(body: bytes) -> dict[str, list[str]]:
    return {str(e["SUMMARY"]): sorted(e) for e in Calendar.from_ical(body).walk("VEVENT")}
