"""The inner loops of ruin and recreate, compiled (numba): nothing else here holds Python's lock.

A *week* gives each officer-day a tour of the pool, or none. Days near each other are emptied (Shaw 1998) and
filled again one after the other, each with the tour that costs least as the others stand; what comes of it
is kept as in simulated annealing. What a tour costs is its own cost and the sum over its visits, as no tour
is at a school twice. A visit's part is worked out anew only where its school has changed, and tours to
the same schools are looked at one by one only where the best that they could be is better than the best
one found.

All of them stand in this file: numba knows of a change by the file of the function asked for alone.
"""

import numpy as np
import numpy.typing as npt

from scheduler.planner.grid import Bools, Floats, Ints
from scheduler.planner.jit import compiled
from scheduler.planner.tour_arrays import State, Tours

TOO_MUCH = 100_000.0
"""What a unit above what is allowed costs."""
LIGHT, HEAVY, HEAVIER, STEADY = 0.05, 0.5, 1.06, 60
"""The part of their weight that shortages have at least and at most, so that a bad week is a way to a good
one: with all of it half of all runs freeze around a session missed. By what that part rises or falls, and
after how many rounds each time."""
ENDING, REHEATED = 0.8, 0.5
"""The part of a run after which all of it counts, and how far the cooling goes back then, so that what the
week is still short of is mended."""
TOO_SHORT = 10.0
"""How many times their weight shortages count that a week need not have, where the best week is kept."""
FEWEST, MOST = 2, 8
"""Officer-days that are emptied at once."""
COLD = 2.0
"""Temperature in the end (minutes); a week worse by more than three times the temperature is never kept."""
NOISE, QUIET = 2.0, 0.3
"""Mean noise in what a tour brings (minutes), to begin with and at least, so that the first day that is
filled does not take what a later one needs."""
GUIDED = 0.5
"""Part of the days that are filled by reduced costs and waste; never the last of those that were emptied."""
RELATED, EMPTY = 0.8, 1.0
"""Part of the choices of days that look at where tours go; how an empty day is related to every other, in
schools."""
SHORT, COST, SHORTAGE_KNOWN, BEST_VALUE, PART, BEST_SHORT, BEST_COST = range(7)
"""Places of `State.values`: what the week is short of, by full weights; what it costs in the last tier; the
least shortage known; the value of the best week; the part of their weight that shortages have; the
first two of the best week."""
BY_SCORE, GUIDE = 0, 1
"""How a tour is judged: by what it mends of the score, or by reduced cost and waste."""


