"""Scores, proofs and times as sentences for people who know schools, not solvers."""

from collections.abc import Sequence
from datetime import date

from scheduler.domain.score import TIERS, Score
from scheduler.planner.result import PlanResult

TIER_WORDS: dict[str, tuple[str, str, str]] = {
    "missed_sessions": ("session or task is left out", "sessions or tasks are left out", "leave out"),
    "missing_visits": ("point of missing visits", "points of missing visits", "have"),
    "overdue_days": ("school day is overdue", "school days are overdue", "leave"),
    "changed_visits": ("published visit changes", "published visits change", "change"),
    "relief_days": ("relief day is used", "relief days are used", "use"),
    "open_tasks": ("early task waits for its last week", "early tasks wait for their last week",
                   "leave"),
    "focus_gaps": ("kind of service is missing at a school this cycle",
                   "kinds of service are missing at schools this cycle", "leave"),
    "under_served": ("point of schools far below their fair share",
                     "points of schools far below their fair share", "have"),
    "minutes_cost": ("minute of cost (2 a minute below the fair shares, 1 a minute on the road)",
                     "minutes of cost (2 a minute below the fair shares, 1 a minute on the road)",
                     "cost"),
}  # fmt: skip
"""A tier's count of one, its count of several, and what plans do with fewer."""

NONE_WORDS = {
    "missed_sessions": "Every session and every task due is covered.",
    "missing_visits": "Every school has the visits that it asks for.",
    "overdue_days": "No school is overdue.",
    "changed_visits": "Nothing that was published changes.",
    "relief_days": "No relief officer is needed.",
    "open_tasks": "Nothing that can be done early is left for its last week.",
    "focus_gaps": "Every school has had each kind of service this cycle.",
    "under_served": "No school is far below its fair share of time.",
    "minutes_cost": "Every school has its whole fair share, and nobody drives.",
}

FOCUS_WORDS = {
    "teaching": "Teaching", "mentoring": "Mentoring", "law_enforcement": "Law enforcement",
}  # fmt: skip
FOCUS_LETTERS = {"teaching": "T", "mentoring": "M", "law_enforcement": "L"}


MOST_GAP = 0.5
"""A plan that may be further from the best than this is not said to be within anything of it."""


def tier_sentence(tier: str, count: int, bound: Score | None, best: Score | None) -> str:
    """What a tier counts, and what is proven about it.

    A tier's own bound says something only while the tiers above are at theirs.
    """
    if count == 0:
        return NONE_WORDS[tier]
    one, many, verb = TIER_WORDS[tier]
    said = f"{count} {one if count == 1 else many}"
    if bound is None or best is None:
        return f"{said}."
    place = TIERS.index(tier)
    above = tuple(best)[:place] == tuple(bound)[:place]
    low = tuple(bound)[place]
    if not above:
        return f"{said}. Whether fewer are possible is not proven."
    if low == count:
        return f"{said}; no plan can {verb} fewer."
    if tier == "minutes_cost" and tuple(best)[place] == low:
        return f"{said}; the best possible is {low}, the rest buys rounds nobody can foresee."
    if not low:
        return f"{said}. How few are possible is not known yet."
    return f"{said}; no plan can {verb} fewer than {low}."


def status_sentence(result: PlanResult) -> str:
    """Whether the plan is proven best, as one sentence."""
    return proof_sentence(result.status, result.gap)


def proof_sentence(status: str, gap: float | None) -> str:
    """What is proven of a plan with this status and gap, as one sentence."""
    if status == "none":
        return "No plan was found."
    if status == "optimal":
        return "Proven best: no plan does better."
    if gap is not None and gap <= MOST_GAP:
        return f"Within {_percent(gap)} of the best possible."
    return "A good plan; that it is the best is not proven yet."


def _percent(part: float) -> str:
    return f"{100 * part:.1f} %" if part >= 0.001 else "0.1 %"


def named(schools: Sequence[str], most: int = 2) -> str:
    """Some schools by their short names and how many more there are: `Hampton, Sparks and 3 more`."""
    shown = [short_school(s) for s in schools[: most if len(schools) > most + 1 else len(schools)]]
    more = len(schools) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def short_school(name: str) -> str:
    """A school's name without what all of them are."""
    return name.removesuffix(" Elementary")


def day_short(day: date) -> str:
    """`Thu 3 Dec`."""
    return f"{day:%a} {day.day} {day:%b}"


def duration(minutes: int) -> str:
    """`45 min`, `1 h`, `1 h 15`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"
