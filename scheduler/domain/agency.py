"""An agency as its tables describe it: frozen rows, keyed by id.

Times of day are minutes from midnight, local to the agency's zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from scheduler.domain.clock import Window
from scheduler.domain.plan import PastVisit, Visit
from scheduler.domain.policy import Policy

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


class Role(StrEnum):
    """What an officer is planned as."""

    ESRO = "esro"
    RELIEF = "relief"


@dataclass(frozen=True, slots=True)
class Precinct:
    """A precinct; the coordinates are its station's."""

    precinct_id: str
    name: str
    address: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class School:
    """An elementary school. `weight` is its part of the fair shares."""

    school_id: str
    name: str
    precinct_id: str
    address: str
    latitude: float
    longitude: float
    enrollment: int | None
    opens: int
    closes: int
    visits_per_week: int = 1
    max_gap_days: int | None = None
    weight: Decimal = Decimal(1)
    private_space: tuple[Window, ...] = ()

    def mentoring_windows(self, minutes: int) -> tuple[Window, ...]:
        """Private-space windows long enough for a mentoring visit of `minutes` in them."""
        return tuple(w for w in self.private_space if w.minutes >= minutes)


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer. `covers` is as written: precinct ids, or `("*",)` for all."""

    officer_id: str
    name: str
    precinct_id: str
    role: Role = Role.ESRO
    covers: tuple[str, ...] = ()
    qualifications: tuple[str, ...] = ()

    def holds(self, qualification: str) -> bool:
        """Whether the officer holds it; a blank one is held by all."""
        return not qualification or qualification in self.qualifications

    def may_do(self, work: "Session | Task") -> bool:
        """Whether the officer holds the qualification of a session or task and is the one named."""
        return self.holds(work.qualification) and work.officer_id in (None, self.officer_id)


@dataclass(frozen=True, slots=True)
class Shift:
    """The hours of an officer on one weekday (0 = Monday)."""

    officer_id: str
    weekday: int
    start: int
    end: int


ELSEWHERE, PAST = "elsewhere", "past"
"""Reasons of absences that stand in no table: visits in another precinct, and a week's part that is over."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A stretch in which an officer is away."""

    officer_id: str
    start: datetime
    end: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Closure:
    """A day's exception: closed (`hours` None) or open at other hours; for all schools
    where `school_id` is None."""

    date: date
    school_id: str | None
    hours: Window | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """An appointment at a fixed time: a lesson, a drill, a meeting."""

    session_id: str
    school_id: str
    date: date
    start: int
    minutes: int
    program: str
    focus: str = "teaching"
    qualification: str = ""
    officer_id: str | None = None

    @property
    def window(self) -> Window:
        """Its whole time."""
        return Window(self.start, self.start + self.minutes)


@dataclass(frozen=True, slots=True)
class Task:
    """Work due by a date, done within some visit from `from_` to `until`."""

    task_id: str
    school_id: str
    from_: date
    until: date
    minutes: int
    program: str
    focus: str = "law_enforcement"
    window: Window | None = None
    qualification: str = ""
    officer_id: str | None = None


@dataclass(frozen=True)
class Agency:
    """One agency's tables, checked and immutable. Mappings keep the order of the rows.

    `travel` holds the rows of travel.csv as written, keyed by (from, to) place; a place is
    `school:ID` or `precinct:ID`. `shifts` is keyed by (officer_id, weekday), `closures` by
    (date, school_id or None).
    """

    name: str
    timezone: str
    policy: Policy
    precincts: Mapping[str, Precinct]
    schools: Mapping[str, School]
    officers: Mapping[str, Officer]
    shifts: Mapping[tuple[str, int], Shift] = field(default_factory=dict)
    absences: tuple[Absence, ...] = ()
    closures: Mapping[tuple[date, str | None], Closure] = field(default_factory=dict)
    sessions: Mapping[str, Session] = field(default_factory=dict)
    tasks: Mapping[str, Task] = field(default_factory=dict)
    pins: tuple[Visit, ...] = ()
    history: tuple[PastVisit, ...] = ()
    travel: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (
            "precincts", "schools", "officers", "shifts", "closures", "sessions", "tasks", "travel",
        ):  # fmt: skip
            value = getattr(self, name)
            if not isinstance(value, MappingProxyType):
                object.__setattr__(self, name, MappingProxyType(dict(value)))

    def __getstate__(self) -> dict[str, object]:
        return {k: dict(v) if isinstance(v, MappingProxyType) else v
                for k, v in self.__dict__.items() if not k.startswith("_")}  # fmt: skip

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self.__post_init__()

    @cached_property
    def schools_of(self) -> Mapping[str, tuple[School, ...]]:
        """The schools of each precinct, in the order of the table."""
        out: dict[str, list[School]] = {p: [] for p in self.precincts}
        for school in self.schools.values():
            out[school.precinct_id].append(school)
        return {p: tuple(schools) for p, schools in out.items()}

    def served_precincts(self, officer: Officer) -> frozenset[str]:
        """The precincts whose schools `officer` may visit."""
        if officer.role is Role.ESRO or not officer.covers:
            return frozenset({officer.precinct_id})
        if "*" in officer.covers:
            return frozenset(self.precincts)
        return frozenset(officer.covers)
