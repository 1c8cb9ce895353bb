"""What is known of the past when a week is planned or scored."""

from collections.abc import Iterable
from datetime import date

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import Calendar
from scheduler.domain.plan import Visit


class History:
    """Done visits before a planned week, on days on which their school was open.

    Rows of history.csv from the first planned Monday on are not read, `missed` ones count for
    the first known day alone, rows of schools that are gone are left out. Weeks planned before
    count as history for the next one (`after`).
    """

    def __init__(
        self, agency: Agency, calendar: Calendar, monday: date, planned: Iterable[Visit] = ()
    ) -> None:
        """History before the planned week of `monday`, with visits planned in weeks before it."""
        self._calendar = calendar
        past = [p for p in agency.history if p.visit.date < monday]
        self.first_known_day = min((p.visit.date for p in past), default=monday)
        self._visits: dict[str, list[Visit]] = {}
        self._tasks: set[str] = set()
        self._add(agency, (p.visit for p in past if p.status == "done"))
        self._add(agency, planned)
        self._agency = agency

    def _add(self, agency: Agency, visits: Iterable[Visit]) -> None:
        for visit in visits:
            if visit.school_id not in agency.schools:
                continue
            if self._calendar.hours(visit.school_id, visit.date) is not None:
                self._visits.setdefault(visit.school_id, []).append(visit)
                self._tasks.update(visit.tasks)

    def after(self, visits: Iterable[Visit]) -> "History":
        """This history with the visits of a planned week added."""
        out = object.__new__(History)
        out._calendar, out._agency = self._calendar, self._agency
        out.first_known_day = self.first_known_day
        out._visits = {s: list(v) for s, v in self._visits.items()}
        out._tasks = set(self._tasks)
        planned = tuple(visits)
        out._add(self._agency, planned)
        # A plan lists a task once, also where a pin does it on a day the school is closed.
        out._tasks.update(t for v in planned for t in v.tasks)
        return out

    def visits(self, school_id: str, begin: date, end: date) -> tuple[Visit, ...]:
        """The known visits of a school with begin ≤ date < end."""
        return tuple(v for v in self._visits.get(school_id, ()) if begin <= v.date < end)

    def minutes(self, school_id: str, begin: date, end: date) -> int:
        """Minutes visited at a school with begin ≤ date < end."""
        return sum(v.minutes for v in self.visits(school_id, begin, end))

    def focuses(self, school_id: str, begin: date, end: date) -> frozenset[str]:
        """Focuses that the school's visits had with begin ≤ date < end."""
        return frozenset(v.focus for v in self.visits(school_id, begin, end))

    def days_visited(self, school_id: str) -> frozenset[date]:
        """All known days with a visit at the school."""
        return frozenset(v.date for v in self._visits.get(school_id, ()))

    def lists(self, task_id: str) -> bool:
        """Whether a known visit lists the task."""
        return task_id in self._tasks
