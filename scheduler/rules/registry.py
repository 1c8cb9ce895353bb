"""The rules and tiers in the contract's order, and what a plan makes of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from scheduler.domain.score import Score
from scheduler.rules.break_ import break_
from scheduler.rules.case import Case
from scheduler.rules.focus_fits import focus_fits
from scheduler.rules.most_per_day import most_per_day
from scheduler.rules.once_a_day import once_a_day
from scheduler.rules.one_place_at_a_time import one_place_at_a_time
from scheduler.rules.own_cluster import own_cluster
from scheduler.rules.past_kept import past_kept
from scheduler.rules.pins_kept import pins_kept
from scheduler.rules.qualified import qualified
from scheduler.rules.school_open import school_open
from scheduler.rules.tasks_fit import tasks_fit
from scheduler.rules.tiers.changed_visits import changed_visits
from scheduler.rules.tiers.focus_gaps import focus_gaps
from scheduler.rules.tiers.item import TierItem
from scheduler.rules.tiers.minutes_cost import minutes_cost
from scheduler.rules.tiers.missed_sessions import missed_sessions
from scheduler.rules.tiers.missing_visits import missing_visits
from scheduler.rules.tiers.open_tasks import open_tasks
from scheduler.rules.tiers.overdue_days import overdue_days
from scheduler.rules.tiers.relief_days import relief_days
from scheduler.rules.tiers.under_served import under_served
from scheduler.rules.violation import Violation
from scheduler.rules.visit_length import visit_length
from scheduler.rules.within_duty import within_duty


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name in the contract and the function that finds what breaks it."""

    name: str
    broken_by: Callable[[Case], Iterator[Violation]]


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier: its name in the contract and the function that lists what it counts in a week."""

    name: str
    items: Callable[[Case, date], Iterator[TierItem]]


RULES = (
    Rule("own_cluster", own_cluster),
    Rule("qualified", qualified),
    Rule("within_duty", within_duty),
    Rule("one_place_at_a_time", one_place_at_a_time),
    Rule("school_open", school_open),
    Rule("visit_length", visit_length),
    Rule("once_a_day", once_a_day),
    Rule("most_per_day", most_per_day),
    Rule("break", break_),
    Rule("focus_fits", focus_fits),
    Rule("tasks_fit", tasks_fit),
    Rule("past_kept", past_kept),
    Rule("pins_kept", pins_kept),
)

TIER_COUNTS = (
    Tier("missed_sessions", missed_sessions),
    Tier("missing_visits", missing_visits),
    Tier("overdue_days", overdue_days),
    Tier("changed_visits", changed_visits),
    Tier("relief_days", relief_days),
    Tier("open_tasks", open_tasks),
    Tier("focus_gaps", focus_gaps),
    Tier("under_served", under_served),
    Tier("minutes_cost", minutes_cost),
)


def violations(case: Case) -> tuple[Violation, ...]:
    """Every rule broken, in the contract's order of rules."""
    return tuple(v for rule in RULES for v in rule.broken_by(case))


def tier_items(case: Case, name: str) -> tuple[TierItem, ...]:
    """What makes up a tier, over all planned weeks. Raises StopIteration for no such tier."""
    tier = next(t for t in TIER_COUNTS if t.name == name)
    return tuple(item for monday in case.weeks for item in tier.items(case, monday))


def score(case: Case) -> Score:
    """The score of the plan, summed over the planned weeks."""
    return Score(*(sum(item.amount for item in tier_items(case, t.name)) for t in TIER_COUNTS))
