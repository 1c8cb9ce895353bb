"""The shipped county as its division works with it, for the screenshots: rounds of past weeks planned,
published and reported on, the coming week published but for one precinct, people, links and receipts. All of
it comes about through the service, on a clock that goes through the autumn; it takes some minutes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.domain.actor import Actor
from scheduler.domain.change import Change
from scheduler.domain.link import LinkKind
from scheduler.domain.log import MissedCause
from scheduler.domain.publication import Draft
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
PAST_WEEKS, SHARED_WEEKS = 12, 3
"""Weeks behind that precinct, and the last of them, which lie behind every precinct."""
ORDER = ("4", "3", "2", "1", "9", "8", "11", "12", "6", "7")
"""Who plans the coming week first has the first choice among the relief officers."""
SERGEANTS = {
    ("1", "2"): "Sgt. M. Okafor", ("3", "4"): "Sgt. L. Brandt", ("6", "7"): "Sgt. P. Nguyen",
    ("8", "9"): "Sgt. R. Castillo", ("11", "12"): "Sgt. A. Walsh",
}  # fmt: skip
LESSONS = (("summit-park", 1, "13:30"), ("bedford", 4, "10:30"))
"""DARE lessons of the autumn: school, weekday, time."""
MISSED = (date(2026, 10, 8), date(2026, 10, 14), date(2026, 11, 18))
"""Days on which the first visit of that precinct fell through."""
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
        for officer in ("esro-09", "esro-11", "float-2"):
            user(self.agency.officers[officer].name, "officer", officer=officer)
        made = {both: user(name, "supervisor", both) for both, name in SERGEANTS.items()}
        return {p: sergeant for both, sergeant in made.items() for p in both}

    # -- weeks -----------------------------------------------------------------------------------

    def plan(self, precincts: Sequence[str], week: date, seconds: float) -> list[Draft]:
        """A sergeant generates a week, or the lieutenant that of every precinct."""
        actor = self.sergeants[precincts[0]] if len(precincts) == 1 else self.admin
        request = drafting.DraftRequest(week, tuple(precincts), seconds, seed=week.toordinal(), apart=True)
        return drafting.plan_drafts(self.office, actor, request)

    def publish(self, draft: Draft, reason: str = "Weekly rounds") -> None:
        """A sergeant publishes a draft."""
        publishing.publish(self.office, self.sergeants[draft.precinct_id], draft.draft_id, reason)

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

    def goes_through(self, precincts: Sequence[str], week: date) -> None:
        """A week is planned on the Thursday before, published, and reported on day by day until now."""
        self.clock.at(week - timedelta(days=4), 14, 10)
        for draft in self.plan(precincts, week, 15 if len(precincts) == 1 else 40):
            self.publish(draft)
        for day in (week + timedelta(days=n) for n in range(5)):
            self.clock.at(day, 16, 20)
            if self.clock.time >= NOW:
                return
            for precinct in precincts:
                self._report(precinct, day)

    def _report(self, precinct: str, day: date) -> None:
        """What became of a day's visits: some missed or cut short, the rest as planned, with contacts."""
        actor = self.sergeants[precinct]
        found = visit_logging.service_records(self.office, actor, day, day)
        for number, r in enumerate(r for r in found if r.precinct_id == precinct):
            v, chance = r.visit, (day.toordinal() * 7 + r.visit.start) % 29
            said = Report(v.officer_id, v.school_id, day, r.uid, contacts=1 + chance % 3)
            if precinct == ROUNDS and day in MISSED and not number:
                said = replace(said, missed=True, cause=MissedCause.CALLED_AWAY, contacts=0)
            elif chance == 9:
                said = replace(said, start=v.start, end=v.end - 20)
            visit_logging.log_visit(self.office, actor, said)

    def is_changed_this_morning(self, precinct: str, week: date) -> None:
        """The last visit of today ends sooner: moved by hand, published again."""
        actor = self.sergeants[precinct]
        view = weeks.week_view(self.office, actor, precinct, week)
        own = [v for v in view.visits if self.agency.officers[v.officer_id].precinct_id == precinct]
        last = max((v for v in own if v.date == NOW.date() and v.minutes > 45), key=lambda v: v.start)
        changed = handwork.weigh(view, last, replace(last, end=last.end - 15)).visits
        draft = handwork.keep(self.office, actor, view, changed, "Shorter by hand")
        self.publish(draft, "The principal has to leave early")

    def busiest(self, officer: str) -> date:
        """The day of the coming week on which an officer has most visits."""
        told = publishing.list_publications(self.office, self.admin, WEEK)
        days = Counter(v.date for p in told for v in p.plan.visits if v.officer_id == officer)
        return max(sorted(days), key=lambda d: days[d])

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
        shared = n >= PAST_WEEKS - SHARED_WEEKS
        made.goes_through(ORDER if shared else (ROUNDS,), made.first + timedelta(weeks=n))
    made.clock.at(NOW.date() - timedelta(days=1), 13)
    linked = [o for o in made.agency.officers if o not in UNLINKED]
    links = linking.make_links(made.office, made.admin, LinkKind.OFFICER, linked)
    made.clock.at(NOW.date() - timedelta(days=1), 15, 5)
    for precinct in ORDER:
        (draft,) = made.plan((precinct,), WEEK, 60)
        if precinct != SHORT:
            made.publish(draft)
    made.clock.at(NOW.date(), 6, 10)
    made.fetch(links)
    made.clock.at(NOW.date(), 8, 5)
    made.is_changed_this_morning(CALLED, WEEK - timedelta(weeks=1))
    own = next(o for o in made.agency.officers.values() if o.precinct_id == SHORT)
    friday = WEEK + timedelta(days=4)
    for scenario in (makers.officer_out(made.agency, own.officer_id, friday, friday),
                     makers.more_officers(made.agency, SHORT, 1)):  # fmt: skip
        scenarios.keep(made.office, made.sergeants[SHORT], scenario)
    made.clock.time = NOW
    return made
