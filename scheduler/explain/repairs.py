"""Repairs of a group's shortages: which changed folders to plan in full, and which to show.

A score is worth showing where it is proven. So few folders are planned at a time, each for long; where a
proof does not come, others take their turn, and what is not proven is shown only where too little is.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from time import monotonic

from scheduler.domain.agency import Agency
from scheduler.domain.scope import restricted
from scheduler.domain.score import Score
from scheduler.explain.group import Group
from scheduler.explain.options import Option, two_of
from scheduler.explain.short import LEAST, ShortTier
from scheduler.explain.shortage import Repair
from scheduler.explain.worlds import Known, best_of, key_of, known_of

MOST = 4
"""Repairs shown for a shortage."""
FIRM_PART, WAVE_PART = 0.2, 0.55
"""Parts of the time left: for what is short in the first ones, and for each wave of planning in full."""
WORTHWHILE = 1.5
"""Seconds that a further wave needs at least."""
LONGER = 1.5
"""How much more time than before a folder that was not proven is planned again for."""


class Repairs:
    """The repairs of one group, planned in full as time allows."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.scores: dict[str, Known] = {}
        """What is known of all that is planned in each world, in full."""
        self.given: dict[str, float] = {}
        """Seconds that each was planned for at the most."""

    def plan(self, until: float) -> None:
        """Plans in waves: for each tier the cheapest and the cheapest that leaves nothing out, then
        others until enough are proven or time is up."""
        first = _different(o for t in self.group.tiers for o in self._first(t))
        self.group.make_firm(first, (until - monotonic()) * FIRM_PART)
        while (left := until - monotonic()) > WORTHWHILE:
            wave = self._wave(left * WAVE_PART)
            if not wave:
                return
            self._full(wave, left * WAVE_PART)

    def shown(self, tier: ShortTier) -> tuple[Repair, ...]:
        """The repairs of a tier, cheapest first: those that are proven, and others only where there
        would be too few."""
        before = tuple(self.group.base.best or Score())
        found = []
        for option in self._ordered(tier):
            known = self.scores.get(key_of(option.changes))
            if known is not None and self.group.less(tuple(known.score), before, tier.place):
                found.append(Repair(option.sentence, option.changes, known.score, option.cost, known.proven))
        proven = [r for r in found if r.proven][:MOST]
        others = [r for r in found if not r.proven][: max(0, LEAST - len(proven))]
        return tuple(sorted([*proven, *others], key=lambda r: (r.cost, r.score)))

    # -- which ---------------------------------------------------------------------------------

    def _wave(self, seconds: float) -> list[Option]:
        """The next options to plan in full within these seconds."""
        untried: list[Option] = []
        again: list[Option] = []
        spare: list[Option] = []
        for tier in self.group.tiers:
            ordered = self._ordered(tier)
            proven = [o for o in ordered if self._proven(o)]
            new = [o for o in ordered if key_of(o.changes) not in self.scores]
            after = self._after(tier)
            if len(proven) < LEAST:
                untried += new[: LEAST - len(proven)]
                tried = (o for o in ordered if key_of(o.changes) in self.scores and o not in proven)
                again += list(tried)[: LEAST - len(proven)] if len(new) < LEAST - len(proven) else []
            elif not any(after(o) == 0 for o in proven):
                untried += [o for o in new if after(o) == 0][:1]
            elif not any(o.staff for o in proven):
                untried += [o for o in new if o.staff][:1]
            spare += new if len(proven) < LEAST else []
        wave = _different([*untried, *again])
        if wave:  # No core stands idle.
            wave = _different([*wave, *spare])[: max(len(wave), self.group.worlds.processes)]
        share = self._share(wave, seconds)
        return [o for o in wave if share > LONGER * self.given.get(key_of(o.changes), 0.0)]

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
        lifted = {
            key_of(o.changes): sum(group.lifts(key_of(o.changes), t) for t in group.tiers) for o in ranked
        }
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
        at_hand = group.plans_at_hand()
        answers = group.worlds.plan(list(planned.values()), seconds)
        for (key, agency), answer in zip(planned.items(), answers, strict=True):
            rest = () if alone[key] else group.others
            hands = [group.worlds.judged(agency, (*visits, *rest)) for visits in at_hand]
            best = best_of([known_of(answer), *hands])
            if alone[key]:
                group.learn(key, best)
                others, proven = self._rest()
                best = replace(best, score=best.score + others, proven=best.proven and proven)
            known = self.scores.get(key)
            self.scores[key] = best_of([known, best])
            self.given[key] = max(share, self.given.get(key, 0.0))

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
