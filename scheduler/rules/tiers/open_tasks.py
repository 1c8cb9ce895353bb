"""Tier 6: tasks that are left for the last week."""

from collections.abc import Iterator
from datetime import date, timedelta

from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem
from scheduler.rules.violation import day_words


def open_tasks(case: Case, monday: date) -> Iterator[TierItem]:
    """Tasks with `from` up to the week's Friday and `until` in the week after that no visit up
    to the end of the week lists, in the plan or in history."""
    following = monday + timedelta(weeks=1)
    listed = {t for v in case.visits if v.date < following for t in v.tasks}
    history = case.history(case.weeks[0])
    for task in case.agency.tasks.values():
        due_next = following <= task.until < following + timedelta(weeks=1)
        if due_next and task.from_ <= monday + timedelta(days=4):
            if task.task_id not in listed and not history.lists(task.task_id):
                name = case.agency.schools[task.school_id].name
                yield TierItem(
                    1, f"{task.program} at {name} could be done now; it is due "
                    f"{day_words(task.until)}.", task.school_id, task_id=task.task_id,
                )  # fmt: skip
