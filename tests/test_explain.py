"""Explanations are what planning the changed folder says; scenarios leave the folder alone."""

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from benchmarks.impossible import false_claims, false_remedies, small_folders
from scheduler import studies
from scheduler.domain.agency import Absence, Agency, Role, Session
from scheduler.domain.change import Change
from scheduler.domain.plan import PastVisit, Visit
from scheduler.domain.policy import Policy
from scheduler.errors import InputError
from scheduler.explain.explain import explain
from scheduler.explain.shortage import Explanation
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
    (tmp_path / "b.json").write_text('{"changes": [{"table": "schools.csv", "action": "fly"}, 3]}')
    two = [
        {"table": "shifts.csv", "action": "remove", "key": {"officer_id": "nobody"}},
        {"table": "agency.toml", "action": "update", "key": {"path": "visits.hue"}, "values": {"value": 1}},
    ]
    (tmp_path / "c.json").write_text(json.dumps({"name": "c", "changes": two}))
    files = ("a.json", "b.json", "c.json", "none.json")
    done = esro("whatif", "w", *files, "--week", "2026-11-30", cwd=tmp_path)
    assert done.returncode == 2
    for part in ("a.json", "b.json, change 1", "b.json, change 2", "c, change 1", "c, change 2", "none.json"):
        assert part in done.stderr, part


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


def folder_request(folder: Path, precincts: tuple[str, ...]) -> folders.PlanRequest:
    return folders.PlanRequest(folder, MONDAY, precincts=precincts, time_limit=20, workers=1)


def checked(world: Agency, found: Explanation) -> None:
    """Every claim of an explanation, by planning again."""
    for shortage in found.shortages:
        place = list(found.score.to_dict()).index(shortage.tier)
        assert shortage.conflict and len(shortage.repairs) >= 2
        assert len({str(r.changes) for r in shortage.repairs}) == len(shortage.repairs)
        assert [r.cost for r in shortage.repairs] == sorted(r.cost for r in shortage.repairs)
        before = tuple(found.score)
        for change in (f.change for f in shortage.conflict):
            best = tuple(plan(apply_changes(world, [change]), [MONDAY], time_limit=30, price=0.0).best or ())
            assert best[:place] <= before[:place] and best[place] < before[place]
        for repair in shortage.repairs:
            planned = plan(apply_changes(world, repair.changes), [MONDAY], time_limit=12, price=0.0)
            assert planned.best is not None
            if repair.proven:
                assert planned.best >= repair.score >= planned.bound, repair.sentence
                assert planned.status != "optimal" or planned.best == repair.score, repair.sentence
            else:
                assert repair.score >= planned.bound, repair.sentence


def sentences_of(found: Explanation) -> list[str]:
    out = []
    for s in found.shortages:
        out += [s.sentence, *(i.sentence for i in s.items), *(f.sentence for f in s.conflict)]
        out += [r.sentence for r in s.repairs]
    return out


def test_a_shortage_in_each_tier_is_explained_with_staff_and_what_is_asked() -> None:
    world = replace(
        agency([school(s, visits_per_week=2, max_gap_days=3) for s in "abcdef"], [officer("o")]),
        sessions={f"x{s}": Session(f"x{s}", s, date(2026, 12, 3), 600, 45, "DARE") for s in "abcd"},
        absences=(Absence("o", datetime(2026, 11, 30), datetime(2026, 12, 2, 23, 59), "sick"),),
        history=(PastVisit(Visit("o", "a", date(2026, 11, 20), 600, 700, "law_enforcement"), "done"),),
    )  # fmt: skip
    found = explain(world, (MONDAY,), time_limit=30, workers=1)
    assert [s.tier for s in found.shortages] == list(found.score.to_dict())[:3]
    checked(world, found)
    for shortage in found.shortages:
        assert shortage.irreducible
        place = list(found.score.to_dict()).index(shortage.tier)
        assert min(tuple(r.score)[place] for r in shortage.repairs) == 0
    lower = [s for s in found.shortages if s.tier != "missed_sessions"]
    assert all(any(f.change.table == "absences.csv" for f in s.conflict) for s in lower)
    for sentence in sentences_of(found):
        assert "_" not in sentence and ".csv" not in sentence and "points" not in sentence, sentence


def test_a_repair_has_one_score_wherever_it_is_shown() -> None:
    found = explain(random_agency(0), (MONDAY,), time_limit=20, workers=1)
    scores: dict[str, set[tuple[int, ...]]] = {}
    for repair in (r for s in found.shortages for r in s.repairs):
        scores.setdefault(str(repair.changes), set()).add(tuple(repair.score))
    assert scores and all(len(s) == 1 for s in scores.values())


