"""What a publication changed, for whom, in sentences."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from scheduler.domain.agency import Agency
from scheduler.domain.clock import format_clock
from scheduler.domain.plan import Visit
from scheduler.domain.publication import Place, Publication, PublishedVisit
from scheduler.publish.words import FOCUS_WORDS, day_short, short_school


class ChangeKind(StrEnum):
    """What became of a visit."""

    ADDED = "added"
    CANCELLED = "cancelled"
    MOVED = "moved"
    CHANGED = "changed"

    @property
    def word(self) -> str:
        """What it is called before a visit."""
        return "New" if self is ChangeKind.ADDED else self.value.capitalize()


@dataclass(frozen=True, slots=True)
class VisitChange:
    """One visit that is not what it was, at a school called `place`. `moved` are other times, `changed`
    another focus, task or text at the same times; `more` is what is said behind that."""

    kind: ChangeKind
    officer_id: str
    before: Visit | None
    after: Visit | None
    place: str
    more: str

    @property
    def starts(self) -> datetime:
        """The local moment from which the officer would be wrong without the change."""
        return min(v.starts for v in (self.before, self.after) if v is not None)

    @property
    def sentence(self) -> str:
        """`New: Mon 30 Nov 09:00-10:00 Arbutus Elementary, teaching.`"""
        return f"{self.kind.word}: {self._told(self.place, None)}."

    def line(self, named: bool) -> str:
        """The same below a heading of its day, with the kind of change where it is to be `named`."""
        told = self._told(short_school(self.place), self.starts.date())
        return f"{self.kind.word}: {told}" if named else told

    def _told(self, place: str, day: date | None) -> str:
        if self.kind is ChangeKind.MOVED and self.before and self.after:
            return f"{place} from {_when(self.before, day)} to {_when(self.after, day)}{self.more}"
        visit = self.after or self.before
        assert visit is not None, "a change is one of a visit"
        return f"{_when(visit, day)} {place}{self.more}"


def changes(before: Publication | None, after: Publication) -> list[VisitChange]:
    """What `after` changed, by officer and time. Both are of the same precinct and week."""
    old = {v.mark.uid: v for v in before.visits if not v.mark.cancelled} if before is not None else {}
    new = {v.mark.uid: v for v in after.visits if not v.mark.cancelled}
    found = [c for uid, v in new.items() if (c := _change(old.get(uid), v)) is not None]
    found += [_cancelled(v) for uid, v in old.items() if uid not in new]
    return sorted(found, key=lambda c: (c.officer_id, c.starts, c.sentence))


def message(officer: str, found: Iterable[VisitChange]) -> str:
    """A text to send or to read out to one officer: a line a visit, below its day."""
    listed = sorted(found, key=lambda c: c.starts)
    only_new = all(c.kind is ChangeKind.ADDED for c in listed)
    lines = [f"{officer}, {'you have new visits' if only_new else 'your visits have changed'}:"]
    for day, its in itertools.groupby(listed, key=lambda c: c.starts.date()):
        lines += ["", day_short(day), *(c.line(named=not only_new) for c in its)]
    return "\n".join(lines)


def summary(found: Iterable[VisitChange], names: Mapping[str, str] | Agency) -> list[str]:
    """All changes as lines, each with its officer."""
    if isinstance(names, Agency):
        names = {o.officer_id: o.name for o in names.officers.values()}
    return [f"{names.get(c.officer_id, c.officer_id)}: {c.sentence}" for c in found]


def _change(old: PublishedVisit | None, new: PublishedVisit) -> VisitChange | None:
    visit, place = new.visit, new.place.name
    if old is None:
        return VisitChange(ChangeKind.ADDED, visit.officer_id, None, visit, place, f", {_focus(visit)}")
    if old.shown == new.shown:
        return None
    before = old.visit
    other = "" if before.focus == visit.focus else f", {_focus(visit)} in place of {_focus(before)}"
    if (before.date, before.start, before.end) != (visit.date, visit.start, visit.end):
        return VisitChange(ChangeKind.MOVED, visit.officer_id, before, visit, place, other)
    more = other or _texts(old, new)
    return VisitChange(ChangeKind.CHANGED, visit.officer_id, before, visit, place, more)


def _cancelled(old: PublishedVisit) -> VisitChange:
    return VisitChange(ChangeKind.CANCELLED, old.visit.officer_id, old.visit, None, old.place.name, "")


def _when(visit: Visit, day: date | None) -> str:
    """The times of a visit, with its day unless that is `day`."""
    times = f"{format_clock(visit.start)}-{format_clock(visit.end)}"
    return times if visit.date == day else f"{day_short(visit.date)} {times}"


def _focus(visit: Visit) -> str:
    return FOCUS_WORDS.get(visit.focus, visit.focus).lower()


def _texts(old: PublishedVisit, new: PublishedVisit) -> str:
    if old.lines != new.lines:
        return f": {'; '.join(new.lines) or 'no session or task any more'}"
    return "" if old.place == new.place else _place(new.place)


def _place(place: Place) -> str:
    return f": now at {place.address}" if place.address else ": the school's name or place was corrected"
