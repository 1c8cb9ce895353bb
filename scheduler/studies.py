"""The questions that every face asks of a week: why, what if, where else, what would staff buy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import monday_of, planned_weeks
from scheduler.domain.change import Scenario
from scheduler.domain.plan import Published, Visit
from scheduler.errors import InputError, Problem, unknown_names
from scheduler.explain.accept import Acceptance
from scheduler.explain.candidates import Candidate, candidates
from scheduler.explain.explain import explain as find_reasons
from scheduler.explain.marginal import Marginal, marginal_facts
from scheduler.explain.robustness import KnockOut, knock_outs
from scheduler.explain.shortage import Explanation
from scheduler.explain.sweep import SweepPoint, staffing_sweep
from scheduler.explain.whatif import Rounds, ScenarioAnswer, compare_scenarios
from scheduler.explain.why import Reasons, reasons
from scheduler.publish.comparison import comparison_html, sweep_html
from scheduler.rules.case import Case
from scheduler.service.folders import PlanRequest, read_published, refuse_clashes, scoped, versions
from scheduler.tables.changes import apply_changes, read_scenario
from scheduler.tables.folder import read_agency, write_text
from scheduler.tables.plans import read_plan
from scheduler.watchers.panel import judge_rounds


def explain(request: PlanRequest) -> Explanation:
    """Why tiers 1 to 3 of the best plan are not zero. Raises InputError."""
    whole = read_agency(request.folder)[0]
    mondays = planned_weeks(request.week, request.weeks)
    published = _published(request, scoped(whole, request.precincts), mondays)
    return find_reasons(
        whole, mondays, precincts=request.precincts, time_limit=request.time_limit, workers=request.workers,
        published=published,
    )  # fmt: skip


def _published(request: PlanRequest, agency: Agency, mondays: Sequence[date]) -> Published | None:
    """What the request says is published. Raises InputError as planning does."""
    published = read_published(agency, mondays, request.published, request.moment)
    refuse_clashes(agency, mondays, published)
    return published


def read_case(folder: Path, plan_file: Path, week: date, weeks: int = 1) -> Case:
    """A plan.csv with the tables of its agency. Raises InputError."""
    agency = read_agency(folder)[0]
    mondays = planned_weeks(week, weeks)
    rows = read_plan(plan_file, agency, mondays)
    return Case(agency, mondays, tuple(v for _, v in rows))


def why(
    folder: Path, plan_file: Path, week: date, weeks: int = 1, precincts: Sequence[str] = (),
    time_limit: float = 0.0,
) -> tuple[Reasons, list[Marginal]]:  # fmt: skip
    """Why a plan is as it is and, where `time_limit` seconds are given, which facts of the folder
    hold it back. Raises InputError."""
    case = read_case(folder, plan_file, week, weeks)
    if precincts:
        agency = scoped(case.agency, precincts)
        visits = tuple(v for v in case.visits if v.school_id in agency.schools)
        case = Case(agency, case.weeks, visits)
    found = marginal_facts(case, time_limit=time_limit) if time_limit else []
    return reasons(case), found


def places(
    folder: Path, plan_file: Path, week: date, school_id: str, day: date | None, minutes: int | None
) -> list[Candidate]:  # fmt: skip
    """All places for one visit more to a school in a week, or for its visit on `day` to be moved.
    Raises InputError."""
    case = read_case(folder, plan_file, week)
    if school_id not in case.agency.schools:
        raise unknown_names("--school", [school_id], "school", case.agency.schools)
    moved: Visit | None = None
    if day is not None:
        here = [v for v in case.visits if (v.school_id, v.date) == (school_id, day)]
        if not here:
            raise InputError([Problem("--date", None, None, str(day), "the plan has no such visit",
                                      "Name a day on which the school is visited.")])  # fmt: skip
        moved = here[0]
    return candidates(case, school_id, monday_of(week), moved, minutes)


def whatif(request: PlanRequest, files: Sequence[Path]) -> list[ScenarioAnswer]:
    """The folder as it is and each scenario, planned. Raises InputError with the problems of all
    scenario files."""
    whole = read_agency(request.folder)[0]
    agency = scoped(whole, request.precincts)
    worlds = []
    problems: list[Problem] = []
    for file in files:
        try:
            scenario = read_scenario(file)
            changed = apply_changes(whole, scenario.changes, scenario.name)
            worlds.append((scenario, scoped(changed, request.precincts)))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    mondays = planned_weeks(request.week, request.weeks)
    return compare_scenarios(
        agency, worlds, mondays, time_limit=request.time_limit, watch=watched, whole=whole,
        workers=request.workers, published=_published(request, agency, mondays),
    )  # fmt: skip


def watched(case: Case) -> Rounds:
    """How the rounds of a plan stand against the watchers, on the history of its agency."""
    visits = [p.visit for p in case.agency.history if p.status == "done"]
    panel = judge_rounds(case.agency, [*visits, *case.visits], case.weeks)
    return Rounds(panel.guesses, max(panel.hits.values(), default=0), panel.floor)


@dataclass(frozen=True)
class Refusal:
    """A scenario of which an acceptance test does not hold."""

    scenario: str
    test: str


def refusals(answers: Sequence[ScenarioAnswer], tests: Sequence[Acceptance]) -> list[Refusal]:
    """The tests that fail, of every scenario against the folder as it is."""
    base = answers[0].figures
    return [
        Refusal(a.scenario.name, t.text) for a in answers[1:] for t in tests if not t.holds(base, a.figures)
    ]


def write_comparison(answers: Sequence[ScenarioAnswer], path: Path) -> None:
    """One self-contained page with the scenarios side by side."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, comparison_page(answers))


