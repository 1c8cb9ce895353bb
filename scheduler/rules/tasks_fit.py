"""Tasks are done where, when and by whom they can be done."""

from collections.abc import Iterator

from scheduler.domain.agency import Task
from scheduler.domain.clock import Window
from scheduler.domain.plan import Focus, Visit
from scheduler.rules.case import Case
from scheduler.rules.violation import Violation, visit_words


def tasks_fit(case: Case) -> Iterator[Violation]:
    """A visit lists tasks of its school, in their dates and window, by a qualified (or the
    named) officer, is long enough for all its work, and lists none that is listed already. Pins
    and published visits that are past are judged as well."""
    listed: set[str] = set()
    order = sorted(zip(case.rows, case.visits, strict=True), key=lambda rv: (rv[1].starts, rv[0]))
    for row, visit in order:
        faults = list(_faults(case, visit))
        for task_id in visit.tasks:
            if task_id in listed or case.history(case.weeks[0]).lists(task_id):
                faults.append(f"the task {task_id} is listed already")
            listed.add(task_id)
        if faults:
            yield Violation("tasks_fit", (row,), f"{visit_words(case, visit)}: {faults[0]}.")


def _faults(case: Case, visit: Visit) -> Iterator[str]:
    needed = sum(s.minutes for s in case.attended(visit))
    for task_id in visit.tasks:
        task = case.agency.tasks.get(task_id)
        if task is None:  # What was published may list a task that is gone.
            if visit not in case.past:
                yield f"the task {task_id} is unknown"
            continue
        needed += task.minutes
        fault = _fault(case, visit, task)
        if fault:
            yield fault
    if visit.tasks and visit.minutes < needed:
        yield f"its sessions and tasks take {needed} minutes, the visit has {visit.minutes}"


def _fault(case: Case, visit: Visit, task: Task) -> str | None:
    officer = case.officer(visit)
    if task.school_id != visit.school_id:
        return f"the task {task.task_id} belongs to {task.school_id}"
    if not task.from_ <= visit.date <= task.until:
        return f"the task {task.task_id} is due from {task.from_} until {task.until}"
    if not officer.holds(task.qualification):
        return f"the task {task.task_id} asks for {task.qualification}, which the officer lacks"
    if task.officer_id not in (None, officer.officer_id):
        return f"the task {task.task_id} is {task.officer_id}'s"
    window = task.window or Window(0, 1440)
    spaces = [window]
    if task.focus == Focus.MENTORING and case.school(visit).private_space:
        spaces = [
            Window(max(window.start, w.start), min(window.end, w.end))
            for w in case.school(visit).private_space
        ]
    if not any(space.overlap(visit.window) >= task.minutes for space in spaces):
        return f"the task {task.task_id} has less than its {task.minutes} minutes in its time"
    return None
