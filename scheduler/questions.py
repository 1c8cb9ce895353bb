"""The questions of the studies, asked of the store: by someone, of precincts whom that one reaches, with
what is known of past weeks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from scheduler.domain.actor import Actor
from scheduler.domain.agency import Agency
from scheduler.domain.calendar import monday_of
from scheduler.domain.change import Scenario
from scheduler.domain.plan import Published
from scheduler.domain.scope import restricted
from scheduler.errors import InputError, Problem, RefusedError
from scheduler.explain.apart import explain_apart
from scheduler.explain.shortage import Explanation
from scheduler.explain.sweep import SweepPoint, staffing_sweep
from scheduler.explain.whatif import ScenarioAnswer, compare_scenarios
from scheduler.explain.why import Reasons, reasons
from scheduler.planner.result import Cancel, ProgressListener
from scheduler.service.drafting import refuse_past
from scheduler.service.history import with_history
from scheduler.service.office import Office, require_planner
from scheduler.service.tasks import task_of
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
    is the week as it is. What is published stays as far as it can, and what is over stays."""

    revision: int
    week: date
    precincts: tuple[str, ...]
    answers: tuple[ScenarioAnswer, ...]
    stands: "Stands"

    @property
    def page(self) -> str:
        """One self-contained page with everything side by side."""
        return comparison_page(self.answers)


@dataclass(frozen=True)
class WeekExplained:
    """Why the best plan of a week, by the tables of a revision, leaves something out. `stopped`: it was
    ended early, and may not hold all that can be found."""

    revision: int
    explanation: Explanation
    stands: "Stands"
    stopped: bool = False


@dataclass(frozen=True)
class Stands:
    """What of a week stands already: the precincts that are published, and whether it has begun."""

    published: tuple[str, ...]
    begun: bool

    @property
    def sentence(self) -> str:
        """What planning keeps of it; blank where nothing stands."""
        if self.published:
            named = f"precinct {self.published[0]}" if len(self.published) == 1 else (
                f"precincts {', '.join(self.published)}")  # fmt: skip
            past = "What has begun stays, and what" if self.begun else "What"
            return f"{past} is published of {named} is changed as little as possible."
        return "The week has begun: it is planned from now on." if self.begun else ""


def explain_week(
    office: Office, actor: Actor, asked: Asked, cancel: Cancel | None = None
) -> WeekExplained:  # fmt: skip
    """The shortages of a week, why, and what would mend them, found in a process of its own; `cancel`
    ends it with what is found so far. Raises RefusedError."""
    revision, whole, published, stands = _whole(office, actor, asked, plans=False)
    ends = cancel or Cancel()
    found = explain_apart(
        ends, whole, (monday_of(asked.week),), time_limit=asked.time_limit, precincts=asked.precincts,
        published=published,
    )  # fmt: skip
    return WeekExplained(revision, found, stands, ends.wanted)


def why(view: WeekView) -> Reasons | None:
    """Why the visits of a shown plan are there; None where there is no plan."""
    return None if view.case is None else reasons(view.case)


def compare(
    office: Office, actor: Actor, asked: Asked, scenarios: Sequence[Scenario],
    progress: ProgressListener | None = None, cancel: Cancel | None = None,
) -> Comparison:  # fmt: skip
    """The week as it is and each scenario, each with its best plan. Raises RefusedError, and
    InputError with the problems of all scenarios that do not fit the tables any more."""
    revision, whole, published, stands = _whole(office, actor, asked)
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
        whole=whole, progress=progress, cancel=cancel, apart=True, published=published,
    )  # fmt: skip
    return Comparison(revision, monday, asked.precincts, tuple(answers), stands)


def sweep(
    office: Office, actor: Actor, asked: Asked, officers: Sequence[int], visits: Sequence[int],
    relief: bool = False, progress: ProgressListener | None = None, cancel: Cancel | None = None,
) -> list[SweepPoint]:  # fmt: skip
    """What staff buys in one precinct, in the whole week whatever stands of it. Raises RefusedError,
    InputError."""
    if len(asked.precincts) != 1:
        raise InputError([Problem("precinct", None, None, None, "a sweep looks at one precinct",
                                  "Choose one.")])  # fmt: skip
    _, whole, _, _ = _whole(office, actor, asked, whole_week=True)
    (precinct,) = asked.precincts
    return staffing_sweep(
        restricted(whole, [precinct]), precinct, (monday_of(asked.week),), officers, visits,
        relief=relief, time_limit=asked.time_limit, progress=progress, cancel=cancel, apart=True,
    )  # fmt: skip


def _whole(
    office: Office, actor: Actor, asked: Asked, plans: bool = True, whole_week: bool = False
) -> tuple[int, Agency, Published | None, Stands]:
    """The revision of the tables, the agency with its history, and what stands of the week (unless it
    is looked at as a whole). Relief officers who are told to be in other precincts are away then, and
    where nothing is published nobody is sent into the past."""
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
        told = {p.precinct_id: p for p in
                publications.find(connection, office.agency_id, weeks=[monday], latest=True)}  # fmt: skip
    start = datetime.combine(monday, time())
    moment = start if whole_week else office.local(head)
    if not whole_week:
        refuse_past(monday, moment)
    mine = {} if whole_week else {p: told[p] for p in asked.precincts if p in told}
    others = [v for p, t in told.items() if p not in asked.precincts for v in t.plan.visits]
    task = task_of(whole, asked.precincts, monday, mine, others, moment, ())
    known = set(whole.absences)
    made = tuple(a for a in task.agency.absences if a not in known)
    schools = {s.school_id for p in asked.precincts for s in whole.schools_of[p]}
    pins = (*(p for p in whole.pins if p.school_id not in schools), *task.agency.pins)
    agency = replace(whole, absences=whole.absences + made, pins=tuple(dict.fromkeys(pins)))
    return edit.revision, agency, task.published, Stands(tuple(mine), moment > start)
