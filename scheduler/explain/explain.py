"""`explain`: for each shortage the facts that make it unavoidable, and what would mend it.

Nothing is said from a model's internals: a fact belongs to the conflict because a plan of the folder
with that one change has a smaller total, and the total itself is the planner's proven bound. A repair
shows the score of the best plan of the changed folder.
"""

from collections.abc import Sequence
from datetime import date
from time import monotonic

from scheduler.domain.agency import Agency
from scheduler.domain.plan import Published
from scheduler.domain.score import Score
from scheduler.explain.group import EXPLAINED, Group
from scheduler.explain.repairs import Repairs
from scheduler.explain.shortage import Explanation, Shortage
from scheduler.explain.worlds import Worlds
from scheduler.planner import Cancel

BASE_PART = 0.25
"""Part of the time for the folder as it is."""
MARGIN, MOST_MARGIN = 0.05, 1.2
"""Part of the time (and seconds) left for judging plans at hand and for ending."""


def explain(
    agency: Agency, weeks: Sequence[date], *, time_limit: float, precincts: Sequence[str] = (),
    workers: int | None = None, published: Published | None = None, cancel: Cancel | None = None,
) -> Explanation:  # fmt: skip
    """Why tiers 1 to 3 of the best plan of these precincts (all unless named) are not 0, within
    `time_limit` seconds, or less where `cancel` says so; on what was `published`."""
    seconds = time_limit - min(MARGIN * time_limit, MOST_MARGIN)
    with Worlds(agency, precincts, tuple(weeks), seconds, workers, published, cancel) as worlds:
        (base,) = worlds.plan([worlds.agency], worlds.left() * BASE_PART)
        short = [c for c in base.clusters if c.best is not None and any(tuple(c.best)[: len(EXPLAINED)])]
        found: list[Shortage] = []
        for left, cluster in zip(range(len(short), 0, -1), short, strict=True):
            found += _shortages(Group(worlds, base, cluster), worlds.left() / left)
    return Explanation(base.best or Score(), base.bound, tuple(found))


def _shortages(group: Group, seconds: float) -> list[Shortage]:
    until = monotonic() + seconds
    group.look(seconds)
    repairs = Repairs(group)
    repairs.plan(until)
    return [group.shortage(t, repairs.shown(t)) for t in group.tiers]
