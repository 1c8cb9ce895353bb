"""Cuts of the restricted master: valid inequalities of single schools, as solutions violate them."""

from datetime import date
from functools import partial

import numpy as np

from scheduler.planner.columns import Worth
from scheduler.planner.cuts import Cut, SchoolCuts
from scheduler.planner.grid import Floats
from scheduler.planner.hull import SchoolHull
from scheduler.planner.master import TIER, Master
from scheduler.planner.problem import WeekProblem
from scheduler.planner.restricted import RestrictedMaster
from scheduler.planner.rounding import SchoolRounding
from scheduler.planner.tours import TourSpace

UNDER, MINUTES = TIER["under_served"], TIER["minutes_cost"]


class TightMaster(RestrictedMaster):
    """The restricted master, and the cuts that tighten it."""

    def __init__(self, master: Master, spaces: dict[int, TourSpace], worths: dict[int, Worth]) -> None:
        super().__init__(master, spaces, worths)
        self._school_cuts = self._make_cuts()

    def tighten(self) -> int:
        """Adds the inequalities that the last solution violates; how many."""
        visits: dict[str, Floats] = {}
        for column, amount in self.values():
            for stop in column.stops:
                if stop.length >= 0:
                    s = stop.option.school_id
                    counts = visits.setdefault(s, np.zeros(len(self.master.lengths)))
                    counts[stop.length] += amount
        found = []
        for (school_id, tier), cuts in self._school_cuts.items():
            counts = visits.get(school_id, np.zeros(len(self.master.lengths)))
            slacks = list(self.master.short_slacks(school_id, tier))
            cut = cuts.cut(counts, float(self._programme.values[slacks].sum()))
            if cut is not None:
                found.append((school_id, tier, cut))
        for school_id, tier, cut in found:
            self._add_cut(school_id, tier, cut)
        return len(found)

    def share_cuts(self, of: Master) -> None:
        """Adds the cuts of schools that were found for a problem of some of the clusters, where visits to the
        school may be on the same days here."""
        before, here = _days(of.problem), _days(self.master.problem)
        for demand in of.demands[of.own_rows :]:
            school_id, by_length = demand.school_id, demand.by_length
            if school_id is not None and by_length is not None and before[school_id] == here[school_id]:
                tier = of.slacks[next(iter(demand.slacks))].tier
                self._add_cut(school_id, tier, Cut(np.asarray(by_length, dtype=np.float64), demand.lower))

    def _add_cut(self, school_id: str, tier: int, cut: Cut) -> None:
        index = self.master.add_cut(school_id, tier, cut.by_length, cut.least)
        brings = np.zeros(self._programme.columns)
        for slack, coefficient in self.master.demands[index].slacks.items():
            brings[slack] = coefficient
        for column, length, _ in self._with.get(school_id, ()):
            brings[column] += cut.by_length[length]
        columns = np.arange(len(brings))
        self._rows.append(self._programme.add_row(cut.least, np.inf, columns, brings))
        for worth in self.worths.values():
            worth.add_row(index, school_id, cut.by_length)

    def _make_cuts(self) -> dict[tuple[str, int], SchoolCuts]:
        master = self.master
        out: dict[tuple[str, int], SchoolCuts] = {}
        step = master.problem.agency.policy.visits.length_step_minutes
        days = _days(master.problem)
        for school_id in master.problem.shares:
            most = len(days.get(school_id, ()))
            missing, levels = master.missing(school_id), master.levels(school_id)
            if not most or not len(master.lengths):
                continue
            if missing:
                hull = SchoolHull(master.lengths, most, missing, partial(_below, missing))
                rounding = SchoolRounding(master.lengths, missing, step)
                out[(school_id, MINUTES)] = hull if hull.usable else rounding
            if levels:
                out[(school_id, UNDER)] = SchoolHull(
                    master.lengths, most, max(levels), partial(_levels_below, levels)
                )
        return out


def _days(problem: WeekProblem) -> dict[str, set[date]]:
    """The days on which visits to each school may be added."""
    out: dict[str, set[date]] = {}
    for od in problem.officer_days:
        for school_id in od.schools:
            out.setdefault(school_id, set()).add(od.day)
    return out


def _below(missing: int, minutes: int) -> int:
    return max(0, missing - minutes)


def _levels_below(levels: list[int], minutes: int) -> int:
    return sum(minutes < level for level in levels)
