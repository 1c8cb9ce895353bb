"""The tables as people edit them: typed as text, checked by the tables' own rules, told as a difference,
saved as one revision; from and to CSV and Excel."""

import csv
import io
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from scheduler.domain.actor import Actor, UserRole
from scheduler.domain.agency import Agency
from scheduler.domain.change import Change
from scheduler.errors import InputError, Problem, RefusedError
from scheduler.service import editing
from scheduler.service.office import Office
from scheduler.store.snapshots import Edit
from scheduler.tables.cells import TEXT_KINDS, defuse, format_cell, refuse
from scheduler.tables.changes import apply_changes, settings_of_agency
from scheduler.tables.columns import TABLES
from scheduler.tables.csvfile import parse_bytes, parse_csv
from scheduler.tables.differences import difference
from scheduler.tables.folder import build_agency, field_of, records
from scheduler.tables.rows import Rows
from scheduler.tables.settings import FILE, SECTIONS, Settings, settings_of
from scheduler.tables.template import SETTINGS
from scheduler.tables.xlsx import read_workbook, workbook_bytes

POLICY = "policy"
LABELS: Mapping[str, str] = {
    "schools": "Schools", "officers": "Officers", "shifts": "Shifts", "absences": "Leave and court",
    "closures": "School calendar", "sessions": "Sessions", "tasks": "Tasks", "pins": "Pinned visits",
    "history": "Past visits", "travel": "Drive times", "precincts": "Precincts", POLICY: "Policy",
}  # fmt: skip
"""What people call the tables, in the order of the menu."""

SETTING_WORDS: Mapping[str, str] = {
    "name": "The agency's name, in reports and calendars.",
    "timezone": "The time zone of all times, such as America/New_York.",
    "visits.shortest_minutes": "A visit lasts at least so many minutes.",
    "visits.longest_minutes": "A visit lasts at most so many minutes.",
    "visits.length_step_minutes": "Visits last a multiple of so many minutes.",
    "visits.start_step_minutes": "Visits start at a multiple of so many minutes, counted from midnight.",
    "visits.most_per_day": "An officer makes at most so many visits a day.",
    "visits.mentoring_minutes": "A mentoring visit spends so many minutes in the private space.",
    "visits.required_qualification": "Who lacks this qualification makes no visit; blank for none.",
    "break.minutes": "The meal break lasts so many minutes.",
    "break.earliest": "The break starts no earlier than this (HH:MM).",
    "break.latest": "The break is over by this time (HH:MM).",
    "break.due_after_minutes": "A day with at least so many minutes of duty has a break.",
    "travel.road_factor": "Roads are so many times as long as the straight line.",
    "travel.speed_kmh": "The speed on the road, in km an hour.",
    "travel.fixed_minutes": "Minutes for parking and signing in, once a drive.",
    "rotation.cycle_weeks": "Fairness and the turn of focuses look at so many weeks.",
    "rotation.on_site_share": "The part (0 to 1) of the possible time that schools can expect.",
    "rotation.unpredictability_price":
        "The part (0 to 1) of the reachable minutes that a random choice may cost.",
}  # fmt: skip
REASONS = ("leave", "court", "training", "sick")


@dataclass(frozen=True)
class Sheets:
    """The tables as typed: rows of text by table (as people write them, not defused), and the settings by
    path. `base` is the revision that was read."""

    base: int
    rows: Mapping[str, Sequence[Mapping[str, str]]]
    settings: Mapping[str, str]

    def with_rows(self, table: str, rows: Sequence[Mapping[str, str]]) -> "Sheets":
        """With other rows in a table."""
        return replace(self, rows={**self.rows, table: rows})


@dataclass(frozen=True)
class Proposal:
    """What saving the sheets would do. `agency` is None where a table is unusable; `refused` says why the
    actor may not save it."""

    agency: Agency | None
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...]
    refused: str = ""

    @property
    def sentence(self) -> str:
        """`3 changes: …`"""
        if not self.changes:
            return "Nothing is changed."
        count = "1 change" if len(self.changes) == 1 else f"{len(self.changes)} changes"
        return f"{count}: " + " ".join(c.sentence for c in self.changes[:3]) + (
            f" … and {len(self.changes) - 3} more." if len(self.changes) > 3 else "")  # fmt: skip


