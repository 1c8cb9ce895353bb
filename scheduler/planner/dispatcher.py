"""A good plan at once: every officer-day in turn takes the tour that brings most.

The dispatcher looks at one officer-day at a time, with all others as they stand, and gives it
the best tour exactly (a search over all tours). Repeated until nothing improves it is a local
search in the space of whole days; the first round alone is a dispatcher's greedy rule.
"""

from collections.abc import Iterable, Sequence
from time import monotonic

import numpy as np

from scheduler.domain.plan import Visit
from scheduler.planner.columns import Column, Stop, Worth, column_of, column_rows
from scheduler.planner.grid import Floats
from scheduler.planner.master import INF, TIER, Demand, Master
from scheduler.planner.search import best_tours
from scheduler.planner.timing import timed
from scheduler.planner.tours import TourSpace

WEIGHTS: tuple[float, ...] = (2e12, 5e10, 2e9, 1e8, 1e7, 1e6, 5e4, 4e3, 1.0)
"""One a tier: within one officer-day a tier never outweighs a higher one."""

PROMISING = 16
"""Schools that the dispatcher looks at for one officer-day."""


class Week:
    """The chosen column of each officer-day, and how far each row of the master is."""

    def __init__(self, master: Master, spaces: dict[int, TourSpace]) -> None:
        self.master = master
        self.spaces = spaces
        self.columns: dict[int, Column] = {}
        self.activity = np.zeros(master.own_rows)

    def put(self, column: Column) -> None:
        """Sets the tour of its officer-day, which must be empty."""
        self.columns[column.day] = column
        self._count(column, 1.0)

    def take(self, day: int) -> Column | None:
        """Empties an officer-day."""
        column = self.columns.pop(day, None)
        if column is not None:
            self._count(column, -1.0)
        return column

    def _count(self, column: Column, sign: float) -> None:
        for row, value in column_rows(self.master, self.spaces[column.day], column).items():
            if row < len(self.activity):  # Cuts that came later are implied by the others.
                self.activity[row] += sign * value

    def score(self) -> tuple[int, ...]:
        """The tiers of the week as chosen."""
        out = np.array(self.master.constants, dtype=np.int64)
        for column in self.columns.values():
            out += np.array(column.tiers, dtype=np.int64)
        for i, demand in enumerate(self.master.demands[: len(self.activity)]):
            if not demand.implied and demand.slacks:
                tier = self.master.slacks[next(iter(demand.slacks))].tier
                out[tier] += round(shortfall(self.master, demand, float(self.activity[i])))
        return tuple(int(x) for x in out)

    def allowed(self) -> bool:
        """Whether no row has more than may be (no school is visited twice a day, no task listed twice)."""
        uppers = np.array([d.upper for d in self.master.demands[: len(self.activity)]])
        return bool((self.activity <= uppers).all())

    def visits(self) -> tuple[Visit, ...]:
        """Its visits, fixed ones included."""
        return tuple(v for day, c in self.columns.items() for v in c.visits(self.spaces[day].od))

    def copy(self) -> "Week":
        """A week of its own with the same columns."""
        out = Week(self.master, self.spaces)
        out.columns = dict(self.columns)
        out.activity = self.activity.copy()
        return out


def shortfall(master: Master, demand: Demand, activity: float) -> float:
    """What the slacks of a row cost in their tier when the visits bring `activity`."""
    missing = demand.lower - activity
    cost = 0.0
    for slack, coefficient in demand.slacks.items():
        if missing <= 1e-9:
            break
        kind = master.slacks[slack]
        if kind.integer:
            cost += kind.cost
            missing -= coefficient * kind.upper
        else:
            cost += kind.cost * missing
            missing = 0
    return cost


