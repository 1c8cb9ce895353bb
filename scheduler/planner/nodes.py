"""Visits that one officer-day could hold: for each school and way of using the visit, which
starts and lengths the rules allow.

A *node* is a school with an option: the focus, the tasks listed and the sessions attended.
Masks have the shape (starts, lengths), a start being a slot of the grid.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np

from scheduler.domain.agency import Officer, School, Session, Task
from scheduler.domain.clock import Window
from scheduler.domain.plan import Visit
from scheduler.planner.grid import Bools, Ints
from scheduler.planner.problem import OfficerDay, WeekProblem
from scheduler.rules.tiers.changed_visits import NEAR_MINUTES

DEFAULT_FOCUS = "law_enforcement"
MOST_TASK_SETS = 64
"""Sets of tasks looked at for one visit; more (a heap of tiny tasks) would drown the search."""


@dataclass(frozen=True)
class Option:
    """One way of using a visit. `changes` is what it adds to the changed visits (−1: it keeps a
    published visit); `fixed` is the pin or past visit that it is, if any."""

    school_id: str
    focus: str
    tasks: tuple[str, ...]
    sessions: tuple[str, ...]
    changes: int = 0
    fixed: Visit | None = None


@dataclass(frozen=True)
class Node:
    """An option with the starts and lengths (bool, starts × lengths) that allow it."""

    option: Option
    mask: Bools


def day_nodes(problem: WeekProblem, od: OfficerDay) -> tuple[Node, ...]:
    """The nodes of the visits that may be added to an officer-day."""
    return tuple(n for s in od.schools for n in _SchoolDay(problem, od, s).nodes())


def fixed_options(problem: WeekProblem, od: OfficerDay) -> tuple[tuple[Option, ...], ...]:
    """For each fixed visit in order: what it can be, with tasks that a pin may take up."""
    return tuple(_options_of_fixed(problem, od, v) for v in od.fixed)


def _options_of_fixed(problem: WeekProblem, od: OfficerDay, visit: Visit) -> tuple[Option, ...]:
    attended = problem.attended(visit)
    names = tuple(s.session_id for s in attended)
    changes = int(_changes(problem, od, visit.school_id, np.array([visit.start]))[0])
    if problem.published is not None and problem.published.is_past(visit):
        changes = min(changes, 0)  # It counts as no change, and may yet stand for one to come.
    plain = Option(visit.school_id, visit.focus, visit.tasks, names, changes, visit)
    if problem.published is not None and problem.published.keeps(visit):
        return (plain,)
    school = problem.agency.schools[visit.school_id]
    tasks = [
        t for t in problem.tasks_at.get(visit.school_id, ())
        if _listable(t, od.officer, visit.date)
        and bool(_fits(t, school, np.array(visit.start), np.array(visit.end)))
    ]  # fmt: skip
    room = visit.minutes - sum(s.minutes for s in attended)
    return tuple(
        Option(visit.school_id, visit.focus, _ids(chosen), names, changes, visit)
        for chosen in _affordable(tasks, room)
    )


def _changes(problem: WeekProblem, od: OfficerDay, school_id: str, starts: Ints) -> Ints:
    """What a visit to a school from each start adds to the changed visits: 1 where nothing
    published corresponds to it, less the published visits that it keeps."""
    if problem.published is None:
        return np.zeros(len(starts), dtype=np.int64)
    near = np.zeros(len(starts), dtype=np.int64)
    for v in od.published:
        if v.school_id == school_id:
            near += np.abs(starts - v.start) <= NEAR_MINUTES
    return np.where(near > 0, -near, 1)


def _ids(tasks: tuple[Task, ...]) -> tuple[str, ...]:
    return tuple(sorted(t.task_id for t in tasks))


def _listable(task: Task, officer: Officer, day: date) -> bool:
    return task.from_ <= day <= task.until and officer.may_do(task)


def _affordable(tasks: list[Task], room: int) -> Iterator[tuple[Task, ...]]:
    """The sets of tasks whose minutes together fit into `room`, the empty one first; at most
    MOST_TASK_SETS, and then the most urgent together."""
    yield ()
    known = 0
    for size in range(1, len(tasks) + 1):
        before = known
        for chosen in combinations(tasks, size):
            if sum(t.minutes for t in chosen) <= max(room, 0):
                if known == MOST_TASK_SETS:
                    yield _together(tasks, room)
                    return
                known += 1
                yield chosen
        if known == before:
            return


def _together(tasks: list[Task], room: int) -> tuple[Task, ...]:
    chosen: list[Task] = []
    for task in sorted(tasks, key=lambda t: (t.until, t.minutes, t.task_id)):
        if sum(t.minutes for t in chosen) + task.minutes <= room:
            chosen.append(task)
    return tuple(chosen)


def all_task_sets_fit(problem: WeekProblem) -> bool:
    """Whether no school has so many tasks that some sets of them are left out of the nodes;
    otherwise nothing is proven about the week."""
    return all(2 ** len(tasks) - 1 <= MOST_TASK_SETS for tasks in problem.tasks_at.values())


def _fits(task: Task, school: School, start: Ints, end: Ints) -> Bools:
    """Whether visits [start, end) lie in the task's window for at least its minutes."""
    window = task.window or Window(0, 1440)
    spaces = [window]
    if task.focus == "mentoring" and school.private_space:
        spaces = [Window(max(window.start, w.start), min(window.end, w.end)) for w in school.private_space]
    best = np.zeros(np.broadcast(start, end).shape, dtype=np.int64)
    for space in spaces:
        best = np.maximum(best, np.minimum(end, space.end) - np.maximum(start, space.start))
    return np.asarray(best >= task.minutes)


