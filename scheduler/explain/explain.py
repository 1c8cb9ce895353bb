"""`explain`: for each shortage the facts that make it unavoidable, and what would mend it.

Nothing is said from a model's internals: a fact belongs to the conflict because planning the folder
with that one change really found a smaller total, and the total itself is the planner's proven
bound. A repair shows the score that planning the changed folder gave.
"""

from collections.abc import Sequence
from datetime import date
from time import monotonic

from scheduler.domain.agency import Agency
from scheduler.domain.change import Change
from scheduler.domain.scope import restricted
from scheduler.domain.score import TIERS, Score
from scheduler.errors import InputError
from scheduler.explain.certificates import certified, counting_sentence, reordered
from scheduler.explain.facts import Fact, asking_less, extra_officer, facts
from scheduler.explain.shortage import Explanation, Repair, Shortage
from scheduler.planner import ClusterResult, PlanResult, Question, plan_many
from scheduler.rules.case import Case
from scheduler.rules.registry import TIER_COUNTS
from scheduler.rules.tiers.item import TierItem
from scheduler.tables.changes import apply_changes

EXPLAINED = TIERS[:3]
MOST_FACTS = 18
MOST_SHOWN = 8
MOST_STEPS = 6
MOST_SINGLE = 3
MONEY = 6
"""What one more officer costs, in the ranks of facts."""


def explain(
    agency: Agency, weeks: Sequence[date], *, time_limit: float, workers: int | None = None
) -> Explanation:
    """Why tiers 1 to 3 of the best plan are not 0, within `time_limit` seconds."""
    return _Explainer(agency, tuple(weeks), monotonic() + time_limit, workers).run()


class _Explainer:
    def __init__(self, agency: Agency, weeks: tuple[date, ...], deadline: float, workers: int | None):
        self.agency, self.weeks, self.deadline, self.workers = agency, weeks, deadline, workers

    def _plan(
        self, agencies: Sequence[Agency], part: float, last_tier: int = len(TIERS) - 1
    ) -> list[PlanResult]:
        left = max(0.5, (self.deadline - monotonic()) * part)
        questions = [Question(a, self.weeks) for a in agencies]
        return plan_many(
            questions, time_limit=left, seed=0, price=0.0, workers=self.workers, last_tier=last_tier
        )

    def run(self) -> Explanation:
        (base,) = self._plan([self.agency], 0.3)
        visits = base.plan.visits if base.plan else ()
        case = Case(self.agency, self.weeks, visits)
        wanted = [
            (cluster, tier)
            for cluster in base.clusters
            for tier in EXPLAINED
            if cluster.best is not None and cluster.best.to_dict()[tier] > 0
        ]
        shortages = []
        for left, (cluster, tier) in zip(range(len(wanted), 0, -1), wanted, strict=True):
            shortages.append(self._shortage(case, base, cluster, tier, 1.0 / left))
        best = base.best or Score()
        return Explanation(best, base.bound, tuple(shortages))

    def _shortage(
        self, case: Case, base: PlanResult, cluster: ClusterResult, tier: str, part: float
    ) -> Shortage:
        place, precincts = TIERS.index(tier), cluster.precincts
        best, bound = tuple(cluster.best or Score()), tuple(cluster.bound)
        items = _items(case, precincts, tier)
        proven = best[: place + 1] == bound[: place + 1] and (
            certified(case, precincts, tier, items) == best[place]
            or self._again(precincts, best, place, part)
        )
        candidates = self._candidates(case, precincts, items, tier)
        changed = [restricted(a, precincts) for _, a in candidates]
        answers = self._plan(changed, 0.5 * part, place) if changed else []
        lifting: list[tuple[Fact, tuple[int, ...]]] = []
        for (fact, _), answer in zip(candidates, answers, strict=True):
            found = tuple(answer.best or Score())
            if found[:place] <= best[:place] and found[place] < best[place]:
                lifting.append((fact, found))
        repairs = self._repairs(case, base, cluster, tier, lifting, part)
        return Shortage(
            tier, precincts, best[place], _sentence(case, precincts, tier, best[place], proven, items),
            tuple(items), tuple(f for f, _ in lifting[:MOST_SHOWN]), proven and bool(lifting), repairs,
        )  # fmt: skip

    def _again(self, precincts: tuple[str, ...], best: tuple[int, ...], place: int, part: float) -> bool:
        """Whether a second run on its own way, the tables in another order, proves the same total."""
        (answer,) = self._plan([reordered(restricted(self.agency, precincts))], 0.15 * part, place)
        return tuple(answer.bound)[: place + 1] == best[: place + 1]

    def _candidates(
        self, case: Case, precincts: tuple[str, ...], items: list[TierItem], tier: str
    ) -> list[tuple[Fact, Agency]]:
        out: list[tuple[Fact, Agency]] = []
        for fact in facts(case, precincts, items, tier):
            try:
                out.append((fact, apply_changes(self.agency, [fact.change])))
            except InputError:  # lifting it alone would leave tables that contradict themselves
                continue
            if len(out) == MOST_FACTS:
                break
        return out

    # -- repairs -----------------------------------------------------------------------------

    def _repairs(
        self, case: Case, base: PlanResult, cluster: ClusterResult, tier: str,
        lifting: list[tuple[Fact, tuple[int, ...]]], part: float,
    ) -> tuple[Repair, ...]:  # fmt: skip
        place, precincts = TIERS.index(tier), cluster.precincts
        ranked = sorted(lifting, key=lambda fs: (fs[1][place], fs[0].cost))
        single = [(_mend(fact), (fact.change,), fact.cost) for fact, _ in ranked[:MOST_SINGLE]]
        steps = self._steps(case, precincts, tier, lifting, part)
        several = [(" ".join(map(_mend, steps)), tuple(f.change for f in steps), sum(f.cost for f in steps))]
        items = _items(case, precincts, tier)
        less = list(asking_less(case, items, tier))
        days = _days_of(case, precincts, items)
        sentence, changes = extra_officer(case, precincts, days)
        officer = (sentence, tuple(changes), MONEY * max(1, len(days)))
        first = [*single[:2], *(several if len(steps) > 1 else []), *less[:1], officer]
        repairs = self._scored(base, cluster, place, first, part * 0.8)
        if len(repairs) < 2:  # The planned time is better spent on few repairs than on all of them.
            repairs += self._scored(base, cluster, place, [*single[2:], *less[1:]], part)
        return tuple(sorted(repairs, key=lambda r: (r.cost, r.score)))

    def _steps(
        self, case: Case, precincts: tuple[str, ...], tier: str,
        lifting: list[tuple[Fact, tuple[int, ...]]], part: float,
    ) -> list[Fact]:  # fmt: skip
        """Cheap changes one after the other until the tier is 0 (or several have been made)."""
        place, agency = TIERS.index(tier), self.agency
        done: list[Fact] = []
        pool = sorted(lifting, key=lambda fs: (fs[0].cost, fs[1][place]))
        if not pool:
            return []
        total = 1
        fact = pool[0][0]
        while total and len(done) < MOST_STEPS and monotonic() < self.deadline:
            agency = apply_changes(agency, [fact.change])
            done.append(fact)
            (answer,) = self._plan([restricted(agency, precincts)], 0.1 * part, place)
            total = tuple(answer.best or Score())[place]
            if not total or answer.plan is None:
                break
            now = Case(agency, self.weeks, answer.plan.visits)
            items = _items(now, precincts, tier)
            fitting = sorted(facts(now, precincts, items, tier), key=lambda f: f.cost)
            if not fitting:
                break
            fact = fitting[0]
        return _merged(done)

    def _scored(
        self, base: PlanResult, cluster: ClusterResult, place: int,
        plans: list[tuple[str, tuple[Change, ...], int]], part: float,
    ) -> list[Repair]:  # fmt: skip
        agencies, kept = [], []
        for sentence, changes, cost in plans:
            try:
                agencies.append(apply_changes(self.agency, changes))
                kept.append((sentence, changes, cost))
            except InputError:
                continue
        answers = self._plan(agencies, 0.9 * part) if agencies else []
        before = tuple(base.best or Score())
        repairs: list[Repair] = []
        for (sentence, changes, cost), answer in zip(kept, answers, strict=True):
            after = answer.best or Score()
            if tuple(after)[:place] <= before[:place] and tuple(after)[place] < before[place]:
                if all(changes != r.changes for r in repairs):
                    repairs.append(Repair(sentence, changes, after, cost))
        return repairs