def test_changes_are_of_the_whole_folder_where_a_precinct_is_named(tmp_path: Path) -> None:
    """A session for an officer of another precinct, and a drive to a school of one."""
    world = agency(
        [school("a"), school("x", "q")], [officer("o"), officer("n", "q"), officer("extra-1", "q")],
        sessions={"s": Session("s", "a", date(2026, 12, 4), 600, 45, "DARE", officer_id="n")},
        travel={("school:x", "precinct:q"): 9},
    )  # fmt: skip
    write_agency(world, tmp_path / "w")
    request = folder_request(tmp_path / "w", ("p",))
    found = studies.explain(request)
    (shortage,) = found.shortages
    assert shortage.irreducible and any("Officer n" in f.sentence for f in shortage.conflict)
    assert len(shortage.repairs) >= 2
    for i, repair in enumerate(shortage.repairs):
        text = json.dumps({"name": f"r{i}", "changes": [c.to_dict() for c in repair.changes]})
        (tmp_path / f"{i}.json").write_text(text)
    files = [tmp_path / f"{i}.json" for i in range(len(shortage.repairs))]
    _, *answers = studies.whatif(request, files)
    assert [a.result.best for a in answers] == [r.score for r in shortage.repairs]


def test_a_limit_is_lengthened_as_far_as_lifts_it() -> None:
    """A school unseen for weeks is overdue with a limit of a week more as well."""
    away = Absence("o", datetime(2026, 11, 30), datetime(2026, 12, 4, 23, 59), "sick")
    past = [PastVisit(Visit("o", s, date(2026, 11, d), 600, 700, "law_enforcement"), "done")
            for s, d in (("b", 2), ("a", 5))]  # fmt: skip
    world = agency(
        [school("a", max_gap_days=2, visits_per_week=0), school("b", visits_per_week=0)], [officer("o")],
        absences=(away,), history=tuple(past),
    )  # fmt: skip
    found = explain(world, (MONDAY,), time_limit=20, workers=1)
    (shortage,) = found.shortages
    assert (shortage.tier, shortage.total) == ("overdue_days", 5)
    gap = next(f.change.values["max_gap_days"] for f in shortage.conflict if f.change.table == "schools.csv")
    assert gap == "" or int(gap) > 2 + 5
    checked(world, found)


def test_where_no_single_change_but_one_mends_two_together_do() -> None:
    """Nobody makes a visit at all: a session can be moved, or staff and limit changed together."""
    visits = Policy().visits.model_copy(update={"most_per_day": 0})
    world = agency(
        [school("a", visits_per_week=1)], [officer("o")], policy=Policy(visits=visits),
        absences=(Absence("o", datetime(2026, 11, 30), datetime(2026, 12, 4, 23, 59), "sick"),),
        sessions={"s": Session("s", "a", date(2026, 12, 4), 600, 45, "DARE", "teaching", "dare", "o")},
    )  # fmt: skip
    found = explain(world, (MONDAY,), time_limit=30, workers=1)
    assert [s.tier for s in found.shortages] == ["missed_sessions", "missing_visits"]
    checked(world, found)


@pytest.mark.parametrize("seed", [5, 9, 53])
def test_every_claim_holds_of_random_folders(seed: int) -> None:
    world = random_agency(seed)
    found = explain(world, (MONDAY,), time_limit=15, workers=1)
    assert all(s.irreducible for s in found.shortages)
    checked(world, found)


@pytest.mark.parametrize("part", range(4))
def test_what_is_called_unavoidable_is_so_of_every_plan(part: int) -> None:
    """The same with 200 folders: python -m benchmarks.impossible."""
    for seed, world in small_folders(5, 7000 + 500 * part):
        _, _, wrong = false_claims(world)
        assert not wrong, (seed, wrong)


@pytest.mark.parametrize("part", range(2))
def test_facts_and_repairs_are_what_trying_every_plan_says(part: int) -> None:
    counted = 0
    for seed, world in small_folders(5, 11000 + 500 * part):
        facts, repairs, wrong = false_remedies(world)
        counted += facts + repairs
        assert not wrong, (seed, wrong)
    assert counted


def test_a_relief_officer_of_elsewhere_may_be_lent(tmp_path: Path) -> None:
    away = Absence("o", datetime(2026, 11, 30), datetime(2026, 12, 4, 23, 59), "leave")
    world = agency(
        [school("a"), school("x", "q")], [officer("o"), officer("n", "q"),
                                          officer("r", "q", role=Role.RELIEF, covers=("q",))],
        absences=(away,), sessions={"s": Session("s", "a", date(2026, 12, 4), 600, 45, "DARE")},
    )  # fmt: skip
    write_agency(world, tmp_path / "w")
    found = studies.explain(folder_request(tmp_path / "w", ("p",)))
    (_, shortage) = found.shortages
    assert "Officer r does not cover Precinct p." in {f.sentence for f in shortage.conflict}
    (repair,) = [r for r in shortage.repairs if r.sentence == "Have Officer r cover Precinct p as well."]
    changed = apply_changes(world, repair.changes)
    best = plan(folders.scoped(changed, ["p"]), [MONDAY], time_limit=9, price=0.0, workers=1).best
    assert best == repair.score and repair.proven
