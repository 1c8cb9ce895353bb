"""`explain`: for each shortage the facts that make it unavoidable, and what would mend it.

Nothing is said from a model's internals: a fact belongs to the conflict because a plan of the folder
with that one change has a smaller total, and the total itself is the planner's proven bound. A repair
shows the score of the best plan of the changed folder.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from time import monotonic

from scheduler.domain.agency import Agency
from scheduler.domain.plan import Plan, Published
from scheduler.domain.scope import restricted
from scheduler.domain.score import Score
from scheduler.explain.group import EXPLAINED, Group
from scheduler.explain.repairs import Repairs
from scheduler.explain.shortage import Explanation, Shortage
from scheduler.explain.worlds import Worlds
from scheduler.planner import Cancel, ClusterResult, PlanResult
from scheduler.planner.result import Status

BASE_PART, MOST_BASE_PART, A_SCHOOL = 0.62, 0.65, 0.006
"""Part of the time for the folder as it is: the more schools beyond FEW, the more."""
FEW = 20
AGAIN_PART = 0.3
"""Part of a group's time for a second look where tiers 1 to 3 of the best plan are not proven."""
MARGIN, MOST_MARGIN = 0.05, 1.2
"""Part of the time (and seconds) left for judging plans at hand and for ending."""


def explain(
    agency: Agency, weeks: Sequence[date], *, time_limit: float, precincts: Sequence[str] = (),
    workers: int | None = None, published: Published | None = None, cancel: Cancel | None = None,
    seed: int = 0,
) -> Explanation:  # fmt: skip
    """Why tiers 1 to 3 of the best plan of these precincts (all unless named) are not 0, within
    `time_limit` seconds, or less where `cancel` says so; on what was `published`."""
    seconds = time_limit - min(MARGIN * time_limit, MOST_MARGIN)
    with Worlds(agency, precincts, tuple(weeks), seconds, workers, published, cancel, seed) as worlds:
        many = A_SCHOOL * max(0, len(worlds.agency.schools) - FEW)
        (base,) = worlds.plan([worlds.agency], worlds.left() * min(MOST_BASE_PART, BASE_PART + many))
        short = [c.precincts for c in base.clusters if _short(c)]
        found: list[Shortage] = []
        bounds = {c.precincts: c.bound for c in base.clusters}
        for left, precinct_ids in zip(range(len(short), 0, -1), short, strict=True):
            until = monotonic() + worlds.left() / left
            base, cluster = _looked_again(worlds, base, precinct_ids, (until - monotonic()) * AGAIN_PART)
            bounds[precinct_ids] = cluster.bound
            if _short(cluster):
                group = Group(worlds, base, cluster)
                found += _shortages(group, until)
                bounds[precinct_ids] = group.bound
    return Explanation(base.best or Score(), sum(bounds.values(), Score()), tuple(found))


def _short(cluster: ClusterResult) -> bool:
    return any(tuple(cluster.best or ())[: len(EXPLAINED)])


def _looked_again(
    worlds: Worlds, base: PlanResult, precincts: tuple[str, ...], seconds: float
) -> tuple[PlanResult, ClusterResult]:
    """The best plan and the group's part of it, after a second look at the group alone where what it
    leaves short is not proven."""
    cluster = next(c for c in base.clusters if c.precincts == precincts)
    last = len(EXPLAINED)
    if base.plan is None or tuple(cluster.best or ())[:last] == tuple(cluster.bound)[:last]:
        return base, cluster
    group = restricted(worlds.agency, precincts)
    (again,) = worlds.plan([group], seconds, last - 1)
    bound = max(cluster.bound, again.bound, key=tuple)
    if again.plan is None or again.best is None or again.best >= (cluster.best or Score()):
        better = replace(cluster, bound=bound)
        visits = base.plan.visits
    else:
        status: Status = "optimal" if again.best == bound else "feasible"
        better = replace(cluster, status=status, score=again.best, best=again.best, bound=bound)
        others = (v for v in base.plan.visits if v.school_id not in group.schools)
        visits = (*others, *again.plan.visits)
    clusters = tuple(better if c is cluster else c for c in base.clusters)
    best = sum((c.best for c in clusters if c.best is not None), Score())
    total = sum((c.bound for c in clusters), Score())
    return replace(base, plan=Plan.of(visits), best=best, bound=total, clusters=clusters), better


def _shortages(group: Group, until: float) -> list[Shortage]:
    group.look(until - monotonic())
    repairs = Repairs(group)
    repairs.plan(until)
    return [group.shortage(t, repairs.shown(t)) for t in group.tiers]
