"""From one publication of a week to the next: which visit is which, and what became of it.

A visit keeps its identity while its officer and school are the same: first the one of the same date,
then one of the same week, the nearest in time. What people see of it decides whether its sequence
rises (RFC 5545, 3.8.7.4); it never falls, also where an earlier plan is published again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from scheduler.domain.plan import Visit
from scheduler.domain.publication import Appointment, Mark, Place, PublishedVisit
from scheduler.publish.calendars import visit_lines
from scheduler.rules.case import Case

CANCELLED_STAYS = timedelta(days=14)
Fresh = Callable[[], str]


def revised_visits(
    before: Sequence[PublishedVisit], case: Case, visits: Iterable[Visit], at: datetime, moment: datetime,
    fresh: Fresh,
) -> tuple[PublishedVisit, ...]:  # fmt: skip
    """The visits of a new publication. `before` are those of the one that stood, `at` is now (UTC),
    `moment` the same as local time: what began before it stays exactly as it was. `fresh` makes
    identities."""
    begun = {v.visit: v for v in before if v.visit.starts < moment and not v.mark.cancelled}
    out: list[PublishedVisit] = []
    coming: list[Visit] = []
    for visit in sorted(visits, key=lambda v: (v.starts, v.school_id)):
        if visit in begun:
            out.append(begun[visit])
        else:
            coming.append(visit)
    kept = {id(v) for v in out}
    earlier = [v for v in before if id(v) not in kept]
    known = _matched(coming, earlier)
    for visit in coming:
        old = known.pop(visit, None)
        mark = Mark(old.mark.uid if old else fresh(), 0, at)
        new = PublishedVisit(mark, visit, Place.of(case.school(visit)), visit_lines(case, visit))
        out.append(_marked(old, new, at))
        if old is not None:
            earlier.remove(old)
    out += _cancelled(earlier, at)
    return tuple(sorted(out, key=lambda v: (v.visit.starts, v.mark.uid)))


def revised_appointments(
    before: Sequence[Appointment], case: Case, visits: Iterable[PublishedVisit], at: datetime, fresh: Fresh
) -> tuple[Appointment, ...]:
    """The appointments of a new publication: the sessions that its visits attend."""
    by_session = {a.session_id: a for a in before}
    out: list[Appointment] = []
    for published in visits:
        if published.mark.cancelled:
            continue
        for s in case.attended(published.visit):
            old = by_session.pop(s.session_id, None)
            new = Appointment(
                Mark(old.mark.uid if old else fresh(), 0, at), s.session_id, s.school_id, s.date, s.start,
                s.start + s.minutes, s.program, case.officer(published.visit).name, published.place,
            )  # fmt: skip
            out.append(_marked(old, new, at))
    out += _cancelled([a for a in by_session.values()], at)
    return tuple(sorted(out, key=lambda a: (a.date, a.start, a.mark.uid)))


T = TypeVar("T", PublishedVisit, Appointment)


def _marked(old: T | None, new: T, at: datetime) -> T:
    """`new` with the standing that follows from `old`."""
    if old is None:
        return new
    if old.shown == new.shown:
        return old
    return replace(new, mark=Mark(old.mark.uid, old.mark.sequence + 1, at))


def _cancelled(left: Iterable[T], at: datetime) -> list[T]:
    """What stood before and stands no more: cancelled, and dropped two weeks later."""
    out = []
    for old in left:
        if not old.mark.cancelled:
            out.append(replace(old, mark=Mark(old.mark.uid, old.mark.sequence + 1, at, cancelled=True)))
        elif at - old.mark.changed <= CANCELLED_STAYS:
            out.append(old)
    return out


def _matched(visits: Sequence[Visit], before: Sequence[PublishedVisit]) -> dict[Visit, PublishedVisit]:
    """The earlier standing of each visit that has one."""
    pairs = [
        (rank, abs((v.starts - b.visit.starts).total_seconds()), i, j)
        for i, v in enumerate(visits)
        for j, b in enumerate(before)
        if (rank := _rank(v, b)) is not None
    ]
    out: dict[Visit, PublishedVisit] = {}
    taken: set[int] = set()
    for _, _, i, j in sorted(pairs):
        if visits[i] not in out and j not in taken:
            out[visits[i]] = before[j]
            taken.add(j)
    return out


def _rank(visit: Visit, before: PublishedVisit) -> int | None:
    old = before.visit
    if (visit.officer_id, visit.school_id) != (old.officer_id, old.school_id):
        return None
    if visit.date == old.date:
        return 1 if before.mark.cancelled else 0
    return None if before.mark.cancelled else 2
