"""What a publication changed, for whom, in sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduler.domain.agency import Agency
from scheduler.domain.clock import format_clock
from scheduler.domain.plan import Visit
from scheduler.domain.publication import Place, Publication, PublishedVisit
from scheduler.publish.words import FOCUS_WORDS, day_short


class ChangeKind(StrEnum):
    """What became of a visit."""

    ADDED = "added"
    CANCELLED = "cancelled"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class VisitChange:
    """One visit that is not what it was. `moved` are other times, `changed` another focus, task or
    text at the same times."""

    kind: ChangeKind
    officer_id: str
    before: Visit | None
    after: Visit | None
    sentence: str

    @property
    def starts(self) -> datetime:
        """The local moment from which the officer would be wrong without the change."""
        return min(v.starts for v in (self.before, self.after) if v is not None)


def changes(before: Publication | None, after: Publication) -> list[VisitChange]:
    """What `after` changed, by officer and time. Both are of the same precinct and week."""
    old = {v.mark.uid: v for v in before.visits if not v.mark.cancelled} if before is not None else {}
    new = {v.mark.uid: v for v in after.visits if not v.mark.cancelled}
    found = [c for uid, v in new.items() if (c := _change(old.get(uid), v)) is not None]
    found += [_cancelled(v) for uid, v in old.items() if uid not in new]
    return sorted(found, key=lambda c: (c.officer_id, c.starts, c.sentence))


def message(officer: str, found: Iterable[VisitChange]) -> str:
    """A text to send or to read out to one officer."""
    listed = list(found)
    only_new = all(c.kind is ChangeKind.ADDED for c in listed)
    head = "you have new visits." if only_new else "your visits have changed."
    return f"{officer}, {head} " + " ".join(c.sentence for c in listed)


def summary(found: Iterable[VisitChange], names: Mapping[str, str] | Agency) -> list[str]:
    """All changes as lines, each with its officer."""
    if isinstance(names, Agency):
        names = {o.officer_id: o.name for o in names.officers.values()}
    return [f"{names.get(c.officer_id, c.officer_id)}: {c.sentence}" for c in found]


def _change(old: PublishedVisit | None, new: PublishedVisit) -> VisitChange | None:
    visit, place = new.visit, new.place
    if old is None:
        sentence = f"New: {_when(visit)} {place.name}, {_focus(visit)}."
        return VisitChange(ChangeKind.ADDED, visit.officer_id, None, visit, sentence)
    if old.shown == new.shown:
        return None
    before = old.visit
    if (before.date, before.start, before.end) != (visit.date, visit.start, visit.end):
        sentence = f"Moved: {place.name} from {_when(before)} to {_when(visit)}{_other(before, visit)}."
        return VisitChange(ChangeKind.MOVED, visit.officer_id, before, visit, sentence)
    sentence = f"Changed: {_when(visit)} {place.name}{_other(before, visit) or _texts(old, new)}."
    return VisitChange(ChangeKind.CHANGED, visit.officer_id, before, visit, sentence)


def _cancelled(old: PublishedVisit) -> VisitChange:
    sentence = f"Cancelled: {_when(old.visit)} {old.place.name}."
    return VisitChange(ChangeKind.CANCELLED, old.visit.officer_id, old.visit, None, sentence)


def _when(visit: Visit) -> str:
    return f"{day_short(visit.date)} {format_clock(visit.start)}-{format_clock(visit.end)}"


def _focus(visit: Visit) -> str:
    return FOCUS_WORDS.get(visit.focus, visit.focus).lower()


def _other(before: Visit, after: Visit) -> str:
    return "" if before.focus == after.focus else f", {_focus(after)} in place of {_focus(before)}"


def _texts(old: PublishedVisit, new: PublishedVisit) -> str:
    if old.lines != new.lines:
        return f": {'; '.join(new.lines) or 'no session or task any more'}"
    return "" if old.place == new.place else _place(new.place)


def _place(place: Place) -> str:
    return f": now at {place.address}" if place.address else ": the school's name or place was corrected"
