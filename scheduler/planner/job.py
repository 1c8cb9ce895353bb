"""What a worker is asked, and what it answers. Nothing here loads a solver."""

from dataclasses import dataclass
from datetime import date

from scheduler.domain.agency import Agency
from scheduler.domain.plan import Published, Visit
from scheduler.domain.score import TIERS
from scheduler.planner.result import ClusterResult


@dataclass(frozen=True)
class ClusterJob:
    """Plan these precincts for these weeks (Mondays). `seconds` is the time for all of it; tiers
    below `last_tier` (an index) are left as they come; `start` is a plan at hand to begin with."""

    agency: Agency
    precincts: tuple[str, ...]
    weeks: tuple[date, ...]
    published: Published | None
    price: str
    seed: int
    seconds: float
    last_tier: int = len(TIERS) - 1
    start: tuple[Visit, ...] = ()


@dataclass(frozen=True)
class ClusterPlan:
    """The visits delivered for a job, and what is to say about them."""

    visits: tuple[Visit, ...]
    result: ClusterResult
