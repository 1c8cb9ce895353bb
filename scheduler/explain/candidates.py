"""Where a visit could go by hand: every place, ranked, with what it costs and what it breaks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from scheduler.domain.agency import Officer
from scheduler.domain.calendar import week_days
from scheduler.domain.plan import Plan, Visit
from scheduler.domain.scope import restricted
from scheduler.domain.score import TIERS
from scheduler.explain.words import tier_changes
from scheduler.rules.case import Case
from scheduler.rules.registry import score, violations
from scheduler.rules.violation import Violation, day_words, visit_words

COARSE_MINUTES = 30
"""Starts looked at in a day, beside those that touch another visit's drive."""
A_DAY = 2
"""Places shown for one officer and day."""


@dataclass(frozen=True)
class Candidate:
    """A place for a visit: `difference` is the score with it less the score as it stands, tier by
    tier; `broken` the rules that it would break."""

    visit: Visit
    sentence: str
    difference: tuple[int, ...]
    broken: tuple[Violation, ...]

    @property
    def effect(self) -> str:
        """What it costs; the rule in its way where it is not allowed."""
        if self.broken:
            return f"Not allowed: {self.broken[0].sentence}"
        return f"{(tier_changes(self.difference) or 'the score stays as it is').capitalize()}."

    def to_dict(self) -> dict[str, Any]:
        """As `esro places` prints it."""
        return {
            "officer_id": self.visit.officer_id, "school_id": self.visit.school_id,
            "date": self.visit.date.isoformat(), "window": str(self.visit.window),
            "focus": self.visit.focus, "sentence": self.sentence,
            "difference": {t: d for t, d in zip(TIERS, self.difference, strict=True) if d},
            "broken": [{"rule": v.rule, "sentence": v.sentence} for v in self.broken],
        }  # fmt: skip


def candidates(
    case: Case, school_id: str, monday: date, moved: Visit | None = None, minutes: int | None = None
) -> list[Candidate]:
    """All places in a week for a visit to a school, or for a visit to be `moved`, allowed ones
    first, then by score. `minutes` is its length: by default that of the moved visit, else the
    shortest. Officers who do not serve the school are left out."""
    near = _near(case, school_id)
    visits = tuple(v for v in near.visits if v != moved)
    before = tuple(score(near))
    known = {(v.rule, v.sentence) for v in violations(near)}
    policy = case.agency.policy.visits
    length = minutes or (moved.minutes if moved else policy.shortest_minutes)
    found: list[Candidate] = []
    own = near.agency.schools[school_id].precinct_id
    serving = [o for o in near.agency.officers.values() if own in near.agency.served_precincts(o)]
    for officer in serving:
        for day in week_days(monday):
            if near.calendar.hours(school_id, day) is None:
                continue
            here = [
                _candidate(near, visits, v, before, known)
                for v in _places(near, visits, officer, school_id, day, length, moved)
            ]
            here.sort(key=_rank)
            found += here[:A_DAY]
    return sorted(found, key=_rank)


def _rank(c: Candidate) -> tuple[int, tuple[int, ...], str, str, int]:
    return (len(c.broken), c.difference, str(c.visit.date), c.visit.officer_id, c.visit.start)


def _near(case: Case, school_id: str) -> Case:
    """The part of a case that a visit to the school can touch: its precinct, and where the
    officers who serve it go as well."""
    agency = case.agency
    own = agency.schools[school_id].precinct_id
    serving = {o.officer_id for o in agency.officers.values() if own in agency.served_precincts(o)}
    precincts = {own} | {agency.schools[v.school_id].precinct_id for v in case.visits
                         if v.officer_id in serving}  # fmt: skip
    small = restricted(agency, [p for p in agency.precincts if p in precincts])
    visits = tuple(v for v in case.visits if v.school_id in small.schools and v.officer_id in small.officers)
    return Case(small, case.weeks, visits, case.published)


def _candidate(
    near: Case, visits: tuple[Visit, ...], visit: Visit, before: tuple[int, ...],
    known: set[tuple[str, str]],
) -> Candidate:  # fmt: skip
    after = near.with_visits(Plan.of((*visits, visit)).visits)
    broken = tuple(v for v in violations(after) if (v.rule, v.sentence) not in known)
    difference = tuple(a - b for a, b in zip(tuple(score(after)), before, strict=True))
    effect = tier_changes(difference) or "the score stays as it is"
    refused = f"; not allowed: {broken[0].sentence}" if broken else "."
    return Candidate(visit, f"{visit_words(near, visit)}: {effect}{refused}", difference, broken)


