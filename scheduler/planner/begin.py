"""Tours that make up a plan at hand, as far as the week allows it: where a search may begin."""

from collections.abc import Iterable

import numpy as np

from scheduler.domain.plan import Visit
from scheduler.planner.columns import Column
from scheduler.planner.grid import Floats
from scheduler.planner.nodes import Option
from scheduler.planner.problem import WeekProblem
from scheduler.planner.timing import timed
from scheduler.planner.tours import TourSpace


def tours_of(
    problem: WeekProblem, spaces: dict[int, TourSpace], visits: Iterable[Visit]
) -> dict[int, Column]:
    """By officer-day (index of the problem) the tour of these visits on it, with the fixed visits of the
    day. Visits that cannot be, or not as part of that tour, are left out; so are days without any."""
    days = {(od.officer.officer_id, od.day): od.index for od in problem.officer_days}
    of_day: dict[int, list[Visit]] = {}
    for visit in sorted(visits, key=lambda v: v.start):
        day = days.get((visit.officer_id, visit.date))
        if day is not None:
            of_day.setdefault(day, []).append(visit)
    made = ((day, _tour(problem, spaces[day], day_visits)) for day, day_visits in of_day.items())
    return {day: column for day, column in made if column is not None}


def _tour(problem: WeekProblem, space: TourSpace, visits: list[Visit]) -> Column | None:
    """The longest run of these visits from the first on that is a tour."""
    if space.od.clock is None or not len(space.nodes):
        return None
    fixed = {(v.school_id, v.start) for v in space.od.fixed}
    chosen: list[tuple[int, int, int]] = []
    """Start, node, and index of the length."""
    for visit in visits:
        if (visit.school_id, visit.start) not in fixed and visit.minutes in space.grid.lengths:
            length = space.grid.lengths.index(visit.minutes)
            node = _node(problem, space, visit, length)
            if node is not None:
                chosen.append((visit.start, node, length))
    for count in range(min(len(chosen), space.most), 0, -1):
        found = _timed(space, chosen[:count])
        if found is not None:
            return found
    return None


def _node(problem: WeekProblem, space: TourSpace, visit: Visit, length: int) -> int | None:
    """The node that is most like the visit, of those that allow its times."""
    slot, off = divmod(visit.start - space.grid.base, space.grid.slot)
    if off or not 0 <= slot < space.grid.size:
        return None
    attended = tuple(s.session_id for s in problem.attended(visit))

    def unlike(option: Option) -> tuple[bool, int, bool]:
        tasks = set(option.tasks) ^ set(visit.tasks)
        return option.sessions != attended, len(tasks), option.focus != visit.focus

    allowed = [
        n for n, node in enumerate(space.nodes)
        if node.option.school_id == visit.school_id and node.mask[slot, length]
    ]  # fmt: skip
    return min(allowed, key=lambda n: unlike(space.nodes[n].option), default=None)


def _timed(space: TourSpace, chosen: list[tuple[int, int, int]]) -> Column | None:
    worth: Floats = np.full(space.masks.shape, -np.inf)
    for start, node, length in chosen:
        worth[node, (start - space.grid.base) // space.grid.slot, length] = 0.0
    stops = [(start, node) for start, node, _ in chosen]
    stops += [(v.start, len(space.nodes) + p) for p, v in enumerate(space.od.fixed)]
    sequence = [node for _, node in sorted(stops)]
    m = len(space.fixed)
    found = timed(space, sequence, worth, np.zeros(m), 0.0, [0] * m)
    return None if found is None else found[1]
