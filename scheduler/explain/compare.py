"""Two plans side by side: figures, and visits added, removed and moved."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from scheduler.domain.plan import Visit
from scheduler.planner.result import PlanResult
from scheduler.rules.case import Case
from scheduler.rules.tiers.minutes_cost import travel_minutes


@dataclass(frozen=True)
class Difference:
    """Visits of a plan against those of another, by date. Moved: to the same school at another time
    or by another officer, on the same day if there is such a pair, else on another."""

    added: tuple[Visit, ...]
    removed: tuple[Visit, ...]
    moved: tuple[tuple[Visit, Visit], ...]


def difference(before: tuple[Visit, ...], after: tuple[Visit, ...]) -> Difference:
    """What changed from one plan to another."""
    old = {(v.school_id, v.date): v for v in before}
    new = {(v.school_id, v.date): v for v in after}
    moved = [
        (old[k], new[k]) for k in old.keys() & new.keys()
        if (old[k].officer_id, old[k].start, old[k].end) != (new[k].officer_id, new[k].start, new[k].end)
    ]  # fmt: skip
    removed = sorted((old[k] for k in old.keys() - new.keys()), key=_when)
    added = sorted((new[k] for k in new.keys() - old.keys()), key=_when)
    for visit in tuple(removed):
        instead = next((v for v in added if v.school_id == visit.school_id), None)
        if instead is not None:
            moved.append((visit, instead))
            removed.remove(visit)
            added.remove(instead)
    return Difference(tuple(added), tuple(removed), tuple(sorted(moved, key=lambda pair: _when(pair[0]))))


def _when(visit: Visit) -> tuple[date, int, str]:
    return (visit.date, visit.start, visit.school_id)


def figures(case: Case, result: PlanResult) -> dict[str, Any]:
    """What a lieutenant compares: tiers, bound, coverage, minutes, travel."""
    days = case.officer_days.values()
    return {
        "status": result.status,
        "score": result.best.to_dict() if result.best else None,
        "bound": result.bound.to_dict(),
        "gap": result.gap,
        "visits": len(case.visits),
        "visits_asked": sum(visits_asked(case).values()),
        "coverage": coverage(case),
        "schools_visited": len({v.school_id for v in case.visits}),
        "schools": len(case.agency.schools),
        "minutes_at_schools": sum(v.minutes for v in case.visits),
        "travel_minutes": sum(travel_minutes(case, [v for _, v in rows]) for rows in days),
        "seconds": result.seconds,
    }


def visits_asked(case: Case) -> dict[str, int]:
    """Visits that each school asks for in the planned weeks, at most its open days."""
    return {
        s.school_id: sum(
            min(s.visits_per_week, len(case.calendar.open_days(s.school_id, monday))) for monday in case.weeks
        )
        for s in case.agency.schools.values()
    }


def coverage(case: Case) -> float:
    """The part of the visits asked for that is made (1 where none is asked for)."""
    asked = visits_asked(case)
    had = dict.fromkeys(asked, 0)
    for monday in case.weeks:
        for school_id, _ in {(v.school_id, v.date) for v in case.week_visits(monday)}:
            had[school_id] += 1
    total = sum(asked.values())
    return round(sum(min(had[s], n) for s, n in asked.items()) / total, 4) if total else 1.0
