"""Explanations are what planning the changed folder says; scenarios leave the folder alone."""

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from scheduler import studies
from scheduler.domain.agency import Absence, Session
from scheduler.domain.change import Change
from scheduler.errors import InputError
from scheduler.explain.explain import explain
from scheduler.planner import plan
from scheduler.service import folders
from scheduler.tables.changes import apply_changes
from scheduler.tables.folder import write_agency
from tests.test_cli import esro
from tests.worlds import MONDAY, agency, officer, random_agency, school, shifts

WORLD = agency(
    [school("a"), school("b", visits_per_week=4)], [officer("o")], shifts=shifts("o", days="01"),
    sessions={"s": Session("s", "a", date(2026, 12, 4), 600, 45, "DARE")},
)  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_no_change_changes_nothing(seed: int) -> None:
    world = random_agency(seed)
    assert apply_changes(world, []) == world


def test_changes_are_made_one_after_the_other_and_leave_the_agency_alone() -> None:
    changed = apply_changes(WORLD, [
        Change("schools.csv", "update", {"school_id": "b"}, {"visits_per_week": 2, "name": "=Birch"}),
        Change("schools.csv", "update", {"name": "=Birch"}, {"max_gap_days": "3"}),
        Change("agency.toml", "update", {"path": "visits.most_per_day"}, {"value": 5}),
        Change("sessions.csv", "remove", {"session_id": "s"}),
        Change("absences.csv", "add", {"officer_id": "o"},
               {"start": "2026-11-30T08:00", "end": "2026-11-30T09:00"}),
    ])  # fmt: skip
    assert changed.schools["b"].visits_per_week == 2 and changed.schools["b"].max_gap_days == 3
    assert changed.policy.visits.most_per_day == 5 and not changed.sessions
    assert changed.absences == (Absence("o", datetime(2026, 11, 30, 8), datetime(2026, 11, 30, 9)),)
    assert WORLD.schools["b"].visits_per_week == 4 and WORLD.sessions


@pytest.mark.parametrize(
    "change",
    [
        Change("schools.csv", "update", {"school_id": "nowhere"}, {"weight": 1}),
        Change("schools.csv", "update", {"precinct_id": "p"}, {"weight": 1}),
        Change("schools.csv", "update", {}, {"weight": 1}),
        Change("schools.csv", "update", {"school_id": "a"}, {"opens": "27:00"}),
        Change("schools.csv", "update", {"school_id": "a"}, {"colour": "red"}),
        Change("schools.csv", "add", {}, {"school_id": "a"}),
        Change("schools.csv", "remove", {"school_id": "a"}),  # its session would hang in the air
        Change("nothing.csv", "add", {}, {}),
        Change("agency.toml", "update", {"path": "visits.nothing"}, {"value": 1}),
        Change("agency.toml", "update", {"path": "visits.most_per_day"}, {"value": "many"}),
    ],
)
def test_a_change_that_fits_nothing_is_a_sentence(change: Change) -> None:
    with pytest.raises(InputError):
        apply_changes(WORLD, [change])


def test_each_fact_lifts_the_total_and_each_repair_scores_what_it_says() -> None:
    found = explain(WORLD, (MONDAY,), time_limit=60, workers=1)
    tiers = {s.tier: s for s in found.shortages}
    assert set(tiers) == {"missed_sessions", "missing_visits"}
    assert tiers["missed_sessions"].items[0].session_id == "s"
    for shortage in found.shortages:
        assert shortage.total == found.score.to_dict()[shortage.tier]
        assert shortage.irreducible and shortage.conflict
        place = list(found.score.to_dict()).index(shortage.tier)
        for fact in shortage.conflict:
            world = apply_changes(WORLD, [fact.change])
            best = plan(world, [MONDAY], time_limit=20, price=0.0, workers=1).best
            assert best is not None and tuple(best)[place] < shortage.total
        assert len(shortage.repairs) >= 2
        for repair in shortage.repairs:
            world = apply_changes(WORLD, repair.changes)
            best = plan(world, [MONDAY], time_limit=20, price=0.0, workers=1).best
            assert best is not None and tuple(best)[:8] == tuple(repair.score)[:8]


def test_nothing_short_nothing_to_explain() -> None:
    found = explain(agency([school("a")], [officer("o")]), (MONDAY,), time_limit=20, workers=1)
    assert found.shortages == ()


def test_whatif_plans_scenarios_that_explain_made(tmp_path: Path) -> None:
    write_agency(WORLD, tmp_path / "w")
    before = {p.name: p.read_bytes() for p in (tmp_path / "w").iterdir()}
    found = explain(WORLD, (MONDAY,), time_limit=40, workers=1)
    for i, repair in enumerate(found.shortages[0].repairs[:2]):
        text = json.dumps({"name": f"r{i}", "changes": [c.to_dict() for c in repair.changes]})
        (tmp_path / f"r{i}.json").write_text(text)
    done = esro("whatif", "w", "r0.json", "r1.json", "--week", "2026-11-30", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    base, first, second = json.loads(done.stdout)
    assert base["name"] == "as it is" and base["score"]["missed_sessions"] == 1
    assert first["score"]["missed_sessions"] == second["score"]["missed_sessions"] == 0
    assert first["added"] or first["removed"] or first["moved"] or first["changes"]
    assert {p.name: p.read_bytes() for p in (tmp_path / "w").iterdir()} == before
    table = esro("whatif", "w", "r0.json", "--week", "2026-11-30", cwd=tmp_path)
    assert "missed sessions" in table.stdout and "as it is" in table.stdout


def test_bad_scenario_files_end_with_2(tmp_path: Path) -> None:
    write_agency(WORLD, tmp_path / "w")
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text('{"name": "x", "changes": [{"table": "schools.csv", "action": "fly"}]}')
    done = esro("whatif", "w", "a.json", "b.json", "none.json", "--week", "2026-11-30", cwd=tmp_path)
    assert done.returncode == 2
    for part in ("a.json", "b.json", "none.json"):
        assert part in done.stderr


def test_a_scenario_of_another_precinct_leaves_this_ones_plan(tmp_path: Path) -> None:
    world = agency([school("a"), school("x", "q")], [officer("o"), officer("n", "q")])
    write_agency(world, tmp_path / "w")
    change = Change("schools.csv", "update", {"school_id": "x"}, {"visits_per_week": 2})
    (tmp_path / "s.json").write_text(json.dumps({"name": "s", "changes": [change.to_dict()]}))
    request = folders.PlanRequest(tmp_path / "w", MONDAY, time_limit=20, workers=1)
    base, other = studies.whatif(request, [tmp_path / "s.json"])
    own = [[v for v in a.case.visits if v.school_id == "a"] for a in (base, other)]
    assert own[0] == own[1]
    assert replace(base.scenario, name="x").changes == ()
