"""The shortages of one group of clusters: what lifts each, and which repairs to plan in full."""

from collections.abc import Callable, Iterable
from time import monotonic

from scheduler.domain.agency import Agency
from scheduler.domain.change import Change
from scheduler.domain.plan import Visit
from scheduler.domain.scope import restricted
from scheduler.domain.score import TIERS, Score
from scheduler.explain.certificates import certified, reordered
from scheduler.explain.facts import Fact, item_facts, unique_items
from scheduler.explain.options import Option, pairs_of, together, two_of
from scheduler.explain.sentences import shortage_sentence
from scheduler.explain.short import MOST_ITEMS, ShortTier, short_tier
from scheduler.explain.shortage import Repair, Shortage
from scheduler.explain.worlds import Known, Worlds, best_of, key_of
from scheduler.planner import ClusterResult, PlanResult
from scheduler.rules.case import Case

EXPLAINED = TIERS[:3]
ROUGH = len(EXPLAINED) - 1
"""The last tier that rough planning looks at."""
MOST_PLANNED = 16
MOST_SHOWN, MOST_ASKED = 8, 5
"""Facts shown; of those, facts of what is asked for where there are others."""
LEAST, MOST_REPAIRS = 2, 4
ROUGH_PART, PAIR_PART, PROVE_PART, FIRM_PART, FULL_PART = 0.35, 0.1, 0.2, 0.25, 0.9
TWICE = 2
"""Runs that prove a total before it is called unavoidable."""
FREED = ("officer_id", "qualification", "window")
WORTHWHILE = 2.5
"""Seconds that a further repair needs at least."""


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
        self.firm: set[str] = set()
        """Worlds of which that is proven."""
        self.scores: dict[str, Known] = {}
        """What is known of all that is planned in each world, in full."""
        self.bounds = [tuple(cluster.bound)]
        """What separate runs have proven of the group as it is."""
        self.tiers = [
            short_tier(self.case, self.precincts, t) for t in EXPLAINED if self.best[TIERS.index(t)]
        ]

    def shortages(self, seconds: float) -> list[Shortage]:
        """The shortages, explained within these seconds."""
        until = monotonic() + seconds
        self._rough(seconds * ROUGH_PART)
        for tier in self.tiers:
            self._combine(tier)
        self._pair(seconds * PAIR_PART)
        self._prove((until - monotonic()) * PROVE_PART)
        self._plan_repairs(until)
        return [self._shortage(t) for t in self.tiers]

    # -- what lifts --------------------------------------------------------------------------

    def _rough(self, seconds: float) -> None:
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
        keys = list(plans)[:MOST_PLANNED]
        agencies = [plans[k] for k in keys]
        twice = [] if all(self._counted(t) for t in self.tiers) else [reordered(self.small)]
        answers = self.worlds.plan([*twice, *agencies], seconds, ROUGH)
        self._hear(keys, answers[len(twice) :])
        self.bounds += [tuple(a.bound) for a in answers[: len(twice)]]

    def _prove(self, seconds: float) -> None:
        """Runs more where a total is not given by counting and not proven twice so far."""
        until, tries = monotonic() + seconds, (reordered(self.small), self.small)
        for i in range(2 * len(tries)):
            open_ = [t for t in self.tiers if not self._proven(t)]
            if not open_ or monotonic() > until:
                return
            last = max(t.place for t in open_)
            answers = self.worlds.plan([tries[i % 2]], (until - monotonic()) * 0.5, last)
            self.bounds += [tuple(a.bound) for a in answers]

    def _proven(self, tier: ShortTier) -> bool:
        upto = tier.place + 1
        return self._counted(tier) or sum(b[:upto] == self.best[:upto] for b in self.bounds) >= TWICE

    def _counted(self, tier: ShortTier) -> bool:
        case = Case(self.worlds.agency, self.worlds.weeks, self.visits)
        return certified(case, self.precincts, tier.tier, tier.items) == self.best[tier.place]

    def _world(self, changes: Iterable[Change]) -> Agency | None:
        changed = self.worlds.changed(changes)
        return None if changed is None else restricted(changed, self.precincts)

    def _learn(self, key: str, known: Known | None) -> None:
        if known is not None:
            self.known[key] = best_of([self.known.get(key), known])

    def _hear(self, keys: list[str], answers: list[PlanResult]) -> None:
        """Learns what planning worlds to tier 3 gave."""
        for key, answer in zip(keys, answers, strict=True):
            self._learn(key, _known(answer))
            if tuple(answer.best or ())[: ROUGH + 1] == tuple(answer.bound)[: ROUGH + 1]:
                self.firm.add(key)

    def _make_firm(self, options: list[Option], seconds: float) -> None:
        """Plans to tier 3 where a plan at hand was enough to see that a tier is lifted: what is left
        short there is then proven, and the full planning has no time to lose on it."""
        open_ = {key_of(o.changes): o for o in options if key_of(o.changes) not in self.firm}
        worlds = {k: w for k, o in open_.items() if (w := self._world(o.changes)) is not None}
        self._hear(list(worlds), self.worlds.plan(list(worlds.values()), seconds, ROUGH))

    def _lifts(self, key: str, tier: ShortTier) -> bool:
        known = self.known.get(key)
        return known is not None and self._less(tuple(known.score), self.best, tier.place)

    @staticmethod
    def _less(after: tuple[int, ...], before: tuple[int, ...], place: int) -> bool:
        return after[:place] <= before[:place] and after[place] < before[place]

    def _combine(self, tier: ShortTier) -> None:
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
        """Where single changes mend too little: who may do it freed, and more staff as well."""
        plans: dict[str, Agency] = {}
        for tier in self.tiers:
            if len(self._ranked(tier)) >= LEAST:
                continue
            pairs = list(pairs_of(self._freed(tier), [o for o in tier.options if o.staff]))
            tier.options += pairs
            for pair in pairs:
                world = self._world(pair.changes)
                if world is not None:
                    plans[key_of(pair.changes)] = world
        self._hear(list(plans), self.worlds.plan(list(plans.values()), seconds, ROUGH))

    def _freed(self, tier: ShortTier) -> list[Fact]:
        return [f for f in tier.asked if f.change.action == "update" and set(f.change.values) <= set(FREED)]

    def _plans_at_hand(self) -> list[tuple[Visit, ...]]:
        found = {self.visits, *(k.visits for k in self.known.values())}
        return sorted(found, key=lambda visits: (len(visits), str(visits)))

    # -- repairs -----------------------------------------------------------------------------

    def _plan_repairs(self, until: float) -> None:
        """Plans in full what is to be shown: for each tier the cheapest, and the cheapest that
        leaves nothing out; then others while there is time."""
        ranked = {t.tier: self._ranked(t) for t in self.tiers}
        first = [o for t in self.tiers for o in self._first(t, ranked[t.tier])]
        self._make_firm(first, (until - monotonic()) * FIRM_PART)
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

    def _ranked(self, tier: ShortTier) -> list[Option]:
        """Options that lift the tier, the cheapest first; last those at the cost of tiers below."""
        options = {key_of(o.changes): o for o in reversed(tier.options)}
        after = {key: tuple(self.known[key].score) for key in options if self._lifts(key, tier)}
        hurts = {
            key: any(a > b for a, b in zip(score[: len(EXPLAINED)], self.best, strict=False))
            for key, score in after.items()
        }
        return [options[k] for k in sorted(after, key=lambda k: (hurts[k], options[k].cost, after[k]))]

    def _first(self, tier: ShortTier, ranked: list[Option]) -> list[Option]:
        """The two to plan for a tier. What mends several tiers comes before the cheapest: the fewer
        folders there are to plan, the surer their scores."""
        lifted = {
            key_of(o.changes): sum(self._lifts(key_of(o.changes), t) for t in self.tiers) for o in ranked
        }
        if len(self.tiers) > 1 and ranked:
            sure = [o for o in ranked if key_of(o.changes) in self.firm] or ranked
            shared = min(sure, key=lambda o: (-lifted[key_of(o.changes)], o.cost, o.sentence))
            if lifted[key_of(shared.changes)] > 1:
                ranked = [shared, *(o for o in ranked if o != shared)]
        return two_of(ranked, self._after(tier))

    def _after(self, tier: ShortTier) -> Callable[[Option], int]:
        return lambda o: tuple(self.known[key_of(o.changes)].score)[tier.place]

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

    def _repairs(self, tier: ShortTier) -> list[Repair]:
        before = tuple(self.base.best or Score())
        found = []
        ranked = self._ranked(tier)
        own = {key_of(o.changes) for o in self._first(tier, ranked)}
        for option in ranked:
            key = key_of(option.changes)
            score = self.scores.get(key)
            if score is not None and self._less(tuple(score.score), before, tier.place):
                found.append((key not in own, not score.proven, option, score))
        found.sort(key=lambda f: (f[0], f[1], f[2].cost))
        # What is not proven is shown where there would be too little else.
        kept = [f for i, f in enumerate(found) if i < LEAST or (i < MOST_REPAIRS and not f[1])]
        repairs = [Repair(o.sentence, o.changes, s.score, o.cost, s.proven) for _, _, o, s in kept]
        return sorted(repairs, key=lambda r: (r.cost, r.score))

    def _shortage(self, tier: ShortTier) -> Shortage:
        total, proven = self.best[tier.place], self._proven(tier)
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
