"""One thing that a tier counts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TierItem:
    """What adds `amount` to a tier: the school, session or task it is about, in a sentence."""

    amount: int
    sentence: str
    school_id: str | None = None
    session_id: str | None = None
    task_id: str | None = None
