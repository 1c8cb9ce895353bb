"""Tier 4: changes to what was published."""

from collections.abc import Iterator
from datetime import date, timedelta

from scheduler.domain.plan import Visit
from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem
from scheduler.rules.violation import visit_words

NEAR_MINUTES = 15


def changed_visits(case: Case, monday: date) -> Iterator[TierItem]:
    """Published visits from the moment on that the plan drops, and visits that it adds. The
    same officer, school and date with a start within 15 minutes is the same visit."""
    if case.published is None:
        return
    end = monday + timedelta(days=5)
    published = [v for v in (*case.past, *case.coming) if monday <= v.date < end]
    planned = case.week_visits(monday)
    for visit in published:
        if not case.published.is_past(visit) and not _counterpart(visit, planned):
            words = visit_words(case, visit)
            yield TierItem(1, f"Dropped or moved: {words}.", visit.school_id)
    for visit in planned:
        if not case.published.is_past(visit) and not _counterpart(visit, published):
            yield TierItem(1, f"New or moved: {visit_words(case, visit)}.", visit.school_id)


def _counterpart(visit: Visit, others: list[Visit]) -> bool:
    return any(
        (o.officer_id, o.school_id, o.date) == (visit.officer_id, visit.school_id, visit.date)
        and abs(o.start - visit.start) <= NEAR_MINUTES
        for o in others
    )
