"""What a planning run answers: the plan, its score, and what is proven about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from scheduler.domain.plan import Plan
from scheduler.domain.score import Score

Status = Literal["optimal", "feasible", "none"]


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a running plan: what is known so far about one cluster.

    `precincts` names the cluster (several where relief officers tie them together); `tier` is
    the tier being worked on; `score` is the best plan so far, None before the first one;
    `bound` is proven: no allowed plan is smaller. `seconds` since the call began.
    """

    precincts: tuple[str, ...]
    tier: str
    score: Score | None
    bound: Score
    seconds: float
    done: bool = False


@dataclass
class Cancel:
    """Set `wanted` to end a run early; it then returns the best plan so far."""

    wanted: bool = False


ProgressListener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class ClusterResult:
    """The part of a result that belongs to one group of clusters tied together.

    `score` is the delivered plan's, `best` the best plan's found (before the random choice),
    `bound` the proven one. `seconds` is the wall clock spent on it.
    """

    precincts: tuple[str, ...]
    status: Status
    score: Score | None
    best: Score | None
    bound: Score
    seconds: float

    @property
    def open_above(self) -> bool:
        """Whether a tier above the last is not proven."""
        return self.best is None or tuple(self.best)[:-1] != tuple(self.bound)[:-1]


@dataclass(frozen=True, slots=True)
class PlanResult:
    """The answer of `scheduler.planner.plan`. `plan` is None only where status is `none`.

    `gap` is (best − bound) / best in `minutes_cost` where the tiers above are equal (0 where
    both are 0), else None. `price` is the unpredictability price that was used, `seed` the
    seed of the random choice.
    """

    plan: Plan | None
    status: Status
    weeks: tuple[date, ...]
    seed: int
    price: float
    score: Score | None
    best: Score | None
    bound: Score
    gap: float | None
    clusters: tuple[ClusterResult, ...]
    seconds: float
