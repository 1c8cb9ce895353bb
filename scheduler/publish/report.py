"""report.html: one page that opens offline, to look at, to print and to pin up."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from scheduler.domain.calendar import week_days
from scheduler.domain.plan import Visit
from scheduler.domain.score import TIERS
from scheduler.planner.result import PlanResult
from scheduler.publish.calendars import visit_lines
from scheduler.publish.drawing import FOCUS_COLOURS, area_map, week_grid
from scheduler.publish.summary import OfficerWeek, SchoolWeek, officer_weeks, school_weeks
from scheduler.publish.templates import render
from scheduler.publish.words import (
    FOCUS_LETTERS,
    FOCUS_WORDS,
    day_short,
    duration,
    status_sentence,
    tier_sentence,
)
from scheduler.rules.case import Case
from scheduler.rules.registry import TIER_COUNTS


def report_html(case: Case, result: PlanResult, digest: str, version: str) -> str:
    """The page for a plan; `case` holds its visits, `digest` names the tables it was made of."""
    planned = [p for c in result.clusters for p in c.precincts]
    order = [p for p in case.agency.precincts if p in planned]
    weeks = case.weeks
    heading = f"Rounds for the week of {day_short(weeks[0])} {weeks[0].year}"
    if len(weeks) > 1:
        heading = f"Rounds for {len(weeks)} weeks from {day_short(weeks[0])} {weeks[0].year}"
    return render(
        "report.html",
        agency=case.agency.name, timezone=case.agency.timezone, heading=heading,
        proof=status_sentence(result), sentences=score_sentences(result),
        focuses=[{"name": FOCUS_WORDS[f], "letter": FOCUS_LETTERS[f], "colour": c}
                 for f, c in FOCUS_COLOURS.items()],
        precincts=[_precinct(case, p, w) for w in weeks for p in order],
        sheets=[s for w in weeks for s in _sheets(case, w, tuple(order))],
        version=version, seed=result.seed, digest=digest[:19],
    )  # fmt: skip


def score_sentences(result: PlanResult) -> list[str]:
    """The score from the top down, each tier with what is proven of it."""
    if result.score is None:
        return []
    counts = result.score.to_dict()
    return [tier_sentence(t, counts[t], result.bound, result.best) for t in TIERS
            if not (t == "changed_visits" and counts[t] == 0)]  # fmt: skip


def chips(case: Case, monday: date, precinct_id: str, schools: list[SchoolWeek]) -> list[dict[str, str]]:
    """Sentences with a number on one precinct's week, worst first; `kind` is good or warn."""
    ids = {s.school.school_id for s in schools}
    covered = sum(len(s.visits) >= s.wanted for s in schools)
    sessions = [x for x in case.agency.sessions.values()
                if x.school_id in ids and x.date in week_days(monday)]  # fmt: skip
    items = {
        t.name: [i for i in t.items(case, monday) if i.school_id in ids]
        for t in TIER_COUNTS if t.name in ("missed_sessions", "overdue_days", "under_served")
    }  # fmt: skip
    missed = sum(i.session_id is not None for i in items["missed_sessions"])
    out = [
        _chip(covered == len(schools), f"{covered} of {len(schools)} schools have their visits"),
        _chip(missed == 0, f"{len(sessions) - missed} of {len(sessions)} sessions have an officer"),
    ]
    undone = sum(i.task_id is not None for i in items["missed_sessions"])
    if undone:
        out.append(_chip(False, f"{undone} tasks run out undone"))
    overdue = {i.school_id for i in items["overdue_days"]}
    names = ", ".join(case.agency.schools[s].name for s in sorted(s for s in overdue if s))
    out.append(_chip(not overdue, f"overdue: {names}" if overdue else "no school is overdue"))
    short = {i.school_id for i in items["under_served"]}
    if short:
        out.append(_chip(False, f"{len(short)} schools are far below their fair share"))
    return sorted(out, key=lambda c: c["kind"] == "good")


def _chip(good: bool, text: str) -> dict[str, str]:
    return {"kind": "good" if good else "warn", "text": text}


def _precinct(case: Case, precinct_id: str, monday: date) -> Mapping[str, Any]:
    schools = school_weeks(case, monday, (precinct_id,))
    officers = officer_weeks(case, monday, (precinct_id,))
    visits = [v for s in schools for v in s.visits]
    name = case.agency.precincts[precinct_id].name
    return {
        "name": f"{name} ({precinct_id})",
        "week": f"week of {day_short(monday)}",
        "chips": chips(case, monday, precinct_id, schools),
        "officers": [_officer(case, o, monday) for o in officers],
        "schools": [_school(s) for s in sorted(schools, key=_attention)],
        "map": area_map(case, (precinct_id,), visits) if schools else "",
    }


def _attention(s: SchoolWeek) -> tuple[float, str]:
    part = s.minutes / s.share if s.share else 1.0
    return (len(s.visits) - s.wanted if len(s.visits) < s.wanted else 0) + min(part, 1), s.school.name


def _school(s: SchoolWeek) -> Mapping[str, Any]:
    part = s.minutes / s.share if s.share else 1.0
    return {
        "name": s.school.name, "visits": len(s.visits), "wanted": s.wanted,
        "when": ", ".join(f"{v.date:%a} {str(v.window)[:5]}" for v in s.visits),
        "last_seen": day_short(s.last_seen) if s.last_seen else "not known",
        "minutes": s.minutes, "share": s.share, "percent": min(100, round(100 * part)),
        "low": bool(s.share) and part < 0.75,
        "cycle": " ".join(FOCUS_LETTERS[f] if f in s.cycle_focuses else "·" for f in FOCUS_LETTERS),
    }  # fmt: skip


def _officer(case: Case, o: OfficerWeek, monday: date) -> Mapping[str, Any]:
    return {
        "name": o.officer.name, "relief": o.officer.role == "relief", "visits": len(o.visits),
        "minutes": duration(o.minutes), "travel": duration(o.travel),
        "load": None if o.load is None else round(100 * o.load),
        "grid": week_grid(case, o.officer, monday, o.visits),
    }  # fmt: skip


def _sheets(case: Case, monday: date, precincts: tuple[str, ...]) -> list[Mapping[str, Any]]:
    out: list[Mapping[str, Any]] = []
    for o in officer_weeks(case, monday, precincts):
        for day in week_days(monday):
            visits = [v for v in o.visits if v.date == day]
            if visits:
                duty = o.duties[day]
                out.append({
                    "officer": o.officer.name, "day": f"{day_short(day)} {day.year}",
                    "shift": f"On duty {duty.span}" if duty else "Not on duty",
                    "visits": [_stop(case, visits, i) for i in range(len(visits))],
                })  # fmt: skip
    return out


def _stop(case: Case, visits: list[Visit], i: int) -> Mapping[str, Any]:
    visit, school = visits[i], case.school(visits[i])
    drive = case.drive(visits[i - 1], visit) if i else case.drive_out(visit)
    return {
        "time": str(visit.window), "school": school.name, "address": school.address,
        "focus": FOCUS_WORDS.get(visit.focus, visit.focus), "lines": visit_lines(case, visit),
        "drive": f"{drive} min",
    }  # fmt: skip
