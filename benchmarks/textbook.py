"""The textbook CP-SAT model: a circuit of optional visits for each officer-day.

What a competent modeller writes first: start, length and presence of each possible visit, arcs
with travel times, a break on one arc, sessions attended, minutes below the shares; the tiers as
one weighted sum. Tasks go into the visits afterwards (`tasks.py`).
"""

from datetime import date

from ortools.sat.python import cp_model

from benchmarks.tasks import with_tasks
from scheduler.domain.agency import Agency, Officer
from scheduler.domain.calendar import Calendar, Duty, week_days
from scheduler.domain.plan import Plan, Visit
from scheduler.domain.travel import TravelTimes
from scheduler.rules.case import Case
from scheduler.rules.history import History
from scheduler.rules.registry import violations
from scheduler.rules.shares import week_shares

WEIGHTS = {"missed": 10**9, "gap": 10**8, "overdue": 10**7, "relief": 10**6, "under": 10**4}


def textbook(agency: Agency, monday: date, seconds: float) -> Plan:
    """The best plan that CP-SAT finds in the time with this model. Agencies with pins are not
    modelled."""
    return _Textbook(agency, monday).solve(seconds)


class _Textbook:
    def __init__(self, agency: Agency, monday: date) -> None:
        self.agency, self.monday = agency, monday
        self.calendar, self.travel = Calendar(agency), TravelTimes(agency)
        self.model = cp_model.CpModel()
        self.visits: dict[tuple[str, date, str], tuple] = {}
        self.cost: list = []
        self.attends: dict[str, list] = {}
        for officer in agency.officers.values():
            for day in week_days(monday):
                duty = self.calendar.duty(officer.officer_id, day)
                if duty is not None and officer.holds(agency.policy.visits.required_qualification):
                    self._day(officer, day, duty)
        self._demands()
        self.model.minimize(sum(self.cost))

    def _day(self, officer: Officer, day: date, duty: Duty) -> None:
        model, policy = self.model, self.agency.policy.visits
        served = self.agency.served_precincts(officer)
        nodes = []
        for school in self.agency.schools.values():
            hours = self.calendar.hours(school.school_id, day)
            if school.precinct_id in served and hours is not None and policy.lengths():
                nodes.append((school.school_id, hours))
        if not nodes:
            return
        arcs, starts, ends, here = [], {}, {}, {}
        step, unit = policy.start_step_minutes, policy.length_step_minutes
        for i, (s, hours) in enumerate(nodes, 1):
            present = model.new_bool_var("")
            start, length = model.new_int_var(0, 1440 // step, ""), model.new_int_var(0, 1440 // unit, "")
            end = model.new_int_var(0, 1440, "")
            model.add(length * unit >= policy.lengths()[0]).only_enforce_if(present)
            model.add(length * unit <= policy.lengths()[-1])
            model.add(length == 0).only_enforce_if(~present)
            model.add(end == start * step + length * unit)
            model.add(start * step >= max(hours.start, duty.span.start)).only_enforce_if(present)
            model.add(end <= min(hours.end, duty.span.end)).only_enforce_if(present)
            for away in duty.absences:
                before = model.new_bool_var("")
                model.add(end <= away.start).only_enforce_if(present, before)
                model.add(start * step >= away.end).only_enforce_if(present, ~before)
            starts[i], ends[i], here[i] = start * step, end, present
            arcs.append((i, i, ~present))
            self.visits[(officer.officer_id, day, s)] = (present, start * step, length * unit, end)
            self._sessions(officer, day, s, present, start * step, end)
        model.add(sum(here.values()) <= policy.most_per_day)
        rest = self.agency.policy.break_
        due = self.calendar.break_due(duty)
        breaks, home = [], model.new_bool_var("")
        arcs.append((0, 0, home))
        for i in [0, *starts]:
            for j in [0, *starts]:
                if i == j:
                    continue
                arc = model.new_bool_var("")
                arcs.append((i, j, arc))
                drive = self._drive(officer, nodes, i, j)
                begin = ends[i] if i else duty.span.start
                finish = starts[j] if j else duty.span.end
                away = sum(a.minutes for a in duty.absences)
                model.add(finish >= begin + drive).only_enforce_if(arc)
                if away:  # safe side: the whole absence lies in the gap that could hold it
                    model.add(finish >= begin + drive + away).only_enforce_if(
                        arc, self._around(duty, begin, finish)
                    )
                self.cost.append(drive * arc)
                if due:
                    resting, at = model.new_bool_var(""), model.new_int_var(rest.earliest, rest.latest, "")
                    model.add_implication(resting, arc)
                    model.add(at >= begin + (0 if i == 0 or j else drive)).only_enforce_if(resting)
                    after = 0 if (i and not j) else drive
                    model.add(at + rest.minutes + after <= finish).only_enforce_if(resting)
                    model.add(at + rest.minutes <= rest.latest).only_enforce_if(resting)
                    for a in duty.absences:
                        model.add(at >= a.end).only_enforce_if(resting)
                    breaks.append(resting)
        if due and not duty.absences:
            model.add_bool_or([home, *breaks])
        model.add_circuit(arcs)
        if officer.role == "relief":
            self.cost.append(WEIGHTS["relief"] * (1 - home))

    def _around(self, duty: Duty, begin: object, finish: object) -> object:
        around = self.model.new_bool_var("")
        first, last = duty.absences[0].start, duty.absences[-1].end
        before, after = self.model.new_bool_var(""), self.model.new_bool_var("")
        self.model.add(finish <= first).only_enforce_if(before)
        self.model.add(begin >= last).only_enforce_if(after)
        self.model.add_bool_or([around, before, after])
        return around

    def _drive(self, officer: Officer, nodes: list, i: int, j: int) -> int:
        if not i:
            return self.travel.from_station(officer.precinct_id, nodes[j - 1][0])
        if not j:
            return self.travel.to_station(nodes[i - 1][0], officer.precinct_id)
        return self.travel.schools(nodes[i - 1][0], nodes[j - 1][0])

    def _sessions(
        self, officer: Officer, day: date, s: str, present: object, start: object, end: object
    ) -> None:
        for session in self.agency.sessions.values():
            if (session.school_id, session.date) == (s, day) and officer.may_do(session):
                attends = self.model.new_bool_var("")
                self.model.add_implication(attends, present)
                self.model.add(start <= session.window.start).only_enforce_if(attends)
                self.model.add(end >= session.window.end).only_enforce_if(attends)
                self.attends.setdefault(session.session_id, []).append(attends)

    def _demands(self) -> None:
        model, days = self.model, week_days(self.monday)
        history = History(self.agency, self.calendar, self.monday)
        for session in self.agency.sessions.values():
            if session.date in days:
                missed = model.new_bool_var("")
                model.add_bool_or([missed, *self.attends.get(session.session_id, [])])
                self.cost.append(WEIGHTS["missed"] * missed)
        shares: dict[str, int] = {}
        for p in self.agency.precincts:
            shares.update(week_shares(self.calendar, history, p, self.monday).shares)
        for school in self.agency.schools.values():
            mine = {k: v for k, v in self.visits.items() if k[2] == school.school_id}
            for day in days:
                model.add(sum(v[0] for k, v in mine.items() if k[1] == day) <= 1)
            need = min(school.visits_per_week, len(self.calendar.open_days(school.school_id, self.monday)))
            count = sum(v[0] for v in mine.values())
            gaps = [model.new_bool_var("") for _ in range(need)]
            model.add(count + sum(gaps) >= need)
            self.cost += [WEIGHTS["gap"] * (k + 1) * g for k, g in enumerate(gaps)]
            share = shares.get(school.school_id, 0)
            if share:
                minutes = sum(v[2] for v in mine.values())
                below = model.new_int_var(0, share, "")
                model.add(below + minutes >= share)
                self.cost.append(2 * below)
                for n, d in ((3, 4), (1, 2)):
                    under = model.new_bool_var("")
                    model.add(d * minutes >= n * share).only_enforce_if(~under)
                    self.cost.append(WEIGHTS["under"] * under)
            self._overdue(school.school_id, school.max_gap_days, mine, history)

    def _overdue(self, s: str, gap: int | None, mine: dict, history: History) -> None:
        if gap is None:
            return
        seen = history.days_visited(s)
        for day in self.calendar.open_days(s, self.monday):
            span, at = [], day.toordinal()
            while len(span) < gap and at >= history.first_known_day.toordinal():
                d = date.fromordinal(at)
                if self.calendar.hours(s, d) is not None:
                    span.append(d)
                at -= 1
            if len(span) == gap and not any(d in seen for d in span):
                late = self.model.new_bool_var("")
                self.model.add_bool_or([late, *(v[0] for k, v in mine.items() if k[1] in span)])
                self.cost.append(WEIGHTS["overdue"] * late)

    def solve(self, seconds: float) -> Plan:
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = 2
        status = solver.solve(self.model)
        visits: list[Visit] = []
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            for (o, day, s), (present, start, _, end) in self.visits.items():
                if solver.value(present):
                    visits.append(Visit(o, s, day, solver.value(start), solver.value(end), "law_enforcement"))
        return self._repaired(visits)

    def _repaired(self, visits: list[Visit]) -> Plan:
        """With the sessions' focus; a visit that the checker refuses is left out."""
        case = Case(self.agency, (self.monday,), tuple(visits))
        focused = []
        for v in visits:
            attended = case.attended(v)
            focus = attended[0].focus if attended else v.focus
            focused.append(Visit(v.officer_id, v.school_id, v.date, v.start, v.end, focus))
        while broken := violations(Case(self.agency, (self.monday,), tuple(focused))):
            bad = {row - 2 for v in broken for row in v.rows[:1]}
            focused = [v for i, v in enumerate(focused) if i not in bad]
        return Plan.of(with_tasks(self.agency, self.monday, focused))
