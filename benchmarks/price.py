"""What each per cent of unpredictability's price buys: simulations at several prices, and a plot.

python -m benchmarks.price [--weeks 28] [--precinct 3]
"""

import argparse
import os
import platform
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks.instances import COUNTY, precinct_alone
from scheduler.service.folders import PlanRequest, simulate
from scheduler.tables.folder import write_agency

PRICES = (0.0, 0.01, 0.02, 0.05, 0.1)
RESULTS = Path(__file__).with_name("PRICE.md")
PLOT = Path(__file__).parents[1] / "docs" / "images" / "price.svg"
FIRST, WARM_UP = date(2026, 9, 14), 8


def measure(folder: Path, precincts: list[str], price: float, weeks: int) -> tuple[float, float, float]:
    """Worst hit rate but the neighbour's, floor, and part of the reachable cost paid, over the
    precincts alone one after the other: all as parts of 1."""
    hits: dict[str, int] = {}
    guesses, floor, paid, best = 0, 0.0, 0, 0
    for p in precincts:
        world = folder / f"precinct-{p}"
        write_agency(precinct_alone(p), world)
        costs: list[tuple[int, int]] = []
        request = PlanRequest(
            world, FIRST, weeks, time_limit=12.0 * weeks, seed=3, price=price, workers=2,
            out=folder / f"out-{p}-{price}",
        )  # fmt: skip
        panel = simulate(request, WARM_UP, lambda _, a, into=costs: into.append(
            (a.result.score.minutes_cost, a.result.best.minutes_cost)))  # fmt: skip
        guesses += panel.guesses
        floor += panel.floor * panel.guesses
        for name, count in panel.hits.items():
            hits[name] = hits.get(name, 0) + count
        paid += sum(a for a, _ in costs)
        best += sum(b for _, b in costs)
    worst = max(n for name, n in hits.items() if name != "neighbour")
    return worst / guesses, floor / guesses, paid / best - 1


def plot(points: list[tuple[float, float, float, float]]) -> str:
    """Worst hit rate and floor (left axis), extra cost (right axis) against the price."""
    most = max(max(w for _, w, _, _ in points) * 1.15, 0.3)
    extra = max(max(c for *_, c in points) * 1.15, 0.05)

    def at(price: float, value: float, top: float) -> str:
        return f"{70 + 480 * price / PRICES[-1]:.1f},{260 - 220 * value / top:.1f}"

    lines = [
        ("#a3271f", "worst watcher", [at(p, w, most) for p, w, _, _ in points]),
        ("#4a5866", "floor", [at(p, f, most) for p, _, f, _ in points]),
        ("#1d4e89", "extra cost", [at(p, c, extra) for p, _, _, c in points]),
    ]
    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 320" font-size="13" '
        'font-family="sans-serif">'
    ]
    for i in range(5):
        y = 260 - 55 * i
        out.append(f'<line x1="70" x2="550" y1="{y}" y2="{y}" stroke="#d5dbe1"/>')
        out.append(f'<text x="62" y="{y + 4}" text-anchor="end">{100 * most * i / 4:.0f} %</text>')
        out.append(f'<text x="558" y="{y + 4}" fill="#1d4e89">+{100 * extra * i / 4:.0f} %</text>')
    for p, *_ in points:
        x = 70 + 480 * p / PRICES[-1]
        out.append(f'<text x="{x:.0f}" y="282" text-anchor="middle">{100 * p:.0f} %</text>')
    out.append('<text x="310" y="306" text-anchor="middle">price of unpredictability</text>')
    for i, (colour, name, places) in enumerate(lines):
        out.append(
            f'<polyline points="{" ".join(places)}" fill="none" stroke="{colour}" stroke-width="2.5"/>'
        )
        out.append(f'<text x="{90 + 160 * i}" y="22" fill="{colour}" font-weight="600">{name}</text>')
    return "\n".join([*out, "</svg>", ""])


def main() -> None:
    """Measures each price, prints and keeps table and plot."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--weeks", type=int, default=28)
    parser.add_argument("--precinct", nargs="*", default=["3"])
    arguments = parser.parse_args()
    assert COUNTY.exists()
    lines = [
        "# What each per cent of price buys", "",
        f"`python -m benchmarks.price --weeks {arguments.weeks} --precinct {' '.join(arguments.precinct)}`: "
        f"precincts alone, {WARM_UP} weeks of warm-up, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, OR-Tools {version('ortools')}. The worst of habit, repeat, "
        "turn and successor; the floor is who knows only which half-days are open; the extra cost is "
        "minutes_cost of the delivered plans over that of the best. One precinct makes about 300 guesses, "
        "so that a rate is good to about 2 points; more precincts take longer.", "",
        "| price | worst watcher | floor | above the floor | extra cost |", "|---|---|---|---|---|",
    ]  # fmt: skip
    points = []
    with tempfile.TemporaryDirectory() as name:
        for price in PRICES:
            worst, floor, extra = measure(Path(name), arguments.precinct, price, arguments.weeks)
            points.append((price, worst, floor, extra))
            lines.append(f"| {100 * price:.0f} % | {100 * worst:.1f} % | {100 * floor:.1f} % | "
                         f"{100 * (worst - floor):+.1f} points | {100 * extra:+.1f} % |")  # fmt: skip
            print(lines[-1], flush=True)
    lines += ["", "![What each per cent of price buys](../docs/images/price.svg)"]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    PLOT.write_text(plot(points), encoding="utf-8")


if __name__ == "__main__":
    main()