@dataclass(frozen=True)
class Clash:
    """What others saved since a revision was read, and which rows both sides changed."""

    theirs: tuple[Edit, ...]
    both: tuple[str, ...]


def sheets(office: Office, actor: Actor) -> Sheets:
    """The tables as they stand, to be edited. Raises RefusedError."""
    require_editor(actor)
    found = editing.tables(office)
    return sheets_of(found.agency, found.edit.revision)


def sheets_of(agency: Agency, base: int) -> Sheets:
    """An agency's tables as people write them."""
    rows = {
        name: [
            {c.name: _plain(c.kind, format_cell(c.kind, field_of(r, c.name))) for c in TABLES[name].columns}
            for r in listed
        ]
        for name, listed in records(agency).items()
    }
    settings: dict[str, str] = {}
    for section, value in settings_of_agency(agency).items():
        if isinstance(value, dict):
            settings |= {f"{section}.{k}": _said(v) for k, v in value.items()}
        else:
            settings[section] = str(value)
    return Sheets(base, rows, settings)


def propose(office: Office, actor: Actor, typed: Sheets) -> Proposal:
    """What saving would do, with every problem of the tables. Raises RefusedError."""
    require_editor(actor)
    try:
        agency, warnings = _built(typed)
    except InputError as error:
        return Proposal(None, error.problems, ())
    before = _at(office, typed.base)
    changes = difference(before, agency)
    refused = ""
    try:
        editing.refuse_foreign(actor, before, changes)
    except RefusedError as error:
        refused = str(error)
    return Proposal(agency, warnings, changes, refused)


def save(office: Office, actor: Actor, typed: Sheets, reason: str) -> Edit:
    """Makes a new revision of the sheets, on the one that was read. Raises ConflictError, InputError,
    RefusedError."""
    require_editor(actor)
    agency, _ = _built(typed)
    return editing.replace_tables(office, actor, typed.base, agency, reason.strip())


def clash(office: Office, actor: Actor, typed: Sheets) -> Clash:
    """What others saved since `typed` was read. Raises RefusedError."""
    require_editor(actor)
    theirs = tuple(editing.edits(office, typed.base))
    mine = {_cell for c in propose(office, actor, typed).changes for _cell in _cells(c)}
    other = {_cell for e in theirs for c in e.changes for _cell in _cells(c)}
    return Clash(theirs, tuple(sorted(mine & other)))


def again(office: Office, actor: Actor, typed: Sheets) -> Sheets:
    """The tables as others left them, with the changes of `typed` made again on them. Raises InputError
    where a change fits no row any more, RefusedError."""
    made = propose(office, actor, typed)
    if made.agency is None:
        raise InputError(made.problems)
    head = editing.tables(office)
    return sheets_of(apply_changes(head.agency, made.changes, "your changes"), head.edit.revision)


def history(office: Office, actor: Actor, last: int | None = None) -> list[Edit]:
    """Who changed the tables, when and why, newest first, the `last` ones. Raises RefusedError."""
    require_editor(actor)
    after = 0 if last is None else max(0, editing.tables(office).edit.revision - last)
    return editing.edits(office, after)[::-1]


def absence_row(
    officer_id: str, first: date, last: date, reason: str, begin: time | None = None, end: time | None = None
) -> dict[str, str]:
    """The row of an absence: whole days unless times are given. Raises InputError."""
    start = datetime.combine(first, begin or time())
    over = datetime.combine(last, end) if end else datetime.combine(last + timedelta(days=1), time())
    if over <= start:
        raise InputError([Problem("Leave and court", None, None, f"{last}", "it is over before it begins",
                                  "Choose a later last day or time.")])  # fmt: skip
    return {"officer_id": officer_id, "start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{over:%Y-%m-%dT%H:%M}",
            "reason": reason}  # fmt: skip


def add_absence(office: Office, actor: Actor, row: Mapping[str, str]) -> Edit:
    """Saves an absence at once. Raises ConflictError, InputError, RefusedError."""
    require_editor(actor)
    base = editing.tables(office).edit.revision
    why = f"{row['reason'].capitalize() or 'Absence'} of {row['officer_id']}"
    return editing.edit(office, actor, base, [Change("absences.csv", "add", {}, dict(row))], why)


