"""report.html: one page that opens offline, to look at, to print and to pin up."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from scheduler.domain.calendar import week_days
from scheduler.domain.plan import Visit
from scheduler.domain.score import TIERS
from scheduler.planner.result import PlanResult
from scheduler.publish.calendars import visit_lines
from scheduler.publish.chips import week_chips
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


def report_html(case: Case, result: PlanResult, digest: str, version: str) -> str:
    """The page for a plan; `case` holds its visits, `digest` names the tables it was made of."""
    planned = [p for c in result.clusters for p in c.precincts]
    order = [p for p in case.agency.precincts if p in planned]
    weeks = case.weeks
    heading = f"Rounds for the week of {day_short(weeks[0])} {weeks[0].year}"
    if len(weeks) > 1:
        heading = f"Rounds for {len(weeks)} weeks from {day_short(weeks[0])} {weeks[0].year}"
    made = f"seed {result.seed} · tables {digest[:19]}"
    return page_html(case, order, heading, status_sentence(result), score_sentences(result), made, version)


def page_html(
    case: Case, precincts: Sequence[str], heading: str, proof: str, sentences: Sequence[str], made: str,
    version: str,
) -> str:  # fmt: skip
    """The page for the visits of a case; `made` says what they were made of."""
    weeks = case.weeks
    return render(
        "report.html",
        agency=case.agency.name, timezone=case.agency.timezone, heading=heading,
        proof=proof, sentences=sentences,
        focuses=[{"name": FOCUS_WORDS[f], "letter": FOCUS_LETTERS[f], "colour": c}
                 for f, c in FOCUS_COLOURS.items()],
        precincts=[_precinct(case, p, w) for w in weeks for p in precincts],
        sheets=[s for w in weeks for s in _sheets(case, w, tuple(precincts))],
        version=version, made=made,
    )  # fmt: skip


def score_sentences(result: PlanResult) -> list[str]:
    """The score from the top down, each tier with what is proven of it."""
    if result.score is None:
        return []
    counts = result.score.to_dict()
    return [tier_sentence(t, counts[t], result.bound, result.best) for t in TIERS
            if not (t == "changed_visits" and counts[t] == 0)]  # fmt: skip


def _precinct(case: Case, precinct_id: str, monday: date) -> Mapping[str, Any]:
    schools = school_weeks(case, monday, (precinct_id,))
    officers = officer_weeks(case, monday, (precinct_id,))
    visits = [v for s in schools for v in s.visits]
    name = case.agency.precincts[precinct_id].name
    return {
        "name": f"{name} ({precinct_id})",
        "week": f"week of {day_short(monday)}",
        "chips": week_chips(case, monday, schools),
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
