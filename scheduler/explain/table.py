"""Scenarios side by side as text."""

from collections.abc import Sequence

from scheduler.domain.score import TIERS
from scheduler.explain.compare import figures
from scheduler.explain.whatif import ScenarioAnswer


def side_by_side(answers: Sequence[ScenarioAnswer]) -> str:
    """A table with one column a scenario; the changes against the folder as it is below."""
    lines: list[list[str]] = [["", *(a.scenario.name for a in answers)]]
    shown = [figures(a.case, a.result) for a in answers]
    for tier in TIERS:
        lines.append([tier.replace("_", " "), *(_counted(f, tier) for f in shown)])
    for name in ("visits", "schools_visited", "minutes_at_schools", "travel_minutes"):
        lines.append([name.replace("_", " "), *(str(f[name]) for f in shown)])
    for name in ("added", "removed", "moved"):
        lines.append([f"visits {name}", *(str(len(getattr(a.difference, name))) for a in answers)])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    rows = [
        "  ".join(
            [line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))]
        )
        for line in lines
    ]
    return "\n".join(rows) + "\n\nA * marks what is proven: no plan has less, given the lines above."


def _counted(figure: dict[str, object], tier: str) -> str:
    score, bound = figure["score"], figure["bound"]
    if not isinstance(score, dict) or not isinstance(bound, dict):
        return "-"
    above = TIERS[: TIERS.index(tier) + 1]
    proven = all(score[t] == bound[t] for t in above)
    return f"{score[tier]}{'*' if proven else ''}"
