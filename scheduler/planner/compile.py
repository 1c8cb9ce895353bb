"""Compiles the loops of `annealing` and `label_loops` and keeps them on disk, so that no plan waits for it.

`python -m scheduler.planner.compile`, once after installing; otherwise the first plan takes some seconds
longer.
"""

import numpy as np

from scheduler.planner.annealing import anneal, inherit, judged, keep, put, value, weigh
from scheduler.planner.label_loops import (
    arrivals_free,
    begun,
    best_onward,
    best_with,
    ended,
    going_on,
    over_by,
    worth_from,
)
from scheduler.planner.tour_arrays import Tours
from scheduler.planner.tour_tables import empty_week


def compile_loops() -> None:
    """Runs each of them."""
    _compile_label_loops()
    _compile_annealing()


def _compile_label_loops() -> None:
    """Over a label with one visit, on a day of three slots."""
    one, hops, size = np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.int64), 3
    drive, by_slot = np.zeros((1, 1), dtype=np.int64), np.zeros((2, 1, 1, size), dtype=np.int64)
    values, never = np.zeros((1, 2, size)), np.zeros((1, 2, size + 1))
    worth = np.zeros((1, 1, size))
    arrivals_free(never, one, one, one, by_slot, drive, 1.0)
    over_by(values, one, worth, hops)
    best_with(values, one, values)
    best_onward(never, one, one, one, one, by_slot, drive, 1.0, never, one, one)
    worth_from(values, one, one, worth, hops)
    going_on(values, one, one, one, by_slot, drive, 1.0)
    done = ended(values[0], np.zeros((size, 1)), hops)
    begun(values[0, 0], np.zeros((size, 1)), hops, 1, done[0, 1])


def _compile_annealing() -> None:
    """Over a pool of one tour with one visit, on one day."""
    tours = Tours(
        class_of=np.zeros(1, dtype=np.int64),
        must=np.zeros(1, dtype=bool),
        starts=np.array([0, 1]),
        visits=np.zeros((1, 1), dtype=np.int32),
        group_starts=np.array([0, 1]),
        groups=np.array([0, 1]),
        places=np.zeros((1, 1), dtype=np.int32),
        of_place=np.array([0, 1]),
        entries=np.zeros(1, dtype=np.int32),
        shared_starts=np.array([0, 1, 1]),
        shared=np.zeros(1, dtype=np.int32),
        rows=np.zeros((2, 1), dtype=np.int32),
        brings=np.array([[1], [0]], dtype=np.int32),
        first_cost=np.array([0, 2]),
        most=np.array([1, 0]),
        row_costs=np.array([1.0, 0.0, 0.0]),
        short=np.zeros(2, dtype=bool),
        own=np.zeros((2, 1), dtype=np.float32),
        weighed=True,
        guide_rows=np.zeros((2, 1), dtype=np.int32),
        guide_brings=np.zeros((2, 1)),
        guide_prices=np.zeros(2),
        limits=np.zeros(2),
        reduced=np.zeros(1, dtype=np.float32),
        near=np.ones((1, 2), dtype=np.float32),
        tour_places=np.zeros((1, 1), dtype=np.int32),
        noise=np.zeros(2, dtype=np.float32),
    )
    week = empty_week(tours, 1)
    weigh(tours, week, 1.0)
    keep(week, *value(tours, week))
    anneal(tours, week, 0, 2, 2, 10.0)
    inherit(tours, week, np.zeros(1, dtype=bool), week.best, 1.0)
    judged(tours, week, 0)
    put(tours, week, 0, 1)


if __name__ == "__main__":
    compile_loops()