class Dispatcher:
    """Finds the best tour of an officer-day while the others stand."""

    def __init__(self, master: Master, spaces: dict[int, TourSpace], worths: dict[int, Worth]) -> None:
        self.master = master
        self.spaces = spaces
        self.worths = worths
        self.primary = [(i, d) for i, d in enumerate(master.demands) if d.slacks and not d.implied]
        self._last: dict[int, tuple[bytes, Column | None]] = {}
        """Of each officer-day what its visits brought when it was last looked at, and the tour found: in the
        last round of a polish, and the first of the next, little has changed."""

    def best(self, week: Week, day: int) -> Column | None:
        """The tour that brings most on an empty officer-day (None: none is worth driving)."""
        worth, fixed_worth, chosen = self.worth(week, day)
        key = worth.tobytes() + fixed_worth.tobytes() + np.array(chosen).tobytes()
        if day not in self._last or self._last[day][0] != key:
            self._last[day] = key, self._best(day, worth, fixed_worth, chosen)
        return self._last[day][1]

    def _best(self, day: int, worth: Floats, fixed_worth: Floats, chosen: list[int]) -> Column | None:
        space, masked = self.spaces[day], self.worths[day].masked(worth)
        if space.od.most == 0 or not len(space.nodes):
            return self.fixed_alone(day, chosen) if space.fixed else None
        above = WEIGHTS[TIER["relief_days"]] if space.od.relief and not space.fixed else 0.0
        if space.fixed:
            above = -np.inf
        result = best_tours(space, masked, fixed_worth, WEIGHTS[-1], above, PROMISING, quick=True)
        for sequence in result.sequences[:1]:
            found = timed(space, sequence, masked, fixed_worth, WEIGHTS[-1], chosen)
            if found:
                return found[1]
        return self.fixed_alone(day, chosen) if space.fixed else None

    def fixed_alone(self, day: int, chosen: Sequence[int] | None = None) -> Column:
        """The tour of a day's fixed visits and no others, with these options of each."""
        space = self.spaces[day]
        options = chosen if chosen is not None else [0] * len(space.fixed)
        stops = tuple(
            Stop(space.fixed[p][options[p]], len(space.nodes) + p, v.start, v.end, -1)
            for p, v in enumerate(space.od.fixed)
        )
        return column_of(space, stops)

    def worth(self, week: Week, day: int) -> tuple[Floats, Floats, list[int]]:
        """What visits of an empty officer-day would bring (node × length), what its fixed visits
        do, and the option of each."""
        master, space = self.master, self.spaces[day]
        values = np.zeros(len(master.demands))
        table = np.zeros((len(space.schools), len(master.lengths)))
        place = {s: i for i, s in enumerate(space.schools)}
        for i, demand in self.primary:
            activity = float(week.activity[i])
            weight = WEIGHTS[master.slacks[next(iter(demand.slacks))].tier]
            now = shortfall(master, demand, activity)
            if demand.by_length is not None and demand.school_id in place:
                if now:
                    then = [shortfall(master, demand, activity + float(x)) for x in demand.by_length]
                    table[place[demand.school_id]] += weight * (now - np.array(then))
            elif demand.features:
                values[i] = weight * (now - shortfall(master, demand, activity + 1))
                if demand.upper < INF and activity >= demand.upper:
                    values[i] = -1e16
        for i, demand in enumerate(master.demands[: len(week.activity)]):
            if demand.name == "once" and week.activity[i] >= demand.upper:
                values[i] = -1e16
        worth, fixed_worth, chosen = self.worths[day].of(
            values, WEIGHTS[TIER["changed_visits"]], lengths=False
        )
        if len(worth):
            worth = worth + table[space.place]
            worth[worth < -1e15] = -np.inf
        return worth, fixed_worth, chosen

    def round(self, week: Week, days: Iterable[int], deadline: float) -> bool:
        """Re-plans each officer-day in turn; whether anything improved. Never worsens."""
        improved = False
        for day in days:
            if monotonic() > deadline:
                break
            before = week.score()
            old = week.take(day)
            new = self.best(week, day)
            if new is not None:
                week.put(new)
            if old is not None or new is not None:
                after = week.score()
                if after > before and old is not None:
                    week.take(day)
                    week.put(old)
                elif after < before:
                    improved = True
        return improved
