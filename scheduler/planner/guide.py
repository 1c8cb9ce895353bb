"""What a tour costs too much in a week that is being filled, by the prices of the relaxation.

Its reduced cost, and for each row what it brings beyond what is asked for, at the row's price: what others
have brought already is wasted. A week of tours that waste nothing costs what the relaxation does and their
reduced costs.
"""

import numpy as np

from scheduler.planner.grid import Floats, Ints
from scheduler.planner.master import INF, Master
from scheduler.planner.pool import Pool
from scheduler.planner.restricted import Prices

TOO_MUCH = 100_000.0
"""What a unit above what is allowed costs."""


class Guide:
    """Judges the tours of a pool as the others stand."""

    def __init__(self, master: Master, pool: Pool, prices: Prices) -> None:
        """`prices` are those that the pool was made under."""
        prices = prices.widened(len(master.demands))
        lowers = np.array([d.lower for d in master.demands])
        uppers = np.array([d.upper for d in master.demands])
        asked = np.flatnonzero((lowers > -INF) & (prices.rows > 0))
        capped = np.flatnonzero(uppers < INF)
        self.costs: Floats = pool.reduced_costs(prices)
        """Of each tour."""
        self._limits = np.concatenate([lowers[asked], uppers[capped], [0.0]])
        self._prices = np.concatenate([prices.rows[asked], np.full(len(capped), TOO_MUCH), [0.0]])
        self._rows, self._brings = pool.packed(np.concatenate([asked, capped]))
        self.clear()

    def clear(self) -> None:
        """No tour stands."""
        self.over = -self._limits

    def put(self, entries: Ints, sign: int) -> None:
        """A tour with these entries comes (1) or goes (−1)."""
        np.add.at(self.over, self._rows.take(entries, 0), sign * self._brings.take(entries, 0))

    def used(self, entries: Ints) -> tuple[Ints, Floats, Floats]:
        """What `wasted` needs of these entries."""
        rows = self._rows[entries]
        return rows, self._brings[entries], self._prices[rows]

    def wasted(self, used: tuple[Ints, Floats, Floats]) -> Floats:
        """What each of these entries would bring too much of, at its price."""
        rows, brings, prices = used
        now = np.maximum(self.over, 0.0).take(rows)
        then = np.maximum(self.over.take(rows) + brings, 0.0)
        return np.asarray(((then - now) * prices).sum(axis=1))
