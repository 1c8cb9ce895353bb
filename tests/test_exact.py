"""Scores of repairs that follow from the best plan, against planning anew."""

from dataclasses import replace
from datetime import date

import pytest

from scheduler.domain.agency import Agency, Session, Task
from scheduler.domain.change import Change
from scheduler.explain.exact import best_stays_best
from scheduler.explain.short import short_tier
from scheduler.explain.worlds import key_of
from scheduler.planner import Question, plan_many
from scheduler.rules.case import Case
from scheduler.rules.registry import score
from scheduler.tables.changes import apply_changes
from tests.brute import best_by_brute_force
from tests.worlds import MONDAY, agency, officer, random_agency, school, shifts

SEEDS = range(400, 424)


def options(world: Agency, case: Case) -> dict[str, tuple[Change, ...]]:
    """All sets of changes whose scores are said to follow."""
    found = {}
    for tier in ("missed_sessions", "missing_visits", "overdue_days"):
        for option in short_tier(case, tuple(world.precincts), tier).options:
            if best_stays_best(case, option.changes):
                found[key_of(option.changes)] = option.changes
    return found


@pytest.mark.parametrize("part", range(4))
def test_what_follows_is_what_planning_says(part: int) -> None:
    worlds = [random_agency(s) for s in SEEDS[part::4]]
    compared = 0
    for world, base in zip(worlds, _planned(worlds), strict=True):
        if base.plan is None or base.status != "optimal":
            continue
        case = Case(world, (MONDAY,), base.plan.visits)
        changed = [apply_changes(world, c) for c in options(world, case).values()]
        for other, answer in zip(changed, _planned(changed), strict=True):
            said = score(Case(other, (MONDAY,), _known(base.plan.visits, other)))
            assert answer.bound <= said and (answer.status != "optimal" or answer.best == said)
            compared += answer.status == "optimal"
    assert compared


@pytest.mark.parametrize("seed", range(2000, 2036))
def test_what_follows_is_what_every_plan_tried_says(seed: int) -> None:
    world = random_agency(seed, tiny=True)
    if world.pins and world.tasks:
        return
    (base,) = _planned([world])
    assert base.plan is not None
    if base.status != "optimal":
        return
    case = Case(world, (MONDAY,), base.plan.visits)
    for changes in list(options(world, case).values())[:3]:
        other = apply_changes(world, changes)
        said = score(Case(other, (MONDAY,), _known(base.plan.visits, other)))
        assert said == best_by_brute_force(other, MONDAY)[0]


def test_what_might_make_room_does_not_follow() -> None:
    """A task could be done in the very visit that would else have to attend the session."""
    world = agency(
        [school("a", visits_per_week=2), school("b")], [officer("o")], shifts=shifts("o", days="1"),
        sessions={"s": Session("s", "a", date(2026, 12, 4), 600, 45, "DARE"),
                  "t": Session("t", "b", date(2026, 12, 4), 600, 45, "DARE")},
        tasks={"w": Task("w", "a", MONDAY, date(2026, 12, 4), 30, "Review")},
    )  # fmt: skip
    (base,) = _planned([world])
    case = Case(world, (MONDAY,), base.plan.visits if base.plan else ())
    cancel = Change("sessions.csv", "remove", {"session_id": "s"})
    assert not best_stays_best(case, [cancel])
    assert best_stays_best(case, [replace(cancel, key={"session_id": "t"})])
    assert not best_stays_best(case, [Change("schools.csv", "update", {"school_id": "a"},
                                             {"visits_per_week": 1})])  # fmt: skip
    assert not best_stays_best(case, [Change("sessions.csv", "update", {"session_id": "t"},
                                             {"date": "2026-12-01"})])  # fmt: skip


def test_a_task_missed_has_two_repairs_whose_scores_follow() -> None:
    world = agency(
        [school("a")], [officer("o")], shifts=shifts("o", days="4"),
        tasks={"w": Task("w", "a", MONDAY, date(2026, 12, 1), 30, "Review")},
    )  # fmt: skip
    (base,) = _planned([world])
    case = Case(world, (MONDAY,), base.plan.visits if base.plan else ())
    found = list(options(world, case).values())
    assert [[(c.action, dict(c.values)) for c in changes] for changes in found] == [
        [("update", {"from": "2026-12-07", "until": "2026-12-08"})], [("remove", {})],
    ]  # fmt: skip
    for changes in found:
        other = apply_changes(world, changes)
        (answer,) = _planned([other])
        assert answer.best == score(Case(other, (MONDAY,), case.visits))


def _known(visits, agency_):  # type: ignore[no-untyped-def]
    return tuple(replace(v, tasks=tuple(t for t in v.tasks if t in agency_.tasks)) for v in visits)


def _planned(worlds):  # type: ignore[no-untyped-def]
    return plan_many([Question(w, (MONDAY,)) for w in worlds], time_limit=3.0 * len(worlds), price=0.0,
                     seed=0, workers=1) if worlds else []  # fmt: skip
