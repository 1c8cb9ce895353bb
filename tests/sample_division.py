"""The shipped county as its division works with it, for the screenshots: rounds of past weeks planned,
published and reported on, the coming week published but for one precinct, people, links and receipts. All of
it comes about through the service, on a clock that goes through the autumn; it takes some minutes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.domain.actor import Actor
from scheduler.domain.change import Change
from scheduler.domain.link import LinkKind
from scheduler.domain.log import MissedCause
from scheduler.explain import makers
from scheduler.service import (
    drafting,
    editing,
    handwork,
    linking,
    people,
    publishing,
    scenarios,
    visit_logging,
    weeks,
)
from scheduler.service.feed_desk import FeedDesk
from scheduler.service.linking import MadeLink
from scheduler.service.office import Office
from scheduler.service.visit_logging import Report
from scheduler.store.engine import Database

COUNTY = Path(__file__).parents[1] / "inputs" / "baltimore-county"
WEEK = date(2026, 11, 30)
"""The coming week, which the shipped tables are full of."""
NOW = datetime(2026, 11, 25, 8, 20, tzinfo=ZoneInfo("America/New_York"))
"""When the pictures are taken: the Wednesday morning before."""
ROUNDS, SHORT, CALLED = "4", "7", "9"
"""The precinct with weeks behind it; the one whose coming week leaves something out, a draft still; the one
whose officer must be called this morning."""
PAST_WEEKS = 12
SERGEANTS = {
    ("1", "2"): "Sgt. M. Okafor", ("3", "4"): "Sgt. L. Brandt", ("6", "7"): "Sgt. P. Nguyen",
    ("8", "9"): "Sgt. R. Castillo", ("11", "12"): "Sgt. A. Walsh",
}  # fmt: skip
LESSONS = (("summit-park", 1, "13:30"), ("bedford", 4, "10:30"))
"""DARE lessons of the autumn: school, weekday, time."""
CLIENTS = ("iOS/19.1 (23B1) dataaccessd/1.0", "Google-Calendar-Importer/1.0", "Thunderbird/128.5")
UNLINKED, UNUSED = ("esro-06", "float-3"), "esro-12"


@dataclass
class Clock:
    """A clock that is turned by hand."""

    time: datetime

    def __call__(self) -> datetime:
        return self.time.astimezone(UTC)

    def at(self, day: date, hour: int, minute: int = 0) -> None:
        """Turns it to a local time."""
        self.time = datetime.combine(day, time(hour, minute), NOW.tzinfo)


class Division:
    """The county in a store, with those who work in it."""

    def __init__(self, url: str) -> None:
        self.clock = Clock(NOW)
        self.first = WEEK - timedelta(weeks=PAST_WEEKS)
        self.clock.at(self.first - timedelta(days=10), 9)
        self.admin = Actor.local("d.reyes")
        self.office: Office = editing.init(Database(url), COUNTY, self.admin, self.clock)
        self.agency = editing.tables(self.office).agency
        self.sergeants = self._people()

    def _people(self) -> dict[str, Actor]:
        def user(name: str, role: str, precincts: Iterable[str] = (), officer: str | None = None) -> Actor:
            mail = f"{'.'.join(name.replace('.', '').lower().split()[-2:])}@police.example.gov"
            return people.set_user(self.office, self.admin, mail, name, [role], list(precincts), officer)

        user("Lt. D. Reyes", "admin")
        user("Capt. J. Whitfield", "viewer", ["*"])
        for officer in ("esro-04", "esro-09", "float-2"):
            user(self.agency.officers[officer].name, "officer", officer=officer)
        made = {both: user(name, "supervisor", both) for both, name in SERGEANTS.items()}
        return {p: sergeant for both, sergeant in made.items() for p in both}

    # -- weeks -----------------------------------------------------------------------------------

    def plan(self, precinct: str, week: date, seed: int) -> str:
        """A sergeant generates a week: the draft."""
        request = drafting.DraftRequest(week, (precinct,), time_limit=60, seed=seed, apart=True)
        (draft,) = drafting.plan_drafts(self.office, self.sergeants[precinct], request)
        return draft.draft_id

    def publish(self, precinct: str, draft_id: str, reason: str = "Weekly rounds") -> None:
        """A sergeant publishes it."""
        publishing.publish(self.office, self.sergeants[precinct], draft_id, reason)

    def lessons(self) -> None:
        """The autumn's lessons come into the tables."""
        rows = [
            Change("sessions.csv", "add", {}, {
                "session_id": f"autumn-{school}-{n:02}", "school_id": school, "program": "DARE",
                "date": (self.first + timedelta(weeks=n, days=weekday)).isoformat(), "start": start,
                "minutes": "45", "qualification": "dare",
            })
            for school, weekday, start in LESSONS for n in range(1, PAST_WEEKS - 1)
        ]  # fmt: skip
        editing.edit(self.office, self.admin, 1, rows, "DARE lessons until Thanksgiving")

    def goes_through(self, precinct: str, week: date, until: datetime = NOW) -> None:
        """A week is planned on the Thursday before, published, and reported on day by day."""
        self.clock.at(week - timedelta(days=4), 14, 10)
        self.publish(precinct, self.plan(precinct, week, week.toordinal()))
        for day in (week + timedelta(days=n) for n in range(5)):
            self.clock.at(day, 16, 20)
            if self.clock() >= until:
                return
            self._report(precinct, day)

    def _report(self, precinct: str, day: date) -> None:
        """What became of a day's visits: some missed or cut short, the rest as planned, with contacts."""
        actor = self.sergeants[precinct]
        for r in visit_logging.service_records(self.office, actor, day, day):
            v, chance = r.visit, (day.toordinal() * 7 + r.visit.start) % 29
            if r.precinct_id != precinct:
                continue
            said = Report(v.officer_id, v.school_id, day, r.uid, contacts=1 + chance % 3)
            if chance == 4:
                said = replace(said, missed=True, cause=MissedCause.CALLED_AWAY, contacts=0)
            elif chance == 9:
                said = replace(said, start=v.start, end=v.end - 20)
            visit_logging.log_visit(self.office, actor, said)

    def is_changed_this_morning(self, precinct: str, week: date) -> None:
        """The last visit of today ends sooner: moved by hand, published again."""
        actor = self.sergeants[precinct]
        view = weeks.week_view(self.office, actor, precinct, week)
        last = max((v for v in view.visits if v.date == NOW.date() and v.minutes > 45), key=lambda v: v.start)
        changed = handwork.weigh(view, last, replace(last, end=last.end - 15)).visits
        draft = handwork.keep(self.office, actor, view, changed, "Shorter by hand")
        self.publish(precinct, draft.draft_id, "The principal has to leave early")

    # -- calendars -------------------------------------------------------------------------------

    def fetch(self, made: Iterable[MadeLink]) -> None:
        """Phones ask for their calendars, each with its own program."""
        desk = FeedDesk(lambda: self.office.database, self.clock)
        for number, link in enumerate(made):
            opened = desk.find(link.token)
            assert opened is not None
            if link.link.target_id != UNUSED:
                desk.note(opened, CLIENTS[number % len(CLIENTS)])
        desk.close()


