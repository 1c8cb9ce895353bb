"""What `explain` answers: shortages of the best plan, the facts behind each, and repairs."""

from dataclasses import dataclass
from typing import Any

from scheduler.domain.change import Change
from scheduler.domain.score import Score
from scheduler.explain.fact import Fact
from scheduler.rules.tiers.item import TierItem

LONGER = "Planning for longer may find better."
"""What is said of a repair whose score is not proven."""


@dataclass(frozen=True)
class Repair:
    """Changes that bring a shortage down, with the score of the best plan of the changed folder, and
    whether it is proven that none is better."""

    sentence: str
    changes: tuple[Change, ...]
    score: Score
    cost: int
    proven: bool


@dataclass(frozen=True)
class Shortage:
    """A tier above 0 in a group of clusters, why, and what would mend it."""

    tier: str
    precincts: tuple[str, ...]
    total: int
    sentence: str
    items: tuple[TierItem, ...]
    conflict: tuple[Fact, ...]
    irreducible: bool
    repairs: tuple[Repair, ...]

    def to_dict(self) -> dict[str, Any]:
        """As `esro explain` prints it."""
        return {
            "tier": self.tier, "precincts": list(self.precincts), "total": self.total,
            "sentence": self.sentence,
            "items": [
                {"school_id": i.school_id, "session_id": i.session_id, "task_id": i.task_id,
                 "sentence": i.sentence}
                for i in self.items
            ],
            "conflict": [{"sentence": f.sentence, "change": f.change.to_dict()} for f in self.conflict],
            "irreducible": self.irreducible,
            "repairs": [
                {"sentence": r.sentence if r.proven else f"{r.sentence} {LONGER}",
                 "changes": [c.to_dict() for c in r.changes], "score": r.score.to_dict()}
                for r in self.repairs
            ],
        }  # fmt: skip


@dataclass(frozen=True)
class Explanation:
    """The best plan's score and bound, and its shortages in tiers 1 to 3."""

    score: Score
    bound: Score
    shortages: tuple[Shortage, ...]

    def to_dict(self) -> dict[str, Any]:
        """As `esro explain` prints it."""
        return {
            "score": self.score.to_dict(), "bound": self.bound.to_dict(),
            "shortages": [s.to_dict() for s in self.shortages],
        }  # fmt: skip
