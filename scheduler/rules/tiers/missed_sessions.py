"""Tier 1: sessions that nobody attends, and tasks that run out."""

from collections.abc import Iterator
from datetime import date, timedelta

from scheduler.domain.clock import format_clock
from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem
from scheduler.rules.violation import day_words


def missed_sessions(case: Case, monday: date) -> Iterator[TierItem]:
    """Sessions of the week that no visit attends; tasks with `until` in the week (a weekend
    counts as the Friday before) that no visit lists, in the plan or in history."""
    attended = {s.session_id for v in case.week_visits(monday) for s in case.attended(v)}
    for session in case.agency.sessions.values():
        if monday <= session.date < monday + timedelta(days=5):
            if session.session_id not in attended:
                name = case.agency.schools[session.school_id].name
                shut = case.calendar.hours(session.school_id, session.date) is None
                yield TierItem(
                    1, f"{session.program} at {name} on {day_words(session.date)}, "
                    f"{format_clock(session.start)}, "
                    f"{'cannot take place: the school is closed that day' if shut else 'has no officer'}.",
                    session.school_id, session_id=session.session_id,
                )  # fmt: skip
    listed = {t for v in case.visits for t in v.tasks}
    history = case.history(case.weeks[0])
    for task in case.agency.tasks.values():
        if monday <= task.until < monday + timedelta(days=7):
            if task.task_id not in listed and not history.lists(task.task_id):
                name = case.agency.schools[task.school_id].name
                yield TierItem(
                    1, f"{task.program} at {name}, due {day_words(task.until)}, is not done.",
                    task.school_id, task_id=task.task_id,
                )  # fmt: skip
