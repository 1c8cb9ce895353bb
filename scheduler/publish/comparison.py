"""Pages of scenarios side by side and of staffing sweeps: self-contained, to open offline."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from scheduler.domain.score import TIERS
from scheduler.publish.templates import render
from scheduler.publish.words import day_short

FIGURES = (
    ("coverage", "Visits asked for that are made", "%"),
    ("minutes_at_schools", "Minutes at schools", ""),
    ("travel_minutes", "Minutes on the road", ""),
    ("guessed_right", "Visits that a watcher guesses", ""),
)
TIER_WORDS = {
    "missed_sessions": "Sessions and tasks missed", "missing_visits": "Visits missing (points)",
    "overdue_days": "Overdue school days", "changed_visits": "Visits changed",
    "relief_days": "Relief officers' days", "open_tasks": "Tasks left for the last week",
    "focus_gaps": "Focuses missing in the cycle", "under_served": "Schools far below their share (points)",
    "minutes_cost": "Minutes owed (twice) and driven",
}  # fmt: skip
COLOURS = ("#1d4e89", "#b3541e", "#2e7d4f", "#7a3e9d", "#8a6d00")


def comparison_html(
    agency: str, weeks: Sequence[date], answers: Sequence[Mapping[str, Any]], version: str,
    officers: Mapping[str, str], schools: Mapping[str, str],
) -> str:  # fmt: skip
    """The page for scenarios; the first answer is the folder as it is. Answers are as
    `esro whatif --json` prints them; `officers` and `schools` are names by id."""
    tiers = [
        {"name": TIER_WORDS[t], "cells": [_tier_cell(a, answers[0], t) for a in answers]}
        for t in TIERS
        if any(a["score"] and a["score"][t] for a in answers)
    ]
    changed = [
        {"name": a["name"], "in_words": a["in_words"],
         "added": [_visit(v, officers, schools) for v in a["added"]],
         "removed": [_visit(v, officers, schools) for v in a["removed"]],
         "moved": [(_visit(m["from"], officers, schools), _visit(m["to"], officers, schools))
                   for m in a["moved"]]}
        for a in answers[1:]
    ]  # fmt: skip
    return render(
        "comparison.html",
        agency=agency, version=version, names=[a["name"] for a in answers], tiers=tiers,
        heading=f"What if? The week of {day_short(weeks[0])} {weeks[0].year}",
        charts=[_bars(title, key, unit, answers) for key, title, unit in FIGURES], changed=changed,
        proofs=[_proof(a) for a in answers],
    )  # fmt: skip


def sweep_html(agency: str, precinct: str, points: Sequence[Mapping[str, Any]], version: str) -> str:
    """The page of a staffing sweep: table and curve of coverage against officers."""
    visits = sorted({p["visits_per_week"] for p in points})
    rows = [
        {"officers": n, "cells": [_sweep_cell(points, n, v) for v in visits]}
        for n in sorted({p["officers"] for p in points})
    ]
    return render(
        "sweep.html",
        agency=agency, version=version, heading=f"What staff buys: {precinct}", visits=visits, rows=rows,
        curve=_curve(points, visits),
    )  # fmt: skip


def _tier_cell(answer: Mapping[str, Any], base: Mapping[str, Any], tier: str) -> dict[str, Any]:
    score, bound, before = answer["score"], answer["bound"], base["score"]
    if score is None or before is None:
        return {"text": "–", "kind": "", "proven": False}
    above = TIERS[: TIERS.index(tier) + 1]
    change = score[tier] - before[tier]
    kind = "better" if change < 0 else "worse" if change > 0 else ""
    text = f"{score[tier]:,}" + (f" ({change:+,})" if change else "")
    return {"text": text, "kind": kind, "proven": all(score[t] == bound[t] for t in above)}


def _proof(answer: Mapping[str, Any]) -> str:
    if answer["status"] == "optimal":
        return "proven: no plan is better"
    gap = answer["gap"]
    return "best plan found" if gap is None else f"at most {100 * gap:.1f} % from the best"


def _visit(visit: Mapping[str, Any], officers: Mapping[str, str], schools: Mapping[str, str]) -> str:
    day = date.fromisoformat(visit["date"])
    who = officers.get(visit["officer_id"], visit["officer_id"])
    where = schools.get(visit["school_id"], visit["school_id"])
    return f"{day_short(day)}, {visit['window']}: {where}, {who}"


def _bars(title: str, key: str, unit: str, answers: Sequence[Mapping[str, Any]]) -> Markup:
    """One bar a scenario, the folder as it is in grey."""
    values = [float(a[key]) * (100 if unit else 1) for a in answers]
    most = max([*values, 1.0])
    height = 26 * len(values) + 8
    out = [
        f'<svg viewBox="0 0 640 {height}" role="img" aria-label="{Markup.escape(title)}" '
        'xmlns="http://www.w3.org/2000/svg">'
    ]
    for i, (answer, value) in enumerate(zip(answers, values, strict=True)):
        y, width = 4 + 26 * i, 300 * value / most
        name = str(answer["name"])
        short = Markup.escape(name if len(name) <= 34 else name[:33] + "…")
        colour = "#8793a1" if i == 0 else COLOURS[0]
        shown = f"{value:,.1f} %" if unit else f"{value:,.0f}"
        out.append(
            f'<text x="252" y="{y + 15}" text-anchor="end" class="label">{short}</text>'
            f'<rect x="260" y="{y}" width="{width:.1f}" height="20" rx="2" fill="{colour}"/>'
            f'<text x="{266 + width:.1f}" y="{y + 15}" class="value">{shown}</text>'
        )
    out.append("</svg>")
    return Markup(f"<figure><figcaption>{Markup.escape(title)}</figcaption>{''.join(out)}</figure>")


def _sweep_cell(points: Sequence[Mapping[str, Any]], officers: int, visits: int) -> dict[str, Any]:
    point = next((p for p in points if (p["officers"], p["visits_per_week"]) == (officers, visits)), None)
    if point is None:
        return {"text": "–", "proven": False}
    return {"text": f"{100 * point['coverage']:.1f} %", "proven": point["proven"]}


def _curve(points: Sequence[Mapping[str, Any]], visits: Sequence[int]) -> Markup:
    """Coverage (up) against officers (across), one line a number of visits a week."""
    counts = sorted({p["officers"] for p in points})
    first, last = counts[0], max(counts[-1], counts[0] + 1)

    def at(officers: int, coverage: float) -> tuple[float, float]:
        return 60 + 480 * (officers - first) / (last - first), 250 - 220 * coverage

    out = ['<svg viewBox="0 0 660 300" role="img" aria-label="Coverage against officers" '
           'xmlns="http://www.w3.org/2000/svg">']  # fmt: skip
    for part in (0, 0.25, 0.5, 0.75, 1):
        y = 250 - 220 * part
        out.append(
            f'<line x1="60" x2="540" y1="{y}" y2="{y}" class="grid"/>'
            f'<text x="52" y="{y + 4}" text-anchor="end" class="label">{100 * part:.0f} %</text>'
        )
    for n in counts:
        x, _ = at(n, 0)
        out.append(f'<text x="{x:.0f}" y="270" text-anchor="middle" class="label">{n}</text>')
    out.append('<text x="300" y="292" text-anchor="middle" class="label">officers</text>')
    used: list[float] = []
    for i, v in enumerate(visits):
        line = [(p["officers"], p["coverage"]) for p in points if p["visits_per_week"] == v]
        places = [at(n, c) for n, c in sorted(line)]
        colour = COLOURS[i % len(COLOURS)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in places]
        label = places[-1][1] + 4
        while any(abs(label - u) < 14 for u in used):
            label += 14
        used.append(label)
        out.append(f'<text x="550" y="{label:.1f}" fill="{colour}" class="value">{v} a week</text>')
    out.append("</svg>")
    return Markup("".join(out))
