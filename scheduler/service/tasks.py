"""What one run of planning looks at: tables with their history, what is published, who is elsewhere."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from scheduler.domain.agency import ELSEWHERE, PAST, Absence, Agency, Role
from scheduler.domain.plan import Plan, Published, Visit
from scheduler.domain.publication import Publication
from scheduler.domain.scope import restricted
from scheduler.service.history import with_history
from scheduler.service.office import Office
from scheduler.store import publications
from scheduler.store.engine import Connection


@dataclass(frozen=True)
class Task:
    """Precincts to plan in one run, with everything that the run looks at."""

    agency: Agency
    precincts: tuple[str, ...]
    published: Published | None
    follows: dict[str, int]


def handmade(
    connection: Connection, office: Office, head: Agency, precinct_id: str, week: date,
    visits: Sequence[Visit],
) -> Task:  # fmt: skip
    """What a plan of one precinct that is there already, such as one made by hand, is judged by."""
    standing = publications.find(connection, office.agency_id, weeks=[week], latest=True)
    told = {p.precinct_id: p for p in standing}
    others = [v for p in standing if p.precinct_id != precinct_id for v in p.plan.visits]
    whole = with_history(connection, office, head, week)
    return task_of(whole, [precinct_id], week, told, others, office.local(head), visits)


def task_of(
    whole: Agency, group: Sequence[str], week: date, told: dict[str, Publication], others: Sequence[Visit],
    moment: datetime, given: Sequence[Visit],
) -> Task:  # fmt: skip
    """Relief officers who are told to be elsewhere on a date are away on it, and where nothing was
    published a week that has begun is planned from now on: nobody is sent into the past. `given` are
    visits that are there already. Published visits whose officer or school is gone cannot be kept."""
    agency = restricted(whole, group)
    mine = [*given, *(v for p in group if p in told for v in told[p].plan.visits)]
    away = _elsewhere(agency, others, {(v.officer_id, v.date) for v in mine})
    parts = [told[p] for p in group if p in told]
    published = None
    if parts:
        kept = (v for p in parts for v in p.plan.visits if is_held(agency, v))
        published = Published(Plan.of(kept), moment)
    elif moment > datetime.combine(week, time()):
        begun = {v.officer_id for v in given if v.starts < moment}
        away += [
            Absence(o, datetime.combine(week, time()), moment, PAST)
            for o in agency.officers if o not in begun
        ]  # fmt: skip
    past = _past_pins(agency.pins, published, moment)
    agency = replace(agency, absences=agency.absences + tuple(away), pins=past)
    return Task(agency, tuple(group), published, {p: told[p].publication_id for p in group if p in told})


def is_held(agency: Agency, visit: Visit) -> bool:
    """Whether the tables hold the officer and the school of a visit."""
    return visit.school_id in agency.schools and visit.officer_id in agency.officers


def _elsewhere(agency: Agency, others: Sequence[Visit], mixed: Collection[tuple[str, date]]) -> list[Absence]:
    """Relief officers away for their visits elsewhere: all day, so that no drive is forgotten; on days
    that have visits here too (`mixed`), while they are there."""
    relief = [v for v in others if v.officer_id in agency.officers
              and agency.officers[v.officer_id].role is Role.RELIEF]  # fmt: skip
    out = []
    for officer_id, day in sorted({(v.officer_id, v.date) for v in relief}):
        midnight = datetime.combine(day, time())
        spans = [(midnight, midnight + timedelta(days=1))]
        if (officer_id, day) in mixed:
            spans = [(v.starts, v.starts + timedelta(minutes=v.minutes)) for v in relief
                     if (v.officer_id, v.date) == (officer_id, day)]  # fmt: skip
        out += [Absence(officer_id, begin, end, ELSEWHERE) for begin, end in spans]
    return out


def _past_pins(pins: Collection[Visit], published: Published | None, moment: datetime) -> tuple[Visit, ...]:
    """The pins without those of the past that were never published: they cannot be kept any more."""
    if published is None:
        return tuple(p for p in pins if p.starts >= moment)
    known = {v.pin_key for v in published.plan.visits}
    return tuple(p for p in pins if p.starts >= moment or p.pin_key in known)
