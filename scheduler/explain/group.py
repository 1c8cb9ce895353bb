"""The shortages of one group of clusters: what lifts each, and what is proven of their totals."""

from collections.abc import Iterable
from functools import reduce
from time import monotonic

from scheduler.domain.agency import Agency, Role
from scheduler.domain.change import Change
from scheduler.domain.plan import Visit
from scheduler.domain.scope import restricted
from scheduler.domain.score import TIERS, Score
from scheduler.explain.certificates import certified, reordered
from scheduler.explain.fact import Fact
from scheduler.explain.facts import item_facts, unique_items
from scheduler.explain.options import Option, both, pairs_of, together
from scheduler.explain.sentences import shortage_sentence
from scheduler.explain.short import LEAST, MOST_ITEMS, ShortTier, short_tier
from scheduler.explain.shortage import Repair, Shortage
from scheduler.explain.worlds import Known, Worlds, best_of, key_of, known_of
from scheduler.planner import ClusterResult, PlanResult

EXPLAINED = TIERS[:3]
ROUGH = len(EXPLAINED) - 1
"""The last tier that rough planning looks at."""
LEAST_PLANNED, MOST_PLANNED = 4, 20
MOST_SHOWN, MOST_ASKED = 8, 5
"""Facts shown; of those, facts of what is asked for where there are others."""
PROVE_PART, ROUGH_PART, PAIR_PART, PROVE_AGAIN_PART = 0.25, 0.35, 0.1, 0.15
LITTLE, PACE = 0.4, 2.0
"""Seconds."""
JUDGED_PART, LEAST_JUDGED = 0.4, 0.7
"""Of the time for rough planning, the part for judging the plan at hand in changed folders; seconds
that this takes in any case."""
ENOUGH = 1.5
"""How much longer than the folder as it is a changed one may take to be planned to tier 3."""
TWICE = 2
"""Runs that prove a total before it is called unavoidable."""
FREED = ("officer_id", "qualification", "window")


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
        self.case = worlds.case(worlds.whole, self.visits)
        self.scoped = worlds.case(worlds.agency, self.visits)
        self.known: dict[str, Known] = {}
        """What is known of the group in each world, to tier 3 at least."""
        self.counts: dict[str, int] = {}
        """What counting alone says of each tier at the least."""
        self.firm: set[str] = set()
        """Worlds of which that is proven."""
        self.bounds = [tuple(cluster.bound)]
        """What separate runs have proven of the group as it is."""
        self.pace = min(cluster.seconds, PACE)
        """Seconds that planning the group to tier 3 takes, about."""
        lent = [
            o for o in worlds.whole.officers.values()
            if o.role is Role.RELIEF and o.officer_id not in worlds.agency.officers
        ]  # fmt: skip
        self.tiers = [
            short_tier(self.case, self.precincts, t, lent) for t in EXPLAINED if self.best[TIERS.index(t)]
        ]

    def look(self, seconds: float) -> None:
        """Finds what lifts the shortages and proves their totals, within these seconds."""
        begun = monotonic()
        self._prove(seconds * PROVE_PART)
        saved = max(0.0, seconds * PROVE_PART - (monotonic() - begun))
        self._rough(seconds * ROUGH_PART + saved)
        for tier in self.tiers:
            self._combine(tier)
        self._combine_tiers()
        self._pair(seconds * PAIR_PART)
        self._prove(seconds * PROVE_AGAIN_PART)

    # -- what lifts --------------------------------------------------------------------------

    def _prove(self, seconds: float) -> None:
        """Plans the group as it is to the last short tier once more, on another way, where counting
        does not give the totals and they are not proven twice so far."""
        until, tries = monotonic() + seconds, (reordered(self.small), self.small)
        for i in range(2 * len(tries)):
            open_ = [t for t in self.tiers if not self._proven(t)]
            if not open_ or min(until - monotonic(), self.worlds.left()) < LITTLE:
                return
            last = max(t.place for t in open_)
            left, begun = until - monotonic(), monotonic()
            if len(self.worlds.weeks) > 1:
                self.bounds.append(self.worlds.bound_of_weeks(tries[i % 2], left, last))
                continue
            (answer,) = self.worlds.plan([tries[i % 2]], left, last, [self.visits])
            self.bounds.append(tuple(answer.bound))
            self.pace = monotonic() - begun

    def _rough(self, seconds: float) -> None:
        """Finds what is known of every world: where the plan at hand does not lift, by planning,
        the staff first; no more of them than there is time for."""
        plans: dict[str, Agency] = {}
        for tier in self.tiers:
            enough = monotonic() + max(LEAST_JUDGED, seconds * JUDGED_PART) / len(self.tiers)
            for option in sorted(tier.options, key=lambda o: not o.staff):
                if monotonic() > enough:
                    break
                key = key_of(option.changes)
                world = self.world(option.changes) if key not in plans else None
                if world is None or self.lifts(key, tier):
                    continue
                self.learn(key, self.worlds.judged(world, self.visits))
                if not self.lifts(key, tier):
                    plans[key] = world
        most = int(seconds * self.worlds.processes / max(LITTLE, ENOUGH * self.pace))
        keys = list(plans)[: min(MOST_PLANNED, max(LEAST_PLANNED, most))]
        self._plan_roughly({k: plans[k] for k in keys}, seconds)

    def _plan_roughly(self, worlds: dict[str, Agency], seconds: float) -> None:
        """Plans worlds to tier 3, from the best plan known of each."""
        starts = [self._start(key) for key in worlds]
        self.hear(list(worlds), self.worlds.plan(list(worlds.values()), seconds, ROUGH, starts))

    def _start(self, key: str) -> tuple[Visit, ...]:
        """The plan at hand to begin planning a world with."""
        known = self.known.get(key)
        return self.visits if known is None else known.visits

    def _proven(self, tier: ShortTier) -> bool:
        upto = tier.place + 1
        return self._counted(tier) or sum(b[:upto] == self.best[:upto] for b in self.bounds) >= TWICE

    @property
    def bound(self) -> Score:
        """What is proven of the group, from the top down."""
        proven: list[int] = []
        by_tier = {t.place: t for t in self.tiers}
        for place, value in enumerate(self.best[: len(EXPLAINED)]):
            if place in by_tier and not self._proven(by_tier[place]):
                proven.append(min(value, self.counts[by_tier[place].tier]))  # Counting says so much.
                break
            proven.append(value)
        counted = (*proven, *(0 for _ in range(len(TIERS) - len(proven))))
        return Score(*max(counted, *self.bounds))

    def _counted(self, tier: ShortTier) -> bool:
        if tier.tier not in self.counts:
            self.counts[tier.tier] = certified(self.scoped, self.precincts, tier.tier)
        return self.counts[tier.tier] == self.best[tier.place]

    def world(self, changes: Iterable[Change]) -> Agency | None:
        changed = self.worlds.changed(changes)
        return None if changed is None else restricted(changed, self.precincts)

    def learn(self, key: str, known: Known | None) -> None:
        if known is not None:
            self.known[key] = best_of([self.known.get(key), known])

    def hear(self, keys: list[str], answers: list[PlanResult]) -> None:
        """Learns what planning worlds to tier 3 gave."""
        for key, answer in zip(keys, answers, strict=True):
            self.learn(key, known_of(answer))
            if tuple(answer.best or ())[: ROUGH + 1] == tuple(answer.bound)[: ROUGH + 1]:
                self.firm.add(key)

    def make_firm(self, options: list[Option], seconds: float) -> None:
        """Plans to tier 3 where a plan at hand was enough to see that a tier is lifted: what is left
        short there is then proven, and the full planning has no time to lose on it."""
        open_ = {key_of(o.changes): o for o in options if key_of(o.changes) not in self.firm}
        worlds = {k: w for k, o in open_.items() if (w := self.world(o.changes)) is not None}
        self._plan_roughly(worlds, seconds)

    def lifts(self, key: str, tier: ShortTier) -> bool:
        known = self.known.get(key)
        return known is not None and self.less(tuple(known.score), self.best, tier.place)

    @staticmethod
    def less(after: tuple[int, ...], before: tuple[int, ...], place: int) -> bool:
        return after[:place] <= before[:place] and after[place] < before[place]

    def _combine(self, tier: ShortTier) -> None:
        """The cheapest that lifts something for each school, session and task: all together."""
        chosen: list[Fact] = []
        for item in unique_items(tier.items)[:MOST_ITEMS]:
            lifting = [
                f for f in item_facts(self.case, item, tier.tier) if self.lifts(key_of([f.change]), tier)
            ]  # fmt: skip
            if lifting:
                chosen.append(min(lifting, key=lambda f: f.cost))
        if len(chosen) < 2:
            return
        option = together(chosen)
        key, world = key_of(option.changes), self.world(option.changes)
        if world is not None and key not in self.known:
            for visits in self.plans_at_hand():
                self.learn(key, self.worlds.judged(world, visits))
            tier.options.append(option)

    def _combine_tiers(self) -> None:
        """For several tiers: what asks for less of each, so that nothing is left out, all together."""
        chosen: list[Option] = []
        for tier in self.tiers:
            clearing = [
                o for o in tier.options if not o.staff and self.lifts(key_of(o.changes), tier)
                and not tuple(self.known[key_of(o.changes)].score)[tier.place]
            ]  # fmt: skip
            if clearing:
                chosen.append(min(clearing, key=lambda o: o.cost))
        if len(chosen) < 2:
            return
        option = reduce(both, chosen)
        key, world = key_of(option.changes), self.world(option.changes)
        if world is not None:
            for visits in self.plans_at_hand():
                self.learn(key, self.worlds.judged(world, visits))
            for tier in self.tiers:
                tier.options.append(option)

    def _pair(self, seconds: float) -> None:
        """Where single changes mend too little: who may do it freed, and more staff as well."""
        plans: dict[str, Agency] = {}
        for tier in self.tiers:
            if len(self.ranked(tier)) >= LEAST:
                continue
            pairs = list(pairs_of(self._freed(tier), [o for o in tier.options if o.staff]))
            tier.options += pairs
            for pair in pairs:
                world = self.world(pair.changes)
                if world is not None:
                    plans[key_of(pair.changes)] = world
        self._plan_roughly(plans, seconds)

    def _freed(self, tier: ShortTier) -> list[Fact]:
        return [f for f in tier.asked if f.change.action == "update" and set(f.change.values) <= set(FREED)]

    def ranked(self, tier: ShortTier) -> list[Option]:
        """Options that lift the tier, the cheapest first; last those at the cost of tiers below."""
        options = {key_of(o.changes): o for o in reversed(tier.options)}
        after = {key: tuple(self.known[key].score) for key in options if self.lifts(key, tier)}
        hurts = {
            key: any(a > b for a, b in zip(score[: len(EXPLAINED)], self.best, strict=False))
            for key, score in after.items()
        }
        return [options[k] for k in sorted(after, key=lambda k: (hurts[k], options[k].cost, after[k]))]

    def plans_at_hand(self) -> list[tuple[Visit, ...]]:
        found = {self.visits, *(k.visits for k in self.known.values())}
        return sorted(found, key=lambda visits: (len(visits), str(visits)))

    def shortage(self, tier: ShortTier, repairs: tuple[Repair, ...]) -> Shortage:
        """A tier with what was found of it."""
        total, proven = self.best[tier.place], self._proven(tier)
        asked = [f for f in tier.asked if self.lifts(key_of([f.change]), tier)]
        staff = [f for f in tier.staff if self.lifts(key_of([f.change]), tier)]
        staff = staff[: MOST_SHOWN - min(len(asked), MOST_ASKED)]
        conflict = (*asked[: MOST_SHOWN - len(staff)], *staff)
        return Shortage(
            tier.tier, self.precincts, total,
            shortage_sentence(
                self.scoped, self.precincts, tier.tier, total, proven, tier.items, self.worlds.whole
            ),
            tuple(tier.items), conflict, proven and bool(conflict), repairs,
        )  # fmt: skip
