"""The master programme: which tours, so that what is asked for is met.

One 0/1 variable a tour (or pattern) of an officer-day, one row for each thing that is asked
for, and slacks that carry the tiers of the score. The rows are written once here, as *demands*
on features of visits, and used for the linear relaxation and the integer programme alike.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from scheduler.domain.score import TIERS
from scheduler.planner.nodes import Option
from scheduler.planner.problem import OfficerDay, WeekProblem

TIER = {name: i for i, name in enumerate(TIERS)}
INF = float("inf")

Feature = tuple[str, ...] | tuple[str, str, date]
"""What a visit brings: ("visit", school), ("on", school, date), ("session", id), ("task", id),
("focus", school, focus), ("units", school)."""


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
    """A row: lower ≤ Σ coefficient × feature + Σ coefficient × slack ≤ upper."""

    name: str
    lower: float
    upper: float
    features: Mapping[Feature, float]
    slacks: Mapping[int, float]


class Master:
    """The rows and slacks of one week problem; minutes are counted in units of the length step
    beside those of fixed visits."""

    def __init__(self, problem: WeekProblem) -> None:
        self.problem = problem
        self.slacks: list[Slack] = []
        self.demands: list[Demand] = []
        self.step = problem.agency.policy.visits.length_step_minutes
        self._fixed_minutes: dict[str, int] = {}
        for od in problem.officer_days:
            for v in od.fixed:
                self._fixed_minutes[v.school_id] = (
                    self._fixed_minutes.get(v.school_id, 0) + max(0, v.minutes)
                )
        self._build()

    @cached_property
    def constants(self) -> tuple[int, ...]:
        """What each tier counts whatever is planned."""
        out = [0] * len(TIERS)
        out[TIER["overdue_days"]] = self.problem.overdue_for_sure
        out[TIER["changed_visits"]] = self.problem.dropped_changes
        return tuple(out)

    def features(self, od: OfficerDay, option: Option) -> Iterator[Feature]:
        """What a visit with this option brings, but for its units."""
        yield ("visit", option.school_id)
        yield ("on", option.school_id, od.day)
        for s in option.sessions:
            yield ("session", s)
        for t in option.tasks:
            yield ("task", t)
        yield ("focus", option.school_id, option.focus)

    @cached_property
    def rows_of(self) -> Mapping[Feature, tuple[tuple[int, float], ...]]:
        """For each feature the rows that count it."""
        out: dict[Feature, list[tuple[int, float]]] = {}
        for i, demand in enumerate(self.demands):
            for feature, coefficient in demand.features.items():
                out.setdefault(feature, []).append((i, coefficient))
        return {f: tuple(rows) for f, rows in out.items()}

    def worth(self, duals: npt.NDArray[np.float64], feature: Feature) -> float:
        """The sum of the duals of the rows that count `feature`."""
        return sum(float(duals[i]) * c for i, c in self.rows_of.get(feature, ()))

    # -- the rows ----------------------------------------------------------------------------

    def _slack(self, tier: str, cost: int, upper: float = 1, integer: bool = True) -> int:
        self.slacks.append(Slack(TIER[tier], cost, upper, integer))
        return len(self.slacks) - 1

    def _demand(
        self, name: str, lower: float, upper: float, features: Mapping[Feature, float],
        slacks: Mapping[int, float] | None = None,
    ) -> None:  # fmt: skip
        self.demands.append(Demand(name, lower, upper, features, slacks or {}))

    def _build(self) -> None:
        problem = self.problem
        for session in problem.sessions:
            missed = self._slack("missed_sessions", 1)
            self._demand("session", 1, INF, {("session", session.session_id): 1}, {missed: 1})
        for tier, tasks in (("missed_sessions", problem.due), ("open_tasks", problem.early)):
            for task in tasks:
                left = self._slack(tier, 1)
                self._demand("task", 1, 1, {("task", task.task_id): 1}, {left: 1})
        for school in problem.schools:
            need = problem.needs[school.school_id]
            gaps = {self._slack("missing_visits", k): 1.0 for k in range(1, need + 1)}
            if need:
                self._demand("visits", need, INF, {("visit", school.school_id): 1}, gaps)
        for late in problem.overdue:
            slack = self._slack("overdue_days", 1)
            days: dict[Feature, float] = {("on", late.school_id, d): 1 for d in late.days}
            self._demand("overdue", 1, INF, days, {slack: 1})
        for school_id, focus in problem.focus_gaps:
            slack = self._slack("focus_gaps", 1)
            self._demand("focus", 1, INF, {("focus", school_id, focus): 1}, {slack: 1})
        self._once_a_day()
        for school in problem.schools:
            share = problem.shares.get(school.school_id, 0)
            if share > 0:
                self._fair(school.school_id, share)

    def _once_a_day(self) -> None:
        officers: dict[tuple[str, date], int] = {}
        for od in self.problem.officer_days:
            for s in od.schools:
                officers[(s, od.day)] = officers.get((s, od.day), 0) + 1
        for (school_id, day), count in officers.items():
            if count > 1:
                self._demand("once", -INF, 1, {("on", school_id, day): 1})

    def _fair(self, school_id: str, share: int) -> None:
        """Tiers 8 and 9 of one school. Minutes below the share are convex in units of the step;
        the second row is their line between the two units next to the share (a mixed-integer
        rounding inequality), which no plan violates and the plain row allows to."""
        fixed = self._fixed_minutes.get(school_id, 0)
        units: Feature = ("units", school_id)
        for numerator, denominator in ((3, 4), (1, 2)):
            short = -(-(numerator * share - denominator * fixed) // (denominator * self.step))
            if short > 0:
                under = self._slack("under_served", 1)
                self._demand("under", short, INF, {units: 1}, {under: float(short)})
        missing = share - fixed
        if missing <= 0:
            return
        below = self._slack("minutes_cost", 2, float(missing), integer=False)
        self._demand("share", missing, INF, {units: self.step}, {below: 1})
        rest = missing % self.step
        if rest:
            whole = -(-missing // self.step)
            self._demand("share", rest * whole, INF, {units: rest}, {below: 1})


def kept_changes(od: OfficerDay, school_id: str, starts: npt.NDArray[np.int64],
                 problem: WeekProblem) -> npt.NDArray[np.int64]:  # fmt: skip
    """What a visit at a school from each start adds to the changed visits: 1 where nothing
    published corresponds to it, −1 (it is kept, so not dropped) where something does."""
    if problem.published is None:
        return np.zeros(len(starts), dtype=np.int64)
    out = np.ones(len(starts), dtype=np.int64)
    for v in od.published:
        if v.school_id == school_id:
            out[np.abs(starts - v.start) <= 15] = -1
    return out
