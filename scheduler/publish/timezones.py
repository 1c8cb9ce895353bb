"""VTIMEZONE of an IANA zone for a span of years, with yearly rules where the zone has them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class _Change:
    """A moment at which local time changes; `local` is the wall clock just before it."""

    local: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool

    @property
    def kind(self) -> tuple[timedelta, timedelta, str, bool, int, str]:
        """What changes of one yearly rule have in common: `2SU` is the second Sunday."""
        weekday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[self.local.weekday()]
        last = (self.local + timedelta(days=7)).month != self.local.month
        nth = "-1" if last else str((self.local.day - 1) // 7 + 1)
        return (self.before, self.after, self.name, self.summer, self.local.month, nth + weekday)


def vtimezone(name: str, first_year: int, last_year: int) -> Timezone:
    """The VTIMEZONE of a zone, right for local times from `first_year` to `last_year`."""
    zone = ZoneInfo(name)
    out = Timezone()
    out.add("tzid", name)
    changes = list(_changes(zone, first_year - 1, last_year))
    if not changes:
        out.add_component(_standing(zone, first_year))
    groups: dict[object, list[_Change]] = {}
    for change in changes:
        groups.setdefault(change.kind, []).append(change)
    for group in groups.values():
        out.add_component(_observance(group))
    return out


def _changes(zone: ZoneInfo, first_year: int, last_year: int) -> Iterator[_Change]:
    moment = datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC)
    while moment < end:
        later = moment + timedelta(days=1)
        before = moment.astimezone(zone).utcoffset() or timedelta()
        after = later.astimezone(zone).utcoffset() or timedelta()
        if before != after:
            low, high = moment, later
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                if middle.astimezone(zone).utcoffset() == before:
                    low = middle
                else:
                    high = middle
            at = high.replace(second=0, microsecond=0)
            then = (at + HOUR).astimezone(zone)
            yield _Change((at + before).replace(tzinfo=None), before, after,
                          then.tzname() or "", after > before)  # fmt: skip
        moment = later


def _observance(group: list[_Change]) -> Component:
    first = group[0]
    part: Component = TimezoneDaylight() if first.summer else TimezoneStandard()
    part.add("dtstart", first.local)
    part.add("tzoffsetfrom", first.before)
    part.add("tzoffsetto", first.after)
    part.add("tzname", first.name)
    if len(group) > 1:
        # The end of the last year: some readers compare UNTIL with local time.
        until = datetime(group[-1].local.year, 12, 31, 23, 59, 59, tzinfo=UTC)
        *_, month, nth = first.kind
        part.add("rrule", vRecur(freq="YEARLY", bymonth=month, byday=nth, until=until))
    return part


def _standing(zone: ZoneInfo, year: int) -> Component:
    then = datetime(year, 1, 1, tzinfo=zone)
    part = TimezoneStandard()
    part.add("dtstart", datetime(1970, 1, 1))
    part.add("tzoffsetfrom", then.utcoffset() or timedelta())
    part.add("tzoffsetto", then.utcoffset() or timedelta())
    part.add("tzname", then.tzname() or "")
    return part