def make(url: str) -> Division:
    """The division at NOW, in the store at a database URL."""
    made = Division(url)
    made.lessons()
    for n in range(PAST_WEEKS):
        made.goes_through(ROUNDS, made.first + timedelta(weeks=n))
    this_week = WEEK - timedelta(weeks=1)
    made.goes_through(CALLED, this_week)
    made.clock.at(NOW.date() - timedelta(days=1), 13)
    linked = [o for o in made.agency.officers if o not in UNLINKED]
    links = linking.make_links(made.office, made.admin, LinkKind.OFFICER, linked)
    made.clock.at(NOW.date() - timedelta(days=1), 15, 5)
    for precinct in made.agency.precincts:
        draft = made.plan(precinct, WEEK, seed=4)
        if precinct != SHORT:
            made.publish(precinct, draft)
    made.clock.at(NOW.date(), 6, 10)
    made.fetch(links)
    made.clock.at(NOW.date(), 8, 5)
    made.is_changed_this_morning(CALLED, this_week)
    own = next(o for o in made.agency.officers.values() if o.precinct_id == SHORT)
    friday = WEEK + timedelta(days=4)
    for scenario in (makers.officer_out(made.agency, own.officer_id, friday, friday),
                     makers.more_officers(made.agency, SHORT, 1)):  # fmt: skip
        scenarios.keep(made.office, made.sergeants[SHORT], scenario)
    made.clock.time = NOW
    return made
