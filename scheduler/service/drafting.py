"""Drafts: weeks planned from the store's tables, and plans made by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from scheduler.domain.actor import Actor
from scheduler.domain.agency import Agency
from scheduler.domain.calendar import monday_of, week_days
from scheduler.domain.plan import Plan, Visit
from scheduler.domain.publication import Draft, Proof
from scheduler.domain.scope import restricted
from scheduler.domain.score import gap_of
from scheduler.errors import NoPlanError, RefusedError
from scheduler.planner.result import PlanResult, ProgressListener
from scheduler.rules.case import Case
from scheduler.rules.registry import score
from scheduler.service.history import with_history
from scheduler.service.office import Office, require_planner
from scheduler.service.tasks import Task, handmade, task_of
from scheduler.store import drafts, publications, snapshots
from scheduler.tables.folder import agency_digest
from scheduler.tables.plans import read_plan

if TYPE_CHECKING:
    from scheduler.planner import Cancel


@dataclass(frozen=True)
class DraftRequest:
    """What to plan: any day of the week, the precincts, and the options of planning (`apart`: never in
    this very process)."""

    week: date
    precincts: tuple[str, ...]
    time_limit: float = 60.0
    seed: int | None = None
    price: float | None = None
    workers: int | None = None
    note: str = ""
    apart: bool = False


def plan_drafts(
    office: Office, actor: Actor, request: DraftRequest, progress: ProgressListener | None = None,
    cancel: "Cancel | None" = None,
) -> list[Draft]:  # fmt: skip
    """Plans a week of precincts from the tables as they stand; a draft each. Precincts whose week is
    published are planned again from now on, with as few changes as the rules allow. Raises
    RefusedError, NoPlanError, InputError."""
    from scheduler.planner import plan as solve  # OR-Tools loads only where it is needed

    week = monday_of(request.week)
    with office.database.reading() as connection:
        edit, head = office.head(connection)
        _check(actor, head, request.precincts)
        moment = office.local(head)
        refuse_past(week, moment)
        whole = with_history(connection, office, head, week)
        standing = publications.find(connection, office.agency_id, weeks=[week], latest=True)
    made: list[Draft] = []
    told = {p.precinct_id: p for p in standing}
    groups = [[p for p in request.precincts if p not in told], [p for p in request.precincts if p in told]]
    groups = [g for g in groups if g]
    for group in groups:
        others = [v for p in standing if p.precinct_id not in group for v in p.plan.visits]
        others += [v for d in made for v in d.plan.visits]
        task = task_of(whole, group, week, told, others, moment, ())
        result = solve(
            task.agency, [week], time_limit=request.time_limit / len(groups), seed=request.seed,
            price=request.price, published=task.published, workers=request.workers, progress=progress,
            cancel=cancel, apart=request.apart,
        )  # fmt: skip
        if result.plan is None:
            raise NoPlanError("No plan was found in the time given; allow more.")
        made += _drafts(office, actor, week, edit.snapshot, task, result, request.note)
        with office.database.writing() as connection:
            snapshots.put(connection, task.agency)
            for draft in made[-len(group) :]:
                drafts.put(connection, office.agency_id, draft)
    order = {p: i for i, p in enumerate(request.precincts)}
    return sorted(made, key=lambda d: order[d.precinct_id])


def manual_draft(
    office: Office, actor: Actor, precinct_id: str, week: date, visits: Sequence[Visit],
    parent: str | None = None, note: str = "",
) -> Draft:  # fmt: skip
    """A draft made by hand, scored by the rules; whether it keeps them is asked when it is
    published. Raises RefusedError."""
    monday = monday_of(week)
    with office.database.writing() as connection:
        edit, head = office.head(connection)
        _check(actor, head, [precinct_id])
        _refuse_foreign(restricted(head, [precinct_id]), precinct_id, monday, visits)
        task = handmade(connection, office, head, precinct_id, monday, visits)
        case = Case(task.agency, (monday,), Plan.of(visits).visits, task.published)
        draft = Draft(
            uuid4().hex, precinct_id, monday, edit.snapshot, agency_digest(task.agency), (precinct_id,),
            Plan.of(visits), Proof("manual", score(case), None, None, None, None, None), actor.user_id,
            office.now(), task.follows.get(precinct_id, 0), parent, note,
        )  # fmt: skip
        snapshots.put(connection, task.agency)
        drafts.put(connection, office.agency_id, draft)
    return draft


def draft_of_file(office: Office, actor: Actor, precinct_id: str, week: date, file: Path) -> Draft:
    """A draft from a plan.csv, such as one changed in a spreadsheet. Raises InputError."""
    with office.database.reading() as connection:
        _, head = office.head(connection)
    _check(actor, head, [precinct_id])
    rows = read_plan(file, restricted(head, [precinct_id]), [monday_of(week)])
    return manual_draft(office, actor, precinct_id, week, [v for _, v in rows], note=f"From {file.name}")


def list_drafts(
    office: Office, actor: Actor, week: date | None = None, precinct_id: str | None = None
) -> list[Draft]:
    """The drafts that the actor may see, newest first."""
    monday = monday_of(week) if week is not None else None
    with office.database.reading() as connection:
        found = drafts.of_week(connection, office.agency_id, monday, precinct_id)
    return [d for d in found if actor.may_plan(d.precinct_id)]


def get_draft(office: Office, actor: Actor, draft_id: str) -> Draft:
    """A draft by its id or the beginning of it. Raises RefusedError."""
    with office.database.reading() as connection:
        draft = drafts.get(connection, office.agency_id, draft_id)
    require_planner(actor, draft.precinct_id, "see the drafts of")
    return draft


def refuse_past(week: date, moment: datetime) -> None:
    """Raises RefusedError where nothing of a week is left at a local moment."""
    if moment >= datetime.combine(week_days(week)[-1] + timedelta(days=1), time()):
        raise RefusedError(f"The week of {week} is over; what happened in it goes into the visit log.")


def _check(actor: Actor, agency: Agency, precincts: Sequence[str]) -> None:
    if not precincts:
        raise RefusedError("No precinct was named.")
    for precinct_id in precincts:
        if precinct_id not in agency.precincts:
            known = ", ".join(agency.precincts)
            raise RefusedError(f"The agency has no precinct {precinct_id}. Known are {known}.")
        require_planner(actor, precinct_id, "plan")


def _refuse_foreign(agency: Agency, precinct_id: str, week: date, visits: Sequence[Visit]) -> None:
    """A draft holds visits of its precinct and week, by officers who may make them."""
    for visit in visits:
        if visit.school_id not in agency.schools or visit.officer_id not in agency.officers:
            raise RefusedError(
                f"The visit {visit} is not of precinct {precinct_id}: school or officer is another's."
            )
        if visit.date not in week_days(week):
            raise RefusedError(f"The visit {visit} is not in the week of {week}.")


def _drafts(
    office: Office, actor: Actor, week: date, snapshot: str, task: Task, result: PlanResult, note: str
) -> list[Draft]:
    assert result.plan is not None, "asked before"
    inputs, at = agency_digest(task.agency), office.now()
    by_precinct: dict[str, list[Visit]] = {p: [] for p in task.precincts}
    for visit in result.plan.visits:
        by_precinct[task.agency.schools[visit.school_id].precinct_id].append(visit)
    proofs = {p: (c.precincts, _proof(result, c.precincts)) for c in result.clusters for p in c.precincts}
    whole = (task.precincts, _proof(result, task.precincts))
    out = []
    for precinct_id in task.precincts:
        together, proof = proofs.get(precinct_id, whole)
        out.append(Draft(
            uuid4().hex, precinct_id, week, snapshot, inputs, together, Plan.of(by_precinct[precinct_id]),
            proof, actor.user_id, at, task.follows.get(precinct_id, 0), None, note,
        ))  # fmt: skip
    return out


def _proof(result: PlanResult, precincts: Sequence[str]) -> Proof:
    """What is proven of the precincts that were planned together."""
    for c in result.clusters:
        if set(c.precincts) == set(precincts) and c.score is not None:
            gap = gap_of(c.best, c.bound) if c.best is not None else None
            return Proof(c.status, c.score, c.best, c.bound, gap, result.seed, result.price)
    r = result
    assert r.score is not None, "a plan has a score"
    return Proof(r.status, r.score, r.best, r.bound, r.gap, r.seed, r.price)
