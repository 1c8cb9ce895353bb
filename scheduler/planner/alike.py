"""Officer-days that are alike: whatever one of them does, each other could do as well.

They share a row of the linear programmes and are searched once, so that no two plans differ by
their order alone.
"""

from dataclasses import dataclass

from scheduler.planner.columns import Worth
from scheduler.planner.tours import TourSpace


@dataclass(frozen=True)
class DayClass:
    """Officer-days that are alike (indices of the problem)."""

    days: tuple[int, ...]

    @property
    def first(self) -> int:
        """The day that stands for all."""
        return self.days[0]


def day_classes(spaces: dict[int, TourSpace], worths: dict[int, Worth]) -> tuple[DayClass, ...]:
    """All officer-days in classes of days alike; one with fixed visits is alone in its class."""
    found: list[list[int]] = []
    for day, space in spaces.items():
        for members in found:
            if spaces[members[0]].alike(space) and worths[members[0]].alike(worths[day]):
                members.append(day)
                break
        else:
            found.append([day])
    return tuple(DayClass(tuple(m)) for m in found)
