"""What a week is split on before any tour is enumerated: counts that are whole in every plan.

A row of the relaxation counts further visits to a school, on one class of days or in the week, those to
all schools, or the tours; its dual is part of what visits and tours are worth, so that pricing knows of it.
"""

from collections.abc import Iterable
from math import floor
from typing import NamedTuple

from scheduler.planner.columns import Column

WEEK = -1
"""In place of a class of days: all of them."""
EVERY = ""
"""In place of a school: all of them."""
NONE = -1
WHOLE = 1e-3
"""How far from a whole number counts as whole."""


class Count(NamedTuple):
    """Visits beyond the fixed ones to a school, of `length` (an index of the grid) or longer, on the days
    of a class (by its first day; WEEK: all); with `tours` the tours on those days; with a `slack` (its place
    among the master's) that alone."""

    school_id: str
    day: int = WEEK
    length: int = 0
    tours: bool = False
    slack: int = NONE


TOURS = Count(EVERY, tours=True)
MOST = 1000
"""More than is ever counted."""
Bounds = dict[Count, tuple[int, int]]
"""Least and most of each count."""


def counted(count: Count, column: Column) -> int:
    """How often a tour has what is counted."""
    if count.slack != NONE or count.day not in (WEEK, column.day):
        return 0
    if count.tours:
        return 1
    return sum(
        s.length >= count.length and count.school_id in (EVERY, s.option.school_id) for s in column.stops
    )


def doubtful(solution: Iterable[tuple[Column, float]]) -> dict[Count, float]:
    """The counts that are not whole in a solution of the relaxation, those nearest to a half first; those of
    long visits to one school last."""
    taken = list(solution)
    visits = [
        (s.option.school_id, c.day, s.length) for c, _ in taken for s in c.stops if s.length >= 0
    ]  # fmt: skip
    counts = {TOURS, Count(EVERY)}
    for school_id, day, length in visits:
        counts |= {
            Count(place, when, low)
            for place in (EVERY, school_id) for when in (WEEK, day) for low in (0, length)
        }  # fmt: skip
    amounts = {c: sum(counted(c, column) * x for column, x in taken) for c in counts}
    found = {c: a for c, a in amounts.items() if abs(a - round(a)) > WHOLE}
    order = sorted(found, key=lambda c: (
        c.school_id != EVERY and c.length > 0, abs(found[c] - floor(found[c]) - 0.5), c,
    ))  # fmt: skip
    return {c: found[c] for c in order}
