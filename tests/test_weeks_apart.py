"""Several weeks explained: bounds of later weeks hold whatever is planned before."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from scheduler.domain.agency import Absence, Session
from scheduler.domain.score import Score
from scheduler.explain.explain import explain
from scheduler.explain.weeks_apart import spread
from scheduler.planner import Question, plan, plan_many
from scheduler.tables.changes import apply_changes
from tests.worlds import MONDAY, agency, officer, random_agency, school

WEEKS = (MONDAY, MONDAY + timedelta(weeks=1))


@pytest.mark.parametrize("part", range(4))
def test_no_plan_of_all_weeks_leaves_out_less(part: int) -> None:
    for seed in range(500 + part, 516, 4):
        world = random_agency(seed)
        apart = plan_many([Question(a, (w,)) for a, w in spread(world, WEEKS)], time_limit=8, price=0.0,
                          seed=0, workers=1, last_tier=2)  # fmt: skip
        (whole,) = plan_many([Question(world, WEEKS)], time_limit=8, price=0.0, seed=0, workers=1,
                             last_tier=2)  # fmt: skip
        assert tuple(sum((a.bound for a in apart), Score()))[:3] <= tuple(whole.best or ())[:3], seed


def test_what_a_later_week_lacks_is_unavoidable_too() -> None:
    away = Absence("o", datetime(2026, 12, 7), datetime(2026, 12, 9, 23, 59), "leave")
    world = agency(
        [school("a"), school("b", visits_per_week=4)], [officer("o")], absences=(away,),
        sessions={"s": Session("s", "a", date(2026, 12, 11), 600, 45, "DARE", qualification="dare")},
    )  # fmt: skip
    found = explain(world, WEEKS, time_limit=20, workers=1)
    assert [(s.tier, s.total, s.irreducible) for s in found.shortages] == [
        ("missed_sessions", 1, True), ("missing_visits", 3, True),
    ]  # fmt: skip
    assert tuple(found.bound)[:2] == (1, 3)
    visits = found.shortages[1]
    assert visits.items[0].sentence == "School b gets 2 of 4 visits in the week of 7 Dec."
    assert any(f.change.table == "absences.csv" for f in visits.conflict)
    for fact in visits.conflict:
        best = plan(apply_changes(world, [fact.change]), WEEKS, time_limit=9, price=0.0, workers=1).best
        assert best is not None and tuple(best)[:2] < (1, 3)
    two = replace(world, absences=())
    assert not any(s.tier == "missing_visits" for s in explain(two, WEEKS, time_limit=9, workers=1).shortages)
