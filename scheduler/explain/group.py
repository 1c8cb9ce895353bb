"""The shortages of one group of clusters: what lifts each, and which repairs to plan in full."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from time import monotonic

from scheduler.domain.agency import Agency
from scheduler.domain.change import Change
from scheduler.domain.plan import Visit
from scheduler.domain.scope import restricted
from scheduler.domain.score import TIERS, Score
from scheduler.explain.certificates import certified, reordered
from scheduler.explain.facts import Fact, item_facts, staff_facts, unique_items
from scheduler.explain.options import Option, asking_less, more_staff, option_of, together
from scheduler.explain.sentences import shortage_sentence
from scheduler.explain.shortage import Repair, Shortage
from scheduler.explain.worlds import Known, Worlds, best_of, key_of
from scheduler.planner import ClusterResult, PlanResult
from scheduler.rules.case import Case
from scheduler.rules.registry import TIER_COUNTS
from scheduler.rules.tiers.item import TierItem

EXPLAINED = TIERS[:3]
MOST_ITEMS = 12
MOST_PLANNED = 18
MOST_SHOWN, MOST_ASKED = 8, 5
"""Facts shown; of those, facts of what is asked for where there are others."""
LEAST, MOST_REPAIRS = 2, 4
ROUGH_PART, PAIR_PART, FULL_PART = 0.35, 0.1, 0.9
WORTHWHILE = 2.5
"""Seconds that a further repair needs at least."""


@dataclass
class _Tier:
    """A tier above 0: what the best plan leaves out, and what may lift it."""

    tier: str
    place: int
    items: list[TierItem]
    asked: list[Fact] = field(default_factory=list)
    staff: list[Fact] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)


class Group:
    """A group of clusters tied together, its best plan, and the worlds that changes make of it."""

    def __init__(self, worlds: Worlds, base: PlanResult, cluster: ClusterResult) -> None:
        self.worlds, self.base, self.cluster = worlds, base, cluster
        self.precincts = cluster.precincts
        self.small = restricted(worlds.agency, self.precincts)
        visits = base.plan.visits if base.plan else ()
        self.visits = tuple(v for v in visits if v.school_id in self.small.schools)
        self.others = tuple(v for v in visits if v.school_id not in self.small.schools)
        self.best = tuple(cluster.best or Score())
        self.case = Case(worlds.whole, worlds.weeks, self.visits)
        self.known: dict[str, Known] = {}
        """What is known of the group in each world, to tier 3 at least."""
        self.scores: dict[str, Known] = {}
        """What is known of all that is planned in each world, in full."""
        self.tiers = [self._tier(t) for t in EXPLAINED if self.best[TIERS.index(t)]]

    def shortages(self, seconds: float) -> list[Shortage]:
        """The shortages, explained within these seconds."""
        until = monotonic() + seconds
        again = self._rough(seconds * ROUGH_PART)
        for tier in self.tiers:
            self._combine(tier)
        self._pair(seconds * PAIR_PART)
        self._plan_repairs(until)
        return [self._shortage(t, again) for t in self.tiers]

    def _tier(self, tier: str) -> _Tier:
        case, made = self.case, _Tier(tier, TIERS.index(tier), self._items(tier))
        for item in unique_items(made.items)[:MOST_ITEMS]:
            made.asked += item_facts(case, item, tier)
        made.staff = list(staff_facts(case, self.precincts, made.items, tier))
        made.options = [option_of(f, staff=False) for f in made.asked]
        made.options += [option_of(f, staff=True) for f in made.staff]
        made.options += asking_less(case, made.items, tier)
        made.options += more_staff(case, self.precincts, made.items)
        return made

    def _items(self, tier: str) -> list[TierItem]:
        listed = next(t for t in TIER_COUNTS if t.name == tier).items
        return [
            i for monday in self.case.weeks for i in listed(self.case, monday)
            if i.school_id in self.small.schools
        ]  # fmt: skip

    # -- what lifts --------------------------------------------------------------------------

    def _rough(self, seconds: float) -> PlanResult | None:
        """Finds what is known of every world: where the plan at hand does not lift, by planning,
        the staff first. Plans the group as it is once more, on another way, where counting does
        not give the totals."""
        plans: dict[str, Agency] = {}
        for tier in self.tiers:
            for option in sorted(tier.options, key=lambda o: not o.staff):
                key = key_of(option.changes)
                world = self._world(option.changes) if key not in plans else None
                if world is None or self._lifts(key, tier):
                    continue
                self._learn(key, self.worlds.judged(world, self.visits))
                if not self._lifts(key, tier):
                    plans[key] = world
        keys = list(plans)[: MOST_PLANNED * len(self.tiers)]
        agencies = [plans[k] for k in keys]
        twice = [] if all(self._counted(t) for t in self.tiers) else [reordered(self.small)]
        last = max((t.place for t in self.tiers), default=0)
        answers = self.worlds.plan([*twice, *agencies], seconds, last)
        for key, answer in zip(keys, answers[len(twice) :], strict=True):
            self._learn(key, _known(answer))
        return answers[0] if twice else None

    def _counted(self, tier: _Tier) -> bool:
        case = Case(self.worlds.agency, self.worlds.weeks, self.visits)
        return certified(case, self.precincts, tier.tier, tier.items) == self.best[tier.place]

    def _world(self, changes: Iterable[Change]) -> Agency | None:
        changed = self.worlds.changed(changes)
        return None if changed is None else restricted(changed, self.precincts)

    def _learn(self, key: str, known: Known | None) -> None:
        if known is not None:
            self.known[key] = best_of([self.known.get(key), known])

    def _lifts(self, key: str, tier: _Tier) -> bool:
        known = self.known.get(key)
        return known is not None and self._less(tuple(known.score), self.best, tier.place)

    @staticmethod
    def _less(after: tuple[int, ...], before: tuple[int, ...], place: int) -> bool:
        return after[:place] <= before[:place] and after[place] < before[place]

    def _combine(self, tier: _Tier) -> None:
        """The cheapest that lifts something for each school, session and task: all together."""
        chosen: list[Fact] = []
        for item in unique_items(tier.items)[:MOST_ITEMS]:
            lifting = [
                f for f in item_facts(self.case, item, tier.tier) if self._lifts(key_of([f.change]), tier)
            ]  # fmt: skip
            if lifting:
                chosen.append(min(lifting, key=lambda f: f.cost))
        if len(chosen) < 2:
            return
        option = together(chosen)
        key, world = key_of(option.changes), self._world(option.changes)
        if world is not None and key not in self.known:
            for visits in self._plans_at_hand():
                self._learn(key, self.worlds.judged(world, visits))
            tier.options.append(option)

    def _pair(self, seconds: float) -> None:
        """Where single changes mend too little: who may do it, and more staff as well."""
        plans: dict[str, Agency] = {}
        for tier in self.tiers:
            if len(self._ranked(tier)) >= LEAST:
                continue
            freed = [f for item in unique_items(tier.items)[:MOST_ITEMS]
                     for f in item_facts(self.case, item, tier.tier)
                     if set(f.change.values) <= {"officer_id", "qualification", "window"}
                     and f.change.action == "update"]  # fmt: skip
            if not freed:
                continue
            free = together(freed)
            pairs = [free] if len(freed) > 1 else []
            for option in (o for o in tier.options if o.staff):
                both = f"{free.sentence} {option.sentence}"
                pairs.append(
                    Option(both, (*free.changes, *option.changes), free.cost + option.cost, staff=True)
                )
            tier.options += pairs
            for pair in pairs:
                world = self._world(pair.changes)
                if world is not None:
                    plans[key_of(pair.changes)] = world
        last = max((t.place for t in self.tiers), default=0)
        answers = self.worlds.plan(list(plans.values()), seconds, last)
        for key, answer in zip(plans, answers, strict=True):
            self._learn(key, _known(answer))

    def _plans_at_hand(self) -> list[tuple[Visit, ...]]:
        found = {self.visits, *(k.visits for k in self.known.values())}
        return sorted(found, key=lambda visits: (len(visits), str(visits)))

    # -- repairs -----------------------------------------------------------------------------

    def _plan_repairs(self, until: float) -> None:
        """Plans in full what is to be shown: for each tier the cheapest, and the cheapest that
        leaves nothing out; then others while there is time."""
        ranked = {t.tier: self._ranked(t) for t in self.tiers}
        first = [o for t in self.tiers for o in _first(ranked[t.tier], self._after(t))]
        self._full(first, (until - monotonic()) * FULL_PART)
        while until - monotonic() > WORTHWHILE:
            more = []
            for tier in self.tiers:
                shown = self._repairs(tier)
                open_ = [o for o in ranked[tier.tier] if key_of(o.changes) not in self.scores]
                staffed = any(o.staff and key_of(o.changes) in self.scores for o in ranked[tier.tier])
                if len(shown) < LEAST:
                    more += open_[:1]
                elif not staffed:
                    more += [o for o in open_ if o.staff][:1]
            if not more:
                return
            self._full(more, (until - monotonic()) * FULL_PART)

    def _ranked(self, tier: _Tier) -> list[Option]:
        """Options that lift the tier, the cheapest first."""
        options = {key_of(o.changes): o for o in reversed(tier.options)}
        lifting = [o for key, o in options.items() if self._lifts(key, tier)]
        return sorted(lifting, key=lambda o: (o.cost, tuple(self.known[key_of(o.changes)].score)))

    def _after(self, tier: _Tier) -> dict[str, int]:
        return {k: tuple(known.score)[tier.place] for k, known in self.known.items()}

    def _full(self, options: list[Option], seconds: float) -> None:
        todo = {key_of(o.changes): o for o in options if key_of(o.changes) not in self.scores}
        worlds = {key: world for key, o in todo.items() if (world := self.worlds.changed(o.changes))}
        alone = {key: self._touches_no_other(world) for key, world in worlds.items()}
        planned = {
            key: restricted(world, self.precincts) if alone[key] else world for key, world in worlds.items()
        }
        at_hand = self._plans_at_hand()
        answers = self.worlds.plan(list(planned.values()), seconds)
        for (key, agency), answer in zip(planned.items(), answers, strict=True):
            rest = () if alone[key] else self.others
            hands = [self.worlds.judged(agency, (*visits, *rest)) for visits in at_hand]
            best = best_of([_known(answer), *hands])
            if alone[key]:
                self._learn(key, best)
                best = Known(best.score + self._rest(), best.visits, best.proven)
            self.scores[key] = best

    def _touches_no_other(self, world: Agency) -> bool:
        before = self.worlds.agency
        others = {s.precinct_id for s in before.schools.values()} - set(self.precincts)
        return all(restricted(world, [p]) == restricted(before, [p]) for p in sorted(others))

    def _rest(self) -> Score:
        """The score of the clusters outside the group."""
        others = (c.best for c in self.base.clusters if c.precincts != self.precincts)
        return sum((b for b in others if b is not None), Score())

    def _repairs(self, tier: _Tier) -> list[Repair]:
        before = tuple(self.base.best or Score())
        found = []
        ranked = self._ranked(tier)
        own = {key_of(o.changes) for o in _first(ranked, self._after(tier))}
        for option in ranked:
            key = key_of(option.changes)
            score = self.scores.get(key)
            if score is not None and self._less(tuple(score.score), before, tier.place):
                found.append((key not in own, not score.proven, option, score))
        found.sort(key=lambda f: (f[0], f[1], f[2].cost))
        # What is not proven is shown where there would be too little else.
        kept = [f for i, f in enumerate(found) if i < LEAST or (i < MOST_REPAIRS and not f[1])]
        repairs = [Repair(o.sentence, o.changes, s.score, o.cost) for _, _, o, s in kept]
        return sorted(repairs, key=lambda r: (r.cost, r.score))

    def _shortage(self, tier: _Tier, again: PlanResult | None) -> Shortage:
        total, upto = self.best[tier.place], tier.place + 1
        proven = self._counted(tier)
        if not proven and again is not None:
            best = self.best[:upto]
            proven = tuple(self.cluster.bound)[:upto] == best == tuple(again.bound)[:upto]
        asked = [f for f in tier.asked if self._lifts(key_of([f.change]), tier)]
        staff = [f for f in tier.staff if self._lifts(key_of([f.change]), tier)]
        staff = staff[: MOST_SHOWN - min(len(asked), MOST_ASKED)]
        conflict = (*asked[: MOST_SHOWN - len(staff)], *staff)
        case = Case(self.worlds.agency, self.worlds.weeks, self.visits)
        return Shortage(
            tier.tier, self.precincts, total,
            shortage_sentence(case, self.precincts, tier.tier, total, proven, tier.items),
            tuple(tier.items), conflict, proven and bool(conflict), tuple(self._repairs(tier)),
        )  # fmt: skip


def _known(answer: PlanResult) -> Known | None:
    if answer.plan is None or answer.best is None:
        return None
    return Known(answer.best, answer.plan.visits, answer.status == "optimal")


def _first(ranked: list[Option], after: dict[str, int]) -> list[Option]:
    """The cheapest, and the cheapest that leaves nothing out (or that leaves out least)."""
    if len(ranked) < LEAST:
        return ranked
    cheapest = ranked[0]
    second = min(ranked[1:], key=lambda o: (after[key_of(o.changes)], o.cost))
    if not after[key_of(cheapest.changes)]:
        second = ranked[1]
    return [cheapest, second]
