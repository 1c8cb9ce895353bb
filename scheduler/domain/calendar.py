"""Open days, duty and weeks of an agency (planning contract, section 1)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scheduler.domain.agency import Agency
from scheduler.domain.clock import Window, merged


def monday_of(day: date) -> date:
    """The Monday of the week that holds `day`."""
    return day - timedelta(days=day.weekday())


def week_days(monday: date) -> tuple[date, ...]:
    """Monday to Friday of the week named by `monday`."""
    return tuple(monday + timedelta(days=i) for i in range(5))


def planned_weeks(first: date, weeks: int) -> tuple[date, ...]:
    """The Mondays of `weeks` weeks in a row, from the one that holds `first`."""
    return tuple(monday_of(first) + timedelta(weeks=i) for i in range(weeks))


def absent_minutes(away: tuple[Window, ...], start: int, end: int) -> int:
    """Minutes of `away` (disjoint) inside [start, end)."""
    if end <= start:
        return 0
    return sum(a.overlap(Window(start, end)) for a in away)


@dataclass(frozen=True, slots=True)
class Duty:
    """An officer's duty on a date: the span from first to last minute, the absences inside
    it (disjoint, ascending, never touching its ends), and the minutes of duty left. `away` is
    all absence of that date, outside the span as well."""

    span: Window
    absences: tuple[Window, ...]
    away: tuple[Window, ...]

    @property
    def minutes(self) -> int:
        """Minutes on duty."""
        return self.span.minutes - sum(a.minutes for a in self.absences)

    def absent(self, start: int, end: int) -> int:
        """Minutes of absence inside [start, end)."""
        return absent_minutes(self.away, start, end)

    def on_duty(self, window: Window) -> int:
        """Minutes of duty inside `window`."""
        return self.span.overlap(window) - sum(a.overlap(window) for a in self.absences)


class Calendar:
    """Answers "when" for one agency; every answer is remembered."""

    def __init__(self, agency: Agency) -> None:
        self.agency = agency
        self._hours: dict[tuple[str, date], Window | None] = {}
        self._duty: dict[tuple[str, date], Duty | None] = {}
        self._away: dict[tuple[str, date], tuple[Window, ...]] = {}
        self._absences: dict[str, list[tuple[datetime, datetime]]] = {}
        for absence in agency.absences:
            self._absences.setdefault(absence.officer_id, []).append((absence.start, absence.end))

    def hours(self, school_id: str, day: date) -> Window | None:
        """The hours of a school on `day`, None where it is closed (weekends always)."""
        key = (school_id, day)
        if key not in self._hours:
            self._hours[key] = self._find_hours(school_id, day)
        return self._hours[key]

    def _find_hours(self, school_id: str, day: date) -> Window | None:
        if day.weekday() >= 5:
            return None
        closures = self.agency.closures
        closure = closures.get((day, school_id)) or closures.get((day, None))
        if closure is not None:
            return closure.hours
        school = self.agency.schools[school_id]
        return Window(school.opens, school.closes)

    def open_days(self, school_id: str, monday: date) -> tuple[date, ...]:
        """The open days of a school in a week."""
        return tuple(d for d in week_days(monday) if self.hours(school_id, d) is not None)

    def duty(self, officer_id: str, day: date) -> Duty | None:
        """The officer's duty on `day`, None where there is none."""
        key = (officer_id, day)
        if key not in self._duty:
            self._duty[key] = self._find_duty(officer_id, day)
        return self._duty[key]

    def _find_duty(self, officer_id: str, day: date) -> Duty | None:
        shift = self.agency.shifts.get((officer_id, day.weekday()))
        if shift is None or shift.end <= shift.start:
            return None
        away = self.away(officer_id, day)
        start, end, inside = shift.start, shift.end, []
        for window in away:
            if window.end <= start or window.start >= end:
                continue
            if window.start <= start:
                start = window.end
            elif window.end >= end:
                end = window.start
            else:
                inside.append(window)
        return Duty(Window(start, end), tuple(inside), away) if start < end else None

    def away(self, officer_id: str, day: date) -> tuple[Window, ...]:
        """All absence of the officer on `day`, on duty or not (disjoint, ascending)."""
        if officer_id not in self._absences:
            return ()
        key = (officer_id, day)
        if key not in self._away:
            midnight = datetime.combine(day, time())
            self._away[key] = merged([
                Window(max(0, _minutes_after(midnight, begin)), min(1440, _minutes_after(midnight, until)))
                for begin, until in self._absences[officer_id]
            ])  # fmt: skip
        return self._away[key]

    def break_due(self, duty: Duty) -> bool:
        """Whether a day with this duty has a break."""
        return duty.minutes >= self.agency.policy.break_.due_after_minutes


def _minutes_after(midnight: datetime, moment: datetime) -> int:
    """Minutes from `midnight` to `moment`, kept inside [-1 day, +2 days]."""
    return int(min(max((moment - midnight).total_seconds() // 60, -1440), 2880))
