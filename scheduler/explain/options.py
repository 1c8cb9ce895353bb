"""Sets of changes that may mend a shortage, each as a sentence and with what it costs to arrange."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.domain.agency import WEEKDAYS, Role, Session, Task
from scheduler.domain.change import Change
from scheduler.domain.clock import format_clock
from scheduler.explain.duty_facts import absence_facts
from scheduler.explain.fact import Fact
from scheduler.explain.facts import long_enough, unique_items, visits_words
from scheduler.explain.words import listed_words
from scheduler.rules.case import Case
from scheduler.rules.tiers.item import TierItem
from scheduler.rules.violation import day_words

MONEY = 6
"""What one more officer costs a day, in the ranks of facts."""
NAMED = 6
MOST_MOVED = 2
MOST_LATER = 28
MOST_DAYS = 2


@dataclass(frozen=True)
class Option:
    """Changes to make together, and the rank of what that costs (as with facts, summed)."""

    sentence: str
    changes: tuple[Change, ...]
    cost: int
    staff: bool = False

    @property
    def kind(self) -> frozenset[tuple[str, str]]:
        """What is done to which tables: sets of changes of different kinds are different remedies."""
        return frozenset((c.table, c.action) for c in self.changes)


def option_of(fact: Fact, staff: bool) -> Option:
    """The one change of a fact."""
    return Option(fact.mend or fact.sentence, (fact.change,), fact.cost, staff)


def together(found: list[Fact], staff: bool = False) -> Option:
    """The changes of several facts."""
    return Option(
        " ".join(f.mend for f in found), tuple(f.change for f in found), sum(f.cost for f in found), staff
    )


def pairs_of(freed: list[Fact], staff: list[Option]) -> Iterator[Option]:
    """What frees the work for more officers, alone and with each change of staff; where there is
    nothing to free, the last change of staff (one officer more) with each other."""
    if not freed:
        for option in staff[:-1]:
            yield both(staff[-1], option)
        return
    free = together(freed)
    if len(freed) > 1:
        yield free
    for option in staff:
        yield both(free, option)


def both(first: Option, second: Option) -> Option:
    """Two sets of changes made together."""
    return Option(
        f"{first.sentence} {second.sentence}", (*first.changes, *second.changes), first.cost + second.cost,
        staff=first.staff or second.staff,
    )  # fmt: skip


def asking_less(case: Case, items: list[TierItem], tier: str) -> Iterator[Option]:
    """What asks for less, or for the same at another time."""
    agency = case.agency
    unique = unique_items(items)
    sessions = [agency.sessions[i.session_id] for i in unique if i.session_id is not None]
    for session in sessions[:MOST_MOVED]:
        for day in _nearest(case, session.date):
            hours = case.calendar.hours(session.school_id, day)
            if hours is not None and hours.contains(session.window):
                yield Option(
                    f"Move {session.program} at {agency.schools[session.school_id].name} from "
                    f"{day_words(session.date)} to {day_words(day)}, same time.",
                    (Change("sessions.csv", "update", {"session_id": session.session_id},
                            {"date": day.isoformat()}),), 1,
                )  # fmt: skip
    later = [(s, d) for s in sessions if (d := _next_week(case, s)) is not None]
    for group in [[pair] for pair in later[:MOST_MOVED]] + [later] * (len(later) > MOST_MOVED):
        names = [f"{s.program} at {agency.schools[s.school_id].name}" for s, _ in group]
        moved = [
            f"{name} from {day_words(s.date)} to {day_words(d)}"
            for name, (s, d) in zip(names, group, strict=True)
        ]
        yield Option(
            f"Move {listed_words(moved)}, same time{'s' if len(group) > 1 else ''}.",
            tuple(Change("sessions.csv", "update", {"session_id": s.session_id}, {"date": d.isoformat()})
                  for s, d in group), 2 * len(group),
        )  # fmt: skip
    tasks = [agency.tasks[i.task_id] for i in unique if i.task_id is not None]
    for some in [[t] for t in tasks[:MOST_MOVED]] + [tasks] * (len(tasks) > MOST_MOVED):
        yield _put_off(case, some)
    for task in tasks[:MOST_MOVED] if len(tasks) + len(sessions) > 1 else ():
        yield Option(f"Cancel {task.program} at {agency.schools[task.school_id].name}.",
                     (Change("tasks.csv", "remove", {"task_id": task.task_id}),), 3)  # fmt: skip
    if sessions or tasks:
        work: list[Session | Task] = [*sessions, *tasks]
        names = [f"{w.program} at {agency.schools[w.school_id].name}" for w in work]
        changes = [Change("sessions.csv", "remove", {"session_id": s.session_id}) for s in sessions]
        changes += [Change("tasks.csv", "remove", {"task_id": t.task_id}) for t in tasks]
        yield Option(f"Cancel {_listed(names)}.", tuple(changes), 3 * len(changes))
    schools = [agency.schools[i.school_id] for i in unique if i.school_id is not None]
    if tier == "missing_visits" and schools:
        made = {s.school_id: _made(case, s.school_id) for s in schools}
        names = [f"{visits_words(made[s.school_id])} at {s.name}" for s in schools]
        yield Option(f"Plan no more visits a week than can be made: {_listed(names)}.", tuple(
            Change("schools.csv", "update", {"school_id": s.school_id},
                   {"visits_per_week": made[s.school_id]}) for s in schools), len(schools))  # fmt: skip
    if tier == "overdue_days" and schools:
        longer = {s.school_id: long_enough(case, s) for s in schools}
        names = [f"{s.name} {_every(longer[s.school_id])}" for s in schools]
        yield Option(f"Let these schools go unseen for longer: {_listed(names)}.", tuple(
            Change("schools.csv", "update", {"school_id": s.school_id},
                   {"max_gap_days": longer[s.school_id] or ""}) for s in schools),
            sum(1 if longer[s.school_id] is not None else 2 for s in schools))  # fmt: skip
        yield Option(f"Set no limit for how long {_listed([s.name for s in schools])} may go unseen.", tuple(
            Change("schools.csv", "update", {"school_id": s.school_id}, {"max_gap_days": ""})
            for s in schools), 2 * len(schools))  # fmt: skip


def _put_off(case: Case, tasks: list[Task]) -> Option:
    """Tasks that are not for the planned weeks, but for the same days of the next week."""
    monday, shift = case.weeks[-1] + timedelta(weeks=1), timedelta(weeks=len(case.weeks))
    changes: list[Change] = []
    sentences: list[str] = []
    for task in tasks:
        due = max(monday, task.until + shift)
        changes.append(Change("tasks.csv", "update", {"task_id": task.task_id},
                              {"from": monday.isoformat(), "until": due.isoformat()}))  # fmt: skip
        what = f"{task.program} at {case.agency.schools[task.school_id].name}"
        sentences.append(f"Put off {what} to {day_words(monday)} or after, due {day_words(due)}.")
    return Option(" ".join(sentences), tuple(changes), len(tasks))


def _nearest(case: Case, day: date) -> list[date]:
    """The planned days next to a day."""
    return sorted(set(case.days) - {day}, key=lambda d: (abs((d - day).days), d))[:MOST_DAYS]


def _next_week(case: Case, session: Session) -> date | None:
    """The first day after the planned weeks, the same weekday if possible, on which the school is open
    all the time of the session."""
    last = case.weeks[-1] + timedelta(days=6)
    days = [last + timedelta(days=n) for n in range(1, MOST_LATER + 1)]
    for day in sorted(days, key=lambda d: (d.weekday() != session.date.weekday(), d)):
        hours = case.calendar.hours(session.school_id, day)
        if hours is not None and hours.contains(session.window):
            return day
    return None


def _made(case: Case, school_id: str) -> int:
    """Days of the week with least visits on which the school is visited."""
    days = {v.date for v in case.visits if v.school_id == school_id}
    return min(sum(0 <= (d - w).days < 7 for d in days) for w in case.weeks)


def _every(gap: int | None) -> str:
    return "without a limit" if gap is None else f"up to {gap} school days"


def _listed(names: list[str]) -> str:
    if len(names) > NAMED:
        names = [*names[:NAMED], f"{len(names) - NAMED} more"]
    return listed_words(names)


def more_staff(case: Case, precincts: tuple[str, ...], items: list[TierItem]) -> Iterator[Option]:
    """Nobody away; one officer more."""
    agency, days = case.agency, sorted(case.days)
    serving = [o for o in agency.officers.values() if agency.served_precincts(o) & set(precincts)]
    away = list(absence_facts(agency, serving, days))
    if len(away) > 1:
        yield together(away, staff=True)
    wanted = days_of(case, precincts, items)
    if wanted:
        yield extra_officer(case, precincts, wanted)


def days_of(case: Case, precincts: tuple[str, ...], items: list[TierItem]) -> list[date]:
    """The days that sessions among the items are on; all days with an open school otherwise."""
    sessions = case.agency.sessions
    days = {sessions[i.session_id].date for i in items if i.session_id is not None}
    if days and all(i.session_id is not None for i in items):
        return sorted(days)
    schools = [s.school_id for p in precincts for s in case.agency.schools_of[p]]
    return [d for d in sorted(case.days) if any(case.calendar.hours(s, d) for s in schools)]


def extra_officer(case: Case, precincts: tuple[str, ...], days: list[date]) -> Option:
    """One relief officer more for the precincts on these days."""
    agency = case.agency
    name = next(n for n in (f"extra-{i}" for i in range(1, 1000)) if n not in agency.officers)
    held = sorted({q for o in agency.officers.values() for q in o.qualifications})
    required = agency.policy.visits.required_qualification
    needed = {required, *(w.qualification for w in agency.sessions.values()),
              *(w.qualification for w in agency.tasks.values())}  # fmt: skip
    held += sorted(needed - {"", *held})
    hours = [s for p in precincts for s in agency.schools_of[p]]
    start = max(0, min((s.opens for s in hours), default=480) - 60)
    end = min(1439, max((s.closes for s in hours), default=960) + 60)
    changes = [Change("officers.csv", "add", {}, {
        "officer_id": name, "name": "Extra officer", "precinct_id": precincts[0],
        "role": Role.RELIEF.value, "covers": ";".join(precincts), "qualifications": ";".join(held),
    })]  # fmt: skip
    weekdays = sorted({d.weekday() for d in days})
    for w in weekdays:
        changes.append(Change("shifts.csv", "add", {}, {
            "officer_id": name, "weekday": WEEKDAYS[w], "start": format_clock(start),
            "end": format_clock(end),
        }))  # fmt: skip
    names = ", ".join(agency.precincts[p].name for p in precincts)
    long = ", ".join(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")[w] for w in weekdays)
    when = "every day" if len(weekdays) == len(WEEKDAYS) else f"on {long}"
    sentence = f"Get one more officer for {names} {when}."
    return Option(sentence, tuple(changes), MONEY * len(weekdays), staff=True)


def two_of(ranked: list[Option], total: Callable[[Option], int]) -> list[Option]:
    """Of options, the best to begin with first: that one, and the cheapest other that leaves nothing
    out (or that leaves out least; where the first leaves out nothing, the next)."""
    if len(ranked) < 2 or not total(ranked[0]):
        return ranked[:2]
    return [ranked[0], min(ranked[1:], key=lambda o: (total(o), o.cost))]
