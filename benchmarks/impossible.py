"""Whether `explain` ever calls something impossible that is not, or claims of a change what is not so:
small folders, every plan tried."""

import argparse
from collections.abc import Sequence
from itertools import count
from time import monotonic

from scheduler.domain.agency import Agency
from scheduler.domain.change import Change
from scheduler.domain.score import TIERS
from scheduler.explain.explain import explain
from scheduler.tables.changes import apply_changes
from tests.brute import best_by_brute_force, size_of
from tests.worlds import MONDAY, random_agency

FIRST = 2000
MOST_TRIED = 2500
"""Single visits to try in a folder, its days multiplied."""


def small_folders(number: int, first: int = FIRST) -> list[tuple[int, Agency]]:
    """So many small folders, with their seeds. (Where pins may take up tasks, the plans with tasks in
    pins are others than those that brute force tries.)"""
    found: list[tuple[int, Agency]] = []
    for seed in count(first):
        world = random_agency(seed, tiny=True)
        if not (world.pins and world.tasks) and size_of(world, MONDAY) < MOST_TRIED:
            found.append((seed, world))
        if len(found) == number:
            return found
    return found


def false_claims(world: Agency, seconds: float = 10) -> tuple[int, int, list[str]]:
    """Shortages explained, those called unavoidable, and what of it brute force refutes."""
    best = tuple(best_by_brute_force(world, MONDAY)[0])
    found = explain(world, (MONDAY,), time_limit=seconds, workers=1)
    wrong = []
    if tuple(found.bound) > best:
        wrong.append(f"bound {tuple(found.bound)}, best of all plans {best}")
    for shortage in found.shortages:
        place = TIERS.index(shortage.tier)
        claimed = shortage.irreducible or "; no plan can do better" in shortage.sentence
        if claimed and shortage.total != best[place]:
            wrong.append(f"{shortage.tier}: {shortage.total} unavoidable, best of all plans {best}")
    return len(found.shortages), sum(s.irreducible for s in found.shortages), wrong


def false_remedies(world: Agency, seconds: float = 10) -> tuple[int, int, list[str]]:
    """Facts and proven repairs, and what of them brute force refutes: a fact lifts its shortage, a repair
    has the score that it is shown with."""
    best = tuple(best_by_brute_force(world, MONDAY)[0])
    facts, repairs, wrong = 0, 0, []
    for shortage in explain(world, (MONDAY,), time_limit=seconds, workers=1).shortages:
        place = TIERS.index(shortage.tier)
        for fact in shortage.conflict:
            after = _tried(world, [fact.change])
            facts += after is not None
            if after is not None and not (after[:place] <= best[:place] and after[place] < shortage.total):
                wrong.append(f"{shortage.tier}: lifts nothing: {fact.sentence} {after}")
        for repair in (r for r in shortage.repairs if r.proven):
            after = _tried(world, repair.changes)
            repairs += after is not None
            if after is not None and after != tuple(repair.score):
                wrong.append(f"{shortage.tier}: {repair.sentence} {tuple(repair.score)}, best {after}")
    return facts, repairs, wrong


def _tried(world: Agency, changes: Sequence[Change]) -> tuple[int, ...] | None:
    """The best score of the changed folder; None where it has too many plans."""
    changed = apply_changes(world, changes)
    if (changed.pins and changed.tasks) or size_of(changed, MONDAY) > 2 * MOST_TRIED:
        return None
    return tuple(best_by_brute_force(changed, MONDAY)[0])


def main() -> None:
    """Tries the folders asked for, and prints what is wrong, if anything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folders", type=int, default=200)
    parser.add_argument("--first", type=int, default=FIRST, help="The first seed.")
    arguments = parser.parse_args()
    begun, shortages, unavoidable, refuted, facts, repairs = monotonic(), 0, 0, 0, 0, 0
    for seed, world in small_folders(arguments.folders, arguments.first):
        number, claims, wrong = false_claims(world)
        lifting, mending, more = false_remedies(world)
        wrong, facts, repairs = [*wrong, *more], facts + lifting, repairs + mending
        shortages, unavoidable, refuted = shortages + number, unavoidable + claims, refuted + len(wrong)
        for text in wrong:
            print(f"folder {seed}: {text}", flush=True)
    print(
        f"{arguments.folders} small folders from seed {arguments.first}: {shortages} shortages, "
        f"{unavoidable} called unavoidable, {facts} facts, {repairs} proven repairs; {refuted} claims "
        "refuted by trying every plan "
        f"({monotonic() - begun:.0f} s)."
    )


if __name__ == "__main__":
    main()
