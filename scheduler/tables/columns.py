"""The columns of every table, written once: to read, to write, for templates and docs."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "id", "text", "ids", "latitude", "longitude", "count", "positive", "weight", "clock",
    "windows", "window", "weekday", "date", "moment", "place", "role", "focus", "status", "cause",
]  # fmt: skip

FORMAT_WORDS: dict[str, str] = {
    "id": "an id",
    "text": "text",
    "ids": "ids separated by ;",
    "latitude": "degrees north, -90 to 90",
    "longitude": "degrees east, -180 to 180",
    "count": "a whole number from 0",
    "positive": "a whole number from 1",
    "weight": "a number from 0",
    "clock": "HH:MM",
    "windows": "HH:MM-HH:MM, several separated by ;",
    "window": "HH:MM-HH:MM",
    "weekday": "Mon, Tue, Wed, Thu or Fri",
    "date": "YYYY-MM-DD",
    "moment": "YYYY-MM-DDTHH:MM",
    "place": "school:ID or precinct:ID",
    "role": "esro or relief",
    "focus": "teaching, mentoring or law_enforcement",
    "status": "done or missed",
    "cause": "called_away, school_closed, officer_absent or other",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what its cells hold, the default of a blank cell (None: required),
    a sentence for people, and what they call it."""

    name: str
    kind: Kind
    help: str
    default: str | None
    label: str

    @property
    def required(self) -> bool:
        """Whether the column must be there and no cell of it blank."""
        return self.default is None


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file of the agency folder, and what people call it."""

    name: str
    label: str
    help: str
    columns: tuple[Column, ...]
    optional: bool = False

    @property
    def file(self) -> str:
        """Its file name."""
        return f"{self.name}.csv"


def _c(name: str, kind: Kind, help: str, default: str | None = None, label: str = "") -> Column:
    words = name.removesuffix("_id").replace("_", " ").capitalize()
    return Column(name, kind, help, default, label or words)


_PLAN = (
    _c("officer_id", "id", "The officer."),
    _c("school_id", "id", "The school."),
    _c("date", "date", "The day."),
    _c("start", "clock", "When the visit starts."),
    _c("end", "clock", "When the visit ends."),
    _c("focus", "focus", "What the visit is for."),
)
_TASKS = _c("tasks", "ids", "The tasks done in it.", "")

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        Table("precincts", "Precincts", "The precincts and where their stations are.", (
            _c("precinct_id", "id", "The precinct's number or short name.", label="Precinct id"),
            _c("name", "text", "Its name."),
            _c("address", "text", "Address of the station.", ""),
            _c("latitude", "latitude", "Where the station is."),
            _c("longitude", "longitude", "Where the station is."),
        )),
        Table("schools", "Schools", "The elementary schools.", (
            _c("school_id", "id", "A short name for the school that never changes.", label="School id"),
            _c("name", "text", "Its name."),
            _c("precinct_id", "id", "The precinct that serves it."),
            _c("address", "text", "Its address; it stands in the officers' calendars.", ""),
            _c("latitude", "latitude", "Where the school is."),
            _c("longitude", "longitude", "Where the school is."),
            _c("enrollment", "count", "Number of pupils, for reports.", ""),
            _c("opens", "clock", "When visits may begin."),
            _c("closes", "clock", "When visits are over."),
            _c("visits_per_week", "count",
               "How many days a week it should be visited.", "1", "Visits a week"),
            _c("max_gap_days", "positive",
               "It is overdue after this many open days without a visit.", "", "Most days unseen"),
            _c("weight", "weight", "Its part of the fair shares, against the others.", "1"),
            _c("private_space", "windows", "When a private room for mentoring is free.", ""),
        )),
        Table("officers", "Officers", "The officers, floating and off-duty ones included.", (
            _c("officer_id", "id", "A short name for the officer that never changes.", label="Officer id"),
            _c("name", "text", "The name in reports and calendars."),
            _c("precinct_id", "id", "The own precinct: its station begins and ends the day."),
            _c("role", "role", "esro has a cluster; relief steps in.", "esro"),
            _c("covers", "ids", "Precincts a relief officer may visit (* for all).", "", "Precincts covered"),
            _c("qualifications", "ids", "What the officer holds, such as sro;dare;great.", ""),
        )),
        Table("shifts", "Shifts", "The hours of each officer, one row an officer and weekday.", (
            _c("officer_id", "id", "The officer."),
            _c("weekday", "weekday", "The weekday."),
            _c("start", "clock", "When duty begins."),
            _c("end", "clock", "When duty ends, the same day."),
        )),
        Table("absences", "Leave and court", "Leave, court, training: when an officer is away.", (
            _c("officer_id", "id", "The officer."),
            _c("start", "moment", "When the absence begins."),
            _c("end", "moment", "When it is over."),
            _c("reason", "text", "A word; it never leaves the program.", ""),
        ), optional=True),
        Table("closures", "School calendar", "Days on which schools are closed or open at other hours.", (
            _c("date", "date", "The day."),
            _c("school_id", "id", "The school; blank for all.", ""),
            _c("opens", "clock", "That day's hours; blank with closes: closed.", ""),
            _c("closes", "clock", "That day's hours.", ""),
            _c("label", "text", "A word, such as the holiday's name.", ""),
        ), optional=True),
        Table("sessions", "Sessions", "Appointments at a fixed time: lessons, drills, meetings.", (
            _c("session_id", "id", "An id.", label="Session id"),
            _c("school_id", "id", "The school."),
            _c("date", "date", "The day."),
            _c("start", "clock", "When it starts."),
            _c("minutes", "positive", "How long it takes."),
            _c("program", "text", "What it is, such as DARE."),
            _c("focus", "focus", "What such a visit is for.", "teaching"),
            _c("qualification", "text", "What the officer must hold.", ""),
            _c("officer_id", "id", "The one officer who can do it; blank for anyone.", ""),
        ), optional=True),
        Table("tasks", "Tasks", "Work due by a date, done within some visit.", (
            _c("task_id", "id", "An id.", label="Task id"),
            _c("school_id", "id", "The school."),
            _c("from", "date", "The first day on which it can be done."),
            _c("until", "date", "The last day."),
            _c("minutes", "positive", "How long it takes."),
            _c("program", "text", "What it is, such as Safety assessment."),
            _c("focus", "focus", "What such a visit is for.", "law_enforcement"),
            _c("window", "window", "The time of day in which it can be done.", ""),
            _c("qualification", "text", "What the officer must hold.", ""),
            _c("officer_id", "id", "The one officer who can do it; blank for anyone.", ""),
        ), optional=True),
        Table("pins", "Pinned visits", "Visits that must be in the plan exactly so.", _PLAN, optional=True),
        Table("history", "Past visits", "Visits of past weeks.", (
            *_PLAN, _TASKS, _c("status", "status", "done, or missed for no visit.", "done"),
        ), optional=True),
        Table("travel", "Drive times", "Own drive times, where the distance says too little.", (
            _c("from_id", "place", "From where."),
            _c("to_id", "place", "To where; both ways unless the other way has its own row."),
            _c("minutes", "count", "Minutes of the drive, parking and signing in included."),
        ), optional=True),
    )
}  # fmt: skip

LOG_TABLE = Table("log", "Visit log", "What became of visits: one row a visit.", (
    _c("officer_id", "id", "The officer."),
    _c("school_id", "id", "The school."),
    _c("date", "date", "The day."),
    _c("start", "clock", "When the visit started; blank: as planned.", ""),
    _c("end", "clock", "When it ended; blank: as planned.", ""),
    _c("focus", "focus", "What it was for; blank: as planned.", ""),
    _c("tasks", "ids", "The tasks done in it; blank: as planned.", ""),
    _c("status", "status", "done, or missed for no visit.", "done"),
    _c("cause", "cause", "Why it was missed.", ""),
    _c("contacts", "count", "Lessons, talks and meetings held; never names.", "0"),
))  # fmt: skip
"""The visit log as people write it."""

PLAN_TABLE = Table("plan", "Plan", "A plan: one row a visit.", (*_PLAN, _TASKS))
