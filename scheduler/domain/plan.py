"""A plan: the visits of officers to schools, and what was published before."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal

from scheduler.domain.clock import Window, format_clock


class Focus(StrEnum):
    """What a visit is for."""

    TEACHING = "teaching"
    MENTORING = "mentoring"
    LAW_ENFORCEMENT = "law_enforcement"


PinKey = tuple[str, str, date, int, int, str]
"""The six columns in which a visit equals a pin: officer, school, date, start, end, focus."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One officer at one school, [start, end) in minutes from midnight of `date`.

    `tasks` are the ids of the tasks done in it, sorted.
    """

    officer_id: str
    school_id: str
    date: date
    start: int
    end: int
    focus: str
    tasks: tuple[str, ...] = ()

    @property
    def minutes(self) -> int:
        """Its length."""
        return self.end - self.start

    @property
    def window(self) -> Window:
        """Its time of day."""
        return Window(self.start, self.end)

    @property
    def starts(self) -> datetime:
        """The local moment it starts."""
        return datetime.combine(self.date, time(self.start // 60, self.start % 60))

    @property
    def pin_key(self) -> PinKey:
        """The six columns in which a visit equals a pin."""
        return (self.officer_id, self.school_id, self.date, self.start, self.end, self.focus)

    def __str__(self) -> str:
        return (
            f"{self.officer_id} at {self.school_id} on {self.date} "
            f"{format_clock(self.start)}-{format_clock(self.end)}"
        )


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A row of history.csv."""

    visit: Visit
    status: Literal["done", "missed"] = "done"


def plan_order(visit: Visit) -> tuple[date, str, int, str]:
    """The order of the rows of plan.csv: date, officer, start (then school)."""
    return (visit.date, visit.officer_id, visit.start, visit.school_id)


@dataclass(frozen=True, slots=True)
class Plan:
    """The visits of one or several weeks, as rows of plan.csv in their order."""

    visits: tuple[Visit, ...]

    @staticmethod
    def of(visits: Iterable[Visit]) -> "Plan":
        """A plan of `visits`, sorted as plan.csv is."""
        return Plan(tuple(sorted(visits, key=plan_order)))


@dataclass(frozen=True, slots=True)
class Published:
    """The plan that stands, and the local moment up to which it is past."""

    plan: Plan
    moment: datetime

    def is_past(self, visit: Visit) -> bool:
        """Whether `visit` starts before the moment."""
        return visit.starts < self.moment

    def keeps(self, visit: Visit) -> bool:
        """Whether `visit` is a published one that is past, which stays as it is."""
        return self.is_past(visit) and visit in self.plan.visits

    def known_to(
        self, schools: Container[str], officers: Container[str], tasks: Container[str]
    ) -> "Published":
        """The same without what other tables do not hold any more."""
        kept = (v for v in self.plan.visits if v.school_id in schools and v.officer_id in officers)
        known = (replace(v, tasks=tuple(t for t in v.tasks if t in tasks)) for v in kept)
        return Published(Plan.of(known), self.moment)
