"""The planning contract without a solver: what a plan may be, and how good it is."""

from scheduler.rules.case import Case
from scheduler.rules.registry import (
    RULES,
    TIER_COUNTS,
    Rule,
    Tier,
    score,
    tier_items,
    violations,
)
from scheduler.rules.violation import Violation

__all__ = ["RULES", "TIER_COUNTS", "Case", "Rule", "Tier", "Violation", "score", "tier_items",
           "violations"]  # fmt: skip
