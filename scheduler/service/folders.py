"""From folder to folder: check, plan, score, simulate, and plans kept in the outputs folder."""

import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import planned_weeks, week_days
from scheduler.domain.plan import PastVisit, Plan, Published
from scheduler.domain.scope import restricted
from scheduler.domain.score import Score
from scheduler.domain.travel import TravelTimes
from scheduler.errors import InputError, NoPlanError, Problem, unknown_names
from scheduler.planner.result import PlanResult, ProgressListener
from scheduler.publish.target import check_target
from scheduler.rules.case import Case
from scheduler.rules.registry import score, violations
from scheduler.rules.violation import Violation
from scheduler.tables.checks import collisions
from scheduler.tables.folder import agency_digest, read_agency, write_plan, write_text
from scheduler.tables.plans import read_plan
from scheduler.watchers.panel import Panel, judge_rounds

if TYPE_CHECKING:
    from scheduler.planner import Cancel

OVERTIME, MOST_OVERTIME = 0.25, 4.0
"""Part of the time for the later weeks of a simulation that a week may take for tiers above the last, and
times its own part that this is at the most."""


@dataclass(frozen=True)
class PlanRequest:
    """What to plan: the folder, any day of the first week, and the options of `esro plan`."""

    folder: Path
    week: date
    weeks: int = 1
    precincts: tuple[str, ...] = ()
    time_limit: float = 60.0
    seed: int | None = None
    price: float | None = None
    published: Path | None = None
    moment: datetime | None = None
    workers: int | None = None
    out: Path | None = None


@dataclass(frozen=True)
class PlanAnswer:
    """A planning run: the agency that was planned, its result, and where the files are."""

    agency: Agency
    case: Case
    result: PlanResult
    folder: Path


def check(folder: Path) -> tuple[Agency, tuple[Problem, ...]]:
    """The agency of a folder with its warnings. Raises InputError with every problem."""
    return read_agency(folder)


def plan(
    request: PlanRequest, progress: ProgressListener | None = None, cancel: "Cancel | None" = None
) -> PlanAnswer:
    """Plans and writes the output folder; `cancel` ends the search early and keeps the best plan so
    far. Raises InputError, NoPlanError, InternalError."""
    from scheduler.planner import plan as solve  # OR-Tools loads only where it is needed

    whole, _ = read_agency(request.folder)
    agency = scoped(whole, request.precincts)
    mondays = planned_weeks(request.week, request.weeks)
    published = read_published(agency, mondays, request.published, request.moment)
    refuse_clashes(agency, mondays, published)
    refuse_broken_past(agency, mondays, published)
    out = request.out or default_out(request.folder, mondays[0])
    check_target(out)
    loading = Thread(target=import_module, args=("scheduler.publish.outputs",))
    loading.start()  # While workers plan.
    result = solve(
        agency, mondays, time_limit=request.time_limit, seed=request.seed, price=request.price,
        published=published, workers=request.workers, progress=progress, cancel=cancel,
    )  # fmt: skip
    if result.plan is None:
        raise NoPlanError("No plan was found in the time given; allow more with --time-limit.")
    case = Case(agency, mondays, result.plan.visits, published)
    loading.join()
    from scheduler.publish.outputs import write_outputs

    write_outputs(out, case, result, agency_digest(whole), versions())
    return PlanAnswer(agency, case, result, out)


def default_out(folder: Path, monday: date) -> Path:
    """`outputs/<folder name>/<Monday>`, below the working directory."""
    return Path("outputs") / (folder.resolve().name or "agency") / monday.isoformat()


def scoped(agency: Agency, precincts: Sequence[str]) -> Agency:
    """The agency with these precincts alone (all where none is named). Raises InputError."""
    if not precincts:
        return agency
    unknown = [p for p in precincts if p not in agency.precincts]
    if unknown:
        raise unknown_names("--precinct", unknown, "precinct", agency.precincts)
    return restricted(agency, precincts)


def read_published(
    agency: Agency, mondays: Sequence[date], path: Path | None, moment: datetime | None
) -> Published | None:
    """The published plan and its moment. Raises InputError, also where one comes alone."""
    if path is None and moment is None:
        return None
    if path is None or moment is None:
        given, lacking = ("--from", "--published") if path is None else ("--published", "--from")
        raise InputError([Problem(given, None, None, None, f"it needs {lacking} beside it",
                                  "Give both or neither.")])  # fmt: skip
    rows = read_plan(path, agency, mondays, outside="ignore")
    return Published(Plan.of(v for _, v in rows), moment)


