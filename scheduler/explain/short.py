"""A tier above 0 in a group of clusters: what the best plan leaves out, and what may lift it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from scheduler.domain.agency import Officer
from scheduler.domain.score import TIERS
from scheduler.explain.duty_facts import lending_facts, staff_facts
from scheduler.explain.fact import Fact
from scheduler.explain.facts import item_facts, rival_facts, unique_items
from scheduler.explain.options import Option, asking_less, more_staff, option_of
from scheduler.explain.words import week_words
from scheduler.rules.case import Case
from scheduler.rules.registry import TIER_COUNTS
from scheduler.rules.tiers.item import TierItem

LEAST = 2
"""Repairs that a shortage has at the least."""
MOST_ITEMS = 12
"""Items of which facts are told."""


@dataclass
class ShortTier:
    """A tier, what is left out, facts of what is asked for and of staff, and options to mend it."""

    tier: str
    place: int
    items: list[TierItem]
    asked: list[Fact]
    staff: list[Fact]
    options: list[Option]


def _in_week(item: TierItem, monday: date) -> TierItem:
    """The item with the week that it is of in words."""
    return replace(item, sentence=f"{item.sentence.rstrip('.')} {week_words(monday)}.")


def short_tier(
    case: Case, precincts: tuple[str, ...], tier: str, lent: Iterable[Officer] = ()
) -> ShortTier:  # fmt: skip
    """A tier as the visits of a case leave it in these precincts; `lent` are relief officers who could
    come from elsewhere."""
    schools = {s.school_id for p in precincts for s in case.agency.schools_of[p]}
    listed = next(t for t in TIER_COUNTS if t.name == tier).items
    items = [
        i if len(case.weeks) == 1 or tier != "missing_visits" else _in_week(i, monday)
        for monday in case.weeks for i in listed(case, monday) if i.school_id in schools
    ]  # fmt: skip
    asked = [f for i in unique_items(items)[:MOST_ITEMS] for f in item_facts(case, i, tier)]
    asked += rival_facts(case, precincts, items, tier)
    staff = [*staff_facts(case, precincts, items, tier), *lending_facts(case, precincts, lent)]
    options = [option_of(f, staff=False) for f in asked] + [option_of(f, staff=True) for f in staff]
    options += [*asking_less(case, items, tier), *more_staff(case, precincts, items)]
    return ShortTier(tier, TIERS.index(tier), items, asked, staff, options)
