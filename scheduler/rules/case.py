"""A plan together with everything that the rules and the score look at."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property

from scheduler.domain.agency import Agency, Officer, School, Session
from scheduler.domain.calendar import Calendar, week_days
from scheduler.domain.plan import Published, Visit
from scheduler.domain.travel import TravelTimes
from scheduler.rules.history import History


class Case:
    """A plan to judge: the agency, the planned weeks (Mondays), the visits with the rows in
    which they stand (header = 1), and the published plan where one is given."""

    def __init__(
        self, agency: Agency, weeks: tuple[date, ...], visits: tuple[Visit, ...],
        published: Published | None = None, rows: tuple[int, ...] | None = None,
    ) -> None:  # fmt: skip
        self.agency = agency
        self.weeks = weeks
        self.visits = visits
        self.published = published
        self.rows = rows if rows is not None else tuple(range(2, len(visits) + 2))
        self.calendar = Calendar(agency)
        self.travel = TravelTimes(agency)

    def with_visits(self, visits: tuple[Visit, ...]) -> "Case":
        """Other visits judged by the same facts, which are not worked out again."""
        out = Case.__new__(Case)
        out.agency, out.weeks, out.visits, out.published = self.agency, self.weeks, visits, self.published
        out.rows = tuple(range(2, len(visits) + 2))
        out.calendar, out.travel = self.calendar, self.travel
        if len(self.weeks) == 1:  # A later week's history holds the visits of those before it.
            out.__dict__["_histories"] = self._histories
        for name in ("days", "pins", "past", "coming", "_pin_keys", "_past_keys", "_sessions"):
            out.__dict__[name] = getattr(self, name)
        return out

    @cached_property
    def days(self) -> frozenset[date]:
        """The planned days."""
        return frozenset(d for w in self.weeks for d in week_days(w))

    @cached_property
    def pins(self) -> tuple[Visit, ...]:
        """Pins of the planned weeks."""
        return tuple(p for p in self.agency.pins if p.date in self.days)

    @cached_property
    def past(self) -> tuple[Visit, ...]:
        """Published visits of the planned weeks that start before the moment."""
        if self.published is None:
            return ()
        return tuple(
            v for v in self.published.plan.visits
            if v.date in self.days and self.published.is_past(v)
        )  # fmt: skip

    @cached_property
    def coming(self) -> tuple[Visit, ...]:
        """Published visits of the planned weeks from the moment on."""
        if self.published is None:
            return ()
        return tuple(
            v for v in self.published.plan.visits
            if v.date in self.days and not self.published.is_past(v)
        )  # fmt: skip

    @cached_property
    def _pin_keys(self) -> frozenset[object]:
        return frozenset(p.pin_key for p in self.pins)

    @cached_property
    def _past_keys(self) -> frozenset[object]:
        return frozenset((v.pin_key, v.tasks) for v in self.past)

    def is_fixed(self, visit: Visit) -> bool:
        """Whether the visit is pinned, or published and past, which counts as pinned."""
        return visit.pin_key in self._pin_keys or (visit.pin_key, visit.tasks) in self._past_keys

    def free(self) -> Iterator[tuple[int, Visit]]:
        """The visits that all rules judge, with their rows."""
        for row, visit in zip(self.rows, self.visits, strict=True):
            if not self.is_fixed(visit):
                yield row, visit

    @cached_property
    def officer_days(self) -> dict[tuple[str, date], list[tuple[int, Visit]]]:
        """The visits of each officer and date with their rows, in order of start."""
        out: dict[tuple[str, date], list[tuple[int, Visit]]] = {}
        rows = sorted(
            zip(self.rows, self.visits, strict=True),
            key=lambda rv: (rv[1].date, rv[1].officer_id, rv[1].start, rv[1].end, rv[0]),
        )
        for row, visit in rows:
            out.setdefault((visit.officer_id, visit.date), []).append((row, visit))
        return out

    @cached_property
    def _histories(self) -> dict[date, History]:
        history = History(self.agency, self.calendar, self.weeks[0])
        out = {}
        for monday in self.weeks:
            out[monday] = history
            history = history.after(self.week_visits(monday))
        return out

    def history(self, monday: date) -> History:
        """What is known before a planned week; planned weeks before it included."""
        return self._histories[monday]

    @cached_property
    def _by_week(self) -> dict[date, list[Visit]]:
        out: dict[date, list[Visit]] = {m: [] for m in self.weeks}
        monday_of = {d: m for m in self.weeks for d in week_days(m)}
        for visit in self.visits:
            if visit.date in monday_of:
                out[monday_of[visit.date]].append(visit)
        return out

    def week_visits(self, monday: date) -> list[Visit]:
        """The visits of one planned week."""
        return self._by_week[monday]

    def officer(self, visit: Visit) -> Officer:
        """The officer of a visit."""
        return self.agency.officers[visit.officer_id]

    def school(self, visit: Visit) -> School:
        """The school of a visit."""
        return self.agency.schools[visit.school_id]

    @cached_property
    def _sessions(self) -> dict[tuple[str, date], list[Session]]:
        out: dict[tuple[str, date], list[Session]] = {}
        for session in self.agency.sessions.values():
            out.setdefault((session.school_id, session.date), []).append(session)
        return out

    def attended(self, visit: Visit) -> list[Session]:
        """The sessions that a visit attends."""
        officer = self.officer(visit)
        return [
            s for s in self._sessions.get((visit.school_id, visit.date), ())
            if visit.window.contains(s.window) and officer.holds(s.qualification)
            and s.officer_id in (None, officer.officer_id)
        ]  # fmt: skip

    def drive(self, a: Visit, b: Visit) -> int:
        """Travel minutes from one visit to the next."""
        return self.travel.schools(a.school_id, b.school_id)

    def drive_out(self, visit: Visit) -> int:
        """Travel minutes from the officer's station to the visit."""
        return self.travel.from_station(self.officer(visit).precinct_id, visit.school_id)

    def drive_home(self, visit: Visit) -> int:
        """Travel minutes from the visit to the officer's station."""
        return self.travel.to_station(visit.school_id, self.officer(visit).precinct_id)
