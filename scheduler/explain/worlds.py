"""Folders with changes made, and the best plan known of each.

A plan of one folder is often a plan of another as well. Each is judged by the rules of the other, so
that no folder is said to be worse off than a plan at hand shows.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import monotonic
from typing import Self

from scheduler.domain.agency import Agency
from scheduler.domain.change import Change
from scheduler.domain.plan import Published, Visit
from scheduler.domain.scope import restricted
from scheduler.domain.score import TIERS, Score
from scheduler.errors import InputError
from scheduler.explain.weeks_apart import spread
from scheduler.planner import Cancel, Crew, PlanResult, Question, plan_many
from scheduler.rules.case import Case
from scheduler.rules.registry import score, violations
from scheduler.tables.changes import apply_changes

LAST = len(TIERS) - 1


@dataclass(frozen=True)
class Known:
    """The best plan known of a folder; whether it is proven that none is better."""

    score: Score
    visits: tuple[Visit, ...]
    proven: bool = False


class Worlds:
    """An agency of which some precincts are looked at (all where none is named), and the folders
    that changes make of it. Changes are made in the whole folder, as scenarios are. The processes
    that plan them stay until the end."""

    def __init__(
        self, whole: Agency, precincts: Sequence[str], weeks: tuple[date, ...], time_limit: float,
        workers: int | None, published: Published | None = None, cancel: Cancel | None = None, seed: int = 0,
    ) -> None:  # fmt: skip
        self.whole, self.precincts, self.weeks, self.workers = whole, tuple(precincts), weeks, workers
        self.published, self.cancel, self.seed = published, cancel or Cancel(), seed
        self.deadline = monotonic() + time_limit
        self.crew = Crew(self.processes) if self.processes > 1 else None
        self.agency = self._scoped(whole)

    def __enter__(self) -> Self:
        if self.crew is not None:
            self.crew.begin()
        return self

    def __exit__(self, *_: object) -> None:
        if self.crew is not None:
            self.crew.close()

    def _scoped(self, whole: Agency) -> Agency:
        return restricted(whole, self.precincts) if self.precincts else whole

    @property
    def processes(self) -> int:
        """How many folders are planned at the same time."""
        return self.workers or os.cpu_count() or 1

    def left(self) -> float:
        """Seconds until the time is up; none where the run is to end early."""
        return 0.0 if self.cancel.wanted else self.deadline - monotonic()

    def published_in(self, agency: Agency) -> Published | None:
        """What was published, as far as an agency knows it."""
        if self.published is None:
            return None
        return self.published.known_to(agency.schools, agency.officers, agency.tasks)

    def case(self, agency: Agency, visits: tuple[Visit, ...]) -> Case:
        """Visits as a plan of an agency, on what was published."""
        return Case(agency, self.weeks, visits, self.published_in(agency))

    def changed(self, changes: Iterable[Change]) -> Agency | None:
        """The agency with the changes made; None where the tables would contradict themselves."""
        try:
            return self._scoped(apply_changes(self.whole, changes))
        except (InputError, KeyError):
            return None

    def plan(
        self, agencies: Sequence[Agency], seconds: float, last_tier: int = LAST,
        starts: Sequence[tuple[Visit, ...]] = (),
    ) -> list[PlanResult]:  # fmt: skip
        """The best plans found of these agencies; `starts`, one for each, are plans at hand."""
        if not agencies:
            return []
        begin = starts or [()] * len(agencies)
        questions = [
            Question(a, self.weeks, self.published_in(a), s) for a, s in zip(agencies, begin, strict=True)
        ]
        return self._planned(questions, seconds, last_tier)

    def bound_of_weeks(self, agency: Agency, seconds: float, last_tier: int) -> tuple[int, ...]:
        """What no plan is below to a tier, found by planning each week apart."""
        questions = [Question(a, (monday,), self.published_in(a)) for a, monday in spread(agency, self.weeks)]
        answers = self._planned(questions, seconds, last_tier)
        return tuple(sum((a.bound for a in answers), Score()))

    def _planned(self, questions: list[Question], seconds: float, last_tier: int) -> list[PlanResult]:
        return plan_many(
            questions, time_limit=max(0.5, seconds), seed=self.seed, price=0.0, workers=self.workers,
            last_tier=last_tier, crew=self.crew, cancel=self.cancel,
        )  # fmt: skip

    def judged(self, agency: Agency, visits: Iterable[Visit]) -> Known | None:
        """Visits as a plan of the agency; None where they are none."""
        fitting = [v for v in visits if v.school_id in agency.schools]
        if any(v.officer_id not in agency.officers for v in fitting):
            return None
        kept = tuple(replace(v, tasks=tuple(t for t in v.tasks if t in agency.tasks)) for v in fitting)
        case = self.case(agency, kept)
        if next(iter(violations(case)), None) is not None:
            return None
        return Known(score(case), kept)


def key_of(changes: Iterable[Change]) -> str:
    """One text for one set of changes."""
    return json.dumps([c.to_dict() for c in changes], sort_keys=True, default=str)


def best_of(found: Iterable[Known | None]) -> Known:
    """The best of what is known of one folder; at least one is known."""
    known = [k for k in found if k is not None]
    best = min(known, key=lambda k: tuple(k.score))
    return replace(best, proven=any(k.proven and k.score == best.score for k in known))


def known_of(answer: PlanResult) -> Known | None:
    """What a planning run says of its folder."""
    if answer.plan is None or answer.best is None:
        return None
    return Known(answer.best, answer.plan.visits, answer.status == "optimal")
