"""What tiers count, in words that agree in number."""

from collections.abc import Sequence

from scheduler.domain.score import TIERS

NOUNS = {
    "missed_sessions": ("missed session or task", "missed sessions or tasks"),
    "missing_visits": ("point of missing visits", "points of missing visits"),
    "overdue_days": ("overdue school day", "overdue school days"),
    "changed_visits": ("changed visit", "changed visits"),
    "relief_days": ("relief day", "relief days"),
    "open_tasks": ("open task", "open tasks"),
    "focus_gaps": ("missing focus", "missing focuses"),
    "under_served": ("point of under-served schools", "points of under-served schools"),
    "minutes_cost": ("minute of cost", "minutes of cost"),
}


def tier_changes(change: Sequence[int]) -> str:
    """`2 more missed sessions or tasks, 1 relief day less` for what tiers gain, from the top down;
    blank where nothing changes."""
    parts = []
    for tier, n in zip(TIERS, change, strict=False):
        if n:
            noun = NOUNS[tier][abs(n) != 1]
            parts.append(f"{n} more {noun}" if n > 0 else f"{-n} {noun} less")
    return ", ".join(parts)
