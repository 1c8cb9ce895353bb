"""The protocol: every instance by every planner at equal time; prints and keeps the table.

python -m benchmarks.run [--seconds 10] [--only precinct-1 ...]
"""

import argparse
import multiprocessing
import os
import platform
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

from benchmarks.instances import INSTANCES, MONDAY
from scheduler.rules.case import Case
from scheduler.rules.registry import score, violations

RESULTS = Path(__file__).with_name("RESULTS.md")


def ours(agency: Any, monday: Any, seconds: float) -> Any:
    """This program's planner at price 0; the plan with its bound and gap."""
    from scheduler.planner import plan

    return plan(agency, [monday], time_limit=seconds, price=0.0, seed=0, workers=2)


def _greedy(agency: Any, monday: Any, seconds: float) -> Any:
    from benchmarks.greedy import greedy

    return greedy(agency, monday, seconds)


def _textbook(agency: Any, monday: Any, seconds: float) -> Any:
    from benchmarks.textbook import textbook

    return textbook(agency, monday, seconds)


PLANNERS: dict[str, Callable[..., Any]] = {"esro": ours, "textbook CP-SAT": _textbook, "greedy": _greedy}


def measure(instance: str, planner: str, seconds: float) -> dict[str, Any]:
    """One run in a process of its own: score, bound, gap, wall clock, peak memory (MB)."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_run, instance, planner, seconds).result()


def _run(instance: str, planner: str, seconds: float) -> dict[str, Any]:
    agency = INSTANCES[instance]()
    begun = monotonic()
    answer = PLANNERS[planner](agency, MONDAY, seconds)
    took = monotonic() - begun
    made = getattr(answer, "plan", answer)
    case = Case(agency, (MONDAY,), made.visits)
    assert not violations(case), (instance, planner)
    peak = max(resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    bound = getattr(answer, "bound", None)
    return {
        "score": tuple(score(case)), "bound": tuple(bound) if bound is not None else None,
        "gap": getattr(answer, "gap", None), "seconds": took, "memory": peak / 1024,
    }  # fmt: skip


def main() -> None:
    """Runs the protocol."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10.0, help="time for each cluster")
    parser.add_argument("--only", nargs="*", default=list(INSTANCES))
    arguments = parser.parse_args()
    lines = [
        "# Results", "",
        f"`python -m benchmarks.run --seconds {arguments.seconds:g} --only {' '.join(arguments.only)}`, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, OR-Tools {version('ortools')}, "
        f"esro {version('esro-scheduler')}. Scores are the nine tiers from the top down; a bound is "
        "proven. The county has four tied groups and gets four times the seconds.", "",
        "| instance | planner | score | bound | gap | s | MB |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    worse = 0
    for instance in arguments.only:
        seconds = arguments.seconds * (4 if instance == "county" else 1)
        found = {p: measure(instance, p, seconds) for p in PLANNERS}
        for planner, r in found.items():
            worse += planner != "esro" and r["score"] < found["esro"]["score"]
            lines.append(_row(instance, planner, r))
            print(lines[-1], flush=True)
    lines += ["", f"A baseline was better on {worse} of {len(arguments.only)} instances."]
    print(lines[-1])
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _row(instance: str, planner: str, r: dict[str, Any]) -> str:
    def tiers(values: tuple[int, ...] | None) -> str:
        return "" if values is None else " ".join(map(str, values))

    gap = "" if r["gap"] is None else f"{100 * r['gap']:.1f} %"
    return (
        f"| {instance} | {planner} | {tiers(r['score'])} | {tiers(r['bound'])} | {gap} | "
        f"{r['seconds']:.1f} | {r['memory']:.0f} |"
    )


if __name__ == "__main__":
    main()