def _places(
    near: Case, visits: tuple[Visit, ...], officer: Officer, school_id: str, day: date, length: int,
    moved: Visit | None,
) -> Iterator[Visit]:  # fmt: skip
    hours = near.calendar.hours(school_id, day)
    if hours is None:
        return
    step = near.agency.policy.visits.start_step_minutes
    starts = set(range(hours.start + -hours.start % step, hours.end - length + 1, max(step, COARSE_MINUTES)))
    for other in visits:
        if other.officer_id == officer.officer_id and other.date == day:
            after = other.end + near.travel.schools(other.school_id, school_id)
            before = other.start - near.travel.schools(school_id, other.school_id) - length
            starts |= {after + -after % step, before - before % step}
    for s in near.agency.sessions.values():
        if s.school_id == school_id and s.date == day:
            starts |= {s.start - s.start % step}
    for start in sorted(starts):
        if hours.start <= start and start + length <= hours.end:
            visit = Visit(officer.officer_id, school_id, day, start, start + length, "law_enforcement",
                          moved.tasks if moved else ())  # fmt: skip
            yield _with_focus(near, visit, moved)


def _with_focus(near: Case, visit: Visit, moved: Visit | None) -> Visit:
    """With a focus that the visit may have: that of what it attends or lists, else as before."""
    offered = [s.focus for s in near.attended(visit)]
    offered += [near.agency.tasks[t].focus for t in visit.tasks if t in near.agency.tasks]
    wanted = moved.focus if moved else "law_enforcement"
    focus = wanted if not offered or wanted in offered else offered[0]
    if not offered and focus == "teaching":
        focus = "law_enforcement"
    return Visit(visit.officer_id, visit.school_id, visit.date, visit.start, visit.end, focus, visit.tasks)


@dataclass(frozen=True)
class Blocked:
    """Why one officer cannot meet a need: the rule in the way (blank: none is), in a sentence."""

    officer_id: str
    rule: str
    sentence: str


def blocked(case: Case, school_id: str, monday: date, session_id: str | None = None) -> list[Blocked]:
    """For a session that nobody attends, or for a visit that a school lacks: each officer of the
    agency who could come into question, with the one rule that blocks."""
    session = case.agency.sessions[session_id] if session_id is not None else None
    near = _near(case, school_id)
    before, known = tuple(score(near)), {(v.rule, v.sentence) for v in violations(near)}
    out = []
    for officer in case.agency.officers.values():
        name = officer.name
        own = case.agency.schools[school_id].precinct_id
        if own not in case.agency.served_precincts(officer):
            precinct = case.agency.precincts[own].name
            out.append(Blocked(officer.officer_id, "own_cluster", f"{name} does not serve {precinct}."))
            continue
        if session is not None and not officer.may_do(session):
            why = (f"is not {case.agency.officers[session.officer_id].name}, who is asked for by name"
                   if session.officer_id not in (None, officer.officer_id)
                   else f"does not hold {session.qualification}")  # fmt: skip
            out.append(Blocked(officer.officer_id, "qualified", f"{name} {why}."))
            continue
        days = [session.date] if session is not None else week_days(monday)
        tried = [
            _candidate(near, near.visits, v, before, known)
            for day in days
            for v in _tries(near, officer, school_id, day, session_id)
        ]
        tried.sort(key=_rank)
        if not tried:
            out.append(Blocked(officer.officer_id, "school_open", "The school is closed."))
        elif tried[0].broken:
            first = tried[0].broken[0]
            out.append(Blocked(officer.officer_id, first.rule, first.sentence))
        else:
            when = day_words(tried[0].visit.date)
            out.append(
                Blocked(officer.officer_id, "", f"{name} could go on {when}, {tried[0].visit.window}.")
            )
    return out


def _tries(
    near: Case, officer: Officer, school_id: str, day: date, session_id: str | None
) -> Iterator[Visit]:  # fmt: skip
    policy = near.agency.policy.visits
    if session_id is None:
        yield from _places(near, near.visits, officer, school_id, day, policy.shortest_minutes, None)
        return
    session = near.agency.sessions[session_id]
    start = session.start - session.start % policy.start_step_minutes
    for length in range(policy.shortest_minutes, policy.longest_minutes + 1):
        if length % policy.length_step_minutes == 0 and start + length >= session.start + session.minutes:
            yield Visit(officer.officer_id, school_id, day, start, start + length, session.focus)
            return
