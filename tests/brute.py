"""Every plan of a tiny world, by trying everything against the rules alone."""

from datetime import date
from itertools import combinations

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import Calendar, week_days
from scheduler.domain.plan import Focus, Visit
from scheduler.domain.score import Score
from scheduler.rules.case import Case
from scheduler.rules.registry import score, violations


def single_visits(agency: Agency, officer_id: str, day: date) -> list[Visit]:
    """Every visit that the schools' hours and the steps could allow, with any focus and tasks."""
    calendar, policy = Calendar(agency), agency.policy.visits
    out = []
    for school in agency.schools.values():
        hours = calendar.hours(school.school_id, day)
        if hours is None:
            continue
        tasks = [t for t in agency.tasks.values() if t.school_id == school.school_id]
        task_sets = [c for n in range(len(tasks) + 1) for c in combinations(tasks, n)]
        first = -(-hours.start // policy.start_step_minutes) * policy.start_step_minutes
        for start in range(first, hours.end, policy.start_step_minutes):
            for length in policy.lengths():
                for focus in Focus:
                    for chosen in task_sets:
                        ids = tuple(sorted(t.task_id for t in chosen))
                        out.append(
                            Visit(officer_id, school.school_id, day, start, start + length, focus.value, ids)
                        )
    return out


def allowed(agency: Agency, monday: date, visits: tuple[Visit, ...]) -> bool:
    """Whether no rule is broken."""
    return not violations(Case(agency, (monday,), visits))


def officer_day_tours(agency: Agency, monday: date, officer_id: str, day: date) -> list[tuple[Visit, ...]]:
    """Every set of visits that one officer may add on one day beside the pins."""
    pins = tuple(p for p in agency.pins if p.date in week_days(monday))
    singles = single_visits(agency, officer_id, day)
    pinned = [p for p in pins if p.officer_id == officer_id and p.date == day]
    tours: list[tuple[Visit, ...]] = [()]
    # Pins with tasks taken up are other plans.
    for size in range(1, agency.policy.visits.most_per_day - len(pinned) + 1):
        for chosen in combinations(singles, size):
            if len({v.school_id for v in chosen}) == size and allowed(agency, monday, (*pins, *chosen)):
                tours.append(chosen)
    return tours


def best_by_brute_force(agency: Agency, monday: date) -> tuple[Score, int]:
    """The least score of all plans, and how many plans there are."""
    pins = tuple(p for p in agency.pins if p.date in week_days(monday))
    calendar = Calendar(agency)
    parts = [
        officer_day_tours(agency, monday, o, d)
        for o in agency.officers
        for d in week_days(monday)
        if calendar.duty(o, d) is not None
    ]
    best, count = None, 0
    stack: list[tuple[int, tuple[Visit, ...]]] = [(0, pins)]
    while stack:
        depth, visits = stack.pop()
        if depth == len(parts):
            case = Case(agency, (monday,), visits)
            if depth > 1 and violations(case):
                continue
            found = score(case)
            best = found if best is None or found < best else best
            count += 1
            continue
        for tour in parts[depth]:
            stack.append((depth + 1, (*visits, *tour)))
    assert best is not None
    return best, count


def size_of(agency: Agency, monday: date) -> int:
    """How many single visits there are to try, the days multiplied."""
    calendar = Calendar(agency)
    out = 1
    for o in agency.officers:
        for d in week_days(monday):
            if calendar.duty(o, d) is not None:
                n = len(single_visits(agency, o, d))
                most = agency.policy.visits.most_per_day
                out *= 1 + n + (n * n // 3 if most > 1 else 0)
    return out
