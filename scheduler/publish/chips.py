"""A precinct's week as sentences with a number, worst first; each can tell what it counts."""

from dataclasses import dataclass
from datetime import date

from scheduler.domain.agency import Session
from scheduler.domain.calendar import week_days
from scheduler.domain.clock import format_clock
from scheduler.publish.summary import SchoolWeek
from scheduler.publish.words import day_short, named
from scheduler.rules.case import Case
from scheduler.rules.registry import TIER_COUNTS
from scheduler.rules.tiers.item import TierItem

COUNTED = ("missed_sessions", "overdue_days", "under_served")


@dataclass(frozen=True, slots=True)
class Chip:
    """A sentence with a number, whether all is well with it, and what it counts, a line each."""

    good: bool
    text: str
    lines: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """`good` or `warn`."""
        return "good" if self.good else "warn"


def week_chips(case: Case, monday: date, schools: list[SchoolWeek]) -> list[Chip]:
    """How one precinct's week stands, worst first."""
    ids = {s.school.school_id for s in schools}
    items = {
        t.name: [i for i in t.items(case, monday) if i.school_id in ids]
        for t in TIER_COUNTS if t.name in COUNTED
    }  # fmt: skip
    sessions = [x for x in case.agency.sessions.values()
                if x.school_id in ids and x.date in week_days(monday)]  # fmt: skip
    found = [
        _sessions(case, sessions, items["missed_sessions"]),
        _coverage(schools),
        _named(case, items["overdue_days"], "overdue", "none overdue"),
    ]
    undone = [i for i in items["missed_sessions"] if i.task_id is not None]
    if undone:
        words = "1 task runs out undone" if len(undone) == 1 else f"{len(undone)} tasks run out undone"
        found.append(Chip(False, words, _told(undone)))
    short = {i.school_id for i in items["under_served"]}
    if short:
        many = "1 school is" if len(short) == 1 else f"{len(short)} schools are"
        found.append(Chip(False, f"{many} far below the fair share", _told(items["under_served"])))
    return sorted(found, key=lambda c: c.good)


def _coverage(schools: list[SchoolWeek]) -> Chip:
    lacking = [s for s in schools if len(s.visits) < s.wanted]
    lines = [
        f"{s.school.name}: {len(s.visits)} of {s.wanted}, last seen "
        f"{day_short(s.last_seen) if s.last_seen else 'at a time not known'}"
        for s in lacking
    ] or [f"{s.school.name}: {', '.join(day_short(v.date) for v in s.visits) or 'none asked for'}"
          for s in schools]  # fmt: skip
    covered = len(schools) - len(lacking)
    return Chip(not lacking, f"{covered} of {len(schools)} schools covered", tuple(lines))


def _sessions(case: Case, sessions: list[Session], missed: list[TierItem]) -> Chip:
    out = {i.session_id for i in missed}
    lines = tuple(
        f"{'▲' if s.session_id in out else '●'} {day_short(s.date)} {format_clock(s.start)}, "
        f"{case.agency.schools[s.school_id].name}: {s.program}"
        for s in sorted(sessions, key=lambda s: (s.session_id not in out, s.date, s.start))
    )
    manned, all_ = sum(s.session_id not in out for s in sessions), len(sessions)
    have = "session has" if all_ == 1 else "sessions have"
    words = f"{manned} of {all_} {have} an officer" if sessions else "no sessions due"
    return Chip(manned == all_, words, lines)


def _named(case: Case, items: list[TierItem], bad: str, good: str) -> Chip:
    names = sorted({case.agency.schools[i.school_id].name for i in items if i.school_id})
    if not names:
        return Chip(True, good)
    return Chip(False, f"{len(names)} {bad}: {named(names)}", _told(items))


def _told(items: list[TierItem]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(i.sentence for i in items))
