"""A pool of tours, and a week made of them, as the compiled loops of `annealing` read and write them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scheduler.planner.grid import Bools, Floats, Ints

Small = npt.NDArray[np.int32]
Singles = npt.NDArray[np.float32]


class Tours(NamedTuple):
    """A pool as the loops read it: tours by class of days, those to the same schools (a group) one behind the
    other. A *place* is a school, or a fixed visit; behind the last one is none."""

    class_of: Ints
    """Of each officer-day."""
    must: Bools
    """Whether an officer-day cannot be empty."""
    starts: Ints
    """First tour of each class, and their number."""
    visits: Small
    """(visit × tour) entries of the pool; the last entry is no visit."""
    group_starts: Ints
    """First group of each class, and their number."""
    groups: Ints
    """First tour of each group, and their number."""
    places: Small
    """(group × visit) places."""
    of_place: Ints
    """First of the `entries` of each class and place, class by class, and their number."""
    entries: Small
    shared_starts: Ints
    """First of the `shared` of each place, and their number."""
    shared: Small
    """Places that a row of the master counts with that one, itself among them."""
    rows: Small
    """(entry × few) rows that a visit brings something to by the score; `brings` how much, 0 where none."""
    brings: Small
    first_cost: Ints
    """Of each row the first of its costs."""
    most: Ints
    """Of each row the activity from which on its cost stays the same."""
    row_costs: Floats
    """What each row costs, by activity."""
    short: Bools
    """Whether a row's cost is in the tiers above the last."""
    own: Singles
    """(2 × tour) what a tour itself adds to the tiers above the last, and to the last."""
    weighed: bool
    """Whether any tour itself adds to the tiers above the last."""
    guide_rows: Small
    guide_brings: Floats
    guide_prices: Floats
    limits: Floats
    """What is asked for, or allowed, in each row of the guide."""
    reduced: Singles
    """Reduced cost of each tour."""
    near: Singles
    """(tour × place) how near a tour goes to a school."""
    tour_places: Small
    """(tour × visit) places."""
    noise: Singles
    """Noises drawn once: each day is filled with some that follow each other."""


class State(NamedTuple):
    """A week as it changes."""

    chosen: Ints
    """Tour of each officer-day, −1 for none."""
    best: Ints
    """The same in the best week so far."""
    activity: Ints
    """What the tours bring to each row."""
    over: Floats
    """What they bring to each row of the guide above its limit."""
    values: Floats
    """`annealing.SHORT` to `BEST_COST`."""
    version: Ints
    """Of each place: another number whenever its rows change."""
    seen: Ints
    """(2 × class × place) the version that `each` is of."""
    each: Singles
    """(2 × entry) what a visit costs as the others stand, less what it mends."""
    least: Singles
    """(2 × class × place) the least of those; 0 for no place."""
    base: Singles
    """What each tour itself costs, with that part of the weights."""
    group_least: Singles
    """(2 × group) the least of those, and of reduced costs."""
    bounds: Singles
    """What no tour of a group costs less than: of the class looked at last."""
    clock: Ints
    rng: npt.NDArray[np.uint64]
