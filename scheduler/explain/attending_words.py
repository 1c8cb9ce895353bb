"""Sessions and tasks that are left out whatever is planned, and why, in words."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scheduler.domain.agency import ELSEWHERE, PAST, Agency, Officer, Session, Task
from scheduler.domain.clock import Window, format_clock
from scheduler.explain.attending import Attending, Clash, Work
from scheduler.explain.task_hours import TaskRush
from scheduler.explain.words import counted, listed_words
from scheduler.rules.violation import day_words

UNWRITTEN = {ELSEWHERE: "{} is in another precinct then", PAST: "for {} that time is over"}
"""What absences are that stand in no table."""
MOST_TOLD = 3
"""Sessions and tasks of which is told why nobody can be there."""


@dataclass(frozen=True)
class AttendingWords:
    """What counting says of sessions and tasks; `whole` knows the officers of other precincts."""

    found: Attending
    whole: Agency

    @property
    def sentence(self) -> str:
        """What is left out in any case, and why; blank where counting says nothing."""
        alone = self.found.alone
        told = [self._nobody(w) for w in alone[:MOST_TOLD]]
        rest = alone[MOST_TOLD:]
        sessions = sum(isinstance(w, Session) for w in rest)
        parts = [f"attend {counted(sessions, 'other session')}"] * (sessions > 0)
        parts += [f"do {counted(len(rest) - sessions, 'other task')}"] * (len(rest) > sessions)
        if rest:
            told.append(f"Nor can anybody {' or '.join(parts)}.")
        rush = self.found.rush
        told += [self._clash(c) for c in self.found.clashes]
        return " ".join([*told, *([] if rush is None else [self._rush(rush)])])

    def _nobody(self, work: Work) -> str:
        agency = self.found.case.agency
        name = f"{work.program} at {agency.schools[work.school_id].name}"
        if isinstance(work, Session):
            when = f"on {day_words(work.date)}, {work.window}"
            return f"Nobody can attend {name} {when}: {self._why_not_there(work)}."
        return f"Nobody can do {name} by {day_words(work.until)}: {self._why_not_done(work)}."

    def _why_not_there(self, session: Session) -> str:
        hours = self.found.case.calendar.hours(session.school_id, session.date)
        if hours is None:
            return "the school is closed that day"
        if not hours.contains(session.window):
            return f"the school is open {hours} only"
        who, why = self._who_may(session)
        return why or "; ".join(self._where(o, session.date, session.window) for o in who)

    def _why_not_done(self, task: Task) -> str:
        who, why = self._who_may(task)
        days = [d for d in sorted(self.found.case.days) if task.from_ <= d <= task.until]
        if why or not days:
            return why or "its days are over"
        name = f"{who[0].name} is not" if len(who) == 1 else "no officer who may do it is"
        when = f"on {day_words(days[0])}"
        if len(days) > 1:
            when = f"from {day_words(days[0])} to {day_words(days[-1])}"
        between = ""
        if task.window is not None:
            between = f" between {format_clock(task.window.start)} and {format_clock(task.window.end)}"
        return f"{when} {name} on duty for {task.minutes} minutes{between} while the school is open"

    def _who_may(self, work: Work) -> tuple[list[Officer], str]:
        """The officers who may attend or do it; where there are none, why."""
        agency = self.found.case.agency
        precinct = agency.precincts[agency.schools[work.school_id].precinct_id]
        there = [o for o in agency.officers.values() if precinct.precinct_id in agency.served_precincts(o)]
        if work.officer_id is not None:
            named = self.whole.officers.get(work.officer_id)
            there = [o for o in there if o.officer_id == work.officer_id]
            if not there:
                name = work.officer_id if named is None else named.name
                return [], f"it is for {name} alone, who does not visit schools of {precinct.name}"
        if not there:
            return [], f"no officer visits schools of {precinct.name}"
        for wanted in (agency.policy.visits.required_qualification, work.qualification):
            holding = [o for o in there if o.holds(wanted)]
            if not holding and work.officer_id is not None:
                return [], f"it is for {there[0].name} alone, who does not hold {wanted}"
            if not holding and len(there) == 1:
                return [], f"{there[0].name} does not hold {wanted}"
            if not holding:
                return [], f"it takes an officer with {wanted}, and none who goes there holds it"
            there = holding
        return there, ""

    def _where(self, officer: Officer, day: date, window: Window) -> str:
        """Why an officer is not there for all of a window."""
        agency = self.found.case.agency
        shift = agency.shifts.get((officer.officer_id, day.weekday()))
        if shift is None:
            return f"{officer.name} has no shift that day"
        begins = datetime.combine(day, time()) + timedelta(minutes=window.start)
        ends = begins + timedelta(minutes=window.minutes)
        for a in agency.absences:
            if a.officer_id == officer.officer_id and a.start < ends and a.end > begins:
                if a.reason in UNWRITTEN:
                    return UNWRITTEN[a.reason].format(officer.name)
                return f"{officer.name} is away{f' ({a.reason})' if a.reason else ''}"
        return f"{officer.name} is on duty {Window(shift.start, shift.end)} only"

    def _rush(self, rush: TaskRush) -> str:
        agency = self.found.case.agency
        names = [
            f"{t.program} at {agency.schools[t.school_id].name} ({t.window})" for t in rush.tasks[:MOST_TOLD]
        ]
        if len(rush.tasks) > MOST_TOLD:
            names.append(f"{len(rush.tasks) - MOST_TOLD} more")
        officers = {o.officer_id: o.name for o, _ in rush.officer_days}
        days = counted(len(rush.officer_days), "day")
        who = f"the officers who may do them are there for {days} in all"
        if len(officers) == 1:
            who = f"{next(iter(officers.values()))} is there on {days}"
        when = f"on {day_words(rush.first)}"
        if rush.first != rush.last:
            when = f"between {day_words(rush.first)} and {day_words(rush.last)}"
        return (
            f"{len(rush.tasks)} tasks are to be done {when} at hours that let an officer do only one of them "
            f"a day: {listed_words(names)}; {who}."
        )

    def _clash(self, clash: Clash) -> str:
        case = self.found.case
        day = day_words(clash.sessions[0].date)
        first, *rest = sorted(clash.sessions, key=lambda s: (s.start, s.session_id))
        names = listed_words([
            f"{s.program} at {case.agency.schools[s.school_id].name} ({s.window})" for s in (first, *rest)
        ])  # fmt: skip
        if len({s.school_id for s in clash.sessions}) == 1:
            longest = case.agency.policy.visits.longest_minutes
            return (
                f"On {day} {names} are too far apart for one visit of at most {longest} minutes, and a "
                "school has one visit a day."
            )
        drive = ""
        if len(rest) == 1 and not first.window.overlap(rest[0].window):
            drive = f", {case.travel.schools(first.school_id, rest[0].school_id)} minutes' drive apart"
        number = len(clash.officers)
        who = f"{clash.officers[0].name} is the only one" if number == 1 else f"there are {number} of them"
        return f"On {day} an officer can attend only one of {names}{drive}; {who} on duty then."
