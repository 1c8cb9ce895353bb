"""The questions of the studies, asked of the store: by someone, of precincts whom that one reaches, with
what is known of past weeks."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from multiprocessing import get_context

from scheduler.domain.actor import Actor
from scheduler.domain.agency import Absence, Agency, Role
from scheduler.domain.calendar import monday_of
from scheduler.domain.change import Scenario
from scheduler.domain.scope import restricted
from scheduler.errors import InputError, Problem, RefusedError
from scheduler.explain.explain import explain
from scheduler.explain.shortage import Explanation
from scheduler.explain.sweep import SweepPoint, staffing_sweep
from scheduler.explain.whatif import ScenarioAnswer, compare_scenarios
from scheduler.explain.why import Reasons, reasons
from scheduler.planner.result import Cancel, ProgressListener
from scheduler.service.history import with_history
from scheduler.service.office import Office, require_planner
from scheduler.service.weeks import WeekView
from scheduler.store import publications
from scheduler.studies import comparison_page, watched
from scheduler.tables.changes import apply_changes


@dataclass(frozen=True)
class Asked:
    """What is asked about: any day of the week, the precincts, and how long planning may take."""

    week: date
    precincts: tuple[str, ...]
    time_limit: float = 30.0


@dataclass(frozen=True)
class Comparison:
    """Scenarios beside the tables of a revision as they are, planned for one week; the first answer
    is the week as it is. A week that has begun is planned as a whole."""

    revision: int
    week: date
    precincts: tuple[str, ...]
    answers: tuple[ScenarioAnswer, ...]

    @property
    def page(self) -> str:
        """One self-contained page with everything side by side."""
        return comparison_page(self.answers)


@dataclass(frozen=True)
class WeekExplained:
    """Why the best plan of a week, by the tables of a revision, leaves something out."""

    revision: int
    explanation: Explanation


def explain_week(office: Office, actor: Actor, asked: Asked) -> WeekExplained:
    """The shortages of a week, why, and what would mend them, found in a process of its own. Raises
    RefusedError."""
    revision, whole = _whole(office, actor, asked, plans=False)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        found = pool.submit(
            explain, whole, (monday_of(asked.week),), time_limit=asked.time_limit,
            precincts=asked.precincts,
        ).result()  # fmt: skip
    return WeekExplained(revision, found)


def why(view: WeekView) -> Reasons | None:
    """Why the visits of a shown plan are there; None where there is no plan."""
    return None if view.case is None else reasons(view.case)


def compare(
    office: Office, actor: Actor, asked: Asked, scenarios: Sequence[Scenario],
    progress: ProgressListener | None = None, cancel: Cancel | None = None,
) -> Comparison:  # fmt: skip
    """The week as it is and each scenario, each with its best plan. Raises RefusedError, and
    InputError with the problems of all scenarios that do not fit the tables any more."""
    revision, whole = _whole(office, actor, asked)
    monday = monday_of(asked.week)
    worlds: list[tuple[Scenario, Agency]] = []
    problems: list[Problem] = []
    for scenario in scenarios:
        try:
            changed = apply_changes(whole, scenario.changes, scenario.name)
            worlds.append((scenario, restricted(changed, asked.precincts)))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    answers = compare_scenarios(
        restricted(whole, asked.precincts), worlds, (monday,), time_limit=asked.time_limit, watch=watched,
        whole=whole, progress=progress, cancel=cancel, apart=True,
    )  # fmt: skip
    return Comparison(revision, monday, asked.precincts, tuple(answers))


def sweep(
    office: Office, actor: Actor, asked: Asked, officers: Sequence[int], visits: Sequence[int],
    relief: bool = False, progress: ProgressListener | None = None, cancel: Cancel | None = None,
) -> list[SweepPoint]:  # fmt: skip
    """What staff buys in one precinct. Raises RefusedError, InputError."""
    if len(asked.precincts) != 1:
        raise InputError([Problem("precinct", None, None, None, "a sweep looks at one precinct",
                                  "Choose one.")])  # fmt: skip
    _, whole = _whole(office, actor, asked)
    (precinct,) = asked.precincts
    return staffing_sweep(
        restricted(whole, [precinct]), precinct, (monday_of(asked.week),), officers, visits,
        relief=relief, time_limit=asked.time_limit, progress=progress, cancel=cancel, apart=True,
    )  # fmt: skip


def _whole(office: Office, actor: Actor, asked: Asked, plans: bool = True) -> tuple[int, Agency]:
    """The revision of the tables, and the agency with its history. Relief officers who are told to
    be in other precincts on a date are away on it."""
    monday = monday_of(asked.week)
    with office.database.reading() as connection:
        edit, head = office.head(connection)
        if not asked.precincts:
            raise RefusedError("No precinct was named.")
        for precinct_id in asked.precincts:
            if precinct_id not in head.precincts:
                raise RefusedError(f"The agency has no precinct {precinct_id}.")
            if plans:
                require_planner(actor, precinct_id, "plan")
            elif not actor.may_see(precinct_id):
                raise RefusedError(f"{actor.name} may not see the rounds of precinct {precinct_id}.")
        whole = with_history(connection, office, head, monday)
        told = publications.find(connection, office.agency_id, weeks=[monday], latest=True)
    busy = {
        (v.officer_id, v.date) for p in told if p.precinct_id not in asked.precincts
        for v in p.plan.visits
        if v.officer_id in head.officers and head.officers[v.officer_id].role is Role.RELIEF
    }  # fmt: skip
    away = tuple(
        Absence(o, datetime.combine(d, time()), datetime.combine(d + timedelta(days=1), time()), "elsewhere")
        for o, d in sorted(busy)
    )
    return edit.revision, replace(whole, absences=whole.absences + away)
