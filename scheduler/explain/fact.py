"""A fact of a folder."""

from dataclasses import dataclass

from scheduler.domain.change import Change


@dataclass(frozen=True)
class Fact:
    """A sentence about the folder, the change that lifts it, what that costs to arrange (a
    rank: 1 an agreement with a school, 5 another officer), and a sentence that proposes it."""

    sentence: str
    change: Change
    cost: int
    mend: str = ""
