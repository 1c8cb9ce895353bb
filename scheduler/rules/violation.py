"""A broken rule, in words."""

from dataclasses import dataclass
from datetime import date

from scheduler.domain.clock import format_clock
from scheduler.domain.plan import Visit
from scheduler.rules.case import Case


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule broken: its name, the rows that break it, and a sentence for a supervisor."""

    rule: str
    rows: tuple[int, ...]
    sentence: str


def day_words(day: date) -> str:
    """`Thu 3 Dec`."""
    return f"{day:%a} {day.day} {day:%b}"


def visit_words(case: Case, visit: Visit) -> str:
    """`ESRO Pikesville at Bedford Elementary on Thu 3 Dec, 09:15-10:00`; ids for names where a
    published visit is of someone, or somewhere, that the tables hold no more."""
    officer = case.agency.officers.get(visit.officer_id)
    school = case.agency.schools.get(visit.school_id)
    return (
        f"{officer.name if officer else visit.officer_id} at {school.name if school else visit.school_id} "
        f"on {day_words(visit.date)}, {format_clock(visit.start)}-{format_clock(visit.end)}"
    )
