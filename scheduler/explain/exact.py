"""Changes that ask for less of what the best plan does not do at all: it stays the best.

Take a best plan that misses a session. Without that session all plans that miss it have one missed session
less and nothing else changes, and a plan that was there has no less than before: what was best is best still,
and its score needs no planning. The same goes for work that is not done, for a school without a visit that
asks for fewer, and for its limit where that then leaves it overdue on no day.
"""

from collections.abc import Iterable
from dataclasses import replace

from scheduler.domain.change import Change
from scheduler.rules.case import Case
from scheduler.rules.tiers.overdue_days import overdue_days


def best_stays_best(case: Case, changes: Iterable[Change]) -> bool:
    """Whether a best plan of the case's agency is a best one after the changes for certain."""
    return len(case.weeks) == 1 and all(_asks_for_what_is_not_done(case, c) for c in changes)


def _asks_for_what_is_not_done(case: Case, change: Change) -> bool:
    if change.table == "sessions.csv":
        return _session(case, change)
    if change.table == "tasks.csv":
        return _task(case, change)
    if change.table == "schools.csv" and change.action == "update":
        return _school(case, change)
    return False


def _session(case: Case, change: Change) -> bool:
    """A missed session that is cancelled or moved out of the planned days. Where work could be done at the
    school that day, a visit there would have more time for it: that is another matter."""
    session = case.agency.sessions.get(str(change.key.get("session_id")))
    if session is None or any(s is session for v in case.visits for s in case.attended(v)):
        return False
    work = (t for t in case.agency.tasks.values() if t.school_id == session.school_id)
    if any(t.from_ <= session.date <= t.until for t in work):
        return False
    days = {d.isoformat() for d in case.days}
    return change.action == "remove" or (
        change.action == "update" and set(change.values) == {"date"}
        and str(change.values["date"]) not in days
    )  # fmt: skip


def _task(case: Case, change: Change) -> bool:
    """Work that is not done and asked for no more, or not in the planned days, or that has until a later
    week, where it had all of those days."""
    task = case.agency.tasks.get(str(change.key.get("task_id")))
    if task is None or any(task.task_id in v.tasks for v in case.visits):
        return False
    if case.history(case.weeks[0]).lists(task.task_id):
        return False
    if change.action != "update":
        return change.action == "remove"
    last, values = max(case.days), {n: str(v) for n, v in change.values.items()}
    if set(values) == {"from", "until"}:
        return values["until"] >= values["from"] > last.isoformat()
    return set(values) == {"until"} and task.until >= last and values["until"] > task.until.isoformat()


def _school(case: Case, change: Change) -> bool:
    """A school without a visit that asks for fewer, or may go unseen for so long that it is never overdue."""
    school = case.agency.schools.get(str(change.key.get("school_id")))
    if school is None or any(v.school_id == school.school_id for v in case.visits):
        return False
    if set(change.values) == {"visits_per_week"}:
        return int(str(change.values["visits_per_week"])) <= school.visits_per_week
    if set(change.values) != {"max_gap_days"}:
        return False
    if change.values["max_gap_days"] in ("", None):
        return True
    longer = replace(school, max_gap_days=int(str(change.values["max_gap_days"])))
    world = replace(case.agency, schools={school.school_id: longer})
    return not any(True for _ in overdue_days(Case(world, case.weeks, ()), case.weeks[0]))