def comparison_page(answers: Sequence[ScenarioAnswer]) -> str:
    """The page with the scenarios side by side, as HTML that opens offline."""
    case = answers[0].case
    return comparison_html(
        case.agency.name, case.weeks, [a.to_dict() for a in answers], versions()["esro"],
        {o.officer_id: o.name for a in answers for o in a.case.agency.officers.values()},
        {s.school_id: s.name for a in answers for s in a.case.agency.schools.values()},
    )  # fmt: skip


def sweep(
    request: PlanRequest, officers: Sequence[int], visits: Sequence[int], relief: bool
) -> list[SweepPoint]:
    """What staff buys in one precinct. Raises InputError."""
    agency = read_agency(request.folder)[0]
    if len(request.precincts) != 1:
        raise InputError([Problem("--precinct", None, None, None, "a sweep looks at one precinct",
                                  "Name one.")])  # fmt: skip
    (precinct,) = request.precincts
    return staffing_sweep(
        scoped(agency, [precinct]), precinct, planned_weeks(request.week, request.weeks), officers,
        visits, relief=relief, time_limit=request.time_limit, workers=request.workers,
    )  # fmt: skip


def write_sweep(request: PlanRequest, points: Sequence[SweepPoint], path: Path) -> None:
    """One self-contained page with the table and the curve of coverage against staff."""
    agency = read_agency(request.folder)[0]
    name = agency.precincts[request.precincts[0]].name
    page = sweep_html(agency.name, name, [p.to_dict() for p in points], versions()["esro"])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, page)


def robustness(request: PlanRequest) -> list[KnockOut]:
    """Each officer and day knocked out in turn. Raises InputError."""
    agency = scoped(read_agency(request.folder)[0], request.precincts)
    mondays = planned_weeks(request.week, request.weeks)
    return knock_outs(agency, mondays, time_limit=request.time_limit, workers=request.workers)


def checked_scenario(agency: Agency, scenario: Scenario) -> Scenario:
    """The scenario, after its changes were made on the agency. Raises InputError."""
    apply_changes(agency, scenario.changes, scenario.name)
    return scenario
