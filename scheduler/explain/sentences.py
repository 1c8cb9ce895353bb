"""What is short, and whether that must be, in one or two sentences."""

from math import isqrt

from scheduler.domain.agency import Agency
from scheduler.explain.certificates import certified, counting_sentence
from scheduler.explain.words import counted
from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem


def shortage_sentence(
    case: Case, precincts: tuple[str, ...], tier: str, total: int, proven: bool, items: list[TierItem],
    whole: Agency | None = None,
) -> str:  # fmt: skip
    """A tier's total in a group of clusters, in words; `whole` knows the officers of other precincts."""
    names = ", ".join(case.agency.precincts[p].name for p in precincts)
    end = "no plan can do better" if proven else "that no plan can do better is not proven in this time"
    count = counting_sentence(case, precincts, tier, whole)
    if count and tier == "missing_visits" and certified(case, precincts, tier) < total:
        count += " Drives, opening hours and what comes first leave time for fewer."
    return f"{names}: {_what(tier, total, items)}; {end}.{' ' * bool(count)}{count}"


def _what(tier: str, total: int, items: list[TierItem]) -> str:
    if tier == "missed_sessions":
        sessions = sum(i.session_id is not None for i in items)
        parts = [counted(n, what) for n, what in ((sessions, "session"), (total - sessions, "task")) if n]
        return f"{' and '.join(parts)} {'is' if total == 1 else 'are'} left out"
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
