"""Officers have their break."""

import itertools
from collections.abc import Iterator, Sequence

from scheduler.domain.calendar import Duty
from scheduler.domain.clock import Window, format_clock
from scheduler.domain.plan import Visit
from scheduler.rules.case import Case
from scheduler.rules.violation import Violation, day_words


def break_(case: Case) -> Iterator[Violation]:
    """Where a break is due, one stretch inside [earliest, latest] is free of visits, drives
    and absences. Excused where pins alone, or duty less absences alone, leave no room."""
    rest = case.agency.policy.break_
    for (officer_id, day), rows in case.officer_days.items():
        duty = case.calendar.duty(officer_id, day)
        if duty is None or not case.calendar.break_due(duty):
            continue
        visits = [v for _, v in rows]
        fixed = [v for v in visits if case.is_fixed(v)]
        if len(fixed) == len(visits) or has_break(case, duty, visits):
            continue
        if not has_break(case, duty, []) or (fixed and not has_break(case, duty, fixed)):
            continue
        yield Violation(
            "break", tuple(sorted(row for row, _ in rows)),
            f"{case.agency.officers[officer_id].name} has no {rest.minutes} free minutes between "
            f"{format_clock(rest.earliest)} and {format_clock(rest.latest)} on {day_words(day)} "
            "beside visits and drives.",
        )  # fmt: skip


def has_break(case: Case, duty: Duty, visits: Sequence[Visit]) -> bool:
    """Whether a day with these visits (in order of start) has room for a break."""
    span = duty.span
    if not visits:
        return _fits(case, duty, span.start, span.end)
    first, last = visits[0], visits[-1]
    drive = case.drive_out(first)
    if _gap(case, duty, span.start, first.start, drive) and _fits(
        case, duty, span.start, first.start - drive
    ):
        return True
    for a, b in itertools.pairwise(visits):
        drive = case.drive(a, b)
        if _gap(case, duty, a.end, b.start, drive) and (
            _fits(case, duty, a.end, b.start - drive) or _fits(case, duty, a.end + drive, b.start)
        ):
            return True
    drive = case.drive_home(last)
    return _gap(case, duty, last.end, span.end, drive) and _fits(case, duty, last.end + drive, span.end)


def _gap(case: Case, duty: Duty, begin: int, end: int, drive: int) -> bool:
    """Whether a gap is long enough for drive, absences in it and the break."""
    return end - begin >= drive + duty.absent(begin, end) + case.agency.policy.break_.minutes


def _fits(case: Case, duty: Duty, begin: int, end: int) -> bool:
    """Whether a free stretch of the break's length lies in [begin, end] and its window."""
    rest = case.agency.policy.break_
    begin, end = max(begin, rest.earliest), min(end, rest.latest)
    for start in (begin, *(a.end for a in duty.away if a.end > begin)):
        stretch = Window(start, start + rest.minutes)
        if stretch.end <= end and not any(a.overlap(stretch) for a in duty.away):
            return True
    return False
