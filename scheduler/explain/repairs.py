"""Repairs of a group's shortages: which changed folders to plan in full, and which to show.

A score is worth showing where it is proven. So few folders are planned at a time, each for long; where a
proof does not come, others take their turn, and what is not proven is shown only where too little is.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from time import monotonic

from scheduler.domain.agency import Agency
from scheduler.domain.plan import Visit
from scheduler.domain.scope import restricted
from scheduler.domain.score import Score
from scheduler.explain.exact import best_stays_best
from scheduler.explain.group import Group
from scheduler.explain.options import Option, two_of
from scheduler.explain.short import LEAST, ShortTier
from scheduler.explain.shortage import Repair
from scheduler.explain.worlds import Known, best_of, key_of, known_of

Wish = Callable[[Option, list[Option]], bool]

MOST = 4
"""Repairs shown for a shortage."""
FIRM_PART, WAVE_PART, LONG_PART = 0.2, 0.55, 0.85
"""Parts of the time left: for what is short in the first ones, and for each wave of planning in full
(where the folder as it is was not proven, few get much)."""
FOLLOWING, FOLLOWING_PART = 4, 0.2
"""Options of a tier whose scores follow that are looked at, and the part of the time left for them."""
LITTLE, WORTHWHILE = 0.2, 1.5
"""Seconds that the first wave and a further one need at least."""
HARDER, PATIENT = 1.6, 2.0
"""How much longer than the folder as it is a changed one takes to be proven, as a rule, and with some luck
less; it is planned on one core where that one had all."""
LONGER = 1.5
"""How much more time than before a folder that was not proven is planned again for."""


class Repairs:
    """The repairs of one group, planned in full as time allows."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.hopeful = group.cluster.status == "optimal"
        """Whether the folder as it is was proven in its time."""
        self.scores: dict[str, Known] = {}
        """What is known of all that is planned in each world, in full."""
        self.given: dict[str, float] = {}
        """Seconds that each was planned for at the most."""

    def plan(self, until: float) -> None:
        """Plans in waves: for each tier the cheapest and the cheapest that leaves nothing out, then
        others until enough are proven or time is up."""
        self._certain((until - monotonic()) * FOLLOWING_PART)
        first = _different(o for t in self.group.tiers for o in self._first(t))
        self.group.make_firm(first, (until - monotonic()) * FIRM_PART)
        while True:
            left = min(until - monotonic(), self.group.worlds.left())
            if left < (WORTHWHILE if self.scores else LITTLE):
                return
            part = WAVE_PART if self.hopeful else LONG_PART
            seconds = max(left * part, min(left * LONG_PART, PATIENT * self.group.cluster.seconds))
            wave = self._wave(seconds)
            if not wave:
                return
            self._full(wave, seconds)

    def shown(self, tier: ShortTier) -> tuple[Repair, ...]:
        """The repairs of a tier, cheapest first: those that are proven, and others only where there
        would be too few."""
        ordered = self._ordered(tier)
        found = [
            (o, r) for o in ordered if (known := self.scores.get(key_of(o.changes))) is not None
            and (r := self._repair(tier, o, known)) is not None
        ]  # fmt: skip
        proven = self._picked(tier, [o for o, r in found if r.proven])
        others = sorted((o for o, r in found if not r.proven), key=self._doubt)
        others = others[: max(0, LEAST - len(proven))]
        kept = [r for o, r in found if o in proven or o in others]
        for option in (o for o in ordered if key_of(o.changes) not in self.scores):
            if len(kept) >= LEAST:
                break
            known = self._roughly(option)
            repair = None if known is None else self._repair(tier, option, known)
            kept += [] if repair is None else [repair]
        return tuple(sorted(kept, key=lambda r: (r.cost, r.score)))

    def _picked(self, tier: ShortTier, sure: list[Option]) -> list[Option]:
        """Of options whose scores are proven, those to show: the cheapest, the cheapest that leaves nothing
        out, the cheapest with staff, then those of other kinds, then others where there are too few."""
        after, kept = self._after(tier), sure[:1]
        for wants in self._wishes(after):
            kept += [o for o in sure if o not in kept and wants(o, kept)][:1]
        for option in sure:
            new = option.kind not in {k.kind for k in kept}
            if option not in kept and (len(kept) < LEAST or (new and len(kept) < MOST)):
                kept.append(option)
        return kept

    @staticmethod
    def _wishes(after: Callable[[Option], int]) -> list[Wish]:
        """What is wanted beside the cheapest where none of those kept is so; the cheapest there is, too,
        where others were proven before it."""
        return [
            lambda o, kept: bool(kept) and o.cost < min(k.cost for k in kept),
            lambda o, kept: after(o) == 0 and not any(after(k) == 0 for k in kept),
            lambda o, kept: o.staff and not any(k.staff for k in kept),
            lambda o, kept: o.kind not in {k.kind for k in kept},
        ]

    def _following(self, tier: ShortTier) -> list[Option]:
        """Of a tier's options whose scores follow the cheapest few and the largest."""
        found = [o for o in tier.options if best_stays_best(self.group.scoped, o.changes)]
        found.sort(key=lambda o: o.cost)
        return _different([*found[:FOLLOWING], *found[-1:]])

    def _certain(self, seconds: float) -> None:
        """Scores that follow from the best plan of the folder as it is: proven where that is."""
        group = self.group
        until = monotonic() + max(0.0, min(seconds, group.worlds.left()))
        for option in _different(o for t in group.tiers for o in self._following(t)):
            if monotonic() > until:
                return
            changed = group.worlds.changed(option.changes)
            if changed is None:
                continue
            known = group.worlds.judged(restricted(changed, group.precincts), group.visits)
            if known is None or not self._touches_no_other(changed):
                continue
            group.learn(key_of(option.changes), replace(known, proven=self.hopeful))
            others, proven = self._rest()
            self.scores[key_of(option.changes)] = replace(
                known, score=known.score + others, proven=self.hopeful and proven
            )

    def _repair(self, tier: ShortTier, option: Option, known: Known) -> Repair | None:
        """An option with its score, where that is less in the tier and no more above."""
        before = tuple(self.group.base.best or Score())
        if not self.group.less(tuple(known.score), before, tier.place):
            return None
        return Repair(option.sentence, option.changes, known.score, option.cost, known.proven)

    # -- which ---------------------------------------------------------------------------------

    def _wave(self, seconds: float) -> list[Option]:
        """The next options to plan in full within these seconds."""
        lacking = [t for t in self.group.tiers if len(self._sure(t)) < LEAST]
        wave: list[Option] = []
        for tier in sorted(self.group.tiers, key=lambda t: t not in lacking):
            ordered, after = self._ordered(tier), self._after(tier)
            new = [o for o in ordered if key_of(o.changes) not in self.scores]
            sure = self._sure(tier)
            if tier in lacking:
                if self.scores:  # The first choice was made; from here on, what is likely proven.
                    new.sort(key=lambda o: (-self._mends(o, lacking), *self._doubt(o)))
                wave += new[: LEAST - len(sure)]
            else:
                wave += next(([o] for w in self._wishes(after) for o in new if w(o, sure)), [])
        for tier in lacking:  # No core stands idle; then, for longer, what was planned before.
            ordered = sorted(self._ordered(tier), key=self._doubt)
            spare = [o for o in ordered if o not in wave and not self._proven(o)]
            spare.sort(key=lambda o: key_of(o.changes) in self.scores)
            wave += spare[: max(0, self.group.worlds.processes - len(_different(wave)))]
        wave = _different(wave)[: self._most(seconds)]
        share = self._share(wave, seconds)
        return [o for o in wave if share > LONGER * self.given.get(key_of(o.changes), 0.0)]

    def _most(self, seconds: float) -> int:
        """How many folders can likely be proven within these seconds; no core stands idle."""
        each = max(LITTLE, HARDER * self.group.cluster.seconds)
        return max(self.group.worlds.processes, int(self.group.worlds.processes * seconds / each))

    def _sure(self, tier: ShortTier) -> list[Option]:
        return [o for o in self._ordered(tier) if self._proven(o)]

    def _mends(self, option: Option, tiers: list[ShortTier]) -> int:
        return sum(self.group.lifts(key_of(option.changes), t) for t in tiers)

    def _doubt(self, option: Option) -> tuple[bool, bool, int]:
        """How likely a longer search finds something better: where what is left short is not proven,
        and where there is more staff to plan."""
        return (key_of(option.changes) not in self.group.firm, option.staff, option.cost)

    def _roughly(self, option: Option) -> Known | None:
        """What rough planning knows of an option that there was no time to plan in full."""
        known = self.group.known.get(key_of(option.changes))
        world = self.group.worlds.changed(option.changes)
        if known is None or world is None or not self._touches_no_other(world):
            return None
        return replace(known, score=known.score + self._rest()[0], proven=False)

    def _share(self, wave: list[Option], seconds: float) -> float:
        return seconds * min(1.0, self.group.worlds.processes / max(1, len(wave)))

    def _proven(self, option: Option) -> bool:
        known = self.scores.get(key_of(option.changes))
        return known is not None and known.proven

    def _ordered(self, tier: ShortTier) -> list[Option]:
        first = self._first(tier)
        return _different([*first, *self.group.ranked(tier)])

    def _first(self, tier: ShortTier) -> list[Option]:
        """The two to plan for a tier. What mends several tiers comes before the cheapest: the fewer
        folders there are to plan, the surer their scores."""
        group, ranked = self.group, self.group.ranked(tier)
        if not self.hopeful:  # More staff makes a folder that is hard to prove harder still.
            ranked.sort(key=lambda o: o.staff)
        lifted = {key_of(o.changes): self._mends(o, group.tiers) for o in ranked}
        if len(group.tiers) > 1 and ranked:
            sure = [o for o in ranked if key_of(o.changes) in group.firm] or ranked
            shared = min(sure, key=lambda o: (-lifted[key_of(o.changes)], o.cost, o.sentence))
            if lifted[key_of(shared.changes)] > 1:
                ranked = [shared, *(o for o in ranked if o != shared)]
        return two_of(ranked, self._after(tier))

    def _after(self, tier: ShortTier) -> Callable[[Option], int]:
        return lambda o: tuple(self.group.known[key_of(o.changes)].score)[tier.place]

    # -- planning in full ----------------------------------------------------------------------

    def _full(self, options: list[Option], seconds: float) -> None:
        group = self.group
        share = self._share(options, seconds)
        worlds = {
            key_of(o.changes): world for o in options
            if (world := group.worlds.changed(o.changes)) is not None
        }  # fmt: skip
        alone = {key: self._touches_no_other(world) for key, world in worlds.items()}
        planned = {
            key: restricted(world, group.precincts) if alone[key] else world for key, world in worlds.items()
        }
        hands = {key: self._best_at_hand(planned[key], () if alone[key] else group.others) for key in planned}
        starts = [hand.visits if hand is not None else () for hand in hands.values()]
        answers = group.worlds.plan(list(planned.values()), seconds, starts=starts)
        for key, answer in zip(planned, answers, strict=True):
            best = best_of([known_of(answer), hands[key]])
            if alone[key]:
                group.learn(key, best)
                others, proven = self._rest()
                best = replace(best, score=best.score + others, proven=best.proven and proven)
            known = self.scores.get(key)
            self.scores[key] = best_of([known, best])
            self.given[key] = max(share, self.given.get(key, 0.0))

    def _best_at_hand(self, world: Agency, rest: tuple[Visit, ...]) -> Known | None:
        """The best of the group's plans at hand, with the visits of the others, as a plan of a world."""
        group = self.group
        found = [
            group.worlds.judged(world, (*visits, *rest))
            for visits in group.plans_at_hand() if group.worlds.left() > 0
        ]  # fmt: skip
        return best_of(found) if any(k is not None for k in found) else None

    def _touches_no_other(self, world: Agency) -> bool:
        before = self.group.worlds.agency
        others = {s.precinct_id for s in before.schools.values()} - set(self.group.precincts)
        return all(restricted(world, [p]) == restricted(before, [p]) for p in sorted(others))

    def _rest(self) -> tuple[Score, bool]:
        """The score of the clusters outside the group, and whether that is proven."""
        others = [c for c in self.group.base.clusters if c.precincts != self.group.precincts]
        total = sum((c.best for c in others if c.best is not None), Score())
        return total, all(c.best == c.bound for c in others)


def _different(options: Iterable[Option]) -> list[Option]:
    return list({key_of(o.changes): o for o in options}.values())
