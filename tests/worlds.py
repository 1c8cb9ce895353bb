"""Small agencies for tests: a builder by hand, and random ones of every kind from a seed."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from scheduler.domain.agency import (
    Absence,
    Agency,
    Closure,
    Officer,
    Precinct,
    Role,
    School,
    Session,
    Shift,
    Task,
)
from scheduler.domain.calendar import Calendar, week_days
from scheduler.domain.clock import Window
from scheduler.domain.plan import PastVisit, Visit
from scheduler.domain.policy import (
    BreakPolicy,
    Policy,
    RotationPolicy,
    TravelPolicy,
    VisitPolicy,
)
from scheduler.domain.travel import TravelTimes
from scheduler.tables.checks import collisions

MONDAY = date(2026, 11, 30)


def school(school_id: str, precinct_id: str = "p", **values: object) -> School:
    """A school open 09:00-15:00 close to its station, with these values changed."""
    place = sum(map(ord, school_id)) % 40
    plain = School(school_id, f"School {school_id}", precinct_id, "", 39.2 + place / 1000,
                   -76.7 + place / 2000, None, 540, 900)  # fmt: skip
    return replace(plain, **values)


def officer(officer_id: str, precinct_id: str = "p", **values: object) -> Officer:
    """An ESRO with no special qualification, with these values changed."""
    return replace(Officer(officer_id, f"Officer {officer_id}", precinct_id), **values)


def shifts(officer_id: str, start: int = 480, end: int = 960, days: str = "01234") -> dict:
    """Shifts of an officer on these weekdays."""
    return {(officer_id, int(d)): Shift(officer_id, int(d), start, end) for d in days}


def agency(schools: list[School], officers: list[Officer], **values: object) -> Agency:
    """An agency of these, all on duty 08:00-16:00 unless `shifts` are given."""
    precincts = {p: Precinct(p, f"Precinct {p}", "", 39.2, -76.7)
                 for p in dict.fromkeys([*(s.precinct_id for s in schools),
                                         *(o.precinct_id for o in officers)])}  # fmt: skip
    values.setdefault("shifts", {k: s for o in officers for k, s in shifts(o.officer_id).items()})
    values.setdefault("policy", Policy())
    return Agency(name="Test", timezone="America/New_York", precincts=precincts,
                  schools={s.school_id: s for s in schools},
                  officers={o.officer_id: o for o in officers}, **values)  # fmt: skip


def random_agency(seed: int, tiny: bool = False) -> Agency:
    """An agency of a random kind. A tiny one has few allowed plans, so that all can be tried."""
    return _Maker(Random(seed), tiny).make()


class _Maker:
    def __init__(self, rng: Random, tiny: bool) -> None:
        self.rng, self.tiny = rng, tiny
        self.days = week_days(MONDAY)

    def maybe(self, part: float) -> bool:
        return self.rng.random() < part

    def make(self) -> Agency:
        rng, tiny = self.rng, self.tiny
        policy = self.policy()
        precincts = [f"p{i}" for i in range(1 if tiny else rng.choice([1, 1, 1, 2, 3]))]
        schools, officers = [], []
        for p in precincts:
            for i in range(rng.randint(1, 2) if tiny else rng.randint(1, 6)):
                schools.append(self.school(f"{p}-s{i}", p))
            for i in range(1 if tiny else rng.choice([0, 1, 1, 1, 2])):
                officers.append(self.officer(f"{p}-o{i}", p))
        if not tiny and self.maybe(0.4):
            covers = rng.choice([("*",), tuple(precincts[:1]), tuple(precincts)])
            officers.append(replace(self.officer("relief", precincts[0]), role=Role.RELIEF,
                                    covers=covers))  # fmt: skip
        if not officers:
            officers.append(self.officer("only", precincts[0]))
        out = agency(schools, officers, policy=policy, shifts=self.shifts(officers))
        out = replace(out, closures=self.closures(schools), absences=self.absences(officers))
        out = replace(out, travel=self.travel(schools, precincts))
        out = replace(out, sessions=self.sessions(out), tasks=self.tasks(out))
        out = replace(out, history=self.history(out))
        return replace(out, pins=self.pins(out))

    def policy(self) -> Policy:
        rng = self.rng
        if self.tiny:
            visits = VisitPolicy(
                shortest_minutes=rng.choice([30, 60]), longest_minutes=rng.choice([60, 90]),
                length_step_minutes=30, start_step_minutes=rng.choice([30, 60]),
                most_per_day=rng.choice([1, 2, 2]), mentoring_minutes=30,
            )  # fmt: skip
            rest = BreakPolicy(minutes=30, earliest=660, latest=rng.choice([720, 780]),
                               due_after_minutes=rng.choice([150, 300]))  # fmt: skip
            return Policy(visits=visits, break_=rest, travel=TravelPolicy(fixed_minutes=Decimal(4)),
                          rotation=RotationPolicy(cycle_weeks=rng.choice([1, 2])))  # fmt: skip
        visits = VisitPolicy(
            shortest_minutes=rng.choice([20, 45, 45, 60]), longest_minutes=rng.choice([90, 180]),
            length_step_minutes=rng.choice([10, 15, 15, 20]),
            start_step_minutes=rng.choice([5, 5, 10, 15]), most_per_day=rng.choice([0, 1, 3, 4, 4]),
            mentoring_minutes=rng.choice([0, 30]),
            required_qualification=rng.choice(["", "", "sro"]),
        )  # fmt: skip
        rest = BreakPolicy(minutes=rng.choice([0, 30, 45]), due_after_minutes=rng.choice([0, 360]))
        return Policy(
            visits=visits, break_=rest,
            rotation=RotationPolicy(
                cycle_weeks=rng.choice([1, 2, 4]),
                on_site_share=Decimal(rng.choice(["1.0", "0.7", "0"])),
                unpredictability_price=Decimal(rng.choice(["0", "0.05", "0.29"])),
            ),
        )  # fmt: skip

    def school(self, school_id: str, precinct_id: str) -> School:
        rng = self.rng
        if self.tiny:
            opens = rng.choice([600, 630])
            closes = opens + rng.choice([90, 150])
        else:
            opens = rng.choice([480, 500, 545])
            closes = opens + rng.choice([60, 200, 390, 391])
        space = ()
        if self.maybe(0.5):
            at = opens + rng.choice([0, 25, 60])
            space = (Window(at, min(at + rng.choice([20, 30, 90]), 1439)),)
        spread = 0.02 if self.tiny else 0.1
        return School(
            school_id, f"=School {school_id}", precinct_id, "1 Main St", 39.2 + rng.random() * spread,
            -76.7 + rng.random() * spread, None, opens, closes,
            visits_per_week=rng.choice([0, 1, 1, 2, 7]),
            max_gap_days=rng.choice([None, 1, 3, 8]), weight=Decimal(rng.choice(["0", "1", "1", "2.5"])),
            private_space=space,
        )  # fmt: skip

    def officer(self, officer_id: str, precinct_id: str) -> Officer:
        held = tuple(q for q in ("sro", "dare", "great") if self.maybe(0.75))
        return Officer(officer_id, f"Officer {officer_id}", precinct_id, qualifications=held)

    def shifts(self, officers: list[Officer]) -> dict:
        rng, out = self.rng, {}
        for o in officers:
            days = rng.sample(range(5), rng.randint(1, 2)) if self.tiny else range(5)
            for d in days:
                if self.tiny or self.maybe(0.85):
                    start = rng.choice([570, 590]) if self.tiny else rng.choice([420, 480, 483, 720])
                    span = rng.choice([120, 200]) if self.tiny else rng.choice([90, 240, 480, 600])
                    out[(o.officer_id, d)] = Shift(o.officer_id, d, start, min(start + span, 1439))
        return out

    def closures(self, schools: list[School]) -> dict:
        rng, out = self.rng, {}
        if self.maybe(0.4):
            day = rng.choice(self.days)
            out[(day, None)] = Closure(day, None, None, "closed")
        if self.maybe(0.4):
            day, s = rng.choice(self.days), rng.choice(schools)
            hours = rng.choice([None, Window(s.opens + 10, s.closes - 20)])
            if hours is None or hours.start < hours.end:
                out[(day, s.school_id)] = Closure(day, s.school_id, hours)
        return out

    def absences(self, officers: list[Officer]) -> tuple[Absence, ...]:
        rng, out = self.rng, []
        for o in officers:
            if self.maybe(0.4):
                day = datetime.combine(rng.choice(self.days), time())
                begin = day + timedelta(minutes=rng.choice([0, 480, 605, 700]))
                out.append(Absence(o.officer_id, begin,
                                   begin + timedelta(minutes=rng.choice([15, 60, 300, 2000]))))  # fmt: skip
        return tuple(out)

    def travel(self, schools: list[School], precincts: list[str]) -> dict:
        out = {}
        places = [f"school:{s.school_id}" for s in schools] + [f"precinct:{p}" for p in precincts]
        if self.maybe(0.4):
            for a in places:
                for b in places:
                    if a != b and self.maybe(0.5):
                        out[(a, b)] = self.rng.randint(0, 40)
        return out

    def sessions(self, made: Agency) -> dict:
        rng, out, calendar = self.rng, {}, Calendar(made)
        for i in range(rng.randint(0, 1 if self.tiny else 5)):
            s, day = rng.choice(list(made.schools.values())), rng.choice(self.days)
            hours = calendar.hours(s.school_id, day)
            minutes = rng.choice([30, 40, 45])
            if hours is None or hours.minutes < minutes:
                continue
            start = rng.randint(hours.start, hours.end - minutes)
            named = rng.choice([None, None, rng.choice(list(made.officers))])
            out[f"x{i}"] = Session(
                f"x{i}", s.school_id, day, start, minutes, "DARE",
                rng.choice(["teaching", "mentoring", "law_enforcement"]),
                rng.choice(["", "dare"]), named,
            )  # fmt: skip
        return out

    def tasks(self, made: Agency) -> dict:
        rng, out = self.rng, {}
        for i in range(rng.randint(0, 2 if self.tiny else 6)):
            s = rng.choice(list(made.schools.values()))
            first = MONDAY + timedelta(days=rng.randint(-10, 8))
            last = first + timedelta(days=rng.randint(0, 15))
            window = None
            if self.maybe(0.4):
                at = s.opens + rng.choice([0, 30])
                window = Window(at, at + rng.choice([30, 60]))
            out[f"t{i}"] = Task(
                f"t{i}", s.school_id, first, last, rng.choice([10, 30, 60]), "Review",
                rng.choice(["teaching", "mentoring", "law_enforcement"]), window,
                rng.choice(["", "great"]), rng.choice([None, rng.choice(list(made.officers))]),
            )  # fmt: skip
        return out

    def history(self, made: Agency) -> tuple[PastVisit, ...]:
        rng, out = self.rng, []
        for _ in range(rng.randint(0, 12)):
            s = rng.choice(list(made.schools.values()))
            day = MONDAY - timedelta(days=rng.randint(1, 40))
            start = rng.choice([560, 600])
            visit = Visit(rng.choice(list(made.officers)), s.school_id, day, start, start + 45,
                          rng.choice(["teaching", "mentoring", "law_enforcement"]))  # fmt: skip
            out.append(PastVisit(visit, "done" if self.maybe(0.8) else "missed"))
        return tuple(out)

    def pins(self, made: Agency) -> tuple[Visit, ...]:
        rng, out = self.rng, []
        drive = TravelTimes(made).schools
        for _ in range(rng.choice([0, 0, 1]) if self.tiny else rng.choice([0, 0, 1, 2, 5])):
            start = rng.choice([601, 660, 540])
            pin = Visit(
                rng.choice(list(made.officers)), rng.choice(list(made.schools)),
                rng.choice(self.days), start, start + rng.choice([20, 45, 77]),
                rng.choice(["teaching", "mentoring", "law_enforcement"]),
            )  # fmt: skip
            if not collisions(enumerate([*out, pin]), drive):
                out.append(pin)
        return tuple(out)
