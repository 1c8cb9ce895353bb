"""A group of clusters without the relief officers who tie it: problems of their own.

A plan without a relief day is a plan for each cluster alone, and scores add up in the order of
the tiers. So where the clusters' optima alone equal, in the tiers down to `relief_days`, what no
plan of the group is below, their sum is the optimum of the group.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from scheduler.domain.plan import Visit
from scheduler.planner.problem import WeekProblem


def apart(problem: WeekProblem) -> list[WeekProblem]:
    """The clusters of a group alone, each with its own officers; officer-days keep their index.
    None of them where there is one cluster only, or a fixed visit ties clusters or is a relief
    officer's. What is counted whatever is planned stays with the first that it may belong to."""
    if len(problem.precincts) < 2:
        return []
    of = {s.school_id: s.precinct_id for s in problem.schools}
    for od in problem.officer_days:
        seen = {of[v.school_id] for v in od.fixed} | {od.officer.precinct_id}
        if od.fixed and (od.relief or len(seen) > 1):
            return []
    return [part_of(problem, [p], relief=False) for p in problem.precincts]


def part_of(problem: WeekProblem, precincts: Collection[str], relief: bool) -> WeekProblem:
    """Some clusters of a group alone, with their own officers, and with all relief officers of the group
    where `relief`. No fixed visit is a relief officer's or ties them to others."""
    schools = {s.school_id for s in problem.schools if s.precinct_id in precincts}
    return replace(
        problem,
        precincts=tuple(p for p in problem.precincts if p in precincts),
        schools=tuple(s for s in problem.schools if s.school_id in schools),
        officer_days=tuple(
            replace(od, schools=tuple(s for s in od.schools if s in schools))
            for od in problem.officer_days
            if (relief if od.relief else od.officer.precinct_id in precincts)
        ),
        sessions=tuple(s for s in problem.sessions if s.school_id in schools),
        due=tuple(t for t in problem.due if t.school_id in schools),
        early=tuple(t for t in problem.early if t.school_id in schools),
        later=tuple(t for t in problem.later if t.school_id in schools),
        needs={s: n for s, n in problem.needs.items() if s in schools},
        overdue=tuple(o for o in problem.overdue if o.school_id in schools),
        overdue_for_sure=problem.overdue_for_sure if problem.precincts[0] in precincts else 0,
        focus_gaps=tuple(g for g in problem.focus_gaps if g[0] in schools),
        shares={s: n for s, n in problem.shares.items() if s in schools},
        dropped=tuple(s for s in problem.dropped if s in schools),
    )


def part_amid(problem: WeekProblem, precincts: Collection[str], visits: Iterable[Visit]) -> WeekProblem:
    """Some clusters of a group, and the relief officers on the days on which they come in a plan of these
    visits: those elsewhere stand. What such a problem gains in any tier, the plan gains."""
    part = part_of(problem, precincts, relief=True)
    own = {s.school_id for s in part.schools}
    of_day: dict[tuple[str, date], list[Visit]] = {}
    for visit in sorted(visits, key=lambda v: v.start):
        of_day.setdefault((visit.officer_id, visit.date), []).append(visit)
    days = []
    for od in part.officer_days:
        planned = of_day.get((od.officer.officer_id, od.day), [])
        if od.relief and planned:
            stand = tuple(v for v in planned if v.school_id not in own)
            od = replace(od, fixed=stand, most=od.most - len(stand))
        if planned or not od.relief:
            days.append(od)
    return replace(part, officer_days=tuple(days))


def left_out(problem: WeekProblem, precincts: Collection[str]) -> bool:
    """Whether a relief officer can leave out any visit outside these clusters and make the others all the
    same: no drive takes longer than by way of the school left out, with the shortest visit there."""
    travel, least = problem.travel, min(problem.grid.lengths)
    every = [s.school_id for s in problem.schools]
    others = [s.school_id for s in problem.schools if s.precinct_id not in precincts]
    stations = {od.officer.precinct_id for od in problem.officer_days if od.relief}
    for b in others:
        for c in (s for s in every if s != b):
            there, back = least + travel.schools(b, c), least + travel.schools(c, b)
            if any(travel.schools(a, c) > travel.schools(a, b) + there for a in every if a not in (b, c)):
                return False
            if any(travel.from_station(o, c) > travel.from_station(o, b) + there for o in stations):
                return False
            if any(travel.to_station(c, o) > travel.to_station(b, o) + back for o in stations):
                return False
    return True
