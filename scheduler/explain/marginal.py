"""Facts of the folder that hold a plan back below tiers 1 to 3, found by planning without them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scheduler.domain.change import Change
from scheduler.domain.clock import Window, format_clock
from scheduler.domain.score import TIERS, Score
from scheduler.errors import InputError
from scheduler.explain.fact import Fact
from scheduler.explain.facts import facts
from scheduler.explain.words import tier_changes
from scheduler.explain.worlds import key_of
from scheduler.planner import Question, plan_many
from scheduler.rules.case import Case
from scheduler.rules.registry import tier_items
from scheduler.tables.changes import apply_changes

MOST = 10
SHOWN = 5
LONGER = 60
LAST = TIERS.index("under_served")


@dataclass(frozen=True)
class Marginal:
    """A fact, the change that lifts it, and what the week then has less, tier by tier."""

    sentence: str
    change: Change
    less: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """As `esro why` prints it."""
        return {
            "sentence": self.sentence, "change": self.change.to_dict(),
            "less": {t: n for t, n in zip(TIERS, self.less, strict=False) if n},
        }  # fmt: skip


def marginal_facts(case: Case, *, time_limit: float, workers: int | None = None) -> list[Marginal]:
    """The facts whose lifting improves the week most, by planning the folder with each lifted,
    within `time_limit` seconds."""
    candidates, worlds = [], []
    seen = set()
    for fact in _candidates(case):
        if key_of([fact.change]) in seen:
            continue
        seen.add(key_of([fact.change]))
        try:
            worlds.append(apply_changes(case.agency, [fact.change]))
            candidates.append(fact)
        except InputError:  # lifting it alone would leave tables that contradict themselves
            continue
        if len(worlds) == MOST:
            break
    results = plan_many(
        [Question(a, case.weeks) for a in (case.agency, *worlds)], time_limit=time_limit, seed=0,
        price=0.0, workers=workers, last_tier=LAST,
    )  # fmt: skip
    base = tuple(results[0].best or Score())[: LAST + 1]
    out = []
    for fact, result in zip(candidates, results[1:], strict=True):
        now = tuple(result.best or Score())[: LAST + 1]
        if now < base:
            less = tuple(a - b for a, b in zip(base, now, strict=True))
            gain = tier_changes([-n for n in less])
            out.append(Marginal(f"{fact.sentence} {gain}.", fact.change, less))
    return sorted(out, key=lambda m: tuple(-n for n in m.less))[:SHOWN]


def _candidates(case: Case) -> Iterator[Fact]:
    agency = case.agency
    schools = {i.school_id for t in ("focus_gaps", "under_served") for i in tier_items(case, t)}
    for school_id in sorted(s for s in schools if s is not None):
        school = agency.schools[school_id]
        if school.private_space:
            last = school.private_space[-1]
            end = min(school.closes, last.end + LONGER)
            if end > last.end:
                longer = ";".join(map(str, (*school.private_space[:-1], Window(last.start, end))))
                yield Fact(
                    f"Were {school.name}'s private space free until {format_clock(end)}:",
                    Change("schools.csv", "update", {"school_id": school_id}, {"private_space": longer}), 1,
                )  # fmt: skip
    for tier in ("missed_sessions", "missing_visits", "overdue_days", "open_tasks"):
        items = list(tier_items(case, tier))
        if items:
            for fact in facts(case, tuple(agency.precincts), items, tier):
                yield _proposed(fact)
    if schools:
        for fact in facts(case, tuple(agency.precincts), [], "under_served"):
            yield _proposed(fact)


def _proposed(fact: Fact) -> Fact:
    sentence = (fact.mend or fact.sentence).removesuffix(".")
    return Fact(f"{sentence}:", fact.change, fact.cost)
