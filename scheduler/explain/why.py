"""Why this plan: what each visit serves, each school's share, what makes up each tier.

What a visit serves is found by taking it away: the tiers that would be worse without it, as the
score itself says. Nothing is read from a model.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from scheduler.domain.plan import Visit
from scheduler.domain.score import TIERS
from scheduler.explain.candidates import Blocked, blocked
from scheduler.rules.case import Case
from scheduler.rules.registry import TIER_COUNTS, tier_items
from scheduler.rules.shares import week_shares
from scheduler.rules.tiers.item import TierItem
from scheduler.rules.violation import visit_words

SERVES = {
    "missing_visits": "a visit that the school asks for",
    "overdue_days": "the school would be overdue",
    "changed_visits": "it stands as published",
    "focus_gaps": "a focus that the school has not had in this cycle",
    "under_served": "the school would be far below its fair share",
    "minutes_cost": "time that the school is owed",
}


@dataclass(frozen=True)
class VisitReason:
    """A visit and what it serves, most important first."""

    visit: Visit
    sentence: str
    serves: tuple[str, ...]


@dataclass(frozen=True)
class SchoolShare:
    """A school in its cycle: minutes had, the planned week included, and the minutes that its
    weight is of all minutes of the cycle."""

    school_id: str
    had: int
    target: int


@dataclass(frozen=True)
class Unfilled:
    """A need that the plan leaves open, and what blocks each officer."""

    item: TierItem
    blocked: tuple[Blocked, ...]


@dataclass(frozen=True)
class Reasons:
    """Why a plan is as it is."""

    visits: tuple[VisitReason, ...]
    shares: tuple[SchoolShare, ...]
    tiers: dict[str, tuple[TierItem, ...]]
    unfilled: tuple[Unfilled, ...]

    def to_dict(self) -> dict[str, Any]:
        """As `esro why` prints it."""
        return {
            "visits": [
                {"officer_id": r.visit.officer_id, "school_id": r.visit.school_id,
                 "date": r.visit.date.isoformat(), "window": str(r.visit.window),
                 "sentence": r.sentence, "serves": list(r.serves)}
                for r in self.visits
            ],
            "shares": [{"school_id": s.school_id, "had": s.had, "target": s.target} for s in self.shares],
            "tiers": {
                t: [{"amount": i.amount, "sentence": i.sentence, "school_id": i.school_id} for i in items]
                for t, items in self.tiers.items() if items
            },
            "unfilled": [
                {"sentence": u.item.sentence, "school_id": u.item.school_id,
                 "officers": [{"officer_id": b.officer_id, "rule": b.rule, "sentence": b.sentence}
                              for b in u.blocked]}
                for u in self.unfilled
            ],
        }  # fmt: skip


def reasons(case: Case) -> Reasons:
    """Why the visits of a case are as they are."""
    tiers = {t.name: tier_items(case, t.name) for t in TIER_COUNTS}
    counts = {t: sum(i.amount for i in items) for t, items in tiers.items()}
    return Reasons(
        tuple(_reason(case, v, counts) for v in case.visits),
        tuple(s for monday in case.weeks for s in school_shares(case, monday)),
        tiers,
        tuple(_unfilled(case, tiers)),
    )


def visit_reason(case: Case, visit: Visit) -> VisitReason:
    """Why one visit is there."""
    counts = {t.name: sum(i.amount for i in tier_items(case, t.name)) for t in TIER_COUNTS}
    return _reason(case, visit, counts)


def _reason(case: Case, visit: Visit, counts: dict[str, int]) -> VisitReason:
    without = case.with_visits(tuple(v for v in case.visits if v is not visit))
    serves = []
    if case.is_fixed(visit):
        serves.append("it is pinned")
    serves += [f"{s.program}, {s.window}" for s in case.attended(visit)]
    serves += [case.agency.tasks[t].program for t in visit.tasks if t in case.agency.tasks]
    for tier in TIERS:
        if tier in SERVES and sum(i.amount for i in tier_items(without, tier)) > counts[tier]:
            serves.append(SERVES[tier])
    return VisitReason(visit, f"{visit_words(case, visit)}.", tuple(serves))


def school_shares(case: Case, monday: date) -> list[SchoolShare]:
    """Each school's minutes in the cycle that ends with the week, against its target."""
    agency, history = case.agency, case.history(monday)
    begin = monday - timedelta(weeks=agency.policy.rotation.cycle_weeks - 1)
    planned: dict[str, int] = {}
    for visit in case.week_visits(monday):
        planned[visit.school_id] = planned.get(visit.school_id, 0) + visit.minutes
    out = []
    for precinct_id in agency.precincts:
        week = week_shares(case.calendar, history, precinct_id, monday)
        before = {s: history.minutes(s, begin, monday) for s in week.shares}
        weight = sum((Fraction(agency.schools[s].weight) for s in week.shares), Fraction(0))
        for s in week.shares:
            part = Fraction(agency.schools[s].weight) / weight
            target = int((sum(before.values()) + week.reachable) * part)
            out.append(SchoolShare(s, before[s] + planned.get(s, 0), target))
    return out


def _unfilled(case: Case, tiers: dict[str, tuple[TierItem, ...]]) -> list[Unfilled]:
    out = []
    for tier in ("missed_sessions", "missing_visits", "overdue_days"):
        seen: set[tuple[str | None, str | None]] = set()
        for item in tiers[tier]:
            if item.school_id is None or (item.school_id, item.session_id) in seen:
                continue
            seen.add((item.school_id, item.session_id))
            monday = case.weeks[0]
            if item.session_id is not None:
                day = case.agency.sessions[item.session_id].date
                monday = next(w for w in case.weeks if w <= day < w + timedelta(days=7))
            out.append(Unfilled(item, tuple(blocked(case, item.school_id, monday, item.session_id))))
    return out
