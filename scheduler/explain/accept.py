"""Acceptance tests of scenarios: sentences such as `missing_visits must not rise`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.domain.score import TIERS
from scheduler.errors import InputError, Problem

FIGURES = (
    "coverage", "visits", "schools_visited", "minutes_at_schools", "travel_minutes", "guessed_right",
)  # fmt: skip
PATTERN = re.compile(
    r"^\s*(?P<figure>[a-z][a-z_ ]*?)\s+must\s+(?P<what>not rise|not fall|rise|fall|stay"
    r"|be at (?:most|least)\s+(?P<number>-?\d+(?:\.\d+)?))\s*$"
)


@dataclass(frozen=True)
class Acceptance:
    """What must hold of a figure (a tier, or one of FIGURES) in each scenario, against the folder
    as it is."""

    text: str
    figure: str
    what: str
    number: float | None

    def holds(self, base: Mapping[str, Any], scenario: Mapping[str, Any]) -> bool:
        """Whether it holds of a scenario's figures."""
        before, after = _value(base, self.figure), _value(scenario, self.figure)
        if self.number is not None:
            return after <= self.number if "most" in self.what else after >= self.number
        return {
            "not rise": after <= before, "not fall": after >= before, "rise": after > before,
            "fall": after < before, "stay": after == before,
        }[self.what]  # fmt: skip


def read_acceptance(texts: Sequence[str]) -> tuple[Acceptance, ...]:
    """The tests that texts write down; several in one are parted by commas. Raises InputError."""
    out, problems = [], []
    for text in (part for t in texts for part in t.split(",")):
        match = PATTERN.match(text.strip().lower())
        figure = match["figure"].strip().replace(" ", "_") if match else ""
        if match is None or figure not in (*TIERS, *FIGURES):
            problems.append(Problem(
                "--accept", None, None, text.strip(), "this is no acceptance test",
                "Write it as: missing_visits must not rise. Figures are "
                f"{', '.join((*TIERS, *FIGURES))}; a figure must rise, fall, stay, not rise, not fall, "
                "be at most N or be at least N.",
            ))  # fmt: skip
            continue
        number = float(match["number"]) if match["number"] is not None else None
        out.append(Acceptance(text.strip(), figure, match["what"], number))
    if problems:
        raise InputError(problems)
    return tuple(out)


def _value(figures: Mapping[str, Any], name: str) -> float:
    return float(figures["score"][name] if name in TIERS else figures[name])