class _SchoolDay:
    """One school on one officer-day."""

    def __init__(self, problem: WeekProblem, od: OfficerDay, school_id: str) -> None:
        self.problem = problem
        self.od = od
        self.school = problem.agency.schools[school_id]
        grid = problem.grid
        self.start = grid.minutes[:, None]
        self.length = np.array(grid.lengths, dtype=np.int64)[None, :]
        self.end = self.start + self.length
        self.allowed = self._allowed()
        changes = _changes(problem, od, school_id, grid.minutes)[:, None]
        self._by_change = [(int(c), changes == c) for c in np.unique(changes)]

    def _allowed(self) -> Bools:
        hours = self.problem.calendar.hours(self.school.school_id, self.od.day)
        clock = self.od.clock
        if hours is None or clock is None or not self.problem.grid.lengths:
            return np.zeros(np.broadcast(self.start, self.length).shape, dtype=np.bool_)
        end = np.minimum(self.end, 1440)
        return (
            self.problem.grid.is_start[:, None]
            & (self.start >= max(hours.start, self.od.earliest))
            & (self.end <= hours.end)
            & clock.on_duty(np.broadcast_to(self.start, end.shape), end)
        )

    def nodes(self) -> Iterator[Node]:
        for attended, mask in self._by_attendance():
            room = self.problem.agency.policy.visits.longest_minutes
            room -= sum(s.minutes for s in attended)
            tasks = [
                t for t in self.problem.tasks_at.get(self.school.school_id, ())
                if _listable(t, self.od.officer, self.od.day)
            ]  # fmt: skip
            for chosen in _affordable(tasks, room):
                yield from self._with(attended, chosen, mask)
                yield from self._helped(attended, chosen, mask)

    def _by_attendance(self) -> Iterator[tuple[tuple[Session, ...], Bools]]:
        """Splits the allowed visits by the sessions they attend."""
        sessions = [
            s for s in self.problem.sessions_at.get((self.school.school_id, self.od.day), ())
            if self.od.officer.may_do(s)
        ]  # fmt: skip
        parts: list[tuple[tuple[Session, ...], Bools]] = [((), self.allowed)]
        for session in sessions:
            contains = (self.start <= session.window.start) & (self.end >= session.window.end)
            parts = [
                part
                for attended, mask in parts
                for part in ((attended, mask & ~contains), ((*attended, session), mask & contains))
            ]
        for attended, mask in parts:
            if mask.any():
                yield attended, mask

    def _helped(self, attended: tuple[Session, ...], tasks: tuple[Task, ...], mask: Bools) -> Iterator[Node]:
        """With one task more that nobody asks for yet, for the sake of its focus alone."""
        offered = {s.focus for s in attended} | {t.focus for t in tasks}
        if not offered:
            offered = {DEFAULT_FOCUS}
        for helper in self.problem.helpers_at.get(self.school.school_id, ()):
            if helper.focus not in offered and _listable(helper, self.od.officer, self.od.day):
                for node in self._with(attended, (*tasks, helper), mask):
                    if node.option.focus == helper.focus:
                        yield node

    def _with(self, attended: tuple[Session, ...], tasks: tuple[Task, ...], mask: Bools) -> Iterator[Node]:
        if tasks:
            needed = sum(t.minutes for t in tasks) + sum(s.minutes for s in attended)
            mask = mask & (self.length >= needed)
            for task in tasks:
                mask = mask & _fits(task, self.school, self.start, self.end)
        names = tuple(s.session_id for s in attended)
        for focus in self._focuses(attended, tasks):
            fitting = mask
            if focus == "mentoring" and not attended and not tasks:
                fitting = mask & self._mentoring()
            for change, starts in self._by_change:
                kept = fitting & starts
                if kept.any():
                    option = Option(self.school.school_id, focus, _ids(tasks), names, change)
                    yield Node(option, kept)

    def _focuses(self, attended: tuple[Session, ...], tasks: tuple[Task, ...]) -> list[str]:
        """Focuses to choose from; one that no tier asks for is worth no node of its own."""
        wanted = [f for s, f in self.problem.focus_gaps if s == self.school.school_id]
        if attended or tasks:
            offered = sorted({s.focus for s in attended} | {t.focus for t in tasks})
        else:
            offered = ["law_enforcement", "mentoring"]
            if not self.school.private_space:
                offered = offered[:1]
        useful = [f for f in offered if f in wanted]
        plain = DEFAULT_FOCUS if DEFAULT_FOCUS in offered else offered[0]
        return sorted({plain, *useful})

    def _mentoring(self) -> Bools:
        """Visits with enough time inside one private-space window."""
        least = self.problem.agency.policy.visits.mentoring_minutes
        fits = np.zeros(self.allowed.shape, dtype=np.bool_)
        for w in self.school.private_space:
            fits |= np.minimum(self.end, w.end) - np.maximum(self.start, w.start) >= least
        return fits
