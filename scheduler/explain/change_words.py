"""Changes of the tables as sentences with names in place of ids, and what stood before."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from scheduler.domain.agency import Agency
from scheduler.domain.change import Change
from scheduler.explain.duty_facts import span_words
from scheduler.rules.violation import day_words
from scheduler.tables.cells import format_cell
from scheduler.tables.changes import settings_of_agency
from scheduler.tables.columns import TABLES
from scheduler.tables.folder import field_of, records
from scheduler.tables.labels import column_label
from scheduler.tables.settings import FILE

Row = Mapping[str, str]
DAYS = {"Mon": "Mondays", "Tue": "Tuesdays", "Wed": "Wednesdays", "Thu": "Thursdays", "Fri": "Fridays"}
WHAT = {"sessions": "session", "tasks": "task", "closures": "closed day", "pins": "pinned visit",
        "travel": "drive", "history": "past visit", "precincts": "precinct"}  # fmt: skip


def change_words(agency: Agency, changes: Iterable[Change]) -> list[str]:
    """A sentence for each change, in order; shifts of an officer that are alike share one."""
    return _Speaker(agency).said(changes)


def fits(agency: Agency, change: Change) -> bool:
    """Whether the row that a change names is there."""
    table = change.table.removesuffix(".csv")
    return table not in TABLES or change.action == "add" or bool(_Speaker(agency).before(table, change))


def touched_words(agency: Agency, change: Change) -> dict[str, str]:
    """What a change touches, in words, by column: `School a, visits a week`; "" is a row as a whole."""
    table = change.table.removesuffix(".csv")
    if table not in TABLES:
        return dict.fromkeys(change.values, column_label(FILE, str(change.key.get("path", ""))))
    if not change.key:
        return {}
    subject = _Speaker(agency).subject(table, change)
    if change.action != "update":
        return {"": subject}
    return {n: f"{subject}, {_label(table, n)}" for n in change.values}


class _Speaker:
    def __init__(self, agency: Agency) -> None:
        self.agency = agency
        self.names: dict[str, dict[str, str]] = {
            "officer_id": {k: o.name for k, o in agency.officers.items()},
            "school_id": {k: s.name for k, s in agency.schools.items()},
            "precinct_id": {k: p.name for k, p in agency.precincts.items()},
        }

    def said(self, changes: Iterable[Change]) -> list[str]:
        out: list[str] = []
        shifts: dict[tuple[str, str], list[str]] = {}
        places: dict[tuple[str, str], int] = {}
        for change in changes:
            row = {**_texts(change.key), **_texts(change.values)}
            if change.table == "shifts.csv" and change.action == "add":
                hours = f"{row.get('start', '')}-{row.get('end', '')}"
                who = (self._name("officer_id", row.get("officer_id", "")), hours)
                if who not in places:
                    places[who] = len(out)
                    out.append("")
                shifts.setdefault(who, []).append(DAYS.get(row.get("weekday", ""), ""))
                out[places[who]] = f"{who[0]} works on {', '.join(shifts[who])}, {hours}."
            else:
                out.append(self._sentence(change, row))
        return out

    def _name(self, column: str, value: str) -> str:
        return self.names.get(column, {}).get(value, value)

    def _sentence(self, change: Change, row: Row) -> str:
        table = change.table.removesuffix(".csv")
        if table not in TABLES:
            return self._setting(change)
        if change.action == "add":
            self._learn(table, row)
            return self._added(table, row)
        before, subject = self.before(table, change), self.subject(table, change)
        if change.action == "remove":
            return _removed(table, subject)
        values = _texts(change.values)
        parts = [
            f"{_label(table, n)} {self._cell(n, v)} in place of {self._cell(n, before.get(n, ''))}"
            for n, v in values.items()
        ]
        return f"{subject}: {'; '.join(parts)}."

    def subject(self, table: str, change: Change) -> str:
        """The row that a change names."""
        return self._subject(table, {**self.before(table, change), **_texts(change.key)})

    def _learn(self, table: str, row: Row) -> None:
        column = {"officers": "officer_id", "schools": "school_id", "precincts": "precinct_id"}.get(table)
        if column is not None and row.get("name"):
            self.names[column][row.get(column, "")] = row["name"]

    def _setting(self, change: Change) -> str:
        path = str(change.key.get("path", ""))
        now: object = settings_of_agency(self.agency)
        for part in path.split("."):
            now = now.get(part) if isinstance(now, dict) else None
        return f"{column_label(FILE, path)}: {change.values.get('value')} in place of {now}."

    def _added(self, table: str, row: Row) -> str:
        if table == "absences":
            reason = f" ({row['reason']})" if row.get("reason") else ""
            return f"{self._name('officer_id', row.get('officer_id', ''))} is away{reason} {_span(row)}."
        if table == "officers":
            where = self._name("precinct_id", row.get("precinct_id", ""))
            role = "a relief officer" if row.get("role") == "relief" else "an officer"
            return f"{row.get('name', '')} joins {where} as {role}."
        if table == "schools":
            where = self._name("precinct_id", row.get("precinct_id", ""))
            return f"{row.get('name', '')} opens in {where}, {row.get('opens', '')}-{row.get('closes', '')}."
        return f"New {WHAT.get(table, table)}: {self._subject(table, row)}."

    def before(self, table: str, change: Change) -> Row:
        """The row that a change names, as it stands; nothing where it was made just before."""
        columns = {c.name: c.kind for c in TABLES[table].columns}
        key = {n: v for n, v in _texts(change.key).items() if n in columns}
        for record in records(self.agency)[table]:
            cells = {n: format_cell(columns[n], field_of(record, n)) for n in key}
            if cells == key:
                return {n: format_cell(k, field_of(record, n)) for n, k in columns.items()}
        return {}

    def _subject(self, table: str, row: Row) -> str:
        officer = self._name("officer_id", row.get("officer_id", ""))
        school = self._name("school_id", row.get("school_id", "")) or "all schools"
        if table in ("officers", "schools", "precincts"):
            column = f"{table.removesuffix('s')}_id"
            return row.get("name") or self._name(column, row.get(column, ""))
        if table in ("sessions", "tasks"):
            when = f" on {_day(row['date'])}, {row['start']}" if row.get("date") and row.get("start") else ""
            return f"{row.get('program') or 'work'} at {school}{when}"
        if table == "shifts":
            return f"{officer} on {DAYS.get(row.get('weekday', ''), '')}"
        if table == "absences":
            return f"{officer}'s absence {_span(row)}"
        if table == "closures":
            hours = f", open {row['opens']}-{row['closes']}" if row.get("opens") else " closed"
            label = f" ({row['label']})" if row.get("label") else ""
            return f"{school[0].upper()}{school[1:]}{hours} on {_day(row.get('date', ''))}{label}"
        if table in ("pins", "history"):
            times = f"{row.get('start', '')}-{row.get('end', '')}"
            return f"{officer} at {school} on {_day(row.get('date', ''))}, {times}"
        ends = [self._place(row.get(c, "")) for c in ("from_id", "to_id")]
        return f"drive from {ends[0]} to {ends[1]}"

    def _place(self, text: str) -> str:
        kind, _, name = text.partition(":")
        return self._name(f"{kind}_id", name)

    def _cell(self, column: str, value: str) -> str:
        if value == "":
            return "anyone" if column == "officer_id" else "none"
        if column == "covers":
            return ", ".join(self._name("precinct_id", p) for p in value.split(";"))
        return _day(value) if column in ("date", "until", "from") else self._name(column, value)


def _texts(cells: Mapping[str, object]) -> dict[str, str]:
    return {n: "" if v is None else str(v) for n, v in cells.items()}


def _label(table: str, column: str) -> str:
    """The heading of a column within a sentence."""
    label = column_label(table, column)
    return label[0].lower() + label[1:]


def _day(text: str) -> str:
    try:
        return day_words(date.fromisoformat(text))
    except ValueError:
        return text


def _span(row: Row) -> str:
    try:
        start, end = (datetime.fromisoformat(row.get(c, "")) for c in ("start", "end"))
    except ValueError:
        return f"from {row.get('start', '')} to {row.get('end', '')}"
    return span_words(start, end)


def _removed(table: str, subject: str) -> str:
    if table == "schools":
        return f"{subject} is served no more."
    if table in ("sessions", "tasks"):
        return f"{subject} is cancelled."
    if table in ("absences", "pins", "closures"):
        return f"Taken back: {subject}."
    return f"Removed: {subject}."
