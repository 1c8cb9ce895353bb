"""The whole division in one week: how each precinct stands, and what is done for all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scheduler.domain.actor import Actor
from scheduler.domain.calendar import monday_of, week_days
from scheduler.domain.publication import Draft, Publication
from scheduler.errors import RefusedError, SchedulerError
from scheduler.publish.summary import school_weeks
from scheduler.publish.words import proof_sentence
from scheduler.rules.case import Case
from scheduler.rules.registry import tier_items
from scheduler.service import delivery, publishing
from scheduler.service.editing import tables
from scheduler.service.office import Office
from scheduler.service.weeks import WeekView, week_view


@dataclass(frozen=True)
class PrecinctGlance:
    """How one precinct's week stands. `covered` of `schools` have the visits they ask for, `held` of
    `sessions` have an officer, and `have_it` of `concerned` officers have fetched what is published.
    `draft` is the one that would be published."""

    precinct_id: str
    name: str
    state: str
    covered: int
    schools: int
    held: int
    sessions: int
    overdue: tuple[str, ...]
    proof: str
    revision: int
    draft: Draft | None
    concerned: int
    have_it: int

    @property
    def lacks(self) -> tuple[int, int, int, int, str]:
        """How badly it needs a look: the larger, the worse."""
        stage = {"nothing": 2, "draft": 1, "published": 0}[self.state]
        short = (self.sessions - self.held) * 4 + len(self.overdue) * 2 + self.schools - self.covered
        return (stage == 2, short, stage, self.concerned - self.have_it, self.precinct_id)

    @property
    def shortages(self) -> tuple[str, ...]:
        """What the plan leaves out, in words."""
        found = []
        if self.held < self.sessions:
            found.append(f"{self.held} of {self.sessions} sessions")
        if self.overdue:
            found.append(f"overdue: {', '.join(self.overdue)}")
        if self.covered < self.schools:
            found.append(f"{self.covered} of {self.schools} schools covered")
        return tuple(found)

    @property
    def well(self) -> bool:
        """Whether it leaves nothing out."""
        return not self.shortages

    @property
    def newer_draft(self) -> bool:
        """Whether a draft waits beside what is published."""
        return self.state == "draft" and self.revision > 0

    @property
    def receipts(self) -> str:
        """`3 of 4 officers have it`; blank where nothing is published."""
        if not self.concerned:
            return ""
        who = "officer has" if self.concerned == 1 else "officers have"
        return f"{self.have_it} of {self.concerned} {who} it"


@dataclass(frozen=True)
class Outcome:
    """What came of one precinct in something that was done for many."""

    precinct_id: str
    done: bool
    sentence: str


def glance(office: Office, actor: Actor, week: date) -> list[PrecinctGlance]:
    """Every precinct with schools that the actor may look at, the worst first. Raises RefusedError."""
    monday = monday_of(week)
    agency = tables(office).agency
    seen = [p for p in agency.precincts if actor.may_see(p) and agency.schools_of[p]]
    if not seen:
        raise RefusedError(f"No precinct is open to {actor.name}. Ask your administrator.")
    found = [_glance(office, actor, p, monday) for p in seen]
    return sorted(found, key=lambda g: (*(-n for n in g.lacks[:4]), g.lacks[4]))


def publish_all(
    office: Office, actor: Actor, draft_ids: Sequence[tuple[str, str]], reason: str = ""
) -> list[Outcome]:
    """Publishes drafts (precinct, draft) one after the other; one that is refused keeps none of the
    others back."""
    out = []
    for precinct_id, draft_id in draft_ids:
        try:
            made: Publication = publishing.publish(office, actor, draft_id, reason)
            said = f"published as revision {made.number}, {len(made.plan.visits)} visits."
            out.append(Outcome(precinct_id, True, said))
        except SchedulerError as error:
            out.append(Outcome(precinct_id, False, f"not published. {error}"))
    return out


def _glance(office: Office, actor: Actor, precinct_id: str, monday: date) -> PrecinctGlance:
    view = week_view(office, actor, precinct_id, monday)
    agency = view.agency
    schools = agency.schools_of[precinct_id]
    ids = {s.school_id for s in schools}
    due = [s for s in agency.sessions.values() if s.school_id in ids and s.date in week_days(monday)]
    covered = held = 0
    overdue: tuple[str, ...] = ()
    if view.case is not None:
        covered = sum(len(s.visits) >= s.wanted for s in school_weeks(view.case, monday, (precinct_id,)))
        missed = {i.session_id for i in tier_items(view.case, "missed_sessions")}
        held = sum(s.session_id not in missed for s in due)
        overdue = _overdue(view.case)
    told = view.standing
    holders = delivery.holders(office, actor, told.publication_id) if told is not None else []
    return PrecinctGlance(
        precinct_id, agency.precincts[precinct_id].name,
        "draft" if view.draft is not None else "published" if told is not None else "nothing",
        covered, len(schools), held, len(due), overdue, _proof(view), told.number if told else 0,
        view.draft, len(holders), sum(h.fetched is not None for h in holders),
    )  # fmt: skip


def _overdue(case: Case) -> tuple[str, ...]:
    found = {i.school_id for i in tier_items(case, "overdue_days") if i.school_id is not None}
    return tuple(case.agency.schools[s].name for s in sorted(found))


def _proof(view: WeekView) -> str:
    if view.proof is None:
        return ""
    if view.proof.status == "manual":
        return "Changed by hand."
    return proof_sentence(view.proof.status, view.proof.gap)
