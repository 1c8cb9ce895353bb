"""Commands that plan from the store, publish, compare and take back."""

import sys
from datetime import date, datetime
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.options import (
    AgencyId,
    Precincts,
    Price,
    Seconds,
    Seed,
    Week,
    Workers,
    argument_fault,
    day_of,
    opened,
    say,
    seconds_left,
    stoppable,
)  # fmt: skip

if TYPE_CHECKING:
    from scheduler.domain.publication import Draft, Publication

Reason = Annotated[str, typer.Option("--reason", help="Why, for the record.")]
Number = Annotated[int, typer.Argument(help="The publication's number in the store.")]
MaybeWeek = Annotated[str | None, typer.Option("--week", metavar="DATE", help="Any day of the week.")]
MaybePrecinct = Annotated[str | None, typer.Option("--precinct", metavar="ID")]


def draft(
    week: Week, precinct: Precincts = None, time_limit: Seconds = 60, seed: Seed = None, price: Price = None,
    workers: Workers = None,
    plan: Annotated[Path | None, typer.Option(
        "--plan", metavar="FILE", help="Take this plan.csv in place of planning.")] = None,
    agency: AgencyId = None,
) -> None:  # fmt: skip
    """Plans a week from the store's tables and keeps it as drafts, one a precinct."""
    from scheduler.progress import shown_progress
    from scheduler.publish.words import proof_sentence
    from scheduler.service import drafting, editing

    office, actor = opened(agency)
    if plan is not None:
        if not precinct or len(precinct) != 1:
            raise argument_fault("--precinct", "", "a plan file is of one precinct", "Name one.")
        made = [drafting.draft_of_file(office, actor, precinct[0], day_of(week), plan)]
    else:
        chosen = tuple(precinct or editing.tables(office).agency.precincts)
        request = drafting.DraftRequest(day_of(week), chosen, seconds_left(time_limit), seed, price, workers)
        with shown_progress(sys.stderr) as progress, stoppable() as cancel:
            made = drafting.plan_drafts(office, actor, request, progress, cancel)
    for d in made:
        proof = "Made by hand." if d.proof.status == "manual" else proof_sentence(d.proof.status, d.proof.gap)
        say(f"Precinct {d.precinct_id}: {len(d.plan.visits)} visits. {proof}")
        print(d.draft_id)


def drafts(week: MaybeWeek = None, precinct: MaybePrecinct = None, agency: AgencyId = None) -> None:
    """Lists drafts, newest first."""
    from scheduler.service import drafting

    for d in drafting.list_drafts(*opened(agency), _day(week), precinct):
        _listed(d, d.draft_id[:12], (), d.made, d.note)


def publish(
    draft: Annotated[list[str], typer.Argument(help="Drafts, by id or its beginning.")], reason: Reason = "",
    agency: AgencyId = None,
) -> None:  # fmt: skip
    """Publishes drafts: the officers' calendars show them from now on."""
    from scheduler.service import publishing

    office, actor = opened(agency)
    for draft_id in draft:
        _told(publishing.publish(office, actor, draft_id, reason).publication_id, agency)


def undo(publication: Number, reason: Reason = "", agency: AgencyId = None) -> None:
    """Takes a publication back: the plan that stood before it is published again."""
    from scheduler.service import publishing

    office, actor = opened(agency)
    _told(publishing.take_back(office, actor, publication, reason).publication_id, agency)


def publications(week: MaybeWeek = None, precinct: MaybePrecinct = None, agency: AgencyId = None) -> None:
    """Lists publications, newest first."""
    from scheduler.service import publishing

    for p in publishing.list_publications(*opened(agency), _day(week), precinct):
        _listed(p, str(p.publication_id), (f"revision {p.number}",), p.at, p.reason)


def diff(
    before: Annotated[int, typer.Argument(help="A publication.")],
    after: Annotated[int, typer.Argument(help="A later one of the same precinct and week.")],
    agency: AgencyId = None,
) -> None:
    """Prints what changed from one publication to another, for whom."""
    from scheduler.publish.changes import changes, summary
    from scheduler.service import editing, publishing

    office, actor = opened(agency)
    a, b = (publishing.get_publication(office, actor, n) for n in (before, after))
    if (a.precinct_id, a.week) != (b.precinct_id, b.week):
        words = "it is of another precinct or week"
        raise argument_fault("AFTER", str(after), words, "Name two of the same.")
    for line in summary(changes(a, b), editing.tables(office).agency) or ["Nothing changed."]:
        print(line)


def receipts(publication: Number, agency: AgencyId = None) -> None:
    """Prints who has a publication, and what to tell those who may not see it in time."""
    from scheduler.service import delivery

    office, actor = opened(agency)
    found = delivery.holders(office, actor, publication)
    for h in found:
        if h.fetched is not None:
            print(f"{h.name}: has it ({h.client}, {h.fetched:%Y-%m-%d %H:%M}Z)")
        elif not h.linked:
            print(f"{h.name}: has no calendar link")
        else:
            asks = f"{h.client} asks again within {h.refresh_minutes} min" if h.client else "never fetched"
            print(f"{h.name}: not yet; {asks}")
        if h.text:
            print(indent(f"Call or text:\n{h.text}", "  "))
    have = sum(h.fetched is not None for h in found)
    say(f"{have} of {len(found)} officers have publication {publication}.")


def _day(week: str | None) -> date | None:
    return day_of(week) if week is not None else None


def _listed(one: "Draft | Publication", name: str, more: tuple[str, ...], at: datetime, said: str) -> None:
    """A line of a list, its cells parted by tabs."""
    cells = (name, str(one.week), one.precinct_id, *more, f"{len(one.plan.visits)} visits", one.proof.status,
             f"{at:%Y-%m-%d %H:%M}Z", one.author, said)  # fmt: skip
    print("\t".join(cells))


def _told(publication: int, agency: str | None) -> None:
    from scheduler.publish.changes import changes, summary
    from scheduler.service import delivery, editing, publishing

    office, actor = opened(agency)
    made, before = publishing.with_before(office, actor, publication)
    say(f"Publication {made.publication_id}: precinct {made.precinct_id}, week of {made.week}, revision "
        f"{made.number}, {len(made.plan.visits)} visits.")  # fmt: skip
    if before is not None:
        for line in summary(changes(before, made), editing.tables(office).agency):
            say(f"  {line}")
    for holder in delivery.holders(office, actor, publication):
        if holder.text and before is not None:
            say(f"  Call or text {holder.name}: the calendar may not show it in time.")
    print(made.publication_id)
