"""Why, where else, what if: every figure is what the rules and the planner say."""

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from scheduler import studies
from scheduler.domain.agency import Absence, Agency, Role, Session
from scheduler.domain.plan import Plan, Visit
from scheduler.domain.scope import restricted
from scheduler.errors import InputError
from scheduler.explain.accept import read_acceptance
from scheduler.explain.candidates import blocked, candidates
from scheduler.explain.certificates import certified, counting_sentence, reordered
from scheduler.explain.explain import explain
from scheduler.explain.marginal import marginal_facts
from scheduler.explain.robustness import knock_outs
from scheduler.explain.sweep import staffing_sweep, sweep_table
from scheduler.explain.whatif import Rounds
from scheduler.explain.why import reasons, school_shares
from scheduler.planner import Question, plan, plan_many
from scheduler.rules.case import Case
from scheduler.rules.registry import score, tier_items, violations
from scheduler.tables.changes import apply_changes
from scheduler.tables.folder import write_agency, write_plan
from tests.brute import best_by_brute_force, size_of
from tests.test_cli import esro
from tests.worlds import MONDAY, agency, officer, random_agency, school, shifts

FRIDAY = date(2026, 12, 4)
WORLD = agency(
    [school("a"), school("b", visits_per_week=4)], [officer("o")], shifts=shifts("o", days="01"),
    sessions={"s": Session("s", "a", FRIDAY, 600, 45, "DARE")},
)  # fmt: skip


def planned(world: Agency, seconds: float = 5) -> Case:
    made = plan(world, [MONDAY], time_limit=seconds, price=0.0, workers=1, seed=1).plan
    assert made is not None
    return Case(world, (MONDAY,), made.visits)


@pytest.mark.parametrize("seed", [2, 5, 8, 13, 21, 33])
def test_places_are_what_rules_and_score_say_of_the_whole_plan(seed: int) -> None:
    case = planned(random_agency(seed), 3)
    before = tuple(score(case))
    for school_id in list(case.agency.schools)[:3]:
        moved = next((v for v in case.visits if v.school_id == school_id), None)
        if moved is not None and case.is_fixed(moved):
            continue
        for c in candidates(case, school_id, MONDAY, moved)[:12]:
            rest = tuple(v for v in case.visits if v != moved)
            after = Case(case.agency, (MONDAY,), Plan.of((*rest, c.visit)).visits)
            assert tuple(b - a for a, b in zip(before, score(after), strict=True)) == c.difference
            assert {v.rule for v in violations(after)} == {v.rule for v in c.broken}


def test_the_best_places_come_first() -> None:
    case = planned(WORLD)
    found = candidates(case, "b", MONDAY)
    ranks = [(len(c.broken), c.difference) for c in found]
    assert ranks == sorted(ranks) and found
    assert {c.visit.officer_id for c in found} == {"o"}


def test_a_need_that_is_open_names_the_rule_that_blocks_each_officer() -> None:
    world = replace(
        WORLD, officers={**WORLD.officers, "n": officer("n", "q"), "r": officer("r", role=Role.RELIEF)},
        precincts={**WORLD.precincts, "q": replace(WORLD.precincts["p"], precinct_id="q", name="Q")},
        shifts={**WORLD.shifts, **shifts("n")},
        sessions={"s": replace(WORLD.sessions["s"], qualification="x")},
    )  # fmt: skip
    case = Case(world, (MONDAY,), ())
    found = {b.officer_id: b for b in blocked(case, "a", MONDAY, "s")}
    assert found["n"].rule == "own_cluster" and "does not serve" in found["n"].sentence
    assert found["o"].rule == "qualified" and "does not hold x" in found["o"].sentence
    free = Case(WORLD, (MONDAY,), ())
    (only,) = blocked(free, "a", MONDAY, "s")
    assert only.rule == "within_duty"
    (open_,) = blocked(free, "b", MONDAY)
    assert open_.rule == "" and "could go on" in open_.sentence


@pytest.mark.parametrize("seed", [1, 4, 9, 16])
def test_what_a_visit_serves_is_what_is_worse_without_it(seed: int) -> None:
    case = planned(random_agency(seed), 3)
    found = reasons(case)
    assert [r.visit for r in found.visits] == list(case.visits)
    for r in found.visits:
        without = case.with_visits(tuple(v for v in case.visits if v is not r.visit))
        lost = len(tier_items(without, "missed_sessions")) > len(tier_items(case, "missed_sessions"))
        asked = "a visit that the school asks for" in r.serves
        more = sum(i.amount for i in tier_items(without, "missing_visits"))
        assert asked == (more > sum(i.amount for i in tier_items(case, "missing_visits")))
        assert not lost or r.serves
    total = {t: sum(i.amount for i in items) for t, items in found.tiers.items()}
    assert tuple(total.values()) == tuple(score(case))
    for share in school_shares(case, MONDAY):
        assert share.had >= 0 and share.target >= 0


