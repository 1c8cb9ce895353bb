"""Scenarios planned beside the folder as it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scheduler.domain.agency import Agency
from scheduler.domain.change import Scenario
from scheduler.domain.plan import Published, Visit
from scheduler.explain.change_words import change_words
from scheduler.explain.compare import Difference, difference, figures
from scheduler.planner import Cancel, PlanResult, Question, plan_many
from scheduler.planner.result import ProgressListener
from scheduler.rules.case import Case

AS_IT_IS = Scenario("as it is", ())


@dataclass(frozen=True)
class Rounds:
    """How the week's rounds stand against the watchers: guesses at its visits, those that the best
    watcher has right, and the part that knowing the open cells alone would have right."""

    guesses: int = 0
    guessed_right: int = 0
    floor: float | None = None


Watch = Callable[[Case], Rounds]


@dataclass(frozen=True)
class ScenarioAnswer:
    """A scenario, its changes in words, its best plan, and how that differs from the plan of the
    folder as it is."""

    scenario: Scenario
    result: PlanResult
    case: Case
    difference: Difference
    rounds: Rounds
    in_words: tuple[str, ...] = ()

    @property
    def figures(self) -> dict[str, Any]:
        """What is compared."""
        return {
            **figures(self.case, self.result),
            "guesses": self.rounds.guesses, "guessed_right": self.rounds.guessed_right,
            "floor": self.rounds.floor,
        }  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """As `esro whatif --json` prints it."""
        return {
            "name": self.scenario.name,
            "changes": [c.to_dict() for c in self.scenario.changes],
            "in_words": list(self.in_words),
            **self.figures,
            "added": [_visit(v) for v in self.difference.added],
            "removed": [_visit(v) for v in self.difference.removed],
            "moved": [{"from": _visit(a), "to": _visit(b)} for a, b in self.difference.moved],
        }


def compare_scenarios(
    agency: Agency, worlds: Sequence[tuple[Scenario, Agency]], weeks: Sequence[date], *,
    time_limit: float, watch: Watch, whole: Agency | None = None, workers: int | None = None,
    progress: ProgressListener | None = None, cancel: Cancel | None = None, apart: bool = False,
    published: Published | None = None, seed: int = 0,
) -> list[ScenarioAnswer]:  # fmt: skip
    """The folder as it is, then each scenario, each with its best plan (price 0); `watch` judges
    the rounds of a plan. `whole` is the agency that the changes are made in, where that is more. What
    was `published` stays as far as each folder lets it."""
    all_worlds = [(AS_IT_IS, agency), *worlds]
    stands = [published and published.known_to(a.schools, a.officers, a.tasks) for _, a in all_worlds]
    results = plan_many(
        [Question(a, tuple(weeks), p) for (_, a), p in zip(all_worlds, stands, strict=True)],
        time_limit=time_limit, seed=seed, price=0.0, workers=workers, progress=progress, cancel=cancel,
        apart=apart,
    )  # fmt: skip
    base = results[0].plan.visits if results[0].plan else ()
    out = []
    for (scenario, world), told, result in zip(all_worlds, stands, results, strict=True):
        visits = result.plan.visits if result.plan else ()
        case = Case(world, tuple(weeks), visits, told)
        words = tuple(change_words(whole or agency, scenario.changes))
        out.append(ScenarioAnswer(scenario, result, case, difference(base, visits), watch(case), words))
    return out


def _visit(v: Visit) -> dict[str, Any]:
    return {
        "officer_id": v.officer_id, "school_id": v.school_id, "date": v.date.isoformat(),
        "window": str(v.window), "focus": v.focus,
    }  # fmt: skip
