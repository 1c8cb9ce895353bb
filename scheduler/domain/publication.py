"""Drafts and publications: what was planned, and what everyone was told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduler.domain.agency import School
from scheduler.domain.plan import Plan, Visit
from scheduler.domain.score import Score


@dataclass(frozen=True, slots=True)
class Proof:
    """What a planning run proved of a plan. `status` is `optimal`, `feasible`, or `manual` for a
    plan made by hand; `best` and `bound` are None there."""

    status: str
    score: Score
    best: Score | None
    bound: Score | None
    gap: float | None
    seed: int | None
    price: float | None

    def to_dict(self) -> dict[str, Any]:
        """As result.json writes it."""
        return {
            "status": self.status, "score": self.score.to_dict(),
            "best": self.best.to_dict() if self.best else None,
            "bound": self.bound.to_dict() if self.bound else None,
            "gap": self.gap, "seed": self.seed, "price": self.price,
        }  # fmt: skip

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> "Proof":
        """The inverse of `to_dict`."""
        best, bound = data["best"], data["bound"]
        return Proof(
            data["status"], Score.from_dict(data["score"]), Score.from_dict(best) if best else None,
            Score.from_dict(bound) if bound else None, data["gap"], data["seed"], data["price"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan of one precinct and week that nobody outside has been told of.

    `snapshot` is the digest of the tables it was made from, `inputs` that of the tables with the
    history as it stood then. `precincts` are all that were planned together: `proof` speaks of
    them together. `follows` is the publication that stood when the draft was made (0: none).
    `parent` is the draft that was changed by hand into this one.
    """

    draft_id: str
    precinct_id: str
    week: date
    snapshot: str
    inputs: str
    precincts: tuple[str, ...]
    plan: Plan
    proof: Proof
    author: str
    made: datetime
    follows: int = 0
    parent: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A school as it was told to people."""

    name: str
    address: str
    latitude: float
    longitude: float

    @staticmethod
    def of(school: School) -> "Place":
        """Where a school is."""
        return Place(school.name, school.address, school.latitude, school.longitude)


@dataclass(frozen=True, slots=True)
class Mark:
    """The identity of an event and its standing: `uid` for ever the same; `sequence` and `changed`
    (UTC) rise with every real change and with nothing else."""

    uid: str
    sequence: int
    changed: datetime
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class PublishedVisit:
    """A visit as it was published, with everything that a calendar shows of it."""

    mark: Mark
    visit: Visit
    place: Place
    lines: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[object, ...]:
        """What people see: a change of it raises the sequence."""
        v = self.visit
        return (v.officer_id, v.school_id, v.date, v.start, v.end, v.focus, v.tasks, self.place,
                self.lines, self.mark.cancelled)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Appointment:
    """A session that a published visit attends, as the school sees it."""

    mark: Mark
    session_id: str
    school_id: str
    date: date
    start: int
    end: int
    program: str
    officer: str
    place: Place

    @property
    def shown(self) -> tuple[object, ...]:
        """What people see: a change of it raises the sequence."""
        return (self.school_id, self.date, self.start, self.end, self.program, self.officer, self.place,
                self.mark.cancelled)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Publication:
    """One precinct's week as everyone was told it: numbered, immutable.

    `publication_id` counts all publications of the store, `number` those of this precinct and
    week. `moment` is the local time at which it was published: what began before is kept from the
    publication before. `undoes` is the publication whose plan it took back.
    """

    publication_id: int
    precinct_id: str
    week: date
    number: int
    draft_id: str | None
    snapshot: str
    inputs: str
    proof: Proof
    author: str
    at: datetime
    moment: datetime
    reason: str
    visits: tuple[PublishedVisit, ...]
    appointments: tuple[Appointment, ...] = ()
    undoes: int | None = None

    @property
    def plan(self) -> Plan:
        """The visits that stand."""
        return Plan.of(v.visit for v in self.visits if not v.mark.cancelled)


def standing(publications: Iterable[Publication]) -> list[Publication]:
    """The last publication of each precinct and week, in order of week and precinct."""
    last: dict[tuple[date, str], Publication] = {}
    for p in publications:
        key = (p.week, p.precinct_id)
        if key not in last or last[key].number < p.number:
            last[key] = p
    return [last[k] for k in sorted(last)]
