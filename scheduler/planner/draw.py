"""The plan to deliver: a random one among all that cost at most the price.

A random walk over plans (Metropolis: within the price, and a little less likely the more visits
fall into half-days in which their schools were seen before) from the best plan found. Its moves
are those in which watchers see a pattern otherwise: the order of a day's tour, what two days hold,
single visits that change places. Some half-days suit the schools and the drives better than
others and would come up too often; the slight aversion takes that off, and is too weak to be a
pattern of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import exp
from random import Random
from time import monotonic

import numpy as np

from scheduler.domain.agency import Session
from scheduler.planner.columns import Column
from scheduler.planner.dispatcher import WEIGHTS, Dispatcher, Week
from scheduler.planner.nodes import Option
from scheduler.planner.problem import WeekProblem
from scheduler.planner.timing import timed
from scheduler.rules.history import History

NOON = 720

STEPS_PER_VISIT = 25
AVERSION = 0.3
"""How much less likely a visit is in the half-day of the last one: the logarithm of the odds."""
WEEKS_BACK = 8
NOISE = 0.3
"""Minutes: less than any real difference, so that it decides among equal times alone."""


Familiar = Mapping[tuple[str, int, bool], float]
"""How familiar a school, weekday and half-day (afternoon: True) are: 1 for each of last visit and
of all of the last weeks being there."""


def familiar_cells(problem: WeekProblem, history: History) -> Familiar:
    """The half-days in which the schools were seen in the last weeks, by visits that no session
    or task explains."""
    begin = problem.monday - timedelta(weeks=WEEKS_BACK)
    sessions: dict[tuple[str, date], list[Session]] = {}
    for session in problem.agency.sessions.values():
        sessions.setdefault((session.school_id, session.date), []).append(session)
    out: dict[tuple[str, int, bool], float] = {}
    for school in problem.schools:
        s = school.school_id
        plain = [
            v for v in history.visits(s, begin, problem.monday)
            if not v.tasks and not any(v.window.contains(x.window) for x in sessions.get((s, v.date), ()))
        ]  # fmt: skip
        for visit in plain:
            cell = (s, visit.date.weekday(), visit.start >= NOON)
            out[cell] = out.get(cell, 0.0) + 1 / len(plain)
        if plain:
            last = max(plain, key=lambda v: (v.date, v.start))
            out[s, last.date.weekday(), last.start >= NOON] += 1.0
    return out


def draw(dispatcher: Dispatcher, best: Week, price_minutes: int, familiar: Familiar, rng: Random,
         deadline: float) -> Week:  # fmt: skip
    """A random week that equals `best` in tiers 1 to 8 and costs at most `price_minutes` more
    in the last. `best` itself stays as it is."""
    return _Walk(dispatcher, best, price_minutes, familiar, rng).run(deadline)


class _Walk:
    def __init__(self, dispatcher: Dispatcher, best: Week, price_minutes: int, familiar: Familiar,
                 rng: Random) -> None:  # fmt: skip
        self.dispatcher, self.familiar = dispatcher, familiar
        self.rng = rng
        self.week = best.copy()
        self.upper = best.score()[:-1]
        self.most = best.score()[-1] + price_minutes
        self.spaces = best.spaces
        self.days = [d for d, s in best.spaces.items() if s.od.most and len(s.nodes)]
        self.places = {d: {_kind(n.option): i for i, n in enumerate(best.spaces[d].nodes)} for d in self.days}
        generator = np.random.default_rng(rng.getrandbits(64))
        self.noise = {
            d: generator.random((len(best.spaces[d].nodes), best.spaces[d].grid.size, 1)) * NOISE
            for d in self.days
        }

    def run(self, deadline: float) -> Week:
        """Walks until the steps are done or time is up."""
        visits = sum(len(c.stops) for c in self.week.columns.values())
        if not self.days or not visits:
            return self.week
        moves = (self._reorder, self._swap, self._exchange, self._move)
        for _ in range(STEPS_PER_VISIT * visits):
            if monotonic() > deadline:
                break
            proposal = self.rng.choice(moves)()
            if proposal:
                self._try(proposal)
        return self.week

    # -- proposals: node sequences of one or two days ------------------------------------------

    def _sequence(self, day: int) -> list[int]:
        column = self.week.columns.get(day)
        return [s.node for s in column.stops] if column else []

    def _reorder(self) -> dict[int, list[int]]:
        """Another order of one day's tour."""
        day = self.rng.choice(self.days)
        sequence = self._sequence(day)
        if len(sequence) < 2 or self.spaces[day].fixed:
            return {day: sequence} if sequence else {}
        if self.rng.random() < 0.5:
            sequence.reverse()
        else:
            self.rng.shuffle(sequence)
        return {day: sequence}

    def _two(self) -> tuple[int, int] | None:
        if len(self.days) < 2:
            return None
        a, b = self.rng.sample(self.days, 2)
        return a, b

    def _swap(self) -> dict[int, list[int]]:
        """Two days change what they hold, but for sessions and fixed visits."""
        days = self._two()
        if days is None:
            return {}
        a, b = days
        left, right = self._sequence(a), self._sequence(b)
        out_a = self._moved(left, right, b, a)
        out_b = self._moved(right, left, a, b)
        return {} if out_a is None or out_b is None else {a: out_a, b: out_b}

    def _moved(self, own: list[int], theirs: list[int], source: int, day: int) -> list[int] | None:
        """What `day` holds when it keeps its bound visits and takes the free ones of `source`."""
        kept = [n for n in own if not self._free(day, n)]
        came = [self._as(n, source, day) for n in theirs if self._free(source, n)]
        if any(n is None for n in came):
            return None
        out = kept
        for n in came:
            if n is not None:
                out.insert(self.rng.randint(0, len(out)), n)
        return out

    def _exchange(self) -> dict[int, list[int]]:
        """One free visit of a day changes places with one of another day."""
        days = self._two()
        if days is None:
            return {}
        a, b = days
        left, right = self._sequence(a), self._sequence(b)
        at_a = [i for i, n in enumerate(left) if self._free(a, n)]
        at_b = [i for i, n in enumerate(right) if self._free(b, n)]
        if not at_a or not at_b:
            return {}
        i, j = self.rng.choice(at_a), self.rng.choice(at_b)
        to_a, to_b = self._as(right[j], b, a), self._as(left[i], a, b)
        if to_a is None or to_b is None:
            return {}
        left[i], right[j] = to_a, to_b
        return {a: left, b: right}

    def _move(self) -> dict[int, list[int]]:
        """One free visit goes to another day."""
        days = self._two()
        if days is None:
            return {}
        a, b = days
        left, right = self._sequence(a), self._sequence(b)
        free = [i for i, n in enumerate(left) if self._free(a, n)]
        if not free:
            return {}
        i = self.rng.choice(free)
        node = self._as(left.pop(i), a, b)
        if node is None:
            return {}
        right.insert(self.rng.randint(0, len(right)), node)
        return {a: left, b: right}

    def _free(self, day: int, node: int) -> bool:
        """Whether a visit could be on another day as well."""
        nodes = self.spaces[day].nodes
        return node < len(nodes) and not nodes[node].option.sessions

    def _as(self, node: int, source: int, day: int) -> int | None:
        """The node of `day` that is the same visit as one of `source`."""
        option = self.spaces[source].nodes[node].option
        return self.places[day].get(_kind(option))

    # -- taking a step -------------------------------------------------------------------------

    def _try(self, proposal: dict[int, list[int]]) -> None:
        before = {day: self.week.take(day) for day in proposal}
        less = sum(self._known(c) for c in before.values() if c is not None)
        if not self._put_all(proposal) or not self._allowed() or not self._welcome(proposal, less):
            for day in proposal:
                self.week.take(day)
            for column in before.values():
                if column is not None:
                    self.week.put(column)

    def _known(self, column: Column) -> float:
        """How familiar the half-days of a tour's visits are."""
        weekday = self.spaces[column.day].od.day.weekday()
        return sum(
            self.familiar.get((s.option.school_id, weekday, s.start >= NOON), 0.0)
            for s in column.stops
            if not s.option.sessions and not s.option.tasks
        )

    def _welcome(self, days: Iterable[int], before: float) -> bool:
        """Metropolis: always where the tours of these days are no more familiar than before."""
        now = sum(self._known(c) for d in days if (c := self.week.columns.get(d)) is not None)
        return self.rng.random() < exp(min(0.0, AVERSION * (before - now)))

    def _put_all(self, proposal: dict[int, list[int]]) -> bool:
        order = list(proposal)
        self.rng.shuffle(order)
        for day in order:
            sequence = proposal[day]
            schools = [self.spaces[day].school_of(n) for n in sequence]
            if len(set(schools)) < len(schools) or not self._most(day, sequence):
                return False
            if sequence:
                column = self._timed(day, sequence)
                if column is None:
                    return False
                self.week.put(column)
        return True

    def _most(self, day: int, sequence: Sequence[int]) -> bool:
        space = self.spaces[day]
        return sum(n < len(space.nodes) for n in sequence) <= space.od.most

    def _timed(self, day: int, sequence: Sequence[int]) -> Column | None:
        worth, fixed_worth, chosen = self.dispatcher.worth(self.week, day)
        masked = self.dispatcher.worths[day].masked(worth) + self.noise[day]
        made = timed(self.spaces[day], sequence, masked, fixed_worth, WEIGHTS[-1], chosen)
        return made[1] if made else None

    def _allowed(self) -> bool:
        score = self.week.score()
        return score[:-1] == self.upper and score[-1] <= self.most


def _kind(option: Option) -> tuple[object, ...]:
    """What makes visits on different days the same visit."""
    return (option.school_id, option.focus, option.tasks, option.sessions, option.changes)