@compiled
def uniform(rng: npt.NDArray[np.uint64]) -> float:
    """A random number from 0 to 1 (xorshift: Marsaglia 2003)."""
    x = rng[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    rng[0] = x
    return float(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def put(t: Tours, s: State, tour: int, sign: int) -> None:
    """A tour comes to a week (1) or leaves it (−1)."""
    for v in range(t.visits.shape[0]):
        entry = t.visits[v, tour]
        for k in range(t.rows.shape[1]):
            s.activity[t.rows[entry, k]] += sign * t.brings[entry, k]
        for k in range(t.guide_rows.shape[1]):
            s.over[t.guide_rows[entry, k]] += sign * t.guide_brings[entry, k]
        place = t.tour_places[tour, v]
        for i in range(t.shared_starts[place], t.shared_starts[place + 1]):
            s.clock[0] += 1
            s.version[t.shared[i]] = s.clock[0]


@compiled
def visit_cost(t: Tours, s: State, entry: int, how: int) -> float:
    """What a visit costs as the others stand: what it mends of the score, or what is wasted of it."""
    cost = 0.0
    if how == GUIDE:
        for k in range(t.guide_rows.shape[1]):
            row = t.guide_rows[entry, k]
            then = s.over[row] + t.guide_brings[entry, k]
            if then > 0.0:
                cost += (then - max(s.over[row], 0.0)) * t.guide_prices[row]
        return cost
    for k in range(t.rows.shape[1]):
        more, row = t.brings[entry, k], t.rows[entry, k]
        most, now = t.most[row], s.activity[row]
        if more != 0 and now < most:
            first = t.first_cost[row]
            change = t.row_costs[first + min(now + more, most)] - t.row_costs[first + now]
            cost += change * s.values[PART] if t.short[row] else change
    return cost


@compiled
def refresh(t: Tours, s: State, day_class: int, how: int) -> None:
    """Brings `each` and `least` of a class up to date."""
    places = len(s.version)
    for place in range(places):
        if s.seen[how, day_class, place] == s.version[place]:
            continue
        s.seen[how, day_class, place] = s.version[place]
        least = np.float32(np.inf)
        at = day_class * places + place
        for i in range(t.of_place[at], t.of_place[at + 1]):
            entry = t.entries[i]
            s.each[how, entry] = visit_cost(t, s, entry, how)
            least = min(least, s.each[how, entry])
        s.least[how, day_class, place] = least


@compiled
def fill(t: Tours, s: State, day: int, how: int, noise: float) -> None:
    """Gives an empty officer-day the tour that costs least as the others stand, if one is worth it."""
    c = t.class_of[day]
    low, high = t.starts[c], t.starts[c + 1]
    if low == high:
        return
    refresh(t, s, c, how)
    least, each = s.least[how, c], s.each[how]
    own = t.reduced if how == GUIDE else s.base
    shift, scale = int(uniform(s.rng) * (len(t.noise) - (high - low))) - low, np.float32(noise)
    best, which = np.float32(np.inf), -1
    begin, end = t.group_starts[c], t.group_starts[c + 1]
    likeliest = begin
    for group in range(begin, end):
        bound = s.group_least[how, group]
        for v in range(t.places.shape[1]):
            bound += least[t.places[group, v]]
        s.bounds[group] = bound
        if bound < s.bounds[likeliest]:
            likeliest = group
    for i in range(begin - 1, end):
        group = likeliest if i < begin else i
        if s.bounds[group] >= best:
            continue
        for tour in range(t.groups[group], t.groups[group + 1]):
            cost = own[tour] + t.noise[tour + shift] * scale
            for v in range(t.visits.shape[0]):
                cost += each[t.visits[v, tour]]
            if cost < best:
                best, which = cost, tour
    if which >= 0 and (t.must[day] or best < (TOO_MUCH / 2 if how == GUIDE else noise)):
        put(t, s, which, 1)
        s.chosen[day] = which


@compiled
def weigh(t: Tours, s: State, part: float) -> None:
    """Shortages count this part of their weight from here on."""
    s.values[PART] = part
    s.seen[BY_SCORE] = -1
    if not t.weighed:
        return
    for group in range(len(t.groups) - 1):
        least = np.float32(np.inf)
        for tour in range(t.groups[group], t.groups[group + 1]):
            s.base[tour] = np.float32(part) * t.own[0, tour] + t.own[1, tour]
            least = min(least, s.base[tour])
        s.group_least[BY_SCORE, group] = least


@compiled
def value(t: Tours, s: State) -> tuple[float, float]:
    """What the week is short of, by the full weights, and what it costs in the last tier."""
    short = cost = 0.0
    for row in range(len(t.most)):
        part = t.row_costs[t.first_cost[row] + min(s.activity[row], t.most[row])]
        if t.short[row]:
            short += part
        else:
            cost += part
    for tour in s.chosen:
        if tour >= 0:
            short += t.own[0, tour]
            cost += t.own[1, tour]
    return short, cost


@compiled
def choose(t: Tours, s: State, few: Ints, count: int, likely: Floats) -> None:
    """So many officer-days whose tours are near each other, or any, in random order."""
    first = int(uniform(s.rng) * len(s.chosen))
    tour = s.chosen[first]
    anywhere = tour < 0 or uniform(s.rng) >= RELATED
    for day in range(len(s.chosen)):
        other = s.chosen[day]
        near = 1.0 if anywhere or other < 0 else 0.0
        if not anywhere and other >= 0:
            for v in range(t.tour_places.shape[1]):
                near += t.near[tour, t.tour_places[other, v]]
        likely[day] = near * uniform(s.rng)
    likely[first] = np.inf
    for i in range(count):
        few[i] = np.argmax(likely)
        likely[few[i]] = -1.0
    for i in range(count - 1, 0, -1):
        j = int(uniform(s.rng) * (i + 1))
        few[i], few[j] = few[j], few[i]


@compiled
def keep(s: State, short: float, cost: float) -> None:
    """The week at hand is the one to go on from, and the best if it is."""
    s.values[SHORT], s.values[COST] = short, cost
    s.values[SHORTAGE_KNOWN] = min(s.values[SHORTAGE_KNOWN], short)
    total = short + cost + TOO_SHORT * (short - s.values[SHORTAGE_KNOWN])
    if total < s.values[BEST_VALUE] - 1e-6:
        s.values[BEST_VALUE], s.values[BEST_SHORT], s.values[BEST_COST] = total, short, cost
        s.best[:] = s.chosen


@compiled
def anneal(t: Tours, s: State, begin: int, end: int, rounds: int, hot: float) -> None:
    """The rounds from `begin` to `end` of so many, the first of them at temperature `hot` (minutes). The best
    week is kept."""
    days = len(s.chosen)
    few, before = np.empty(MOST, np.int64), np.empty(MOST, np.int64)
    likely = np.empty(days)
    for done in range(begin, end):
        gone = done / rounds
        cool = gone / ENDING if gone < ENDING else 1 - (1 - gone) / (1 - ENDING) * (1 - REHEATED)
        temperature, noise = hot * (COLD / hot) ** cool, max(QUIET, NOISE * (1 - cool))
        if gone >= ENDING:
            if s.values[PART] < 1.0:
                weigh(t, s, 1.0)
        elif done % STEADY == STEADY - 1:
            part = s.values[PART]
            over = s.values[SHORT] > s.values[SHORTAGE_KNOWN] + 1e-6
            weigh(t, s, min(HEAVY, part * HEAVIER) if over else max(LIGHT, part / HEAVIER))
        count = min(days, FEWEST + int(uniform(s.rng) * (MOST - FEWEST + 1)))
        choose(t, s, few, count, likely)
        activity, over_limits, version = s.activity.copy(), s.over.copy(), s.version.copy()
        for i in range(count):
            before[i] = s.chosen[few[i]]
            if before[i] >= 0:
                put(t, s, before[i], -1)
                s.chosen[few[i]] = -1
        for i in range(count):
            guided = i < count - 1 and uniform(s.rng) < GUIDED
            fill(t, s, few[i], GUIDE if guided else BY_SCORE, noise)
        short, cost = value(t, s)
        worse = s.values[PART] * (short - s.values[SHORT]) + cost - s.values[COST]
        if worse <= min(3.0, -np.log(1.0 - uniform(s.rng))) * temperature:
            keep(s, short, cost)
            continue
        s.activity[:], s.over[:], s.version[:] = activity, over_limits, version
        for i in range(count):
            s.chosen[few[i]] = before[i]


@compiled
def judged(t: Tours, s: State, tour: int) -> float:
    """What a tour costs by the guide as the others stand: its reduced cost, and what is wasted of it."""
    cost = float(t.reduced[tour])
    for v in range(t.visits.shape[0]):
        cost += visit_cost(t, s, t.visits[v, tour], GUIDE)
    return cost


@compiled
def inherit(t: Tours, s: State, kept: Bools, other: Ints, most: float) -> None:
    """Crosses the week with another one: of its own tours those `kept` stay, and of the other week's come
    those that cost least by the guide as the rest stands, up to `most` each. What is left is filled later."""
    days = len(s.chosen)
    for day in range(days):
        if not kept[day] and s.chosen[day] >= 0:
            put(t, s, s.chosen[day], -1)
            s.chosen[day] = -1
    used = other < 0
    while True:
        best, which, where = most, -1, -1
        for i in range(days):
            if used[i]:
                continue
            free = -1
            for day in range(days):
                if s.chosen[day] < 0 and t.class_of[day] == t.class_of[i]:
                    free = day
                    break
            if free < 0:
                continue
            cost = judged(t, s, other[i])
            if cost < best:
                best, which, where = cost, i, free
        if which < 0:
            break
        used[which] = True
        s.chosen[where] = other[which]
        put(t, s, other[which], 1)
