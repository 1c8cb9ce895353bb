"""The time of whole `esro` calls, from shell to exit, as a user waits for them.

python -m benchmarks.speed [--runs 5] [--only precincts county cluster tiny replan growth]
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import monotonic

from benchmarks.instances import (
    COUNTY,
    INSTANCES,
    MONDAY,
    county,
    large_cluster,
    merged,
    precinct_alone,
    tiny,
)
from scheduler.domain.agency import Absence, Agency, Officer, Precinct, School, Shift
from scheduler.domain.change import Scenario
from scheduler.domain.scope import restricted
from scheduler.explain.makers import (
    more_officers,
    officer_out,
    school_closed,
    shift_changed,
    visits_changed,
)
from scheduler.tables.folder import write_agency

RESULTS = Path(__file__).with_name("SPEED.md")
ESRO = Path(sys.executable).with_name("esro")


@dataclass(frozen=True)
class Call:
    """What one call said and took: result.json, wall clock (s), peak memory of it and its
    workers together at most (MB)."""

    result: dict[str, object]
    seconds: float
    memory: float


LOOK_SECONDS = 0.25
"""Between looks at memory: each holds up the processes looked at."""


def call(folder: Path, out: Path, *options: str) -> Call:
    """Runs `esro plan`. Raises CalledProcessError where it does not end with 0."""
    command = [
        str(ESRO), "plan", str(folder), "--week", MONDAY.isoformat(), "--out", str(out),
        "--seed", "1", *options,
    ]  # fmt: skip
    begun = monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        memory = 0.0
        while process.poll() is None:
            memory = max(memory, _memory(process.pid))
            try:
                process.wait(LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        took = monotonic() - begun
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Call(json.loads((out / "result.json").read_text(encoding="utf-8")), took, memory)


def _memory(pid: int) -> float:
    """MB that a process and its children hold now (proportional set size; Linux)."""
    total, todo = 0.0, [pid]
    while todo:
        at = todo.pop()
        try:
            text = Path(f"/proc/{at}/smaps_rollup").read_text(encoding="ascii")
            total += next(int(x.split()[1]) for x in text.splitlines() if x.startswith("Pss:")) / 1024
            for task in Path(f"/proc/{at}/task").iterdir():
                todo += [int(c) for c in (task / "children").read_text(encoding="ascii").split()]
        except (OSError, StopIteration):
            continue
    return total


def _tiers(values: object) -> str:
    return " ".join(str(v) for v in values.values()) if isinstance(values, dict) else ""


def _row(what: str, asked: str, calls: list[Call]) -> str:
    last = calls[-1].result
    seconds = median(c.seconds for c in calls)
    memory = max(c.memory for c in calls)
    gap = last["gap"]
    shown = f"{100 * float(str(gap)):.1f} %" if gap is not None else "tiers above open"
    return (
        f"| {what} | {asked} | {seconds:.1f} | {len(calls)} | {last['status']} | {_tiers(last['best'])} | "
        f"{_tiers(last['bound'])} | {shown} | {memory:.0f} |"
    )


def _copies(agency: Agency, count: int) -> Agency:
    """The agency so many times side by side, each a cluster of its own; sessions, tasks, travel
    and history are left out."""
    places: dict[str, Precinct] = {}
    schools: dict[str, School] = {}
    officers: dict[str, Officer] = {}
    shifts: dict[tuple[str, int], Shift] = {}
    for name in (f"{i}-" for i in range(count)):
        for k, p in agency.precincts.items():
            places[name + k] = replace(p, precinct_id=name + k)
        for k, s in agency.schools.items():
            schools[name + k] = replace(s, school_id=name + k, precinct_id=name + s.precinct_id)
        for k, o in agency.officers.items():
            officers[name + k] = replace(o, officer_id=name + k, precinct_id=name + o.precinct_id)
        for (k, day), shift in agency.shifts.items():
            shifts[name + k, day] = replace(shift, officer_id=name + k)
    return Agency(agency.name, agency.timezone, agency.policy, places, schools, officers, shifts)


def precincts(folder: Path, runs: int) -> Iterator[str]:
    """Each shipped precinct with its own officer alone, price 0."""
    for name in INSTANCES:
        if name.startswith("precinct-"):
            write_agency(precinct_alone(name.removeprefix("precinct-")), folder / name)
            calls = [call(folder / name, folder / "out", "--price", "0") for _ in range(runs)]
            yield _row(name, "5 s, proven", calls)


def whole(folder: Path, runs: int) -> Iterator[str]:
    """The county with its relief officers, in its own price and a minute."""
    calls = [call(COUNTY, folder / "out", "--time-limit", "60") for _ in range(max(1, runs // 3))]
    yield _row("county", "60 s, ≤ 1 %", calls)


def cluster(folder: Path, runs: int) -> Iterator[str]:
    """60 schools and 6 officers in a minute: at random places, and six shipped precincts as one."""
    for what, agency in (("60 schools, 6 officers", large_cluster()), ("6 precincts as one", merged())):
        write_agency(agency, folder / what)
        calls = [call(folder / what, folder / "out", "--time-limit", "60") for _ in range(max(1, runs // 3))]
        yield _row(what, "60 s, ≤ 1 %", calls)


def small(folder: Path, runs: int) -> Iterator[str]:
    """Two schools: what starting up costs."""
    write_agency(tiny(), folder / "tiny")
    yield _row("tiny folder", "2 s", [call(folder / "tiny", folder / "out") for _ in range(runs)])


def replan(folder: Path, runs: int) -> Iterator[str]:
    """An officer falls sick on Wednesday noon: the rest of the published week anew."""
    for name in ("precinct-1", "precinct-3", "precinct-12"):
        agency = precinct_alone(name.removeprefix("precinct-"))
        write_agency(agency, folder / name)
        call(folder / name, folder / "published")
        wednesday = date.fromordinal(MONDAY.toordinal() + 2)
        officer = next(iter(agency.officers))
        sick = Absence(officer, _moment(wednesday, "12:00"), _moment(wednesday, "23:59"), "sick")
        write_agency(replace(agency, absences=(*agency.absences, sick)), folder / "sick")
        published = str(folder / "published" / "plan.csv")
        options = ("--published", published, "--from", f"{wednesday.isoformat()}T12:00")
        yield _row(
            f"{name} re-planned",
            "3 s",
            [call(folder / "sick", folder / "out", *options) for _ in range(runs)],
        )


def _moment(day: date, time: str) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T{time}")


def growth(folder: Path, runs: int) -> Iterator[str]:
    """One to ten copies of a precinct side by side, on one core and on two."""
    agency = precinct_alone("3")
    for count in (1, 2, 4, 10):
        write_agency(_copies(agency, count), folder / f"copies-{count}")
        for workers in (1, 2):
            options = ("--price", "0", "--workers", str(workers), "--time-limit", "200")
            calls = [call(folder / f"copies-{count}", folder / "out", *options) for _ in range(runs)]
            yield _row(f"{count} clusters, {workers} workers", "linear; 2 cores ≥ 1.7 ×", calls)


def studies(folder: Path, runs: int) -> Iterator[str]:
    """20 scenarios of a precinct side by side, its explanation, and the places for a visit."""
    agency = restricted(county(), ["7"])
    write_agency(agency, folder / "seven")
    files = []
    for i, scenario in enumerate(_twenty(agency)):
        files.append(folder / f"scenario-{i}.json")
        files[-1].write_text(json.dumps(scenario.to_dict()), encoding="utf-8")
    call(folder / "seven", folder / "seven-plan", "--price", "0")
    plan = str(folder / "seven-plan" / "plan.csv")
    week = ("--week", MONDAY.isoformat())
    for what, asked, command in (
        ("whatif, 20 scenarios of precinct 7", "60 s",
         ["whatif", str(folder / "seven"), *map(str, files), *week]),
        ("explain, precinct 7", "30 s", ["explain", str(folder / "seven"), *week]),
        ("places for a visit, precinct 7", "1 s", ["places", str(folder / "seven"), plan, *week, "--school",
                                                   next(iter(agency.schools))]),
    ):  # fmt: skip
        seconds = []
        for _ in range(max(1, runs // 2)):
            begun = monotonic()
            quiet = subprocess.DEVNULL
            subprocess.run([str(ESRO), *command], check=True, stdout=quiet, stderr=quiet)
            seconds.append(monotonic() - begun)
        yield f"| {what} | {asked} | {median(seconds):.1f} | {len(seconds)} | | | | | |"


def _twenty(agency: Agency) -> list[Scenario]:
    officer = next(iter(agency.officers))
    schools = list(agency.schools)
    days = [date.fromordinal(MONDAY.toordinal() + i) for i in range(5)]
    return [
        *(officer_out(agency, officer, d, d) for d in days),
        *(school_closed(agency, s) for s in schools[:7]),
        *(visits_changed(agency, [s], 2) for s in schools[:5]),
        more_officers(agency, "7"), shift_changed(agency, officer, 60), shift_changed(agency, officer, -60),
    ]  # fmt: skip


PARTS = {
    "precincts": precincts, "county": whole, "cluster": cluster, "tiny": small, "replan": replan,
    "growth": growth, "studies": studies,
}  # fmt: skip


def main() -> None:
    """Runs the parts asked for, prints the table and keeps it when all were run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=list(PARTS), choices=list(PARTS))
    arguments = parser.parse_args()
    lines = [
        "# Speed", "",
        f"`python -m benchmarks.speed --runs {arguments.runs}`: whole `esro plan` calls, median wall clock, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, OR-Tools {version('ortools')}, "
        f"esro {version('esro-scheduler')}. Tiers from the top down; memory is the peak of all its "
        "processes.", "",
        "| what | asked | s | runs | status | best | bound | gap | MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        for part in arguments.only:
            for row in PARTS[part](Path(name), arguments.runs):
                lines.append(row)
                print(row, flush=True)
    if arguments.only == list(PARTS):
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
