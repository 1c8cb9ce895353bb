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
from scheduler.rules.case import Case
from scheduler.rules.registry import score, violations
from scheduler.rules.violation import Violation
from scheduler.service import drafting, editing
from scheduler.service.office import Office
from scheduler.service.weeks import WeekView, judged
from scheduler.watchers.panel import judge_rounds


@dataclass(frozen=True)
class Weighed:
    """What a change by hand would do: the visits then, what it costs in words (in what is covered, and
    in how well the rounds are hidden), and the rules it would break that are kept now."""

    visits: tuple[Visit, ...]
    difference: tuple[int, ...]
    sentence: str
    foreseen: str
    broken: tuple[Violation, ...]


def weigh(view: WeekView, before: Visit | None, after: Visit | None) -> Weighed:
    """A visit replaced by another, removed (`after` None) or added (`before` None)."""
    visits = tuple(v for v in view.visits if v != before) + ((after,) if after is not None else ())
    assert view.case is not None, "a plan is shown"
    then = judged(view, visits)
    difference = tuple(b - a for a, b in zip(score(view.case), score(then), strict=True))
    known = {(v.rule, v.sentence) for v in violations(view.case)}
    broken = tuple(v for v in violations(then) if (v.rule, v.sentence) not in known)
    cost = tier_changes(difference)
    sentence = f"This means {cost}." if cost else "Nothing that is counted changes."
    return Weighed(visits, difference, sentence, _foreseen(view.case, then), broken)


def _foreseen(now: Case, then: Case) -> str:
    """How many of the visits that nothing announces the best of the watchers would guess."""
    (before, _), (after, guesses) = _guessed(now), _guessed(then)
    if not guesses:
        return "No visit of this week could be foreseen by a watcher."
    change = after - before
    words = "as before" if not change else f"{abs(change)} {'more' if change > 0 else 'fewer'} than before"
    return f"Someone who watches the rounds would foresee {after} of {guesses} visits, {words}."


def _guessed(case: Case) -> tuple[int, int]:
    past = [p.visit for p in case.agency.history if p.status == "done"]
    panel = judge_rounds(case.agency, [*past, *case.visits], case.weeks)
    return max(panel.hits.values(), default=0), panel.guesses


def keep(office: Office, actor: Actor, view: WeekView, visits: Iterable[Visit], note: str) -> Draft:
    """Keeps changed visits as a new draft. Raises RefusedError."""
    parent = view.draft.draft_id if view.draft is not None else None
    return drafting.manual_draft(office, actor, view.precinct_id, view.week, tuple(visits), parent, note)


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
