"""What counting alone says cannot be done, against planning and in words."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from scheduler.domain.agency import Absence, Agency, Closure, Session, Task
from scheduler.domain.clock import Window
from scheduler.domain.plan import PastVisit, Visit
from scheduler.domain.score import TIERS
from scheduler.explain.certificates import certified, counting_sentence
from scheduler.planner import Question, plan_many
from scheduler.rules.case import Case
from tests.worlds import MONDAY, agency, officer, random_agency, school, shifts

TUESDAY, THURSDAY = date(2026, 12, 1), date(2026, 12, 3)


def told(world: Agency, tier: str, precincts: tuple[str, ...] = ("p",)) -> tuple[int, str]:
    """What counting says of a tier, and in words."""
    case = Case(world, (MONDAY,), ())
    return certified(case, precincts, tier), counting_sentence(case, precincts, tier)


def least(world: Agency, tier: str) -> int:
    (answer,) = plan_many([Question(world, (MONDAY,))], time_limit=10, price=0.0, workers=1, last_tier=2)
    assert answer.best is not None and tuple(answer.best)[:3] == tuple(answer.bound)[:3]
    return tuple(answer.best)[TIERS.index(tier)]


def test_sessions_at_the_same_hours_need_an_officer_each() -> None:
    sessions = {
        s: Session(s, s, TUESDAY, start, 60, "DARE") for s, start in (("a", 600), ("b", 610), ("c", 660))
    }
    far = agency([school("a"), school("b"), school("c")], [officer("o")], sessions=sessions,
                 travel={("school:a", "school:c"): 25, ("school:b", "school:c"): 25})  # fmt: skip
    number, words = told(far, "missed_sessions")
    assert number == 2 == least(far, "missed_sessions")
    assert words == (
        "On Tue 1 Dec an officer can attend only one of DARE at School a (10:00-11:00), DARE at School b "
        "(10:10-11:10) and DARE at School c (11:00-12:00); Officer o is the only one on duty then."
    )
    two = replace(far, officers={**far.officers, "p": officer("p")},
                  shifts={**far.shifts, **shifts("p")})  # fmt: skip
    assert told(two, "missed_sessions")[0] == 1 == least(two, "missed_sessions")
    assert told(two, "missed_sessions")[1].endswith("; there are 2 of them on duty then.")


def test_two_sessions_of_a_day_at_one_school_share_a_visit_or_one_is_missed() -> None:
    sessions = {s: Session(s, "a", TUESDAY, start, 45, "DARE") for s, start in (("x", 560), ("y", 800))}
    world = agency([school("a")], [officer("o")], sessions=sessions)
    number, words = told(world, "missed_sessions")
    assert number == 1 == least(world, "missed_sessions")
    assert "too far apart for one visit of at most 180 minutes" in words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"absences": (Absence("o", datetime(2026, 12, 1, 9), datetime(2026, 12, 1, 12), "court"),)},
         "Officer o is away (court)."),
        ({"shifts": shifts("o", days="0234")}, "Officer o has no shift that day."),
        ({"closures": {(TUESDAY, None): Closure(TUESDAY, None, None, "Snow")}},
         "the school is closed that day."),
        ({"sessions": {"s": Session("s", "a", TUESDAY, 600, 45, "DARE", qualification="dare")}},
         "Officer o does not hold dare."),
        ({"sessions": {"s": Session("s", "a", TUESDAY, 600, 45, "DARE", officer_id="n")}},
         "it is for Officer n alone, who does not visit schools of Precinct p."),
    ],
)  # fmt: skip
def test_why_nobody_can_attend(change: dict[str, object], words: str) -> None:
    world = agency([school("a"), school("x", "q")], [officer("o"), officer("n", "q")],
                   sessions={"s": Session("s", "a", TUESDAY, 600, 45, "DARE")})  # fmt: skip
    world = replace(world, **change)  # type: ignore[arg-type]
    number, sentence = told(world, "missed_sessions")
    assert number == 1 == least(world, "missed_sessions")
    assert sentence.startswith("Nobody can attend DARE at School a on Tue 1 Dec, 10:00-10:45: ")
    assert sentence.endswith(words)


def test_a_task_that_nobody_has_time_for() -> None:
    task = Task("t", "a", MONDAY, TUESDAY, 30, "Presence at arrival", window=Window(545, 590))
    away = Absence("o", datetime(2026, 11, 30, 9), datetime(2026, 12, 1, 9, 20), "court")
    world = agency([school("a")], [officer("o")], tasks={"t": task}, absences=(away,))
    assert told(world, "missed_sessions")[0] == 0
    longer = replace(world, absences=(replace(away, end=datetime(2026, 12, 1, 9, 25)),))
    number, words = told(longer, "missed_sessions")
    assert number == 1 == least(longer, "missed_sessions")
    assert words == (
        "Nobody can do Presence at arrival at School a by Tue 1 Dec: from Mon 30 Nov to Tue 1 Dec Officer o "
        "is not on duty for 30 minutes between 09:05 and 09:50 while the school is open."
    )


def test_more_tasks_at_the_same_hours_than_days_for_them() -> None:
    tasks = {s: Task(s, s, MONDAY, TUESDAY, 30, "Arrival", window=Window(545, 590)) for s in "abcd"}
    far = {(f"school:{a}", f"school:{b}"): 20 for a in "abcd" for b in "abcd" if a < b}
    world = agency([school(s) for s in "abcd"], [officer("o")], tasks=tasks, travel=far)
    number, words = told(world, "missed_sessions")
    assert number == 2 == least(world, "missed_sessions")
    assert words == (
        "4 tasks are to be done between Mon 30 Nov and Tue 1 Dec at hours that let an officer do only one of "
        "them a day: Arrival at School a (09:05-09:50), Arrival at School b (09:05-09:50), "
        "Arrival at School c (09:05-09:50) and 1 more; Officer o is there on 2 days."
    )
    wide = replace(world, tasks={**tasks, "d": replace(tasks["d"], window=Window(545, 700))})
    assert told(wide, "missed_sessions")[0] == 1 == least(wide, "missed_sessions")


def test_short_days_hold_fewer_visits_and_pins_of_others_count() -> None:
    world = agency([school(s, visits_per_week=2) for s in "abcde"], [officer("o"), officer("n", "q")],
                   shifts=shifts("o", days="012", end=690))  # fmt: skip
    number, words = told(world, "missing_visits")
    assert words == "5 schools ask for 10 visits; Officer o is on duty 3 days and can make 9 (3 a day)."
    assert number == 1
    pin = Visit("n", "a", THURSDAY, 600, 690, "law_enforcement")
    pinned = replace(world, pins=(pin,))
    assert told(pinned, "missing_visits") == (0, "")
    five = replace(pinned, schools={**pinned.schools, "f": school("f", visits_per_week=1)})
    assert told(five, "missing_visits")[1].endswith("can make 9 (3 a day); 1 visit more is pinned.")


def test_more_schools_run_out_than_can_be_seen_by_then() -> None:
    schools = [school(s, visits_per_week=0, max_gap_days=2) for s in "abcdef"]
    past = [PastVisit(Visit("o", s.school_id, date(2026, 11, 25), 600, 700, "law_enforcement"), "done")
            for s in schools]  # fmt: skip
    world = agency(schools, [officer("o")], history=tuple(past))
    number, words = told(world, "overdue_days")
    assert 0 < number <= least(world, "overdue_days")
    assert words == (
        "6 schools are overdue on Mon 30 Nov unless they are seen that day; "
        "Officer o can make 4 visits that day."
    )


@pytest.mark.parametrize("part", range(4))
def test_counting_never_says_more_than_the_best_plan(part: int) -> None:
    worlds = [random_agency(s) for s in range(300 + part, 340, 4)]
    questions = [Question(w, (MONDAY,)) for w in worlds]
    answers = plan_many(questions, time_limit=30, price=0.0, workers=1, last_tier=2)
    for world, answer in zip(worlds, answers, strict=True):
        for tier, total in zip(TIERS[:3], tuple(answer.best or ()), strict=False):
            assert told(world, tier, tuple(world.precincts))[0] <= total
