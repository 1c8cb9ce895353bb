"""The planner's one door: plans weeks of an agency and judges its own plan by the rules."""

import os
import secrets
from collections.abc import Iterable, Sequence
from datetime import date
from time import monotonic

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import Calendar
from scheduler.domain.plan import Plan, Published
from scheduler.domain.score import Score
from scheduler.errors import InternalError
from scheduler.planner.cluster import ClusterJob, ClusterPlan
from scheduler.planner.executor import Cancel, run_jobs
from scheduler.planner.problem import fixed_visits, tied_groups
from scheduler.planner.result import PlanResult, ProgressListener, Status
from scheduler.rules.case import Case
from scheduler.rules.registry import score, violations

SEED_BITS = 48
"""A seed fits into a JSON number that every reader keeps exactly."""


def plan(
    agency: Agency, weeks: Sequence[date], *, time_limit: float, seed: int | None = None,
    price: float | None = None, published: Published | None = None, workers: int | None = None,
    progress: ProgressListener | None = None, cancel: Cancel | None = None,
) -> PlanResult:  # fmt: skip
    """Plans the weeks (Mondays in a row) within `time_limit` seconds.

    `seed` is of the random choice (a fresh secret one unless given), `price` the part of the
    reachable minutes that it may cost (the agency's own unless given), `workers` the number
    of processes (all cores unless given). Raises InternalError where the plan found breaks a
    rule or scores otherwise than the planner says.
    """
    begun = monotonic()
    deadline = begun + time_limit
    seed = secrets.randbits(SEED_BITS) if seed is None else seed
    cost = agency.policy.rotation.unpredictability_price if price is None else price
    calendar = Calendar(agency)
    fixed = [v for monday in weeks for v in fixed_visits(agency, monday, published)]
    groups = tied_groups(agency, fixed, calendar, weeks)
    jobs = [ClusterJob(agency, tuple(g), tuple(weeks), published, str(cost), seed, 0.0) for g in groups]
    weights = [sum(len(agency.schools_of[p]) for p in g) for g in groups]
    plans = run_jobs(
        jobs, weights, deadline, workers or os.cpu_count() or 1, progress or (lambda _: None),
        cancel or Cancel(),
    )  # fmt: skip
    return _result(agency, tuple(weeks), plans, published, seed, float(cost), begun)


def _result(
    agency: Agency, weeks: tuple[date, ...], plans: Sequence[ClusterPlan],
    published: Published | None, seed: int, price: float, begun: float,
) -> PlanResult:  # fmt: skip
    made = Plan.of(v for p in plans for v in p.visits)
    clusters = tuple(p.result for p in plans)
    total = _sum(c.score for c in clusters)
    _judge(Case(agency, weeks, made.visits, published), total)
    best, bound = _sum(c.best for c in clusters), _sum(c.bound for c in clusters)
    status: Status = "optimal" if best == bound else "feasible"
    return PlanResult(
        plan=made, status=status, weeks=weeks, seed=seed, price=price, score=total, best=best,
        bound=bound, gap=gap(best, bound), clusters=clusters,
        seconds=round(monotonic() - begun, 3),
    )  # fmt: skip


def _sum(scores: Iterable[Score | None]) -> Score:
    return sum((s for s in scores if s is not None), Score())


def gap(best: Score, bound: Score) -> float | None:
    """(best − bound) / best in the last tier where the tiers above are equal, else None."""
    above, last = tuple(best)[:-1], tuple(best)[-1]
    if above != tuple(bound)[:-1]:
        return None
    return (last - tuple(bound)[-1]) / last if last else 0.0


def _judge(case: Case, planned: Score) -> None:
    """The rules and score of the contract have the last word on every plan."""
    broken = next(iter(violations(case)), None)
    if broken is not None:
        raise InternalError(
            f"The plan found breaks the rule {broken.rule}: {broken.sentence} This is a fault of "
            "the program; nothing was written. Please report it with the folder."
        )
    judged = score(case)
    if judged != planned:
        raise InternalError(
            f"The plan found scores {tuple(judged)}, the planner says {tuple(planned)}. This is a "
            "fault of the program; nothing was written. Please report it with the folder."
        )
