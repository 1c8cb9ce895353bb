"""What is published of a week stands: in explanations and what-ifs as in plans."""

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from scheduler import studies
from scheduler.domain.agency import Absence, Session
from scheduler.domain.plan import Published
from scheduler.domain.score import TIERS
from scheduler.planner import plan
from scheduler.service.folders import PlanRequest
from scheduler.tables.changes import apply_changes
from scheduler.tables.folder import write_agency, write_plan
from tests.test_cli import esro
from tests.worlds import MONDAY, agency, officer, school

MOMENT = datetime(2026, 12, 2, 12)
AWAY = Absence("o", datetime(2026, 12, 3), datetime(2026, 12, 4, 23, 59), "sick")
WORLD = agency(
    [school(s, visits_per_week=2) for s in "abcdef"], [officer("o")],
    sessions={"s": Session("s", "a", date(2026, 12, 4), 600, 45, "DARE")},
)  # fmt: skip


def test_explain_and_whatif_keep_what_is_published(tmp_path: Path) -> None:
    """The officer falls ill on Wednesday: what is over stays, and every claim is of the rest."""
    before = plan(WORLD, [MONDAY], time_limit=5, price=0.0, workers=1, seed=1).plan
    assert before is not None
    write_plan(before, tmp_path / "plan.csv")
    ill = replace(WORLD, absences=(AWAY,))
    write_agency(ill, tmp_path / "w")
    stands = Published(before, MOMENT)
    request = PlanRequest(tmp_path / "w", MONDAY, time_limit=25, workers=1,
                          published=tmp_path / "plan.csv", moment=MOMENT)  # fmt: skip
    found = studies.explain(request)
    assert found.shortages and found.shortages[0].tier == "missed_sessions"
    assert found.score == plan(ill, [MONDAY], time_limit=9, price=0.0, workers=1, published=stands).best
    for shortage in found.shortages:
        assert shortage.irreducible and len(shortage.repairs) >= 2
        place = TIERS.index(shortage.tier)
        for repair in (r for r in shortage.repairs if r.proven):
            world = apply_changes(ill, repair.changes)
            best = plan(world, [MONDAY], time_limit=9, price=0.0, workers=1, published=stands).best
            assert best == repair.score
        for fact in shortage.conflict:
            world = apply_changes(ill, [fact.change])
            best = plan(world, [MONDAY], time_limit=9, price=0.0, workers=1, published=stands).best
            assert best is not None and tuple(best)[place] < shortage.total
    changes = [c.to_dict() for c in found.shortages[0].repairs[0].changes]
    (tmp_path / "r.json").write_text(json.dumps({"name": "r", "changes": changes}))
    options = ("--week", "2026-11-30", "--published", "plan.csv", "--from", "2026-12-02T12:00")
    done = esro("whatif", "w", "r.json", *options, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    base, other = json.loads(done.stdout)
    assert base["score"] == found.score.to_dict()
    assert other["score"] == found.shortages[0].repairs[0].score.to_dict()
    alone = esro("explain", "w", "--week", "2026-11-30", "--published", "plan.csv", cwd=tmp_path)
    assert alone.returncode == 2 and "--from" in alone.stderr
