"""Reports from the visit log: what was planned and given, a school and month, and a year's coverage."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from scheduler.domain.agency import Agency, Role, School
from scheduler.domain.calendar import monday_of
from scheduler.domain.clock import format_clock
from scheduler.domain.log import LogStatus, MissedCause, ServiceRecord
from scheduler.publish.csvtext import csv_text
from scheduler.publish.templates import render
from scheduler.publish.words import day_short, duration

FOCUSES = ("teaching", "mentoring", "law_enforcement")
CAUSE_WORDS = {
    MissedCause.CALLED_AWAY: "called away", MissedCause.SCHOOL_CLOSED: "school closed",
    MissedCause.OFFICER_ABSENT: "officer absent", MissedCause.OTHER: "other cause",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SchoolService:
    """A school's service in a month (named by its first day), or in a whole span. `planned`,
    `given`, `missed`, `added` and `unreported` count visits; minutes are those planned and given;
    `focuses` counts given visits; `share` is the part of the precinct's given minutes, `due` the
    part that the school's weight asks for; `officers` are given visits by officer id."""

    school: School
    month: date
    planned: int
    given: int
    missed: int
    added: int
    unreported: int
    planned_minutes: int
    minutes: int
    contacts: int
    focuses: dict[str, int]
    officers: dict[str, int]
    share: float | None
    due: float | None
    last: date | None


def monthly(agency: Agency, records: Iterable[ServiceRecord]) -> list[SchoolService]:
    """A row a school and month, in the order of precincts and schools. A visit that nobody has
    reported on counts as planned, not as given."""
    return _grouped(agency, records, lambda d: d.replace(day=1))


def span(agency: Agency, records: Iterable[ServiceRecord], first: date) -> list[SchoolService]:
    """A row a school over the whole span, named by its first day."""
    return _grouped(agency, records, lambda _: first)


@dataclass(frozen=True, slots=True)
class WeekService:
    """A week's visits, counted: planned, given, missed, added, and those nobody has reported on."""

    week: date
    planned: int
    given: int
    missed: int
    added: int
    unreported: int


def weekly(records: Iterable[ServiceRecord], mondays: Sequence[date]) -> list[WeekService]:
    """A row for each of the weeks."""
    by_week: dict[date, list[ServiceRecord]] = defaultdict(list)
    for r in records:
        by_week[monday_of(r.date)].append(r)
    return [
        WeekService(
            m, sum(r.planned is not None for r in by_week[m]),
            sum(r.entry is not None and not r.missed for r in by_week[m]), sum(r.missed for r in by_week[m]),
            sum(r.entry is not None and r.entry.status is LogStatus.ADDED for r in by_week[m]),
            sum(r.entry is None for r in by_week[m]),
        )
        for m in mondays
    ]  # fmt: skip


def status_words(record: ServiceRecord) -> str:
    """What became of a visit, for people."""
    entry = record.entry
    if entry is None:
        return "not reported"
    if entry.status is LogStatus.MISSED:
        return "missed" + (f": {CAUSE_WORDS[entry.cause]}" if entry.cause else "")
    times = f"{format_clock(entry.visit.start)}-{format_clock(entry.visit.end)}"
    said = {
        LogStatus.CONFIRMED: "confirmed", LogStatus.SHORTENED: f"other times: {times}",
        LogStatus.ADDED: f"added: {times}",
    }[entry.status]  # fmt: skip
    contacts = "1 contact" if entry.contacts == 1 else f"{entry.contacts} contacts"
    return f"{said}, {contacts}" if entry.contacts else said


def monthly_csv(rows: Sequence[SchoolService]) -> str:
    """The rows as CSV."""
    return csv_text(
        ("month", "precinct_id", "school_id", "name", "planned", "given", "missed", "added", "unreported",
         "planned_minutes", "minutes", "contacts", *FOCUSES, "share_of_time", "share_due"),
        ((f"{r.month:%Y-%m}", r.school.precinct_id, r.school.school_id, r.school.name, r.planned, r.given,
          r.missed, r.added, r.unreported, r.planned_minutes, r.minutes, r.contacts,
          *(r.focuses.get(f, 0) for f in FOCUSES), _part(r.share), _part(r.due)) for r in rows),
    )  # fmt: skip


