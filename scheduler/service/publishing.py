"""Publishing a precinct's week, taking it back, and what changed for whom."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import uuid4

from scheduler.domain.actor import Actor
from scheduler.domain.agency import Agency
from scheduler.domain.calendar import monday_of
from scheduler.domain.link import LinkKind
from scheduler.domain.plan import Plan, Published, Visit
from scheduler.domain.publication import Draft, Proof, Publication
from scheduler.domain.scope import restricted
from scheduler.errors import RefusedError
from scheduler.explain.change_words import change_words
from scheduler.publish.feeds import LOOK_BACK, affected, feed
from scheduler.publish.revisions import revised_appointments, revised_visits
from scheduler.rules.case import Case
from scheduler.rules.registry import score, violations
from scheduler.rules.violation import Violation
from scheduler.service.drafting import refuse_past
from scheduler.service.office import Office, require_planner
from scheduler.service.own_pins import without_own_pins
from scheduler.service.tasks import handmade
from scheduler.store import calendars, drafts, publications, snapshots
from scheduler.store.engine import Connection
from scheduler.tables.folder import agency_digest

WEEKS_AHEAD = int(os.environ.get("ESRO_WEEKS_AHEAD", "5"))
"""Weeks from the current one that may be published: whoever holds a link sees them."""


@dataclass(frozen=True)
class _Wanted:
    """What is to be published."""

    precinct_id: str
    week: date
    visits: tuple[Visit, ...]
    proof: Proof
    follows: int
    snapshot: str | None = None
    draft_id: str | None = None
    inputs: str | None = None
    undoes: int | None = None


def publish(office: Office, actor: Actor, draft_id: str, reason: str = "") -> Publication:
    """Publishes a draft. Refused where another publication came after it, where the tables of the
    precinct have changed since, or where the plan breaks a rule. Raises RefusedError."""
    with office.database.writing() as connection:
        draft = drafts.get(connection, office.agency_id, draft_id)
        require_planner(actor, draft.precinct_id, "publish for")
        _refuse_old_tables(connection, office, draft)
        wanted = _Wanted(draft.precinct_id, draft.week, draft.plan.visits, draft.proof, draft.follows,
                         draft.snapshot, draft.draft_id, draft.inputs)  # fmt: skip
        return _published(connection, office, actor, wanted, reason)


def take_back(office: Office, actor: Actor, publication_id: int, reason: str = "") -> Publication:
    """Publishes the plan that stood before a publication again; what has begun stays as it is.
    Taking back the first publication of a week cancels its visits. Raises RefusedError."""
    with office.database.writing() as connection:
        last = publications.get(connection, office.agency_id, publication_id)
        require_planner(actor, last.precinct_id, "publish for")
        told = publications.find(
            connection, office.agency_id, precincts=[last.precinct_id], weeks=[last.week]
        )
        if told[-1].publication_id != publication_id:
            raise RefusedError(f"Publication {publication_id} does not stand any more; publication "
                               f"{told[-1].publication_id} came after it.")  # fmt: skip
        before = told[-2] if len(told) > 1 else None
        _, head = office.head(connection)
        moment = office.local(head)
        kept = [v for v in last.plan.visits if v.starts < moment]
        coming = [v for v in before.plan.visits if v.starts >= moment] if before is not None else []
        visits = Plan.of([*kept, *coming]).visits
        same = before is not None and visits == before.plan.visits
        proof = before.proof if before is not None and same else None
        if proof is None:
            task = handmade(connection, office, head, last.precinct_id, last.week, visits)
            case = Case(task.agency, (last.week,), visits, task.published)
            proof = Proof("manual", score(case), None, None, None, None, None)
        wanted = _Wanted(last.precinct_id, last.week, visits, proof, publication_id, undoes=publication_id)
        return _published(connection, office, actor, wanted, reason or f"Takes back {publication_id}")


def list_publications(
    office: Office, actor: Actor, week: date | None = None, precinct_id: str | None = None
) -> list[Publication]:
    """The publications that the actor may see, newest first."""
    with office.database.reading() as connection:
        found = publications.find(
            connection, office.agency_id, weeks=None if week is None else [monday_of(week)],
            precincts=None if precinct_id is None else [precinct_id],
        )  # fmt: skip
    return [p for p in reversed(found) if actor.may_see(p.precinct_id)]


def get_publication(office: Office, actor: Actor, publication_id: int) -> Publication:
    """One publication. Raises RefusedError."""
    with office.database.reading() as connection:
        found = publications.get(connection, office.agency_id, publication_id)
    if not actor.may_see(found.precinct_id):
        raise RefusedError(f"{actor.name} may not see the publications of precinct {found.precinct_id}.")
    return found


def with_before(office: Office, actor: Actor, publication_id: int) -> tuple[Publication, Publication | None]:
    """A publication and the one that stood before it. Raises RefusedError."""
    found = get_publication(office, actor, publication_id)
    with office.database.reading() as connection:
        return found, publications.before(connection, office.agency_id, found)


def _refuse_old_tables(connection: Connection, office: Office, draft: Draft) -> None:
    """Tables that changed elsewhere do not matter, and neither do pins on the draft's own visits; else the
    precinct's must be those of the draft."""
    edit, head = office.head(connection)
    if edit.snapshot == draft.snapshot:
        return
    then = office.agency(connection, draft.snapshot)
    if draft.precinct_id in head.precincts:
        now = without_own_pins(head, then, draft.plan.visits)
        if _digest(now, draft.precinct_id) == _digest(then, draft.precinct_id):
            return
    since = edit.reason or " ".join(change_words(then, edit.changes[:2])).rstrip(".") or "no reason given"
    raise RefusedError(
        f"The tables of precinct {draft.precinct_id} have changed since the draft was made (last by "
        f"{edit.author}: {since}). Plan the week again; the draft is kept."
    )


