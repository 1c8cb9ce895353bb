"""One precinct's week as a page shows it: draft or published plan, with everything that explains it."""

from dataclasses import dataclass
from datetime import date, datetime

from scheduler.domain.actor import Actor
from scheduler.domain.agency import Agency
from scheduler.domain.plan import Plan, Visit
from scheduler.domain.publication import Draft, Proof, Publication
from scheduler.domain.scope import restricted
from scheduler.errors import RefusedError
from scheduler.rules.case import Case
from scheduler.rules.registry import violations
from scheduler.rules.violation import Violation
from scheduler.service.office import Office
from scheduler.service.own_pins import without_own_pins
from scheduler.service.tasks import handmade
from scheduler.store import drafts, publications


@dataclass(frozen=True)
class WeekView:
    """A precinct's week. `tables` are the precinct's, with what is known of the past; `case` judges the
    shown visits by them; `draft` is the one shown, None where the publication is; `newer_tables` tells that
    the tables of the precinct changed since the shown plan was made."""

    agency: Agency
    precinct_id: str
    week: date
    local: datetime
    tables: Agency
    case: Case | None
    proof: Proof | None
    draft: Draft | None
    drafts: tuple[Draft, ...]
    standing: Publication | None
    told: tuple[Publication, ...]
    newer_tables: bool

    @property
    def waiting(self) -> Draft | None:
        """The newest draft that may still be published, shown or not."""
        return self.drafts[0] if self.drafts and _is_open(self.drafts[0], self.standing) else None

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The visits shown."""
        return self.case.visits if self.case is not None else ()


def has_plan(office: Office, actor: Actor, precinct_id: str, week: date) -> bool:
    """Whether anything is planned in a precinct's week that the actor may see."""
    with office.database.reading() as connection:
        if actor.may_see(precinct_id) and publications.last(connection, office.agency_id, precinct_id, week):
            return True
        listed = drafts.of_week(connection, office.agency_id, week, precinct_id)
        return actor.may_plan(precinct_id) and bool(listed)


def week_view(
    office: Office, actor: Actor, precinct_id: str, week: date, draft_id: str | None = None,
    published: bool = False,
) -> WeekView:  # fmt: skip
    """The week of a precinct: the draft named, else the newest draft that follows what stands, else
    what is published (always, with `published`). Raises RefusedError."""
    with office.database.reading() as connection:
        _, head = office.head(connection)
        if precinct_id not in head.precincts:
            raise RefusedError(f"The agency has no precinct {precinct_id}.")
        if not actor.may_see(precinct_id):
            raise RefusedError(f"{actor.name} may not see the rounds of precinct {precinct_id}.")
        told = publications.find(connection, office.agency_id, precincts=[precinct_id], weeks=[week])
        standing = told[-1] if told else None
        listed: list[Draft] = []
        if actor.may_plan(precinct_id):
            listed = drafts.of_week(connection, office.agency_id, week, precinct_id)
        draft = None
        if draft_id is not None:
            draft = next((d for d in listed if d.draft_id == draft_id), None)
        elif listed and not published and _is_open(listed[0], standing):
            draft = listed[0]
        plan = draft.plan if draft is not None else standing.plan if standing is not None else None
        shown = plan.visits if plan is not None else ()
        task = handmade(connection, office, head, precinct_id, week, shown)
        case, newer = None, False
        if plan is not None:
            visits, newer = _known(task.agency, plan)
            case = Case(task.agency, (week,), visits, task.published if draft is not None else None)
            made_of = (draft or standing).snapshot  # type: ignore[union-attr]
            then = office.agency(connection, made_of)
            now = without_own_pins(head, then, plan.visits)
            newer = newer or restricted(then, [precinct_id]) != restricted(now, [precinct_id])
        proof = draft.proof if draft is not None else standing.proof if standing is not None else None
        return WeekView(head, precinct_id, week, office.local(head), task.agency, case, proof, draft,
                        tuple(listed), standing, tuple(told), newer)  # fmt: skip


def faults(view: WeekView) -> tuple[Violation, ...]:
    """The rules of the tables as they stand that the shown plan breaks."""
    return violations(view.case) if view.case is not None else ()


def judged(view: WeekView, visits: tuple[Visit, ...]) -> Case:
    """Other visits, judged by the same facts."""
    assert view.case is not None, "a plan is shown"
    return view.case.with_visits(Plan.of(visits).visits)


def _is_open(draft: Draft, standing: Publication | None) -> bool:
    """Whether a draft may still be published: it follows what stands, and is not what stands."""
    return draft.follows == (standing.publication_id if standing else 0)


def _known(agency: Agency, plan: Plan) -> tuple[tuple[Visit, ...], bool]:
    """The visits whose school and officer the tables still hold, and whether some were left out."""
    visits = tuple(
        v for v in plan.visits if v.school_id in agency.schools and v.officer_id in agency.officers
    )
    return visits, len(visits) < len(plan.visits)
