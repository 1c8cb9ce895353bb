"""A draft beside what is published: which visits come, go and change, and whose calendars that touches."""

from dataclasses import dataclass

from scheduler.domain.agency import Agency
from scheduler.domain.clock import format_clock
from scheduler.domain.plan import Visit
from scheduler.explain.compare import difference
from scheduler.publish.words import FOCUS_WORDS, day_short
from scheduler.service.weeks import WeekView


@dataclass(frozen=True)
class News:
    """What publishing would change: a sentence a visit, and the names of the officers concerned."""

    lines: tuple[str, ...]
    officers: tuple[str, ...]


def news(view: WeekView) -> News:
    """What the draft shown changes of what is published; all of it where nothing is."""
    agency = view.agency
    before = view.standing.plan.visits if view.standing is not None else ()
    after = view.draft.plan.visits if view.draft is not None else before
    gone, come = tuple(v for v in before if v not in after), tuple(v for v in after if v not in before)
    found = difference(gone, come)
    new = {(v.school_id, v.date, v.start, v.end, v.officer_id): v for v in come}
    rest = [(v, new[k]) for v in gone
            if (k := (v.school_id, v.date, v.start, v.end, v.officer_id)) in new]  # fmt: skip
    lines = [f"Moved: {_visit(agency, a)} to {_when(b)}{_who(agency, a, b)}." for a, b in found.moved]
    lines += [f"New: {_visit(agency, v)}, {_name(agency, v)}." for v in found.added]
    lines += [f"Cancelled: {_visit(agency, v)}, {_name(agency, v)}." for v in found.removed]
    lines += [f"Changed: {_visit(agency, a)}, {_what(a, b)}." for a, b in rest]
    return News(tuple(lines), tuple(sorted({_name(agency, v) for v in (*gone, *come)})))


def _visit(agency: Agency, visit: Visit) -> str:
    school = agency.schools.get(visit.school_id)
    return f"{school.name if school is not None else visit.school_id}, {_when(visit)}"


def _when(visit: Visit) -> str:
    return f"{day_short(visit.date)} {format_clock(visit.start)}-{format_clock(visit.end)}"


def _name(agency: Agency, visit: Visit) -> str:
    officer = agency.officers.get(visit.officer_id)
    return officer.name if officer is not None else visit.officer_id


def _who(agency: Agency, before: Visit, after: Visit) -> str:
    if before.officer_id == after.officer_id:
        return f", {_name(agency, after)}"
    return f", {_name(agency, after)} in place of {_name(agency, before)}"


def _what(before: Visit, after: Visit) -> str:
    if before.focus == after.focus:
        return "with other tasks"
    return f"{_focus(after)} in place of {_focus(before)}"


def _focus(visit: Visit) -> str:
    return FOCUS_WORDS.get(visit.focus, visit.focus).lower()
