"""The score of a plan: nine tiers, compared from the top down, smaller is better."""

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields


@dataclass(frozen=True, slots=True, order=True)
class Score:
    """One whole number a tier, in the contract's order (planning contract, section 4)."""

    missed_sessions: int = 0
    missing_visits: int = 0
    overdue_days: int = 0
    changed_visits: int = 0
    relief_days: int = 0
    open_tasks: int = 0
    focus_gaps: int = 0
    under_served: int = 0
    minutes_cost: int = 0

    def __iter__(self) -> Iterator[int]:
        return iter(astuple(self))

    def __add__(self, other: "Score") -> "Score":
        return Score(*(a + b for a, b in zip(self, other, strict=True)))

    def to_dict(self) -> dict[str, int]:
        """Tier name to number, in order."""
        return dict(zip(TIERS, self, strict=True))

    @staticmethod
    def from_dict(values: Mapping[str, int]) -> "Score":
        """The score with these tiers (all must be named)."""
        return Score(**values)


TIERS: tuple[str, ...] = tuple(f.name for f in fields(Score))


def gap_of(best: Score, bound: Score) -> float | None:
    """(best − bound) / best in the last tier where the tiers above are equal, else None."""
    above, last = tuple(best)[:-1], tuple(best)[-1]
    if above != tuple(bound)[:-1]:
        return None
    return (last - tuple(bound)[-1]) / last if last else 0.0
