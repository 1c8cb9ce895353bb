"""Reports and figures of the service given, as far as someone may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.domain.actor import Actor
from scheduler.domain.agency import Agency
from scheduler.domain.calendar import monday_of
from scheduler.domain.scope import restricted
from scheduler.errors import RefusedError
from scheduler.publish.service_report import (
    SchoolService,
    WeekService,
    monthly,
    monthly_csv,
    span,
    weekly,
    yearly_csv,
    yearly_html,
)  # fmt: skip
from scheduler.service.folders import versions
from scheduler.service.history import records, with_history
from scheduler.service.office import Office
from scheduler.watchers.panel import Panel, judge_rounds

WEEKS = 8
"""Weeks that figures look back over."""
MONTH, YEAR, PAGE = "month", "year", "page"


@dataclass(frozen=True)
class Figures:
    """A precinct's last weeks: visits a week, schools over all of them, and how well watchers guessed
    a week's visits from those before it."""

    weeks: list[WeekService]
    schools: list[SchoolService]
    watchers: list[tuple[date, Panel]]
    panel: Panel


def figures(office: Office, actor: Actor, precinct_id: str, week: date, weeks: int = WEEKS) -> Figures:
    """The figures of `weeks` weeks, the last of them `week` or the current one where that is still to
    come. What was published and not reported on counts for watchers as given. Raises RefusedError."""
    with office.database.reading() as connection:
        _, head = office.head(connection)
        _require(head, actor, [precinct_id])
        last = min(monday_of(week), monday_of(office.local(head).date()))
        mondays = [last - timedelta(weeks=n) for n in range(weeks - 1, -1, -1)]
        end = last + timedelta(days=6)
        found = records(connection, office, head, mondays[0], end)
        past = with_history(connection, office, head, last + timedelta(weeks=1)).history
    own = [r for r in found if r.precinct_id == precinct_id]
    agency = restricted(head, [precinct_id])
    visits = [p.visit for p in past if p.status == "done"]
    each = [(m, judge_rounds(agency, visits, [m])) for m in mondays]
    return Figures(
        weekly(own, mondays), span(agency, own, mondays[0]), [(m, p) for m, p in each if p.guesses],
        judge_rounds(agency, visits, mondays),
    )  # fmt: skip


def report(office: Office, actor: Actor, kind: str, first: date, last: date, precincts: Sequence[str]) -> str:
    """The monthly CSV, the yearly CSV or the yearly page of some precincts. Raises RefusedError."""
    with office.database.reading() as connection:
        _, head = office.head(connection)
        _require(head, actor, precincts)
        found = records(connection, office, head, first, last)
    agency = restricted(head, precincts)
    own = [r for r in found if r.precinct_id in precincts]
    if kind == MONTH:
        return monthly_csv(monthly(agency, own))
    rows = span(agency, own, first)
    if kind == YEAR:
        return yearly_csv(agency, rows)
    return yearly_html(agency, rows, first, last, office.local(head).date(), versions()["esro"])


def _require(head: Agency, actor: Actor, precincts: Sequence[str]) -> None:
    for precinct_id in precincts:
        if precinct_id not in head.precincts or not actor.may_see(precinct_id):
            raise RefusedError(f"{actor.name} may not see the service of precinct {precinct_id}.")