def _items(case: Case, precincts: tuple[str, ...], tier: str) -> list[TierItem]:
    schools = {s.school_id for p in precincts for s in case.agency.schools_of[p]}
    listed = next(t for t in TIER_COUNTS if t.name == tier).items
    return [i for monday in case.weeks for i in listed(case, monday) if i.school_id in schools]


def _days_of(case: Case, precincts: tuple[str, ...], items: list[TierItem]) -> list[date]:
    """The days that sessions among the items are on; all days with an open school otherwise."""
    sessions = case.agency.sessions
    days = {sessions[i.session_id].date for i in items if i.session_id is not None}
    if days and all(i.session_id is not None for i in items):
        return sorted(days)
    schools = [s.school_id for p in precincts for s in case.agency.schools_of[p]]
    return [d for d in sorted(case.days) if any(case.calendar.hours(s, d) for s in schools)]


def _merged(done: list[Fact]) -> list[Fact]:
    """The same row changed twice is one change: the last."""
    out: dict[str, Fact] = {}
    for fact in done:
        out[f"{fact.change.table} {dict(fact.change.key)} {sorted(fact.change.values)}"] = fact
    return list(out.values())


def _mend(fact: Fact) -> str:
    change = fact.change
    if change.action == "remove":
        what = {"sessions.csv": "Move or cancel the session", "absences.csv": "Move the absence",
                "closures.csv": "Lift the closure"}.get(change.table, "Remove it")  # fmt: skip
        return f"{what}: {fact.sentence}"
    if change.table == "agency.toml":
        return f"Set {change.key['path']} to {change.values['value']}."
    values = ", ".join(f"{n} {v if v != '' else 'blank'}" for n, v in change.values.items())
    return f"{fact.sentence} Make it {values}."


def _sentence(
    case: Case, precincts: tuple[str, ...], tier: str, total: int, proven: bool, items: list[TierItem]
) -> str:
    names = ", ".join(case.agency.precincts[p].name for p in precincts)
    one = {
        "missed_sessions": "1 session or task is left out",
        "missing_visits": "1 visit is missing",
        "overdue_days": "1 school is overdue on one day",
    }
    many = {
        "missed_sessions": f"{total} sessions or tasks are left out",
        "missing_visits": f"visits are missing ({total} points)",
        "overdue_days": f"schools are overdue on {total} school days in all",
    }
    what = one if total == 1 else many
    end = "no plan can do better" if proven else "that no plan can do better is not proven in this time"
    count = counting_sentence(case, precincts) if tier == "missing_visits" else ""
    if tier == "missed_sessions" and (nobody := certified(case, precincts, tier, items)):
        them = "it" if total == nobody == 1 else f"{nobody} of them"
        count = f" For {them} no officer who may attend is on duty all the time."
    return f"{names}: {what[tier]}; {end}.{count}"
