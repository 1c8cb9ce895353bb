"""Scenarios side by side as text."""

from collections.abc import Sequence

from scheduler.domain.plan import Visit
from scheduler.domain.score import TIERS
from scheduler.explain.whatif import ScenarioAnswer
from scheduler.rules.case import Case
from scheduler.rules.violation import day_words, visit_words


def side_by_side(answers: Sequence[ScenarioAnswer]) -> str:
    """A table with one column a scenario; the changes against the folder as it is below."""
    lines: list[list[str]] = [["", *(a.scenario.name for a in answers)]]
    shown = [a.figures for a in answers]
    for tier in TIERS:
        lines.append([tier.replace("_", " "), *(_counted(f, tier) for f in shown)])
    lines.append(["coverage", *(f"{100 * f['coverage']:.0f} %" for f in shown)])
    for name in ("visits", "schools_visited", "minutes_at_schools", "travel_minutes"):
        lines.append([name.replace("_", " "), *(str(f[name]) for f in shown)])
    lines.append(["guessed right", *(f"{f['guessed_right']} of {f['guesses']}" for f in shown)])
    for name in ("added", "removed", "moved"):
        lines.append([f"visits {name}", *(str(len(getattr(a.difference, name))) for a in answers)])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    rows = [
        "  ".join(
            [line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))]
        )
        for line in lines
    ]
    notes = [
        "", "A * marks what is proven: no plan has less, given the lines above. Guessed right: visits of "
        "the week whose half-day the best watcher of past rounds names.",
    ]  # fmt: skip
    for a in answers[1:]:
        notes += ["", f"{a.scenario.name}:", *(f"  {s}" for s in a.in_words)]
        notes += _visits(a, answers[0])
    return "\n".join([*rows, *notes])


def _visits(answer: ScenarioAnswer, base: ScenarioAnswer) -> list[str]:
    """The visits that come, go and move, in words."""
    moved = [
        f"  Moved: {visit_words(base.case, a)} to {_moment(answer.case, a, b)}"
        for a, b in answer.difference.moved
    ]
    lines = [f"  Added: {visit_words(answer.case, v)}" for v in answer.difference.added]
    lines += [f"  Removed: {visit_words(base.case, v)}" for v in answer.difference.removed]
    return [f"{line}." for line in (*lines, *moved)] or ["  The same visits."]


def _moment(case: Case, before: Visit, after: Visit) -> str:
    day = "" if before.date == after.date else f"{day_words(after.date)}, "
    who = "" if before.officer_id == after.officer_id else f", {case.officer(after).name}"
    return f"{day}{after.window}{who}"


def _counted(figure: dict[str, object], tier: str) -> str:
    score, bound = figure["score"], figure["bound"]
    if not isinstance(score, dict) or not isinstance(bound, dict):
        return "-"
    above = TIERS[: TIERS.index(tier) + 1]
    proven = all(score[t] == bound[t] for t in above)
    return f"{score[tier]}{'*' if proven else ''}"
