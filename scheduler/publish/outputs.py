"""The folder that a planning run leaves behind, swapped in whole."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scheduler.planner.result import ClusterResult, PlanResult
from scheduler.publish.calendars import officer_calendar
from scheduler.publish.csvtext import csv_text
from scheduler.publish.report import report_html
from scheduler.publish.summary import officer_weeks, school_weeks
from scheduler.publish.target import check_target
from scheduler.rules.case import Case
from scheduler.tables.folder import write_plan, write_text


def write_outputs(
    folder: Path, case: Case, result: PlanResult, digest: str, versions: Mapping[str, str]
) -> None:
    """Writes everything about a plan beside `folder`, then puts it in the place of it."""
    check_target(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = folder.with_name(f".{folder.name}.part")
    old = folder.with_name(f".{folder.name}.old")
    for left in (part, old):
        shutil.rmtree(left, ignore_errors=True)
    part.mkdir()
    if result.plan is not None:
        write_plan(result.plan, part / "plan.csv")
        _write_calendars(part / "calendars", case)
        write_text(part / "schools.csv", schools_csv(case))
        write_text(part / "officers.csv", officers_csv(case))
        page = report_html(case, result, digest, versions.get("esro", ""))
        write_text(part / "report.html", page)
    document = result_document(result, digest, versions)
    write_text(part / "result.json", json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    if folder.exists():
        folder.rename(old)
    part.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def file_name(identity: str) -> str:
    """An id as a file name: letters, digits and `-_.` stay, all else is percent-encoded."""
    name = quote(identity, safe="-_.")
    return name if name.strip(".") else name.replace(".", "%2E")


def _write_calendars(folder: Path, case: Case) -> None:
    folder.mkdir()
    for officer in case.agency.officers.values():
        visits = [v for v in case.visits if v.officer_id == officer.officer_id]
        data = officer_calendar(case, officer, visits)
        (folder / f"{file_name(officer.officer_id)}.ics").write_bytes(data)


def result_document(result: PlanResult, digest: str, versions: Mapping[str, str]) -> dict[str, Any]:
    """result.json (planning contract, section 6)."""
    return {
        "status": result.status,
        "weeks": [w.isoformat() for w in result.weeks],
        "seed": result.seed,
        "price": result.price,
        "score": result.score.to_dict() if result.score else None,
        "best": result.best.to_dict() if result.best else None,
        "bound": result.bound.to_dict(),
        "gap": result.gap,
        "clusters": [_cluster(c) for c in result.clusters],
        "seconds": result.seconds,
        "inputs_digest": digest,
        "versions": dict(versions),
    }


def _cluster(c: ClusterResult) -> dict[str, Any]:
    return {
        "precincts": list(c.precincts),
        "status": c.status,
        "score": c.score.to_dict() if c.score else None,
        "best": c.best.to_dict() if c.best else None,
        "bound": c.bound.to_dict(),
        "seconds": c.seconds,
    }


def schools_csv(case: Case) -> str:
    """One row a school and week: visits, minutes, fair share, focus mix."""
    rows = [
        (w, s.school.school_id, s.school.name, s.school.precinct_id, len(s.visits), s.wanted,
         s.minutes, "" if s.share is None else s.share, s.focuses.get("teaching", 0),
         s.focuses.get("mentoring", 0), s.focuses.get("law_enforcement", 0), s.last_seen or "")
        for w in case.weeks for s in school_weeks(case, w)
    ]  # fmt: skip
    return csv_text(
        ("week", "school_id", "name", "precinct_id", "visits", "visits_wanted", "minutes",
         "fair_share_minutes", "teaching", "mentoring", "law_enforcement", "last_seen"),
        rows,
    )  # fmt: skip


def officers_csv(case: Case) -> str:
    """One row an officer and week: visits, minutes, travel, duty, load, focus mix."""
    rows = [
        (w, o.officer.officer_id, o.officer.name, o.officer.precinct_id, str(o.officer.role),
         len(o.visits), o.minutes, o.travel, o.duty_minutes,
         "" if o.load is None else f"{o.load:.3f}", o.focuses.get("teaching", 0),
         o.focuses.get("mentoring", 0), o.focuses.get("law_enforcement", 0))
        for w in case.weeks for o in officer_weeks(case, w)
    ]  # fmt: skip
    return csv_text(
        ("week", "officer_id", "name", "precinct_id", "role", "visits", "minutes",
         "travel_minutes", "duty_minutes", "load", "teaching", "mentoring", "law_enforcement"),
        rows,
    )  # fmt: skip
