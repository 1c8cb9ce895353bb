"""The planner's door: plans weeks of agencies and judges its own plans by the rules."""

import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import monotonic

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import Calendar
from scheduler.domain.plan import Plan, Published, Visit
from scheduler.domain.scope import restricted
from scheduler.domain.score import TIERS, Score, gap_of
from scheduler.errors import InternalError
from scheduler.planner.crew import Crew
from scheduler.planner.executor import run_jobs
from scheduler.planner.job import ClusterJob, ClusterPlan
from scheduler.planner.result import Cancel, PlanResult, ProgressListener, Status
from scheduler.planner.ties import fixed_visits, tied_groups
from scheduler.rules.case import Case
from scheduler.rules.registry import score, violations

SEED_BITS = 48
"""A seed fits into a JSON number that every reader keeps exactly."""


@dataclass(frozen=True)
class Question:
    """One thing to plan: weeks (Mondays in a row) of an agency, on what was published. Where there is
    a good plan at hand it is the `start`; visits in it that cannot be are ignored."""

    agency: Agency
    weeks: tuple[date, ...]
    published: Published | None = None
    start: tuple[Visit, ...] = ()


def plan(
    agency: Agency, weeks: Sequence[date], *, time_limit: float, seed: int | None = None,
    price: float | None = None, published: Published | None = None, workers: int | None = None,
    progress: ProgressListener | None = None, cancel: Cancel | None = None, apart: bool = False,
    overtime: float = 0.0,
) -> PlanResult:  # fmt: skip
    """Plans the weeks within `time_limit` seconds.

    `seed` is of the random choice (a fresh secret one unless given), `price` the part of the
    reachable minutes that it may cost (the agency's own unless given), `workers` the number
    of processes (all cores unless given); with `apart` nothing is planned in this very process.
    `overtime` are seconds beyond the limit for clusters of which a tier above the last is not proven
    by then. Raises InternalError where the plan found breaks a
    rule or scores otherwise than the planner says.
    """
    question = Question(agency, tuple(weeks), published)
    return plan_many(
        [question], time_limit=time_limit, seed=seed, price=price, workers=workers, progress=progress,
        cancel=cancel, apart=apart, overtime=overtime,
    )[0]  # fmt: skip


def plan_many(
    questions: Sequence[Question], *, time_limit: float, seed: int | None = None,
    price: float | None = None, workers: int | None = None, progress: ProgressListener | None = None,
    cancel: Cancel | None = None, last_tier: int = len(TIERS) - 1, apart: bool = False,
    crew: Crew | None = None, overtime: float = 0.0,
) -> list[PlanResult]:  # fmt: skip
    """Plans many questions at once, as `plan` does one. Clusters that are the same in several
    questions are planned once. Tiers below `last_tier` (an index) are left as they come. The
    processes of a `crew` serve several calls."""
    begun = monotonic()
    deadline = begun + time_limit
    seed = secrets.randbits(SEED_BITS) if seed is None else seed
    jobs: list[ClusterJob] = []
    parts: list[list[int]] = []
    known: dict[tuple[object, ...], list[tuple[int, Agency, frozenset[Visit]]]] = {}
    for q in questions:
        cost = q.agency.policy.rotation.unpredictability_price if price is None else price
        fixed = [v for monday in q.weeks for v in fixed_visits(q.agency, monday, q.published)]
        mine = []
        for group in tied_groups(q.agency, fixed, Calendar(q.agency), q.weeks):
            job = ClusterJob(q.agency, tuple(group), q.weeks, q.published, str(cost), seed, 0.0, last_tier,
                             start=q.start)  # fmt: skip
            mine.append(_place(job, jobs, known) if len(questions) > 1 else len(jobs))
            if mine[-1] == len(jobs):
                jobs.append(job)
        parts.append(mine)
    weights = [sum(len(j.agency.schools_of[p]) for p in j.precincts) for j in jobs]
    cancel = cancel or Cancel()

    def run(todo: Sequence[int], until: float) -> list[ClusterPlan]:
        return run_jobs(
            [jobs[i] for i in todo], [weights[i] for i in todo], until, workers or os.cpu_count() or 1,
            progress or (lambda _: None), cancel, apart, crew,
        )  # fmt: skip

    plans = run(range(len(jobs)), deadline)
    late = [i for i, made in enumerate(plans) if made.result.open_above and overtime and not cancel.wanted]
    if late:
        jobs = [replace(job, start=made.visits) for job, made in zip(jobs, plans, strict=True)]
        for i, made in zip(late, run(late, monotonic() + overtime), strict=True):
            plans[i] = _better(plans[i], made)
    return [
        _result(q, [plans[i] for i in mine], seed, price, begun)
        for q, mine in zip(questions, parts, strict=True)
    ]


def _better(before: ClusterPlan, after: ClusterPlan) -> ClusterPlan:
    """Of two plans for one job the one of the better week, with all that is proven by either."""
    bound = max(before.result.bound, after.result.bound)
    made = min(after, before, key=lambda p: p.result.best or Score())
    status: Status = "optimal" if made.result.best == bound else "feasible"
    seconds = round(before.result.seconds + after.result.seconds, 3)
    return replace(made, result=replace(made.result, bound=bound, status=status, seconds=seconds))


def _place(
    job: ClusterJob, jobs: Sequence[ClusterJob],
    known: dict[tuple[object, ...], list[tuple[int, Agency, frozenset[Visit]]]],
) -> int:  # fmt: skip
    """Where a job that plans the same clusters from the same facts stands, else the next place."""
    part = restricted(job.agency, job.precincts)
    pins = frozenset(p for p in job.agency.pins if p.school_id in part.schools)
    rivals = known.setdefault((job.precincts, job.weeks, job.price, job.published), [])
    for at, other, theirs in rivals:
        if part == other and pins == theirs and all(p in part.pins for p in pins):
            return at
    rivals.append((len(jobs), part, pins))
    return len(jobs)


def _result(
    question: Question, plans: Sequence[ClusterPlan], seed: int, price: float | None, begun: float
) -> PlanResult:
    made = Plan.of(v for p in plans for v in p.visits)
    clusters = tuple(p.result for p in plans)
    total = _sum(c.score for c in clusters)
    _judge(Case(question.agency, question.weeks, made.visits, question.published), total)
    best, bound = _sum(c.best for c in clusters), _sum(c.bound for c in clusters)
    status: Status = "optimal" if best == bound else "feasible"
    cost = question.agency.policy.rotation.unpredictability_price if price is None else price
    return PlanResult(
        plan=made, status=status, weeks=question.weeks, seed=seed, price=float(cost), score=total,
        best=best, bound=bound, gap=gap_of(best, bound), clusters=clusters,
        seconds=round(monotonic() - begun, 3),
    )  # fmt: skip


def _sum(scores: Iterable[Score | None]) -> Score:
    return sum((s for s in scores if s is not None), Score())


def _judge(case: Case, planned: Score) -> None:
    """The rules and score of the contract have the last word on every plan. What is past cannot
    be mended: where the tables were changed since, it may break rules by itself."""
    past = {row for row, v in zip(case.rows, case.visits, strict=True) if v in case.past}
    broken = next((v for v in violations(case) if not (v.rows and past.issuperset(v.rows))), None)
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
