"""Watchers see what the contract says, and the simulation plans on its own history."""

import json
from datetime import date, timedelta
from pathlib import Path

from scheduler.domain.agency import Session
from scheduler.domain.calendar import Calendar
from scheduler.domain.plan import Visit
from scheduler.domain.policy import Policy, VisitPolicy
from scheduler.tables.folder import write_agency
from scheduler.watchers.cells import Cell, Rounds, open_cells
from scheduler.watchers.panel import habit, judge_rounds, neighbour, repeat, successor, turn
from tests.test_cli import esro
from tests.worlds import MONDAY, agency, officer, school

WORLD = agency([school("a"), school("b")], [officer("o")])


def at(week: int, weekday: int, start: int = 600, where: str = "a") -> Visit:
    day = MONDAY + timedelta(weeks=week, days=weekday)
    return Visit("o", where, day, start, start + 45, "law_enforcement")


def test_each_watcher_names_its_cell() -> None:
    days = [0, 2, 0, 3, 0, 2]
    rounds = Rounds(WORLD, [at(w, d) for w, d in enumerate(days)])
    now = MONDAY + timedelta(weeks=6)
    assert habit(rounds, "a", now) == Cell(0, False)
    assert repeat(rounds, "a", now) == Cell(2, False)
    assert turn(rounds, "a", now) == Cell(3, False)
    assert successor(rounds, "a", now) == Cell(0, False)
    assert neighbour(rounds, "a", now) is None
    assert habit(rounds, "b", now) is None


def test_the_neighbour_sees_this_week() -> None:
    both = [at(w, w % 3, where=s) for w in range(4) for s in "ab"] + [at(4, 4, 800, "b"), at(4, 4, 600)]
    rounds = Rounds(WORLD, both)
    assert neighbour(rounds, "a", MONDAY + timedelta(weeks=4)) == Cell(4, True)


def test_visits_that_are_announced_are_no_secret() -> None:
    session = Session("s", "a", MONDAY, 600, 45, "DARE")
    world = agency([school("a")], [officer("o")], sessions={"s": session})
    listed = Visit("o", "a", MONDAY + timedelta(days=1), 600, 660, "law_enforcement", ("t",))
    rounds = Rounds(world, [at(0, 0), listed, at(0, 2)])
    assert rounds.cells("a", MONDAY) == [Cell(2, False)]


def test_the_floor_counts_open_cells() -> None:
    assert open_cells(WORLD, Calendar(WORLD), "a", MONDAY) == 10
    early = agency([school("a", closes=720)], [officer("o")])
    assert open_cells(early, Calendar(early), "a", MONDAY) == 5
    panel = judge_rounds(WORLD, [at(0, 0), at(1, 0), at(1, 3)], [MONDAY + timedelta(weeks=1)])
    assert panel.guesses == 1 and panel.floor == 0.2
    assert panel.hits["habit"] == 1 and panel.rate("repeat") == 1.0


def test_simulate_writes_each_week_and_prints_the_panel(tmp_path: Path) -> None:
    write_agency(agency([school(s) for s in "abc"], [officer("o")]), tmp_path / "w")
    done = esro(
        "simulate", "w", "--week", "2026-09-14", "--weeks", "4", "--warm-up", "2", "--seed", "3",
        "--time-limit", "40", "--out", "sim", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    panel = json.loads(done.stdout)
    assert set(panel) == {"floor", "guesses", "watchers"}
    assert set(panel["watchers"]) == {"habit", "repeat", "turn", "successor", "neighbour"}
    mondays = [date(2026, 9, 14) + timedelta(weeks=i) for i in range(4)]
    for monday in mondays:
        folder = tmp_path / "sim" / monday.isoformat()
        assert (folder / "plan.csv").is_file()
        assert json.loads((folder / "result.json").read_text())["weeks"] == [monday.isoformat()]


def test_a_warm_up_over_all_weeks_guesses_nothing(tmp_path: Path) -> None:
    write_agency(agency([school("a")], [officer("o")]), tmp_path / "w")
    done = esro("simulate", "w", "--week", "2026-09-14", "--weeks", "1", "--out", "sim", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    panel = json.loads(done.stdout)
    assert panel["guesses"] == 0 and panel["floor"] is None
    assert panel["watchers"]["habit"] == {"hit_rate": None, "hits": 0}
    assert (tmp_path / "sim" / "2026-09-14" / "plan.csv").is_file()


def test_the_floor_asks_for_the_shortest_minutes_as_written() -> None:
    # 40 minutes are no multiple of 15, and yet what the floor asks of a cell.
    policy = Policy(visits=VisitPolicy(shortest_minutes=40))
    noon = agency([school("a", opens=540, closes=760)], [officer("o")], policy=policy)
    assert open_cells(noon, Calendar(noon), "a", MONDAY) == 10