def test_marginal_facts_are_planned() -> None:
    case = planned(WORLD)
    found = marginal_facts(case, time_limit=20, workers=1)
    assert found
    for fact in found:
        best = plan(apply_changes(WORLD, [fact.change]), [MONDAY], time_limit=5, price=0.0, workers=1).best
        assert best is not None and tuple(best)[: len(fact.less)] < tuple(score(case))[: len(fact.less)]


# -- impossible ------------------------------------------------------------------------------------

SMALL = [s for s in range(2000, 2500) if size_of(random_agency(s, tiny=True), MONDAY) < 2500]
SMALL = [s for s in SMALL if not (random_agency(s, tiny=True).pins and random_agency(s, tiny=True).tasks)]


@pytest.mark.parametrize("part", range(10))
def test_nothing_possible_is_called_impossible(part: int) -> None:
    seeds = SMALL[:200][part::10]
    assert len(SMALL) >= 200 and len(seeds) == 20
    worlds = [random_agency(s, tiny=True) for s in seeds]
    questions = [Question(w, (MONDAY,)) for pair in ((w, reordered(w)) for w in worlds) for w in pair]
    answers = plan_many(questions, time_limit=60, price=0.0, workers=1, last_tier=2)
    for i, world in enumerate(worlds):
        best = tuple(best_by_brute_force(world, MONDAY)[0])[:3]
        for answer in answers[2 * i : 2 * i + 2]:
            assert tuple(answer.bound)[:3] <= best
        case = Case(world, (MONDAY,), tuple(p for p in world.pins))
        for tier, total in zip(("missed_sessions", "missing_visits", "overdue_days"), best, strict=False):
            # With pins alone everything else is left out: what is certified of it is of any plan.
            certain = certified(case, tuple(world.precincts), tier)
            assert certain <= total


def test_counting_is_said_in_words() -> None:
    case = Case(replace(WORLD, schools={**WORLD.schools, "c": school("c", visits_per_week=5)}), (MONDAY,), ())
    assert counting_sentence(case, ("p",), "missing_visits") == (
        "3 schools ask for 10 visits; Officer o is on duty 2 days and can make 8."
    )
    enough = Case(agency([school("a")], [officer("o")]), (MONDAY,), ())
    assert counting_sentence(enough, ("p",), "missing_visits") == ""


@pytest.mark.parametrize("seed", [3, 8, 16, 25])
def test_explanations_of_overloaded_folders_hold(seed: int) -> None:
    world = random_agency(seed)
    found = explain(world, (MONDAY,), time_limit=15, workers=1)
    assert found.shortages
    for shortage in found.shortages:
        place = list(found.score.to_dict()).index(shortage.tier)
        assert len(shortage.repairs) >= 2
        for fact in shortage.conflict[:4]:
            part = restricted(apply_changes(world, [fact.change]), shortage.precincts)
            best = plan(part, [MONDAY], time_limit=5, price=0.0, workers=1).best
            assert best is not None and tuple(best)[place] < shortage.total
        for repair in shortage.repairs[:2]:
            best = plan(
                apply_changes(world, repair.changes), [MONDAY], time_limit=8, price=0.0, workers=1
            ).best
            assert best is not None and tuple(best)[:4] == tuple(repair.score)[:4]


# -- scenarios -------------------------------------------------------------------------------------


def test_a_sweep_never_covers_less_with_more_officers() -> None:
    world = agency(
        [school(s, visits_per_week=2) for s in "abcdefgh"], [officer("o")], shifts=shifts("o", days="02")
    )
    points = staffing_sweep(world, "p", (MONDAY,), [1, 2, 3], [1, 2], relief=True, time_limit=30, workers=1)
    by = {(p.officers, p.visits): p.coverage for p in points}
    assert by[1, 1] <= by[2, 1] <= by[3, 1] and by[1, 2] <= by[2, 2] <= by[3, 2]
    assert by[1, 1] == 1.0 and by[1, 2] == 0.5 and all(p.proven for p in points)
    assert "50.0 %*" in sweep_table(points)


