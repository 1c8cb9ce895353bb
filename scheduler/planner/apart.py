"""A group of clusters without the relief officers who tie it: problems of their own.

A plan without a relief day is a plan for each cluster alone, and scores add up in the order of
the tiers. So where the clusters' optima alone equal, in the tiers down to `relief_days`, what no
plan of the group is below, their sum is the optimum of the group.
"""

from dataclasses import replace

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
    return [_alone(problem, p, {s for s in of if of[s] == p}) for p in problem.precincts]


def _alone(problem: WeekProblem, precinct: str, schools: set[str]) -> WeekProblem:
    return replace(
        problem,
        precincts=(precinct,),
        schools=tuple(s for s in problem.schools if s.school_id in schools),
        officer_days=tuple(
            od for od in problem.officer_days if not od.relief and od.officer.precinct_id == precinct
        ),
        sessions=tuple(s for s in problem.sessions if s.school_id in schools),
        due=tuple(t for t in problem.due if t.school_id in schools),
        early=tuple(t for t in problem.early if t.school_id in schools),
        later=tuple(t for t in problem.later if t.school_id in schools),
        needs={s: n for s, n in problem.needs.items() if s in schools},
        overdue=tuple(o for o in problem.overdue if o.school_id in schools),
        overdue_for_sure=problem.overdue_for_sure if precinct == problem.precincts[0] else 0,
        focus_gaps=tuple(g for g in problem.focus_gaps if g[0] in schools),
        shares={s: n for s, n in problem.shares.items() if s in schools},
        dropped=tuple(s for s in problem.dropped if s in schools),
    )
