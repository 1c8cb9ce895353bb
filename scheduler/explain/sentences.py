"""What is short, and whether that must be, in one or two sentences."""

from math import isqrt

from scheduler.explain.certificates import certified, counting_sentence
from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem


def shortage_sentence(
    case: Case, precincts: tuple[str, ...], tier: str, total: int, proven: bool, items: list[TierItem]
) -> str:
    """A tier's total in a group of clusters, in words."""
    names = ", ".join(case.agency.precincts[p].name for p in precincts)
    end = "no plan can do better" if proven else "that no plan can do better is not proven in this time"
    count = counting_sentence(case, precincts) if tier == "missing_visits" else ""
    if tier == "missed_sessions" and (nobody := certified(case, precincts, tier, items)):
        them = "It falls" if total == nobody == 1 else f"{nobody} of them fall{'s' * (nobody == 1)}"
        count = f" {them} where no officer who may attend is on duty from beginning to end."
    return f"{names}: {_what(tier, total, items)}; {end}.{count}"


def _what(tier: str, total: int, items: list[TierItem]) -> str:
    if tier == "missed_sessions":
        return "1 session or task is left out" if total == 1 else f"{total} sessions or tasks are left out"
    if tier == "overdue_days":
        return (
            "1 school goes unseen for too long on one day" if total == 1
            else f"schools go unseen for too long, {total} school days in all"
        )  # fmt: skip
    lacking = sum((isqrt(8 * i.amount + 1) - 1) // 2 for i in items)
    if lacking == 1:
        return "1 visit is missing"
    more = f" (counted as {total}: a further one at the same school weighs more)" if total > lacking else ""
    return f"{lacking} visits are missing{more}"
