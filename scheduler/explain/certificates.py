"""Why something is impossible without asking a solver: supply against demand, and who may at all.

Nobody is told "impossible" on the word of one run. A total stands where one of these counts gives
it, or where a second run, on tables in another order, proves the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from scheduler.domain.agency import Agency, Officer
from scheduler.domain.calendar import week_days
from scheduler.explain.attending import Attending
from scheduler.explain.attending_words import AttendingWords
from scheduler.explain.deadlines import Deadlines
from scheduler.explain.supply import Supply
from scheduler.explain.words import counted, listed_words, week_words
from scheduler.rules.case import Case
from scheduler.rules.violation import day_words

Row = TypeVar("Row")
MOST_NAMED = 4
"""Officers whose days are told apart."""


def certified(case: Case, precincts: tuple[str, ...], tier: str) -> int:
    """A total of a tier that no plan is below, counted without a solver (0 where counting says
    nothing): visits that all officers on duty together cannot make; sessions and tasks that nobody
    may or can do, or that are at the same hours; schools that cannot all be seen in time. The visits
    of the case do not matter, but those that are fixed."""
    if tier == "missing_visits":
        return sum(_least_points(case, precincts, monday) for monday in case.weeks)
    if tier == "missed_sessions":
        return Attending(case, precincts).least
    return Deadlines(case, precincts).least


def _least_points(case: Case, precincts: tuple[str, ...], monday: date) -> int:
    """The least k(k+1)/2 over the schools when as many visits as officers can make are spread
    where they count most: each goes to the school that lacks most."""
    asked, supply = _asked(case, precincts, monday), Supply(case, precincts)
    lacks = sorted(asked, reverse=True)
    for _ in range(min(sum(supply.on(d) for d in week_days(monday)), sum(asked))):
        lacks[0] -= 1
        lacks.sort(reverse=True)
    return sum(k * (k + 1) // 2 for k in lacks)


def _asked(case: Case, precincts: tuple[str, ...], monday: date) -> list[int]:
    return [
        min(s.visits_per_week, len(case.calendar.open_days(s.school_id, monday)))
        for p in precincts
        for s in case.agency.schools_of[p]
    ]


def counting_sentence(case: Case, precincts: tuple[str, ...], tier: str, whole: Agency | None = None) -> str:
    """Why counting alone leaves something out, in words; else blank."""
    if tier == "missing_visits":
        return visits_sentence(case, precincts)
    if tier == "missed_sessions":
        return AttendingWords(Attending(case, precincts), whole or case.agency).sentence
    return Deadlines(case, precincts).sentence


def visits_sentence(case: Case, precincts: tuple[str, ...]) -> str:
    """Supply against demand, of the week that lacks most."""
    supply, least = Supply(case, precincts), {m: _least_points(case, precincts, m) for m in case.weeks}
    monday = max(case.weeks, key=lambda m: least[m])
    if not least[monday]:
        return ""
    asked, days = _asked(case, precincts, monday), week_days(monday)
    asking = sum(a > 0 for a in asked)
    serving = supply.officers
    can = {o.officer_id: sum(supply.of_officer(o, d) for d in days) for o in serving}
    on_duty = {o.officer_id: supply.days_on_duty(o, days) for o in serving}
    pinned = sum(supply.on(d) for d in days) - sum(can.values())
    who = [_can_make(supply, o, days) for o in serving]
    if len(serving) > MOST_NAMED:
        total = sum(on_duty.values())
        who = [f"{len(serving)} officers are on duty {total} days in all and can make {sum(can.values())}"]
    if not serving:
        who = [_nobody(case, precincts)]
    if pinned > 0:
        who.append(f"{counted(pinned, 'visit')} more {'is' if pinned == 1 else 'are'} pinned")
    where = f" {week_words(monday)}" if len(case.weeks) > 1 else ""
    ask = f"{counted(asking, 'school')} ask{'s' if asking == 1 else ''}"
    return f"{ask} for {counted(sum(asked), 'visit')}{where}; {'; '.join(who)}."


def _can_make(supply: Supply, officer: Officer, days: Sequence[date]) -> str:
    """`ESRO Essex is on duty 3 days and can make 12`; by the day where that is not as many on each as the
    policy allows."""
    on_duty = supply.days_on_duty(officer, days)
    can = {d: n for d in days if (n := supply.of_officer(officer, d))}
    if not on_duty and not can:
        return f"{officer.name} is not on duty"
    words = f"{officer.name} is on duty {counted(on_duty, 'day')}"
    if len(can) != on_duty:
        words += f", on {len(can)} of them while schools are open,"
    most = supply.case.agency.policy.visits.most_per_day
    by_day = ""
    if set(can.values()) - {most}:
        each = listed_words([f"{n} on {day_words(d)}" for d, n in can.items()])
        by_day = f" ({each})" if len(set(can.values())) > 1 else f" ({min(can.values())} a day)"
    return f"{words} and can make {sum(can.values())}{by_day}"


def _nobody(case: Case, precincts: tuple[str, ...]) -> str:
    """Why no officer may go to the schools of the precincts."""
    agency = case.agency
    required = agency.policy.visits.required_qualification
    there = [o.name for o in agency.officers.values() if agency.served_precincts(o) & set(precincts)]
    if not there:
        return "no officer serves them"
    lack = "lacks" if len(there) == 1 else "lack"
    return f"{listed_words(there)} {lack} {required}, without which no visit is made"


def reordered(agency: Agency) -> Agency:
    """The same agency with its rows the other way round: the same plans, found on another way."""
    return replace(
        agency, precincts=_turned(agency.precincts), schools=_turned(agency.schools),
        officers=_turned(agency.officers), sessions=_turned(agency.sessions), tasks=_turned(agency.tasks),
    )  # fmt: skip


def _turned(rows: Mapping[str, Row]) -> dict[str, Row]:
    return dict(reversed(list(rows.items())))
