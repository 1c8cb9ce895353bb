"""The visit log: what service was really given, without a word about pupils."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from scheduler.domain.plan import PastVisit, Visit


class LogStatus(StrEnum):
    """What became of a visit. `shortened` took place at other times than planned."""

    CONFIRMED = "confirmed"
    SHORTENED = "shortened"
    MISSED = "missed"
    ADDED = "added"


class MissedCause(StrEnum):
    """Why a visit was missed, from a closed list, so that nothing is told about anyone."""

    CALLED_AWAY = "called_away"
    SCHOOL_CLOSED = "school_closed"
    OFFICER_ABSENT = "officer_absent"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One report about one visit; a later one about the same visit stands in its place.

    `uid` is the planned visit's, or a fresh one for a visit that nobody planned. `visit` has the
    times and the focus as they were; for a missed visit as they were planned. `contacts` counts
    lessons, talks and mentoring meetings held in it.
    """

    entry_id: int
    uid: str
    status: LogStatus
    visit: Visit
    author: str
    at: datetime
    cause: MissedCause | None = None
    contacts: int = 0

    @property
    def past(self) -> PastVisit:
        """As a row of history."""
        return PastVisit(self.visit, "missed" if self.status is LogStatus.MISSED else "done")


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """A visit that was published or logged: what was planned, and what became of it. `planned` is
    None for one that nobody planned, `entry` where nothing is logged yet."""

    uid: str
    precinct_id: str
    planned: Visit | None
    entry: LogEntry | None

    @property
    def visit(self) -> Visit:
        """The visit as it was, or as planned where nothing is logged."""
        visit = self.entry.visit if self.entry is not None else self.planned
        assert visit is not None, "a record has a plan or an entry"
        return visit

    @property
    def date(self) -> date:
        """Its day."""
        return self.visit.date

    @property
    def missed(self) -> bool:
        """Whether it is known not to have taken place."""
        return self.entry is not None and self.entry.status is LogStatus.MISSED

    @property
    def past(self) -> PastVisit:
        """As a row of history: what nobody has reported on counts as planned."""
        return self.entry.past if self.entry is not None else PastVisit(self.visit)
