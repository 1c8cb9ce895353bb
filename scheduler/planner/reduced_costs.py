"""What tours are worth under prices of the relaxation."""

from collections.abc import Sequence

from scheduler.planner.grid import Floats
from scheduler.planner.master import TIER
from scheduler.planner.restricted import Prices, RestrictedMaster

CHANGED, RELIEF, MINUTES = TIER["changed_visits"], TIER["relief_days"], TIER["minutes_cost"]


class ReducedCosts:
    """What tours of one officer-day are worth under some prices."""

    def __init__(self, relaxation: RestrictedMaster, prices: Prices, day: int) -> None:
        space = relaxation.spaces[day]
        self.worth, self.fixed_worth, self.chosen = relaxation.worths[day].of(
            prices.rows, float(prices.tiers[CHANGED])
        )
        self.masked = relaxation.worths[day].masked(self.worth)
        self._worths, self._prices = relaxation.worths[day], prices
        self.road = float(prices.tiers[MINUTES])
        relief = float(prices.tiers[RELIEF]) if space.od.relief else 0.0
        self.above = prices.days[day] * -1.0 + relief

    def fixed_with(self, chosen: Sequence[int]) -> Floats:
        """What the fixed visits are worth with these options of them."""
        return self._worths.fixed_worths(self._prices.rows, float(self._prices.tiers[CHANGED]), chosen)
