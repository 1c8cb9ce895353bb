"""What staff buys: a precinct planned with 1 to N officers and 1 to M visits a school."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scheduler.domain.agency import Agency, Role
from scheduler.domain.change import Scenario
from scheduler.domain.score import TIERS
from scheduler.explain.compare import coverage, figures
from scheduler.explain.makers import officer_out, officers_counted, visits_changed
from scheduler.planner import Cancel, Question, plan_many
from scheduler.planner.result import ProgressListener
from scheduler.rules.case import Case
from scheduler.tables.changes import apply_changes

LOOKED_AT = TIERS.index("under_served")
"""The last tier that is settled: coverage does not hang on the minutes below it."""


@dataclass(frozen=True)
class SweepPoint:
    """One staffing: officers of the precinct's own, visits a week that each school asks for, the
    part of them made, and the figures of its best plan."""

    officers: int
    visits: int
    coverage: float
    figures: dict[str, Any]

    @property
    def proven(self) -> bool:
        """Whether nobody can make more of the visits asked for."""
        score, bound = self.figures["score"], self.figures["bound"]
        return score is not None and all(score[t] == bound[t] for t in TIERS[:2])

    def to_dict(self) -> dict[str, Any]:
        """As `esro sweep --json` prints it."""
        return {
            "officers": self.officers, "visits_per_week": self.visits, "proven": self.proven,
            **self.figures,
        }  # fmt: skip


def staffing_sweep(
    agency: Agency, precinct_id: str, weeks: Sequence[date], officers: Sequence[int],
    visits: Sequence[int], *, relief: bool, time_limit: float, workers: int | None = None,
    progress: ProgressListener | None = None, cancel: Cancel | None = None, apart: bool = False,
) -> list[SweepPoint]:  # fmt: skip
    """The precinct planned with each number of its own officers and of visits a school; the relief
    officers who cover it step in where `relief`. `agency` holds that precinct alone."""
    schools = [s.school_id for s in agency.schools_of[precinct_id]]
    days = [(monday, date.fromordinal(monday.toordinal() + 4)) for monday in weeks]
    away = [
        c
        for o in agency.officers.values()
        if o.role is Role.RELIEF and not relief
        for first, last in days
        for c in officer_out(agency, o.officer_id, first, last).changes
    ]
    worlds = []
    for v in visits:
        for n in officers:
            changes = (
                *away,
                *officers_counted(agency, precinct_id, n, weeks).changes,
                *visits_changed(agency, schools, v).changes,
            )
            scenario = Scenario(f"{n} officers, {v} visits", changes)
            worlds.append((n, v, apply_changes(agency, scenario.changes, scenario.name)))
    results = plan_many(
        [Question(world, tuple(weeks)) for _, _, world in worlds], time_limit=time_limit, seed=0,
        price=0.0, workers=workers, last_tier=LOOKED_AT, progress=progress, cancel=cancel, apart=apart,
    )  # fmt: skip
    out = []
    for (n, v, world), result in zip(worlds, results, strict=True):
        case = Case(world, tuple(weeks), result.plan.visits if result.plan else ())
        out.append(SweepPoint(n, v, coverage(case), figures(case, result)))
    return out


def sweep_table(points: Sequence[SweepPoint]) -> str:
    """Coverage by officers (down) and visits a school (across)."""
    visits = sorted({p.visits for p in points})
    lines = ["officers " + "".join(f"{v} a week".rjust(12) for v in visits)]
    for n in sorted({p.officers for p in points}):
        row = {p.visits: p for p in points if p.officers == n}
        cells = [f"{100 * row[v].coverage:.1f} %{'*' if row[v].proven else ' '}" for v in visits]
        lines.append(str(n).rjust(8) + " " + "".join(c.rjust(12) for c in cells))
        relief = [p.figures["score"]["relief_days"] for p in points if p.officers == n and p.figures["score"]]
        if any(relief):
            lines[-1] += f"   relief days: {', '.join(map(str, relief))}"
    lines += ["", "Part of the visits asked for that the best plan makes; a * marks what is proven best."]
    return "\n".join(lines)
