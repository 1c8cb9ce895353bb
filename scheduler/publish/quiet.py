"""What is no visit in an officer's week: drives, breaks, hours off duty and away."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scheduler.domain.agency import ELSEWHERE, PAST, Officer
from scheduler.domain.calendar import Duty
from scheduler.domain.clock import Window
from scheduler.domain.plan import Visit
from scheduler.rules.case import Case

AWAY, OFF, DRIVE, BREAK = "away", "off duty", "drive", "break"
REASON_WORDS = {ELSEWHERE: "in another precinct", PAST: "over"}


@dataclass(frozen=True, slots=True)
class Quiet:
    """A stretch without a visit: `kind` is one of the four above, `words` what to write into it."""

    kind: str
    window: Window
    words: str


@dataclass(frozen=True, slots=True)
class Gap:
    """The room between a visit and what follows it, and one line on what happens there."""

    window: Window
    words: str


def quiet_times(
    case: Case, officer: Officer, day: date, visits: Sequence[Visit], hours: Window, reasons: bool = False
) -> list[Quiet]:
    """An officer's day inside `hours` around the visits (in order of start). Why the officer is away is
    told only where `reasons` says so."""
    duty = case.calendar.duty(officer.officer_id, day)
    shift = case.agency.shifts.get((officer.officer_id, day.weekday()))
    if shift is None and duty is None:
        return [Quiet(OFF, hours, OFF)]
    on = Window(shift.start, shift.end) if shift is not None else duty.span  # type: ignore[union-attr]
    out = [
        Quiet(OFF, w, "") for w in (Window(hours.start, on.start), Window(on.end, hours.end)) if w.minutes > 0
    ]
    for window in _away(on, duty):
        reason = _reason(case, officer, day, window) if reasons else ""
        out.append(Quiet(AWAY, window, REASON_WORDS.get(reason, reason) or AWAY))
    return out + list(_between(case, duty, visits))


def gaps(quiet: Sequence[Quiet], visits: Sequence[Visit]) -> list[Gap]:
    """The drives and breaks of a day in words, one line a gap between its visits: it ends where the officer
    is away, so that nothing is written over anything else."""
    out = []
    for a, b in itertools.pairwise(visits):
        between = [q for q in quiet if a.end <= q.window.start < b.start]
        said = [q.words for q in between if q.kind in (DRIVE, BREAK)]
        end = min([b.start, *(q.window.start for q in between if q.kind in (AWAY, OFF))])
        if said:
            out.append(Gap(Window(a.end, end), " · ".join(said)))
    return out


def _away(on: Window, duty: Duty | None) -> Iterator[Window]:
    if duty is None:
        yield on
        return
    for window in (Window(on.start, duty.span.start), *duty.absences, Window(duty.span.end, on.end)):
        if window.minutes > 0:
            yield window


def _reason(case: Case, officer: Officer, day: date, window: Window) -> str:
    midnight = datetime.combine(day, time())
    begin, end = (midnight + timedelta(minutes=m) for m in (window.start, window.end))
    found = [a for a in case.agency.absences
             if a.officer_id == officer.officer_id and a.start < end and begin < a.end]  # fmt: skip
    return found[0].reason if found else ""


def _between(case: Case, duty: Duty | None, visits: Sequence[Visit]) -> Iterator[Quiet]:
    """The drives between visits, and the first room for the break beside them."""
    rest, rested = case.agency.policy.break_, duty is None or not case.calendar.break_due(duty)
    for a, b in itertools.pairwise(visits):
        drive = case.drive(a, b)
        if drive:
            yield Quiet(DRIVE, Window(a.end, min(a.end + drive, b.start)), f"drive {drive} min")
        begin, end = max(a.end + drive, rest.earliest), min(b.start, rest.latest)
        free = duty is not None and not duty.absent(a.end, b.start)
        if not rested and free and end - begin >= rest.minutes:
            rested = True
            yield Quiet(BREAK, Window(begin, begin + rest.minutes), BREAK)
