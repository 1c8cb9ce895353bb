"""A plan changed by hand: one visit moved, lengthened, handed over, removed, pinned or added; what that
costs and breaks is told before it is kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from scheduler.domain.actor import Actor
from scheduler.domain.change import Change
from scheduler.domain.clock import format_clock
from scheduler.domain.plan import Visit
from scheduler.domain.publication import Draft
from scheduler.explain.words import tier_changes
from scheduler.rules.registry import score, violations
from scheduler.rules.violation import Violation
from scheduler.service import drafting, editing
from scheduler.service.office import Office
from scheduler.service.weeks import WeekView, judged


@dataclass(frozen=True)
class Weighed:
    """What a change by hand would do: the visits then, what it costs in words, the rules it would
    break that are kept now, and whether it can be published."""

    visits: tuple[Visit, ...]
    difference: tuple[int, ...]
    sentence: str
    broken: tuple[Violation, ...]


def weigh(view: WeekView, before: Visit | None, after: Visit | None) -> Weighed:
    """A visit replaced by another, removed (`after` None) or added (`before` None)."""
    visits = tuple(v for v in view.visits if v != before) + ((after,) if after is not None else ())
    assert view.case is not None, "a plan is shown"
    then = judged(view, visits)
    difference = tuple(b - a for a, b in zip(score(view.case), score(then), strict=True))
    known = {(v.rule, v.sentence) for v in violations(view.case)}
    broken = tuple(v for v in violations(then) if (v.rule, v.sentence) not in known)
    return Weighed(visits, difference, tier_changes(difference), broken)


def keep(office: Office, actor: Actor, view: WeekView, visits: Iterable[Visit], note: str) -> Draft:
    """Keeps changed visits as a new draft. Raises RefusedError."""
    parent = view.draft.draft_id if view.draft is not None else None
    return drafting.manual_draft(
        office, actor, view.precinct_id, view.week, tuple(visits), parent, note
    )


def pin(office: Office, actor: Actor, visit: Visit, pinned: bool) -> None:
    """Pins a visit, so that every plan keeps it, or takes its pin away. Raises RefusedError,
    ConflictError, InputError."""
    base = editing.tables(office).edit.revision
    row = {
        "officer_id": visit.officer_id, "school_id": visit.school_id, "date": visit.date.isoformat(),
        "start": format_clock(visit.start), "end": format_clock(visit.end), "focus": visit.focus,
    }  # fmt: skip
    change = Change("pins.csv", "add", {}, row) if pinned else Change("pins.csv", "remove", row)
    editing.edit(office, actor, base, [change], "Pinned" if pinned else "Pin taken away")
