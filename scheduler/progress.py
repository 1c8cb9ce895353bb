"""Progress of a planning run on a terminal: one line a cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.live import Live
from rich.table import Table

from scheduler.planner.result import Progress, ProgressListener


@contextmanager
def shown_progress(stream: TextIO) -> Iterator[ProgressListener]:
    """A listener that shows what is known so far; on anything but a terminal it prints each
    cluster once, when it is done."""
    console = Console(file=stream)
    state: dict[tuple[str, ...], Progress] = {}
    if not console.is_terminal:
        yield lambda p: _line(stream, p)
        return
    with Live(_table(state), console=console, refresh_per_second=4, transient=True) as live:

        def listen(progress: Progress) -> None:
            state[progress.precincts] = progress
            live.update(_table(state))

        yield listen


def _line(stream: TextIO, p: Progress) -> None:
    if p.done:
        cost = "" if p.score is None else f", cost {p.score.minutes_cost} minutes"
        print(f"Precincts {', '.join(p.precincts)}: {_state(p)}{cost}, {p.seconds:.1f} s",
              file=stream, flush=True)  # fmt: skip


def _state(p: Progress) -> str:
    if p.done:
        return "proven best" if p.score == p.bound else "done"
    return f"improving {p.tier.replace('_', ' ')}"


def _table(state: dict[tuple[str, ...], Progress]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("Precincts", "State", "Cost", "Proven", "Seconds"):
        table.add_column(name, justify="left" if name in ("Precincts", "State") else "right")
    for precincts, p in state.items():
        cost = "" if p.score is None else str(p.score.minutes_cost)
        above = p.score is not None and tuple(p.score)[:-1] == tuple(p.bound)[:-1]
        table.add_row(", ".join(precincts), _state(p), cost,
                      str(p.bound.minutes_cost) if above else "", f"{p.seconds:.1f}")  # fmt: skip
    return table
