"""Facts of a folder that may stand in the way of a better week, each with the change that
would lift it, the likeliest first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from scheduler.domain.agency import Agency, School, Session, Task
from scheduler.domain.change import Change
from scheduler.domain.clock import Window
from scheduler.explain.duty_facts import staff_facts
from scheduler.explain.fact import Fact
from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem
from scheduler.rules.tiers.overdue_days import overdue_days
from scheduler.rules.violation import day_words

MOST_LONGER = 15
"""School days that a limit is lengthened by at most; beyond that there is none."""


MOST_RIVALS, NEAR_MINUTES = 3, 45


def unique_items(items: list[TierItem]) -> list[TierItem]:
    """One item for each school, session and task."""
    seen: dict[tuple[object, ...], TierItem] = {}
    for i in items:
        seen.setdefault((i.school_id, i.session_id, i.task_id), i)
    return list(seen.values())


def facts(case: Case, precincts: tuple[str, ...], items: list[TierItem], tier: str) -> Iterator[Fact]:
    """Facts that may explain the items of a tier in these precincts."""
    for item in unique_items(items):
        yield from item_facts(case, item, tier)
    yield from staff_facts(case, precincts, items, tier)


def item_facts(case: Case, item: TierItem, tier: str) -> Iterator[Fact]:
    """What is asked for and left out, and how."""
    agency = case.agency
    if item.session_id is not None:
        yield from _of_session(agency, agency.sessions[item.session_id])
    if item.task_id is not None:
        yield from _of_task(agency, agency.tasks[item.task_id])
    if item.school_id is not None and tier == "missing_visits":
        yield _of_visits(case, agency.schools[item.school_id])
    if item.school_id is not None and tier == "overdue_days":
        yield _of_gap(case, agency.schools[item.school_id])


def rival_facts(case: Case, precincts: tuple[str, ...], items: list[TierItem], tier: str) -> Iterator[Fact]:
    """What else is asked for, is given, and takes the time: sessions at the same school on the day of
    one that is missed, or about the same hour, visits at other schools."""
    agency, schools = case.agency, {s.school_id: s for p in precincts for s in case.agency.schools_of[p]}
    short = {i.school_id for i in items}
    if tier == "missed_sessions":
        missed = [agency.sessions[i.session_id] for i in items if i.session_id is not None]
        rivals = [
            s for s in agency.sessions.values()
            if s.school_id in schools and s not in missed
            and any(s.date == m.date and (_near(s.window, m.window) or s.school_id == m.school_id)
                    for m in missed)
        ]  # fmt: skip
        for s in rivals[:MOST_RIVALS]:
            yield _on_its_day(agency, s)
        undone = [agency.tasks[i.task_id] for i in items if i.task_id is not None]
        windows = [t.window for t in undone if t.window is not None]
        for t in _done(case):
            if t.school_id in schools and any(t.window and t.window.overlap(w) for w in windows):
                yield next(_of_task(agency, t))
    if tier == "missing_visits":
        given = [s for s in schools.values() if s.visits_per_week and s.school_id not in short]
        for school in sorted(given, key=lambda s: (-s.visits_per_week, s.school_id))[:MOST_RIVALS]:
            yield _of_visits(case, school)


def _done(case: Case) -> list[Task]:
    """Some tasks due in the planned weeks that the plan lists."""
    listed = {t for v in case.visits for t in v.tasks}
    due = [t for t in case.agency.tasks.values() if t.task_id in listed and t.until <= max(case.days)]
    return [t for t in due if t.window is not None][:MOST_RIVALS]


def _near(a: Window, b: Window) -> bool:
    return a.start < b.end + NEAR_MINUTES and b.start < a.end + NEAR_MINUTES


def officer_words(agency: Agency, officer_id: str) -> str:
    """An officer's name; of one whom the tables at hand do not list, the id."""
    return agency.officers[officer_id].name if officer_id in agency.officers else officer_id


def _of_session(agency: Agency, s: Session) -> Iterator[Fact]:
    what, key = f"{s.program} at {agency.schools[s.school_id].name}", {"session_id": s.session_id}
    if s.officer_id is not None:
        yield Fact(
            f"{what} is for {officer_words(agency, s.officer_id)} alone.",
            Change("sessions.csv", "update", key, {"officer_id": ""}), 1, f"Let any officer attend {what}.",
        )  # fmt: skip
    if s.qualification:
        yield Fact(
            f"{what} needs an officer with {s.qualification}.",
            Change("sessions.csv", "update", key, {"qualification": ""}), 2,
            f"Let an officer without {s.qualification} attend {what}.",
        )  # fmt: skip
    yield _on_its_day(agency, s)


