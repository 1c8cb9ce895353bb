"""Work that is due at the same hours of the day: more of it than officers have days for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from scheduler.domain.agency import Officer, Task
from scheduler.domain.clock import Window
from scheduler.rules.case import Case

Able = Callable[[Task, date], list[Officer]]


@dataclass(frozen=True)
class TaskRush:
    """Tasks of which an officer can do at most one a day, and the days of those who may do them."""

    tasks: tuple[Task, ...]
    first: date
    last: date
    officer_days: tuple[tuple[Officer, date], ...]

    @property
    def excess(self) -> int:
        """Those that are not done at the least."""
        return len(self.tasks) - len(self.officer_days)


def task_rush(case: Case, tasks: Sequence[Task], able: Able) -> TaskRush | None:
    """Of tasks with hours of their own the worst of their kind, if there is any; `able` names the officers
    who may do a task on a date."""
    timed = [t for t in tasks if t.window is not None]
    firsts = {max(t.from_, case.weeks[0]) for t in timed}
    lasts = {min(t.until, max(case.days)) for t in timed}
    rushes = [
        _between(case, timed, first, last, able) for first, last in product(sorted(firsts), sorted(lasts))
    ]
    worst = max(rushes, key=lambda r: r.excess, default=None)
    return worst if worst is not None and worst.excess > 0 else None


def _between(case: Case, tasks: Sequence[Task], first: date, last: date, able: Able) -> TaskRush:
    """Tasks of these dates of which no two can be done by one officer on a day."""
    chosen: list[Task] = []
    for task in sorted(tasks, key=lambda t: (_slack(t), t.task_id)):
        inside = max(task.from_, case.weeks[0]) >= first and min(task.until, max(case.days)) <= last
        if inside and all(_apart(case, task, other) for other in chosen):
            chosen.append(task)
    days = [d for d in sorted(case.days) if first <= d <= last]
    there = {(o.officer_id, d): (o, d) for d in days for t in chosen for o in _on(t, d, able)}
    return TaskRush(tuple(chosen), first, last, tuple(there.values()))


def _on(task: Task, day: date, able: Able) -> list[Officer]:
    return able(task, day) if task.from_ <= day <= task.until else []


def _slack(task: Task) -> int:
    return _window(task).minutes - task.minutes


def _window(task: Task) -> Window:
    return task.window or Window(0, 1440)


def _apart(case: Case, a: Task, b: Task) -> bool:
    """Whether no officer can do both on one day: the schools differ, and neither leaves time for the
    other."""
    if a.school_id == b.school_id:
        return False
    drive, one, other = case.travel.schools, _window(a), _window(b)
    return (
        one.start + a.minutes + drive(a.school_id, b.school_id) > other.end - b.minutes
        and other.start + b.minutes + drive(b.school_id, a.school_id) > one.end - a.minutes
    )
