"""Commands that read folders, plan and judge."""

import json
import sys
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from scheduler.cli.options import (
    BEGUN,
    Folder,
    From,
    Precincts,
    Price,
    PublishedFile,
    Seconds,
    Seed,
    Week,
    Weeks,
    Workers,
    day_of,
    moment_of,
    say,
    stoppable,
)  # fmt: skip


def check(folder: Folder) -> None:
    """Validates an agency folder and lists every problem in it."""
    from scheduler.service import folders

    agency, warnings = folders.check(folder)
    for problem in warnings:
        say(f"Warning: {problem}")
    say(
        f"{folder} is fine: {len(agency.precincts)} precincts, {len(agency.schools)} schools, "
        f"{len(agency.officers)} officers" + (f"; {len(warnings)} warnings." if warnings else ".")
    )


def template(folder: Annotated[Path, typer.Argument(help="The folder to write.")]) -> None:
    """Writes a blank, commented agency folder."""
    from scheduler.tables.template import write_template

    write_template(folder)
    say(f"Wrote a blank agency folder to {folder}. README.txt in it says what goes where.")


def _several(folder: Path) -> bool:
    """Whether a folder has several precincts, at a glance."""
    try:
        return (folder / "precincts.csv").read_bytes().strip().count(b"\n") > 1
    except OSError:
        return False


def plan(
    folder: Folder, week: Week, weeks: Weeks = 1,
    precinct: Precincts = None,
    time_limit: Seconds = 60,
    seed: Seed = None,
    price: Price = None,
    published: PublishedFile = None, from_: From = None,
    workers: Workers = None,
    out: Annotated[Path | None, typer.Option(
        "--out", metavar="DIR", help="Where to write; outputs/FOLDER/MONDAY unless given.")] = None,
) -> None:  # fmt: skip
    """Plans one or several weeks and writes plan, calendars and report."""
    from scheduler.planner import prepare

    if workers != 1 and len(precinct or ()) != 1 and _several(folder):
        prepare()  # Workers load the solvers while the folder is read.
    from scheduler.progress import shown_progress
    from scheduler.publish.words import status_sentence
    from scheduler.service import folders

    left = time_limit - (monotonic() - BEGUN) - min(0.8, 0.15 * time_limit)
    request = folders.PlanRequest(
        folder, day_of(week), weeks, tuple(precinct or ()), max(0.2, left), seed, price, published,
        moment_of(from_), workers, out,
    )  # fmt: skip
    with shown_progress(sys.stderr) as progress, stoppable() as cancel:
        answer = folders.plan(request, progress, cancel)
    result = answer.result
    if result.score is not None:
        tiers = ", ".join(f"{t} {n}" for t, n in result.score.to_dict().items() if n)
        say(f"Score: {tiers or 'nothing to improve'}.")
    say(status_sentence(result))
    count = len(result.plan.visits) if result.plan else 0
    say(f"Wrote {count} visits to {answer.folder}; open {answer.folder / 'report.html'}.")


def score(
    folder: Folder, plan: Annotated[Path, typer.Argument(help="The plan.csv to judge.")],
    week: Week, weeks: Weeks = 1, published: PublishedFile = None, from_: From = None,
) -> None:  # fmt: skip
    """Prints which rules a plan breaks, and its score, as JSON."""
    from scheduler.service import folders

    judged = folders.judge(folder, plan, day_of(week), weeks, published, moment_of(from_))
    document = {
        "violations": [
            {"rule": v.rule, "rows": list(v.rows), "sentence": v.sentence} for v in judged.violations
        ],
        "score": judged.score.to_dict(),
    }
    print(json.dumps(document, indent=1, ensure_ascii=False))
    if judged.violations:
        raise typer.Exit(1)


def simulate(
    folder: Folder, week: Week, weeks: Annotated[int, typer.Option("--weeks", min=1, max=520)],
    warm_up: Annotated[int, typer.Option(
        "--warm-up", min=0, metavar="N", help="Weeks before the watchers are judged.")] = 8,
    precinct: Precincts = None,
    time_limit: Annotated[float | None, typer.Option(
        "--time-limit", metavar="S", min=1, help="Seconds for the call; 40 a week unless given.")] = None,
    seed: Seed = None,
    price: Price = None,
    workers: Workers = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR")] = None,
) -> None:  # fmt: skip
    """Plans week after week and prints how often watchers would have guessed right, as JSON."""
    from scheduler.service import folders

    if warm_up >= weeks:
        say(f"The warm-up of {warm_up} weeks leaves none to judge; the weeks are planned all the same.")
    request = folders.PlanRequest(
        folder, day_of(week), weeks, tuple(precinct or ()), time_limit or 40.0 * weeks, seed, price, None,
        None, workers, out,
    )  # fmt: skip

    def tell(position: int, answer: folders.PlanAnswer) -> None:
        say(f"Week {position + 1} of {weeks}: {answer.result.status}, {answer.result.seconds:.1f} s")

    panel = folders.simulate(request, warm_up, tell)
    print(json.dumps(panel.to_dict(), indent=1))


def serve(
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8501,
    address: Annotated[str, typer.Option("--address", help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serves the app on this machine."""
    from scheduler.ui.server import run

    run(address, port)
