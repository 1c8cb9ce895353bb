"""The panel of watchers (planning contract, section 5), one named function each."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from scheduler.domain.agency import Agency
from scheduler.domain.calendar import Calendar
from scheduler.domain.plan import Visit
from scheduler.watchers.cells import Cell, Rounds, open_cells

Watcher = Callable[[Rounds, str, date], Cell | None]


def habit(rounds: Rounds, school_id: str, monday: date) -> Cell | None:
    """The most frequent cell of the last 8 weeks (ties: latest used)."""
    seen = [c for w in rounds.weeks_before(school_id, monday, 8) for c in rounds.cells(school_id, w)]
    return _most_frequent(seen)


def repeat(rounds: Rounds, school_id: str, monday: date) -> Cell | None:
    """The cell of the last week with a visit."""
    weeks = rounds.weeks_before(school_id, monday, 5200)
    return rounds.cells(school_id, weeks[-1])[0] if weeks else None


def turn(rounds: Rounds, school_id: str, monday: date) -> Cell | None:
    """The least recently used of those used in the last 12 weeks."""
    last: dict[Cell, int] = {}
    seen = [c for w in rounds.weeks_before(school_id, monday, 12) for c in rounds.cells(school_id, w)]
    for position, cell in enumerate(seen):
        last[cell] = position
    return min(last, key=lambda c: last[c], default=None)


def successor(rounds: Rounds, school_id: str, monday: date) -> Cell | None:
    """The cell that most often followed last week's cell in the last 26 weeks."""
    weeks = rounds.weeks_before(school_id, monday, 26)
    if not weeks:
        return None
    firsts = [rounds.cells(school_id, w)[0] for w in weeks]
    followed = [b for a, b in itertools.pairwise(firsts) if a == firsts[-1]]
    return _most_frequent(followed)


def neighbour(rounds: Rounds, school_id: str, monday: date) -> Cell | None:
    """This week's cell of the school of the cluster that most often shared this one's first cell
    in the last 12 weeks. It alone may see this week's visits to other schools."""
    weeks = rounds.weeks_before(school_id, monday, 12)
    own = {w: rounds.cells(school_id, w)[0] for w in weeks}
    best, chosen = 0, None
    for other in rounds.agency.schools_of[rounds.agency.schools[school_id].precinct_id]:
        now = rounds.cells(other.school_id, monday)
        if other.school_id == school_id or not now:
            continue
        shared = sum(rounds.cells(other.school_id, w)[:1] == [cell] for w, cell in own.items())
        if shared > best:
            best, chosen = shared, now[0]
    return chosen


WATCHERS: dict[str, Watcher] = {
    "habit": habit, "repeat": repeat, "turn": turn, "successor": successor, "neighbour": neighbour,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Panel:
    """Hits of each watcher over `guesses` of schools and weeks, and the floor: the hit rate of
    who knows only which cells were open."""

    floor: float
    guesses: int
    hits: dict[str, int]

    def rate(self, watcher: str) -> float:
        """Hits over guesses (0 where nothing was guessed)."""
        return self.hits[watcher] / self.guesses if self.guesses else 0.0

    def to_dict(self) -> dict[str, object]:
        """As `esro simulate` prints it; rates of no guess are null."""
        any_ = self.guesses > 0
        return {
            "floor": self.floor if any_ else None,
            "guesses": self.guesses,
            "watchers": {
                n: {"hit_rate": self.rate(n) if any_ else None, "hits": h} for n, h in self.hits.items()
            },
        }


def judge_rounds(agency: Agency, visits: Iterable[Visit], mondays: Sequence[date]) -> Panel:
    """The panel over the weeks of `mondays`; `visits` are all that happened, before them too."""
    rounds, calendar = Rounds(agency, visits), Calendar(agency)
    hits = dict.fromkeys(WATCHERS, 0)
    guesses, floor = 0, 0.0
    for monday in mondays:
        for school_id in agency.schools:
            real = rounds.cells(school_id, monday)
            if not real:
                continue
            guesses += 1
            cells = open_cells(agency, calendar, school_id, monday)
            floor += min(1.0, len(real) / cells) if cells else 1.0
            for name, watcher in WATCHERS.items():
                hits[name] += watcher(rounds, school_id, monday) in real
    return Panel(floor / guesses if guesses else 0.0, guesses, hits)


def _most_frequent(cells: Sequence[Cell]) -> Cell | None:
    """The most frequent; of several the one used last."""
    if not cells:
        return None
    counts = Counter(cells)
    most = max(counts.values())
    return next(c for c in reversed(cells) if counts[c] == most)