def _on_its_day(agency: Agency, s: Session) -> Fact:
    what = f"{s.program} at {agency.schools[s.school_id].name}"
    return Fact(
        f"{what} is on {day_words(s.date)}, {s.window}.",
        Change("sessions.csv", "remove", {"session_id": s.session_id}), 3,
        f"Cancel {what} on {day_words(s.date)}.",
    )  # fmt: skip


def _of_task(agency: Agency, t: Task) -> Iterator[Fact]:
    what, key = f"{t.program} at {agency.schools[t.school_id].name}", {"task_id": t.task_id}
    later = t.until + timedelta(weeks=1)
    yield Fact(f"{what} is due by {day_words(t.until)}.",
               Change("tasks.csv", "update", key, {"until": later.isoformat()}), 1,
               f"Allow {what} until {day_words(later)}.")  # fmt: skip
    if t.window is not None:
        yield Fact(f"{what} is possible {t.window} only.",
                   Change("tasks.csv", "update", key, {"window": ""}), 1,
                   f"Allow {what} at any time of the day.")  # fmt: skip
    place = agency.schools[t.school_id]
    space = place.private_space
    if t.focus == "mentoring" and space and sum(w.minutes for w in space) < place.closes - place.opens:
        hours, day = " and ".join(map(str, space)), Window(place.opens, place.closes)
        changed = Change("schools.csv", "update", {"school_id": t.school_id}, {"private_space": str(day)})
        yield Fact(f"{what} needs the private space, which is free {hours} only.", changed, 1,
                   f"Have the private space at {place.name} free all day.")  # fmt: skip
    if t.officer_id is not None:
        yield Fact(f"{what} is for {officer_words(agency, t.officer_id)} alone.",
                   Change("tasks.csv", "update", key, {"officer_id": ""}), 1,
                   f"Let any officer do {what}.")  # fmt: skip
    if t.qualification:
        yield Fact(f"{what} needs an officer with {t.qualification}.",
                   Change("tasks.csv", "update", key, {"qualification": ""}), 2,
                   f"Let an officer without {t.qualification} do {what}.")  # fmt: skip


def _of_visits(case: Case, school: School) -> Fact:
    open_days = max(len(case.calendar.open_days(school.school_id, w)) for w in case.weeks)
    asked = min(school.visits_per_week, open_days)
    listed = school.visits_per_week
    days = f" and is open on {asked} day{'s' * (asked != 1)}" if asked < listed else ""
    return Fact(
        f"{school.name} asks for {visits_words(listed)} a week{days}.",
        Change("schools.csv", "update", {"school_id": school.school_id}, {"visits_per_week": asked - 1}), 1,
        f"Plan {visits_words(asked - 1)} a week at {school.name} in place of {listed}." if asked > 1
        else f"Plan no weekly visit at {school.name}.",
    )  # fmt: skip


def visits_words(number: int) -> str:
    """`no visit`, `1 visit`, `2 visits`."""
    return f"{number or 'no'} {'visit' if number < 2 else 'visits'}"


def _of_gap(case: Case, school: School) -> Fact:
    gap, longer = school.max_gap_days or 1, long_enough(case, school)
    mend = f"Let {school.name} be seen every {longer} school days in place of {gap}."
    if longer is None:
        mend = f"Set no limit for how long {school.name} may go unseen."
    every = "every school day" if gap == 1 else f"every {gap} school days"
    return Fact(
        f"{school.name} is to be seen {every}.",
        Change("schools.csv", "update", {"school_id": school.school_id}, {"max_gap_days": longer or ""}),
        1 if longer is not None else 2, mend,
    )  # fmt: skip


def long_enough(case: Case, school: School) -> int | None:
    """The least limit with which the visits of the case leave the school overdue on no day; None
    where only no limit at all does."""
    visits = tuple(v for v in case.visits if v.school_id == school.school_id)
    least = school.max_gap_days or 1
    for gap in range(least + 1, least + MOST_LONGER + 1):
        world = replace(case.agency, schools={school.school_id: replace(school, max_gap_days=gap)})
        other = Case(world, case.weeks, visits)
        if not any(True for monday in case.weeks for _ in overdue_days(other, monday)):
            return gap
    return None