def refuse_clashes(agency: Agency, mondays: Sequence[date], published: Published | None) -> None:
    """A pin that clashes with a published visit that is past is unusable input."""
    if published is None:
        return
    days = {d for w in mondays for d in week_days(w)}
    past = [v for v in published.plan.visits if v.date in days and published.is_past(v)]
    known = {v.pin_key for v in past}
    pins = [(i, p) for i, p in enumerate(agency.pins) if p.date in days and p.pin_key not in known]
    rows = [(-1 - i, v) for i, v in enumerate(past)] + [(i, p) for i, p in pins]
    problems = [
        Problem("pins.csv", None, None, str(agency.pins[max(a, b)]),
                "the pin clashes with a published visit that has begun: " + words,
                "Remove or move the pin.")
        for a, b, words in collisions(rows, TravelTimes(agency).schools)
        if (a < 0) != (b < 0)
    ]  # fmt: skip
    if problems:
        raise InputError(problems)


def refuse_broken_past(agency: Agency, mondays: Sequence[date], published: Published | None) -> None:
    """Visits that are past stay as published; where they break rules between themselves, no plan
    keeps them and the rules."""
    case = Case(agency, tuple(mondays), (), published)
    broken = violations(case.with_visits(case.past))
    problems = [
        Problem("--published", None, None, None, f"the visits that are past break {v.rule}: {v.sentence}",
                "Correct the published plan, or the table that says otherwise.")
        for v in broken if v.rows
    ]  # fmt: skip
    if problems:
        raise InputError(problems)


def simulate(
    request: PlanRequest, warm_up: int, progress: Callable[[int, PlanAnswer], None] | None = None
) -> Panel:
    """Plans week after week, each on the history of those before, writes plan.csv and
    result.json of each week into `request.out`/<Monday>, and judges the rounds of the weeks
    after `warm_up`. Each week gets its part of the time that is left, and more of it for tiers above the
    last that are not proven by then: most weeks need less than their part. Raises InputError."""
    begun = monotonic()
    whole, _ = read_agency(request.folder)
    agency = scoped(whole, request.precincts)
    mondays = planned_weeks(request.week, request.weeks)
    out = request.out or Path("outputs") / (request.folder.resolve().name or "agency") / "simulation"
    out.mkdir(parents=True, exist_ok=True)
    for position, monday in enumerate(mondays):
        left = max(1.0, request.time_limit - (monotonic() - begun))
        seed = None if request.seed is None else request.seed + position
        limit = left / (len(mondays) - position)
        week = replace(request, time_limit=limit, seed=seed, week=monday, weeks=1)
        overtime = min((left - limit) * OVERTIME, limit * MOST_OVERTIME)
        answer = plan_week(agency, week, agency_digest(whole), out / monday.isoformat(), overtime)
        done = tuple(PastVisit(v) for v in answer.case.visits)
        agency = replace(agency, history=agency.history + done)
        if progress is not None:
            progress(position, answer)
    visits = [p.visit for p in agency.history if p.status == "done"]
    return judge_rounds(agency, visits, mondays[warm_up:])


def plan_week(
    agency: Agency, request: PlanRequest, digest: str, folder: Path, overtime: float = 0.0
) -> PlanAnswer:  # fmt: skip
    """Plans one week of an agency as it stands and writes plan.csv and result.json."""
    from scheduler.planner import plan as solve
    from scheduler.publish.outputs import result_document

    mondays = planned_weeks(request.week, 1)
    result = solve(
        agency, mondays, time_limit=request.time_limit, seed=request.seed, price=request.price,
        workers=request.workers, overtime=overtime,
    )  # fmt: skip
    if result.plan is None:
        raise NoPlanError(f"No plan was found for the week of {mondays[0]} in the time given.")
    folder.mkdir(parents=True, exist_ok=True)
    write_plan(result.plan, folder / "plan.csv")
    document = json.dumps(result_document(result, digest, versions()), indent=1, ensure_ascii=False)
    write_text(folder / "result.json", document + "\n")
    return PlanAnswer(agency, Case(agency, mondays, result.plan.visits), result, folder)


@dataclass(frozen=True)
class Judgement:
    """What the rules and the score say of a plan that was read."""

    violations: tuple[Violation, ...]
    score: Score


def judge(
    folder: Path, plan_file: Path, week: date, weeks: int = 1, published: Path | None = None,
    moment: datetime | None = None,
) -> Judgement:  # fmt: skip
    """Judges a plan.csv by the rules. Raises InputError."""
    agency, _ = read_agency(folder)
    mondays = planned_weeks(week, weeks)
    rows = read_plan(plan_file, agency, mondays)
    before = read_published(agency, mondays, published, moment)
    refuse_clashes(agency, mondays, before)
    case = Case(agency, mondays, tuple(v for _, v in rows), before, tuple(n for n, _ in rows))
    return Judgement(violations(case), score(case))


def versions() -> dict[str, str]:
    """The versions that a result depends on."""
    return {
        "esro": version("esro-scheduler"),
        "ortools": version("ortools"),
        "highspy": version("highspy"),
        "python": platform.python_version(),
    }