# -- files ---------------------------------------------------------------------------------------


def csv_text(table: str, rows: Sequence[Mapping[str, str]]) -> str:
    """A table as CSV text, formula cells defused."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = TABLES[table].columns
    writer.writerow(c.name for c in columns)
    for row in rows:
        cells = [row.get(c.name) or "" for c in columns]
        writer.writerow(
            defuse(v) if c.kind in TEXT_KINDS else v for c, v in zip(columns, cells, strict=True)
        )
    return out.getvalue()


def take_csv(typed: Sheets, table: str, data: bytes, name: str) -> Sheets:
    """The sheets with a table from a CSV file. Raises InputError where the file is no such table."""
    raw = parse_bytes(data, TABLES[table], name)
    if errors := [p for p in raw.problems if p.severity == "error"]:
        raise InputError(errors)
    kinds = {c.name: c.kind for c in TABLES[table].columns}
    return typed.with_rows(table, [{n: _plain(kinds[n], v) for n, v in r.cells.items()} for r in raw.rows])


def excel(typed: Sheets) -> bytes:
    """All tables and the settings as one workbook."""
    return workbook_bytes(typed.rows, typed.settings)


def excel_template() -> bytes:
    """A blank workbook with words on what goes where."""
    data = tomllib.loads(SETTINGS, parse_float=Decimal)
    settings: dict[str, str] = {}
    for section, value in data.items():
        pairs = value.items() if isinstance(value, dict) else [("", value)]
        settings |= {f"{section}.{k}" if k else section: _said(v) for k, v in pairs}
    return workbook_bytes({}, settings)


def take_excel(typed: Sheets, data: bytes, name: str) -> Sheets:
    """The sheets with what a workbook holds; tables that are not in it stay. Raises InputError."""
    rows, settings = read_workbook(data, name)
    if unknown := [k for k in settings if k not in typed.settings]:
        raise InputError(Problem(f"{name}, settings", None, None, k, "there is no such setting",
                                 f"Known are {', '.join(typed.settings)}.") for k in unknown)  # fmt: skip
    return replace(typed, rows={**typed.rows, **rows}, settings={**typed.settings, **settings})


# -- within --------------------------------------------------------------------------------------


def require_editor(actor: Actor) -> None:
    """Raises RefusedError unless the actor is an admin or a supervisor."""
    if not actor.roles & {UserRole.ADMIN, UserRole.SUPERVISOR}:
        raise RefusedError(f"{actor.name} may not edit the tables; supervisors and admins may.")


def _at(office: Office, revision: int) -> Agency:
    """The tables of a revision."""
    stands = editing.tables(office)
    return stands.agency if stands.edit.revision == revision else editing.tables_at(office, revision)


def _built(typed: Sheets) -> tuple[Agency, tuple[Problem, ...]]:
    data: dict[str, Any] = {}
    for path, text in typed.settings.items():
        section, _, name = path.partition(".")
        if name:
            data.setdefault(section, {})[name] = _setting(section, name, text)
        else:
            data[section] = text
    tables = {
        name: Rows(t, parse_csv(csv_text(name, typed.rows.get(name, ())), t, t.file))
        for name, t in TABLES.items()
    }
    return build_agency(settings_of(data, Settings()), tables)


def _setting(section: str, name: str, text: str) -> object:
    """The typed value of a setting; text where it is none, which the settings' rules then refuse."""
    default = SECTIONS[section].model_fields[name].default
    if isinstance(default, str) or name in ("earliest", "latest"):
        return text.strip()
    try:
        return Decimal(text.strip()) if isinstance(default, Decimal) else int(text.strip())
    except (ValueError, InvalidOperation):
        return text


def _said(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _plain(kind: Any, text: str) -> str:
    return refuse(text) if kind in TEXT_KINDS else text


def _cells(change: Change) -> list[str]:
    """What a change touches, to find what two sides both touched: cells of rows, or rows."""
    row = ", ".join(str(v) for v in change.key.values() if v not in ("", None))
    if change.table == FILE:
        return [f"{FILE}: {row}"]
    if change.action != "update":
        return [f"{change.table}: {row}"] if row else []
    return [f"{change.table}: {row}: {n}" for n in change.values]