def _digest(agency: Agency, precinct_id: str) -> str:
    return agency_digest(replace(restricted(agency, [precinct_id]), history=()))


def _published(
    connection: Connection, office: Office, actor: Actor, wanted: _Wanted, reason: str
) -> Publication:
    edit, head = office.head(connection)
    at, moment = office.now(), office.local(head)
    refuse_past(wanted.week, moment)
    if wanted.week > monday_of(moment.date()) + timedelta(weeks=WEEKS_AHEAD):
        raise RefusedError(
            f"The week of {wanted.week} is more than {WEEKS_AHEAD} weeks ahead. Whoever holds a calendar "
            "link would see the rounds until then; publish it later, or set ESRO_WEEKS_AHEAD."
        )
    told = publications.find(
        connection, office.agency_id, precincts=[wanted.precinct_id], weeks=[wanted.week]
    )
    stands = told[-1] if told else None
    now = stands.publication_id if stands else 0
    if wanted.follows != now:
        raise RefusedError(
            f"Publication {now} of precinct {wanted.precinct_id} came after this draft was made. Plan the "
            "week again; the draft is kept."
        )
    case = _case(connection, office, head, wanted, stands, moment, ())
    if _broken(case, wanted) and (beside := _planned_together(connection, office, wanted)):
        # A relief officer's day across precincts keeps the rules as a whole: its break may lie behind a
        # visit that is published a moment later.
        case = _case(connection, office, head, wanted, stands, moment, beside)
    _refuse_broken(case, wanted, moment, stands)
    visits = revised_visits(
        stands.visits if stands else (), case, wanted.visits, at, moment, lambda: str(uuid4())
    )
    listed = revised_appointments(
        stands.appointments if stands else (), case, visits, at, lambda: str(uuid4())
    )
    inputs = wanted.inputs or snapshots.put(connection, case.agency)
    made = Publication(
        publications.next_id(connection), wanted.precinct_id, wanted.week, len(told) + 1, wanted.draft_id,
        wanted.snapshot or edit.snapshot, inputs, wanted.proof, actor.user_id, at, moment, reason, visits,
        listed, wanted.undoes,
    )  # fmt: skip
    publications.put(connection, office.agency_id, made)
    put_feeds(connection, office, head, affected(stands, made), made.publication_id)
    # What is over leaves the other calendars too.
    quiet = calendars.unchanged_since(connection, office.agency_id, at - LOOK_BACK)
    put_feeds(connection, office, head, quiet)
    return made


