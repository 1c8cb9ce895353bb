"""How fast calendars are served while the pages are used.

python -m benchmarks.feeds [--runs 3] [--seconds 10] [--connections 32] [--pace 0 1200]
    [--links 10 10000] [--sessions 0 20]

Everything runs on this machine: the real server (`esro serve`) over a store of the shipped county with a
published week; a generator of conditional requests, in a process of its own, over raw keep-alive
connections, each asking again as soon as it was answered; and browsers' sessions, in a third process,
each over its WebSocket as a browser does it: it opens the week page and chooses another precinct every
two seconds, so that the whole page runs again. With a pace, each connection begins its requests so that
all together make that many a second, and falls behind where answers take longer.
"""

import argparse
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.asking import Load
from benchmarks.refusals import refusals
from benchmarks.serving import add_links, prepare, serving
from benchmarks.sessions import sessions_open

RESULTS = Path(__file__).with_name("FEEDS.md")


def measure(
    folder: Path, port: int, links: int, sessions: int, pace: float, options: argparse.Namespace
) -> str:
    """One row: the median run."""
    told: dict[str, float] = {}
    with sessions_open(port, sessions, (folder / "week").read_text(), told):
        loads = [generated(port, folder / "links.json", pace, options) for _ in range(options.runs)]
    assert all(set(load.statuses) == {"304"} for load in loads), loads
    assert not sessions or (told["choices"] == sessions and not told["faults"]), told
    row = [f"{links:,}", str(sessions), f"{pace:,.0f}" if pace else "all that go"]
    row += [f"{median(getattr(x, f) for x in loads):,.{d}f}"
            for f, d in (("rate", 0), ("p50", 1), ("p99", 1), ("most", 0))]  # fmt: skip
    row += [f"{told['runs']:.1f}", f"{told['p50']:.0f}"] if told else ["", ""]
    return "| " + " | ".join(row) + " |"


def generated(port: int, file: Path, pace: float, options: argparse.Namespace) -> Load:
    """One run of the generator, in a process of its own."""
    words = [str(w) for w in (port, file, options.seconds, options.connections, pace)]
    done = subprocess.run([sys.executable, "-m", "benchmarks.asking", *words], check=True, text=True,
                          stdout=subprocess.PIPE, cwd=Path(__file__).parents[1])  # fmt: skip
    return Load(**json.loads(done.stdout))


def main() -> None:
    """Measures everything and writes FEEDS.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--pace", type=float, nargs="*", default=[0, 1200], help="a second; 0: as many as go")
    parser.add_argument("--links", type=int, nargs="*", default=[10, 10_000])
    parser.add_argument("--sessions", type=int, nargs="*", default=[0, 20])
    parser.add_argument("--folder", type=Path, help="keep what is served here, or use what is kept")
    parser.add_argument("--no-write", action="store_true", help="print, and leave FEEDS.md as it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="esro-feeds-") as temporary:
        lines = tables(options.folder or Path(temporary), options)
    if not options.no_write:
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def tables(parent: Path, options: argparse.Namespace) -> list[str]:
    """Every row, as it is measured."""
    lines = heading()
    for count in options.links:
        folder = parent / str(count)
        if not folder.is_dir():
            folder.mkdir(parents=True)
            (folder / "week").write_text(str(prepare(folder, 20)))
            (folder / "links.json").write_text(json.dumps(add_links(folder, count)))
        with serving(folder) as port:
            refused = refusals(port, (folder / "revoked").read_text())
            for sessions, pace in itertools.product(options.sessions, options.pace):
                lines.append(measure(folder, port, count, sessions, pace, options))
                print(lines[-1], flush=True)
    print("\n".join(refused))
    return lines + refused


def heading() -> list[str]:
    """What the table says of itself."""
    versions = ", ".join(f"{n} {version(n)}" for n in ("streamlit", "starlette", "uvicorn", "sqlalchemy"))
    command = " ".join(["python -m benchmarks.feeds", *sys.argv[1:]])
    return [
        "# Calendars under load",
        "",
        f"`{command}`: conditional requests, all answered 304; server, generator and sessions together on "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {versions}, esro "
        f"{version('esro-scheduler')}. Median of the runs.",
        "",
        "| links | sessions | asked a second | answered | p50 ms | p99 ms | most ms | page runs/s | p50 ms |",
        "|---|---|---|---|---|---|---|---|---|",
    ]


if __name__ == "__main__":
    main()