def test_knocking_out_the_only_officer_who_can_shows() -> None:
    world = replace(
        WORLD, officers={**WORLD.officers, "r": officer("r", role=Role.RELIEF)},
        shifts={**shifts("o"), **shifts("r", days="4")},
    )  # fmt: skip
    found = {(k.officer_id, k.day): k for k in knock_outs(world, (MONDAY,), time_limit=30, workers=1)}
    assert len(found) == 6
    friday = found["o", FRIDAY]
    assert friday.lacks[0] == 0 and friday.covered_by == ("r",)
    alone = replace(world, officers=WORLD.officers, shifts=shifts("o"))
    worst = knock_outs(alone, (MONDAY,), time_limit=30, workers=1)[0]
    assert (worst.day, worst.lacks[0], worst.proven) == (FRIDAY, 1, True)
    assert "1 more missed session or task" in worst.sentence


def test_a_knock_out_keeps_a_pin_in_another_precinct() -> None:
    pin = Visit("o", "x", FRIDAY, 600, 660, "law_enforcement")
    world = agency(
        [school("a"), school("x", "q")], [officer("o")], sessions=WORLD.sessions, pins=(pin,)
    )  # fmt: skip
    found = {(k.officer_id, k.day): k for k in knock_outs(world, (MONDAY,), time_limit=30, workers=1)}
    assert found["o", FRIDAY].lacks[0] == 0  # The session is missed already: its officer is elsewhere.


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("missing visits must not rise", True), ("travel_minutes must fall", False),
        ("coverage must be at least 0.5", True), ("visits must be at most 3", False),
        ("travel_minutes must stay", True),
    ],
)  # fmt: skip
def test_acceptance_tests(text: str, holds: bool) -> None:
    figures = {"score": {"missing_visits": 1}, "travel_minutes": 50, "coverage": 0.9, "visits": 4}
    (test,) = read_acceptance([text])
    assert test.holds(figures, figures) == holds


def test_a_wrong_acceptance_test_is_a_sentence() -> None:
    for text in ("travel", "visits must dance", "colour must rise"):
        with pytest.raises(InputError, match="no acceptance test"):
            read_acceptance([text])


def test_whatif_accepts_or_refuses_and_writes_a_page(tmp_path: Path) -> None:
    write_agency(WORLD, tmp_path / "w")
    made = esro("scenario", "more-officers", "w", "--precinct", "p", "--out", "s.json", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    options = ("whatif", "w", "s.json", "--week", "2026-11-30", "--workers", "1")
    done = esro(*options, "--accept", "missed_sessions must fall", "--html", "p.html", cwd=tmp_path)
    assert done.returncode in (0, 1) and "guessed right" in done.stdout
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "One more officer in Precinct p" in page and "http://" not in page.replace("http://www.w3.org", "")
    refused = esro(*options, "--accept", "visits must fall", cwd=tmp_path)
    assert refused.returncode == 1 and "Not accepted" in refused.stderr


def test_questions_are_asked_on_what_was_published_too(tmp_path: Path) -> None:
    world = agency([school("a", visits_per_week=2)], [officer("o")], shifts=shifts("o", days="0"))
    write_agency(world, tmp_path / "w")
    (tmp_path / "s.json").write_text('{"name": "none", "changes": []}')
    (tmp_path / "p.csv").write_text(
        "officer_id,school_id,date,start,end,focus\no,a,2026-11-30,10:00,11:00,law_enforcement\n"
    )
    told = ("--week", "2026-11-30", "--published", "p.csv", "--from", "2026-11-30T09:00", "--seed", "1")
    done = esro("whatif", "w", "s.json", *told, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = esro("explain", "w", *told, "--time-limit", "5", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["score"]["missing_visits"] == 1
    alone = esro("explain", "w", "--week", "2026-11-30", "--published", "p.csv", cwd=tmp_path)
    assert alone.returncode == 2 and "--from" in alone.stderr


def test_why_and_places_print_json(tmp_path: Path) -> None:
    write_agency(WORLD, tmp_path / "w")
    write_plan(Plan.of(planned(WORLD).visits), tmp_path / "plan.csv")
    done = esro("why", "w", "plan.csv", "--week", "2026-11-30", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["visits"] and found["unfilled"][0]["officers"]
    done = esro("places", "w", "plan.csv", "--week", "2026-11-30", "--school", "b", cwd=tmp_path)
    assert done.returncode == 0 and json.loads(done.stdout)
    wrong = esro("places", "w", "plan.csv", "--week", "2026-11-30", "--school", "zz", cwd=tmp_path)
    assert wrong.returncode == 2 and "no such school" in wrong.stderr


def test_the_watchers_look_at_a_scenarios_rounds() -> None:
    world = replace(WORLD, absences=(Absence("o", datetime(2026, 11, 30), datetime(2026, 11, 30, 9)),))
    found = studies.watched(planned(world))
    assert isinstance(found, Rounds) and 0 <= found.guessed_right <= found.guesses