def put_feeds(
    connection: Connection, office: Office, head: Agency, targets: Sequence[tuple[LinkKind, str]],
    publication_id: int | None = None,
) -> None:  # fmt: skip
    """Makes calendars anew from the publications that stand."""
    if not targets:
        return
    at = office.now()
    since = monday_of(at.date() - LOOK_BACK)
    standing = publications.find(connection, office.agency_id, since=since, latest=True)
    made = [feed(head, kind, target, standing, at) for kind, target in targets]
    calendars.put_feeds(connection, office.agency_id, publication_id, made)


def _case(
    connection: Connection, office: Office, head: Agency, wanted: _Wanted, stands: Publication | None,
    moment: datetime, beside: Sequence[Visit],
) -> Case:  # fmt: skip
    """The plan beside the other precincts' published visits (and those in `beside`) of the officers in
    it: nobody can be at two places."""
    if wanted.precinct_id not in head.precincts:
        raise RefusedError(f"The agency has no precinct {wanted.precinct_id} any more.")
    standing = publications.find(connection, office.agency_id, weeks=[wanted.week], latest=True)
    own = {v.officer_id for v in wanted.visits}
    told = [v for p in standing if p.precinct_id != wanted.precinct_id for v in p.plan.visits]
    others = [
        v for v in dict.fromkeys([*told, *beside])
        if v.officer_id in own and v.officer_id in head.officers and v.school_id in head.schools
    ]  # fmt: skip
    unknown = sorted({v.school_id for v in wanted.visits if v.school_id not in head.schools}
                     | {o for o in own if o not in head.officers})  # fmt: skip
    if unknown:
        raise RefusedError(f"The tables hold no {', '.join(unknown)} any more. Plan the week again.")
    precincts = {wanted.precinct_id} | {head.schools[v.school_id].precinct_id for v in others}
    agency = restricted(head, precincts)
    pins = tuple(p for p in agency.pins if _own_pin(p, agency, wanted, stands, moment))
    agency = replace(agency, pins=pins)
    published = None
    if stands is not None:
        published = Published(Plan.of([*stands.plan.visits, *others]), moment)
    return Case(agency, (wanted.week,), Plan.of([*wanted.visits, *others]).visits, published)


def _planned_together(connection: Connection, office: Office, wanted: _Wanted) -> list[Visit]:
    """The visits of the drafts that were planned in one run with this one and are not published yet."""
    if wanted.inputs is None:
        return []
    standing = publications.find(connection, office.agency_id, weeks=[wanted.week], latest=True)
    told = {p.precinct_id: p.publication_id for p in standing}
    listed = drafts.of_week(connection, office.agency_id, wanted.week)
    own = next((d for d in listed if d.draft_id == wanted.draft_id), None)
    return [
        v for d in listed
        if own is not None and (d.made, d.inputs) == (own.made, own.inputs)
        and d.precinct_id in own.precincts and d.precinct_id != own.precinct_id
        and d.follows == told.get(d.precinct_id, 0)
        for v in d.plan.visits
    ]  # fmt: skip


def _own_pin(
    pin: Visit, agency: Agency, wanted: _Wanted, stands: Publication | None, moment: datetime
) -> bool:
    """Pins bind the own precinct's plan; a past one that was never published cannot be kept."""
    if agency.schools[pin.school_id].precinct_id != wanted.precinct_id:
        return False
    known = {v.pin_key for v in stands.plan.visits} if stands is not None else set()
    return pin.starts >= moment or pin.pin_key in known


def _refuse_broken(case: Case, wanted: _Wanted, moment: datetime, stands: Publication | None) -> None:
    if stands is None:
        begun = [v for v in wanted.visits if v.starts < moment]
        if begun:
            raise RefusedError(
                f"{len(begun)} visits of the draft would have begun already (the first: {begun[0]}). Plan "
                "the week again from now on."
            )
    broken = _broken(case, wanted)
    if broken:
        words = " ".join(f"{v.sentence}" for v in broken[:5])
        more = f" And {len(broken) - 5} more." if len(broken) > 5 else ""
        raise RefusedError(f"The draft breaks rules of the tables as they stand: {words}{more}")


def _broken(case: Case, wanted: _Wanted) -> list[Violation]:
    """The rules that the precinct's own visits break."""
    foreign = {
        i for i, v in zip(case.rows, case.visits, strict=True)
        if case.agency.schools[v.school_id].precinct_id != wanted.precinct_id
    }  # fmt: skip
    return [v for v in violations(case) if not v.rows or not set(v.rows) <= foreign]
