"""Where one absence hurts: each officer and day knocked out in turn, the week planned anew."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scheduler.domain.agency import Agency, Officer, Role
from scheduler.domain.calendar import Calendar, week_days
from scheduler.domain.scope import restricted
from scheduler.domain.score import TIERS, Score
from scheduler.explain.makers import officer_out
from scheduler.explain.words import tier_changes
from scheduler.planner import Question, plan_many
from scheduler.planner.ties import fixed_visits, tied_groups
from scheduler.rules.violation import day_words
from scheduler.tables.changes import apply_changes

LOOKED_AT = TIERS.index("overdue_days")


@dataclass(frozen=True)
class KnockOut:
    """One officer away on one day: what the week then lacks more, tier by tier down to
    `overdue_days`, and the relief officers (ids and names) that the best plan then sends on that
    day."""

    officer_id: str
    day: date
    sentence: str
    lacks: tuple[int, ...]
    covered_by: tuple[str, ...]
    helpers: tuple[str, ...]
    proven: bool

    def to_dict(self) -> dict[str, Any]:
        """As `esro robustness --json` prints it."""
        return {
            "officer_id": self.officer_id, "date": self.day.isoformat(), "sentence": self.sentence,
            "lacks": dict(zip(TIERS, self.lacks, strict=False)), "covered_by": list(self.covered_by),
            "proven": self.proven,
        }  # fmt: skip


def knock_outs(
    agency: Agency, weeks: Sequence[date], *, time_limit: float, workers: int | None = None
) -> list[KnockOut]:
    """Each officer and day on duty, the worst first."""
    calendar = Calendar(agency)
    cases = [
        (officer, day)
        for officer in agency.officers.values()
        for monday in weeks
        for day in week_days(monday)
        if calendar.duty(officer.officer_id, day) is not None
    ]
    worlds = [
        apply_changes(agency, officer_out(agency, officer.officer_id, day, day).changes)
        for officer, day in cases
    ]
    fixed = [v for monday in weeks for v in fixed_visits(agency, monday, None)]
    groups = tied_groups(agency, fixed, calendar, weeks)
    parts = [_touched(agency, groups, officer) for officer, _ in cases]
    kinds = sorted(set(parts))
    questions = [Question(restricted(agency, p), tuple(weeks)) for p in kinds]
    questions += [
        Question(restricted(world, p), tuple(weeks)) for world, p in zip(worlds, parts, strict=True)
    ]
    results = plan_many(
        questions, time_limit=time_limit, seed=0, price=0.0, workers=workers, last_tier=LOOKED_AT + 2
    )
    bases = dict(zip(kinds, results[: len(kinds)], strict=True))
    out = []
    for (officer, day), part, result in zip(cases, parts, results[len(kinds) :], strict=True):
        base = tuple(bases[part].best or Score())[: LOOKED_AT + 1]
        now = tuple(result.best or Score())[: LOOKED_AT + 1]
        lacks = tuple(b - a for a, b in zip(base, now, strict=True))
        sent = sorted({
            v.officer_id for v in (result.plan.visits if result.plan else ())
            if v.date == day and agency.officers[v.officer_id].role is Role.RELIEF
        })  # fmt: skip
        proven = now == tuple(result.bound)[: LOOKED_AT + 1]
        out.append(KnockOut(
            officer.officer_id, day, _sentence(agency, officer.name, day, lacks, sent), lacks,
            tuple(sent), tuple(agency.officers[o].name for o in sent), proven,
        ))  # fmt: skip
    return sorted(out, key=lambda k: (tuple(-n for n in k.lacks), k.day, k.officer_id))


def _touched(agency: Agency, groups: Sequence[Sequence[str]], officer: Officer) -> tuple[str, ...]:
    """The precincts of the groups that an officer serves, in the order of the table."""
    served = agency.served_precincts(officer)
    touched = {p for group in groups if served.intersection(group) for p in group}
    return tuple(p for p in agency.precincts if p in touched)


def _sentence(agency: Agency, name: str, day: date, lacks: tuple[int, ...], sent: list[str]) -> str:
    names = ", ".join(agency.officers[o].name for o in sent)
    covered = f" {names} covers." if len(sent) == 1 else f" {names} cover." if sent else ""
    what = tier_changes([max(0, n) for n in lacks]) or "nothing more is left out"
    return f"Without {name} on {day_words(day)}: {what}.{covered}"


def robustness_table(found: Sequence[KnockOut]) -> str:
    """The knock-outs as lines, the worst first, and what they come to."""
    worst = [k for k in found if any(n > 0 for n in k.lacks)]
    lines = [k.sentence + ("" if k.proven else " (not proven)") for k in found]
    summary = [
        f"{len(worst)} of {len(found)} absences leave something out that is not left out now."
        if worst
        else f"No absence of one officer on one day leaves anything more out ({len(found)} looked at)."
    ]
    if worst:
        summary.append(f"It hurts most: {worst[0].sentence[0].lower()}{worst[0].sentence[1:]}")
    helpers = Counter(name for k in found for name in k.helpers)
    if helpers:
        name, days = helpers.most_common(1)[0]
        summary.append(f"{name} covers most often, on {days} of the {len(found)} days.")
    return "\n".join([" ".join(summary), "", *lines])