def yearly_csv(agency: Agency, rows: Sequence[SchoolService]) -> str:
    """Each school with its officer or its coverage, visits and hours."""
    return csv_text(
        ("precinct_id", "precinct", "school_id", "name", "officer", "covered_by", "visits", "hours",
         "missed", "unreported", "contacts", *FOCUSES, "last_visit"),
        ((r.school.precinct_id, agency.precincts[r.school.precinct_id].name, r.school.school_id,
          r.school.name, _assigned(agency, r.school), _coverage(agency, r), r.given,
          f"{r.minutes / 60:.1f}", r.missed, r.unreported, r.contacts,
          *(r.focuses.get(f, 0) for f in FOCUSES), r.last) for r in rows),
    )  # fmt: skip


def yearly_html(
    agency: Agency, rows: Sequence[SchoolService], first: date, last: date, made: date, version: str
) -> str:
    """The year's coverage as a page to print."""
    precincts = [
        {
            "name": f"{p.name} ({p.precinct_id})",
            "visits": sum(r.given for r in rows if r.school.precinct_id == p.precinct_id),
            "time": duration(sum(r.minutes for r in rows if r.school.precinct_id == p.precinct_id)),
            "rows": [
                {"name": r.school.name, "officer": _assigned(agency, r.school),
                 "coverage": _coverage(agency, r), "visits": r.given, "time": duration(r.minutes),
                 "missed": r.missed, "unreported": r.unreported,
                 "focuses": [r.focuses.get(f, 0) for f in FOCUSES],
                 "contacts": r.contacts,
                 "last": f"{day_short(r.last)} {r.last.year}" if r.last else "never"}
                for r in rows if r.school.precinct_id == p.precinct_id
            ],
        }
        for p in agency.precincts.values()
    ]  # fmt: skip
    return render(
        "yearly.html", agency=agency.name, heading="Coverage of the elementary schools",
        precincts=[p for p in precincts if p["rows"]], first=_day(first), last=_day(last), made=_day(made),
        version=version, unreported=sum(r.unreported for r in rows), visits=sum(r.given for r in rows),
        time=duration(sum(r.minutes for r in rows)),
    )  # fmt: skip


def _grouped(
    agency: Agency, records: Iterable[ServiceRecord], group: Callable[[date], date]
) -> list[SchoolService]:
    by_key: dict[tuple[date, str], list[ServiceRecord]] = defaultdict(list)
    for r in records:
        by_key[group(r.date), r.visit.school_id].append(r)
    given: Counter[tuple[date, str]] = Counter()
    for (month, school_id), found in by_key.items():
        if school_id in agency.schools:
            given[month, agency.schools[school_id].precinct_id] += sum(map(_minutes, found))
    out = []
    for month in sorted({m for m, _ in by_key}):
        for schools in agency.schools_of.values():
            weights = sum((s.weight for s in schools), Decimal(0))
            for school in schools:
                total = given[month, school.precinct_id]
                out.append(_service(school, month, by_key.get((month, school.school_id), []), total, weights))
    return out


def _service(
    school: School, month: date, found: Sequence[ServiceRecord], total: int, weights: Decimal
) -> SchoolService:
    done = [r for r in found if r.entry is not None and not r.missed]
    minutes = sum(map(_minutes, found))
    return SchoolService(
        school, month,
        planned=sum(r.planned is not None for r in found), given=len(done),
        missed=sum(r.missed for r in found),
        added=sum(r.entry is not None and r.entry.status is LogStatus.ADDED for r in found),
        unreported=sum(r.entry is None for r in found),
        planned_minutes=sum(r.planned.minutes for r in found if r.planned is not None), minutes=minutes,
        contacts=sum(r.entry.contacts for r in done if r.entry is not None),
        focuses=dict(Counter(r.visit.focus for r in done)),
        officers=dict(Counter(r.visit.officer_id for r in done)),
        share=minutes / total if total else None,
        due=float(school.weight / weights) if weights else None,
        last=max((r.date for r in done), default=None),
    )  # fmt: skip


def _minutes(record: ServiceRecord) -> int:
    return record.visit.minutes if record.entry is not None and not record.missed else 0


def _assigned(agency: Agency, school: School) -> str:
    """The precinct's own officers."""
    own = [o.name for o in agency.officers.values()
           if o.role is Role.ESRO and o.precinct_id == school.precinct_id]  # fmt: skip
    return "; ".join(own) or "none"


def _coverage(agency: Agency, row: SchoolService) -> str:
    """Who really came, the most frequent first."""
    names = {o.officer_id: o.name for o in agency.officers.values()}
    ordered = sorted(row.officers.items(), key=lambda p: (-p[1], p[0]))
    return "; ".join(f"{names.get(o, o)} {n}" for o, n in ordered)


def _part(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
