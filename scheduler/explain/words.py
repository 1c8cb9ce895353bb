"""What tiers count, in words that agree in number."""

from collections.abc import Sequence
from datetime import date

from scheduler.domain.score import TIERS

NOUNS = {
    "missed_sessions": ("missed session or task", "missed sessions or tasks"),
    "missing_visits": ("missing visit", "missing visits (a second one at a school counts more)"),
    "overdue_days": ("overdue school day", "overdue school days"),
    "changed_visits": ("changed visit", "changed visits"),
    "relief_days": ("relief day", "relief days"),
    "open_tasks": ("task left for its last week", "tasks left for their last week"),
    "focus_gaps": ("kind of service that a school lacks", "kinds of service that schools lack"),
    "under_served": ("school far below its share", "schools far below their share (very far counts twice)"),
    "minutes_cost": ("minute owed or driven", "minutes owed (twice) or driven"),
}


def tier_changes(change: Sequence[int]) -> str:
    """`2 more missed sessions or tasks, 1 fewer relief day` for what tiers gain, from the top down;
    blank where nothing changes."""
    parts = []
    for tier, n in zip(TIERS, change, strict=False):
        if n:
            noun = NOUNS[tier][abs(n) != 1]
            parts.append(f"{n} more {noun}" if n > 0 else f"{-n} fewer {noun}")
    return ", ".join(parts)


def week_words(monday: date) -> str:
    """`in the week of 30 Nov`."""
    return f"in the week of {monday.day} {monday:%b}"


def counted(number: int, noun: str) -> str:
    """`1 visit`, `2 visits`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed_words(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
