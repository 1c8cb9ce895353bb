"""Tasks for plans that were made without them: each goes into the first visit that may hold it."""

from dataclasses import replace
from datetime import date, timedelta

from scheduler.domain.agency import Agency
from scheduler.domain.plan import Visit
from scheduler.rules.case import Case
from scheduler.rules.registry import violations


def with_tasks(agency: Agency, monday: date, visits: list[Visit]) -> list[Visit]:
    """The visits with tasks listed where the rules allow it, the most urgent first."""
    out = list(visits)
    sunday = monday + timedelta(days=13)
    for task in sorted(agency.tasks.values(), key=lambda t: (t.until, t.task_id)):
        if task.until < monday or task.until > sunday:
            continue
        for i, visit in enumerate(out):
            if visit.school_id != task.school_id:
                continue
            attended = Case(agency, (monday,), (visit,)).attended(visit)
            focus = visit.focus if attended or visit.tasks else task.focus
            tried = replace(visit, tasks=tuple(sorted((*visit.tasks, task.task_id))), focus=focus)
            near = [v for j, v in enumerate(out) if j != i and (v.date == visit.date or v.tasks)]
            if not violations(Case(agency, (monday,), (*near, tried))):
                out[i] = tried
                break
    return out
