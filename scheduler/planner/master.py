"""The master programme: which tours, so that what is asked for is met.

One 0/1 variable a tour of an officer-day, one row for each thing that is asked for, and slacks
that carry the tiers of the score. The rows are written once here, as *demands* on features of
visits and on their lengths, and used for the linear relaxation, the integer programme and the
dispatcher alike.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from scheduler.domain.score import TIERS
from scheduler.planner.grid import Floats, Ints
from scheduler.planner.nodes import Option
from scheduler.planner.problem import OfficerDay, WeekProblem

TIER = {name: i for i, name in enumerate(TIERS)}
INF = float("inf")
COUNT = "count"
"""The name of rows that nothing is asked for in."""

Feature = tuple[str, str] | tuple[str, str, date] | tuple[str, str, str]
"""What a visit brings: ("visit", school), ("on", school, date), ("session", id), ("task", id),
("focus", school, focus)."""


@dataclass(frozen=True)
class Slack:
    """A variable of the master beside the tours: its tier, what a unit adds there, its upper
    bound, and whether it is integer."""

    tier: int
    cost: int
    upper: float
    integer: bool


@dataclass(frozen=True)
class Demand:
    """A row: lower ≤ Σ features of visits + Σ by_length of visits + Σ coefficient × slack ≤ upper.

    `school_id` and `by_length` (one value a visit length of the grid) count what a visit's
    length brings to its school. `implied` rows follow from the others for whole plans and cut
    off fractions alone.
    """

    name: str
    lower: float
    upper: float
    features: tuple[Feature, ...] = ()
    school_id: str | None = None
    by_length: Ints | Floats | None = None
    slacks: Mapping[int, float] = field(default_factory=dict)
    implied: bool = False


class Master:
    """The rows and slacks of one week problem; `lengths` are the grid's visit lengths."""

    def __init__(self, problem: WeekProblem) -> None:
        self.problem = problem
        self.slacks: list[Slack] = []
        self.demands: list[Demand] = []
        self.lengths = np.array(problem.grid.lengths, dtype=np.int64)
        self._fixed_minutes: dict[str, int] = {}
        for od in problem.officer_days:
            for v in od.fixed:
                had = self._fixed_minutes.get(v.school_id, 0)
                self._fixed_minutes[v.school_id] = had + v.minutes
        self._build()
        self.own_rows = len(self.demands)
        """Rows that are not cuts."""

    @cached_property
    def constants(self) -> tuple[int, ...]:
        """What each tier counts whatever is planned; the changed visits less those kept are
        never below 0 and are counted with the tours."""
        out = [0] * len(TIERS)
        out[TIER["overdue_days"]] = self.problem.overdue_for_sure
        out[TIER["changed_visits"]] = self.problem.dropped_changes
        return tuple(out)

    @cached_property
    def floor(self) -> tuple[int, ...]:
        """What no plan is below in each tier, without looking for plans."""
        out = list(self.constants)
        out[TIER["changed_visits"]] = 0
        return tuple(out)

    def features(self, od: OfficerDay, option: Option) -> Iterator[Feature]:
        """What a visit with this option brings, but for its length."""
        yield ("visit", option.school_id)
        yield ("on", option.school_id, od.day)
        for s in option.sessions:
            yield ("session", s)
        for t in option.tasks:
            yield ("task", t)
        yield ("focus", option.school_id, option.focus)

    @cached_property
    def rows_of(self) -> Mapping[Feature, tuple[int, ...]]:
        """For each feature the rows that count it."""
        out: dict[Feature, list[int]] = {}
        for i, demand in enumerate(self.demands):
            for feature in demand.features:
                out.setdefault(feature, []).append(i)
        return {f: tuple(rows) for f, rows in out.items()}

    @cached_property
    def length_rows(self) -> Mapping[str, tuple[int, ...]]:
        """For each school the rows that count the lengths of its visits."""
        out: dict[str, list[int]] = {}
        for i, demand in enumerate(self.demands):
            if demand.school_id is not None:
                out.setdefault(demand.school_id, []).append(i)
        return {s: tuple(rows) for s, rows in out.items()}

    def add_cut(self, school_id: str, tier: int, by_length: Floats, least: float) -> int:
        """A row: the shortfall of a school in a tier plus what its visits' lengths bring is at
        least `least`. Its index."""
        slacks = self.short_slacks(school_id, tier)
        self.demands.append(Demand(
            "hull", least, INF, school_id=school_id, by_length=by_length, slacks=slacks, implied=True,
        ))  # fmt: skip
        self.__dict__.pop("length_rows", None)
        return len(self.demands) - 1

    def add_count(self) -> int:
        """A row without bounds, for what the relaxation counts; its index."""
        self.demands.append(Demand(COUNT, -INF, INF, implied=True))
        return len(self.demands) - 1

    def short_slacks(self, school_id: str, tier: int) -> dict[int, float]:
        """The slacks that carry what a school is short of in a tier."""
        return {
            slack: 1.0
            for demand in self.demands
            if demand.school_id == school_id and not demand.implied
            for slack in demand.slacks
            if self.slacks[slack].tier == tier
        }

    def missing(self, school_id: str) -> int:
        """Minutes of the fair share that fixed visits leave."""
        share = self.problem.shares.get(school_id, 0)
        return max(0, share - self._fixed_minutes.get(school_id, 0))

    def levels(self, school_id: str) -> list[int]:
        """Minutes that further visits need so that the school is not under-served, for each of
        the two levels that they are short of."""
        share = self.problem.shares.get(school_id, 0)
        fixed = self._fixed_minutes.get(school_id, 0)
        needs = [-(-(n * share - d * fixed) // d) for n, d in ((3, 4), (1, 2))]
        return [need for need in needs if need > 0]

    # -- the rows ----------------------------------------------------------------------------

    def _slack(self, tier: str, cost: int, upper: float = 1, integer: bool = True) -> int:
        self.slacks.append(Slack(TIER[tier], cost, upper, integer))
        return len(self.slacks) - 1

    def _build(self) -> None:
        problem = self.problem
        add = self.demands.append
        for session in problem.sessions:
            missed = self._slack("missed_sessions", 1)
            add(Demand("session", 1, INF, (("session", session.session_id),), slacks={missed: 1}))
        for tier, tasks in (("missed_sessions", problem.due), ("open_tasks", problem.early)):
            for task in tasks:
                left = self._slack(tier, 1)
                add(Demand("task", 1, 1, (("task", task.task_id),), slacks={left: 1}))
        for tasks in problem.helpers_at.values():
            for task in tasks:
                add(Demand("once", -INF, 1, (("task", task.task_id),)))
        for school in problem.schools:
            need = problem.needs[school.school_id]
            gaps = {self._slack("missing_visits", k): 1.0 for k in range(1, need + 1)}
            if need:
                add(Demand("visits", need, INF, (("visit", school.school_id),), slacks=gaps))
        for late in problem.overdue:
            slack = self._slack("overdue_days", 1)
            days = tuple(("on", late.school_id, d) for d in late.days)
            add(Demand("overdue", 1, INF, days, slacks={slack: 1}))
        for school_id, focus in problem.focus_gaps:
            slack = self._slack("focus_gaps", 1)
            add(Demand("focus", 1, INF, (("focus", school_id, focus),), slacks={slack: 1}))
        self._once_a_day()
        for school in problem.schools:
            share = problem.shares.get(school.school_id, 0)
            if share > 0:
                self._fair(school.school_id)

    def _once_a_day(self) -> None:
        officers: dict[tuple[str, date], int] = {}
        for od in self.problem.officer_days:
            for s in od.schools:
                officers[(s, od.day)] = officers.get((s, od.day), 0) + 1
        for (school_id, day), count in officers.items():
            if count > 1:
                self.demands.append(Demand("once", -INF, 1, (("on", school_id, day),)))

    def _fair(self, school_id: str) -> None:
        """Tiers 8 and 9 of one school: minutes below its share are missing − Σ lengths."""
        for short in self.levels(school_id):
            under = self._slack("under_served", 1)
            self.demands.append(Demand(
                    "under", short, INF, school_id=school_id,
                    by_length=np.minimum(self.lengths, short), slacks={under: float(short)},
                ))  # fmt: skip
        missing = self.missing(school_id)
        if missing <= 0 or not len(self.lengths):
            if missing > 0:
                below = self._slack("minutes_cost", 2, float(missing), integer=False)
                self.demands.append(Demand("share", missing, INF, slacks={below: 1}))
            return
        below = self._slack("minutes_cost", 2, float(missing), integer=False)
        self.demands.append(Demand(
            "share", missing, INF, school_id=school_id, by_length=self.lengths, slacks={below: 1}
        ))  # fmt: skip
