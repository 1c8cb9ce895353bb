"""`esro`: the command line. Parses, makes one service call, prints.

Data go to files or standard output, messages to standard error. Exit status: 0 done, 1 the
answer is no, 2 unusable input or arguments, 3 the program contradicts itself.
"""

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from scheduler.errors import InputError, InternalError, NoPlanError, Problem, SchedulerError

BEGUN = monotonic() - 0.25
"""When the call began, the start of Python included."""

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
    help="Plans the weekly rounds of Elementary School Resource Officers.",
)  # fmt: skip

Folder = Annotated[Path, typer.Argument(help="The agency folder: agency.toml and its tables.")]
Week = Annotated[str, typer.Option("--week", metavar="DATE", help="Any day of the first week.")]
Weeks = Annotated[int, typer.Option("--weeks", min=1, max=104, help="How many weeks in a row.")]
PublishedFile = Annotated[
    Path | None, typer.Option("--published", help="The plan.csv that stands; needs --from.")
]
From = Annotated[
    str | None, typer.Option("--from", metavar="DATETIME", help="Up to when it is past: 2026-12-02T12:00.")
]
Precincts = Annotated[
    list[str] | None,
    typer.Option("--precinct", metavar="ID", help="This precinct alone; may be given again."),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", min=0, help="Seed of the random choice; fresh unless given."),
]
Price = Annotated[
    float | None,
    typer.Option(
        "--price", metavar="P", min=0, max=1,
        help="Part of the reachable minutes that unpredictability may cost.",
    ),
]  # fmt: skip
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", min=1, help="Processes; one a core unless given.")
]
Seconds = Annotated[
    float, typer.Option("--time-limit", metavar="S", min=1, help="Seconds for the whole call.")
]


def say(text: str) -> None:
    """A message for people, on standard error."""
    print(text, file=sys.stderr)


@app.command()
def check(folder: Folder) -> None:
    """Validates an agency folder and lists every problem in it."""
    from scheduler import service

    agency, warnings = service.check(folder)
    for problem in warnings:
        say(f"Warning: {problem}")
    say(
        f"{folder} is fine: {len(agency.precincts)} precincts, {len(agency.schools)} schools, "
        f"{len(agency.officers)} officers" + (f"; {len(warnings)} warnings." if warnings else ".")
    )


@app.command()
def template(folder: Annotated[Path, typer.Argument(help="The folder to write.")]) -> None:
    """Writes a blank, commented agency folder."""
    from scheduler.tables.template import write_template

    write_template(folder)
    say(f"Wrote a blank agency folder to {folder}. README.txt in it says what goes where.")


@app.command()
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
    from scheduler import service
    from scheduler.progress import shown_progress
    from scheduler.publish.words import status_sentence

    left = time_limit - (monotonic() - BEGUN) - min(0.8, 0.15 * time_limit)
    request = service.PlanRequest(
        folder, _day(week), weeks, tuple(precinct or ()), max(0.2, left), seed, price, published,
        _moment(from_), workers, out,
    )  # fmt: skip
    with shown_progress(sys.stderr) as progress:
        answer = service.plan(request, progress)
    result = answer.result
    if result.score is not None:
        tiers = ", ".join(f"{t} {n}" for t, n in result.score.to_dict().items() if n)
        say(f"Score: {tiers or 'nothing to improve'}.")
    say(status_sentence(result))
    count = len(result.plan.visits) if result.plan else 0
    say(f"Wrote {count} visits to {answer.folder}; open {answer.folder / 'report.html'}.")


@app.command()
def score(
    folder: Folder, plan: Annotated[Path, typer.Argument(help="The plan.csv to judge.")],
    week: Week, weeks: Weeks = 1, published: PublishedFile = None, from_: From = None,
) -> None:  # fmt: skip
    """Prints which rules a plan breaks, and its score, as JSON."""
    from scheduler import service

    judged = service.judge(folder, plan, _day(week), weeks, published, _moment(from_))
    document = {
        "violations": [
            {"rule": v.rule, "rows": list(v.rows), "sentence": v.sentence} for v in judged.violations
        ],
        "score": judged.score.to_dict(),
    }
    print(json.dumps(document, indent=1, ensure_ascii=False))
    if judged.violations:
        raise typer.Exit(1)


@app.command()
def explain(
    folder: Folder, week: Week, weeks: Weeks = 1,
    precinct: Precincts = None,
    time_limit: Seconds = 60,
    workers: Workers = None,
) -> None:  # fmt: skip
    """Prints why tiers 1 to 3 are not zero and what would mend it, as JSON."""
    from scheduler import service

    left = max(0.5, time_limit - (monotonic() - BEGUN) - 0.3)
    request = service.PlanRequest(folder, _day(week), weeks, tuple(precinct or ()), left, workers=workers)
    print(json.dumps(service.explain(request).to_dict(), indent=1, ensure_ascii=False))


@app.command()
def whatif(
    folder: Folder,
    scenarios: Annotated[list[Path], typer.Argument(metavar="SCENARIO.json...", help="Scenario files.")],
    week: Week, weeks: Weeks = 1,
    precinct: Precincts = None,
    time_limit: Seconds = 60,
    workers: Workers = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in place of a table.")] = False,
) -> None:  # fmt: skip
    """Plans the folder as it is and each scenario, and prints them side by side."""
    from scheduler import service
    from scheduler.explain.table import side_by_side

    left = max(0.5, time_limit - (monotonic() - BEGUN) - 0.3)
    request = service.PlanRequest(folder, _day(week), weeks, tuple(precinct or ()), left, workers=workers)
    answers = service.whatif(request, scenarios)
    if as_json:
        print(json.dumps([a.to_dict() for a in answers], indent=1, ensure_ascii=False))
    else:
        print(side_by_side(answers))


@app.command()
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
    from scheduler import service

    if warm_up >= weeks:
        raise _argument("--warm-up", str(warm_up), "it leaves no week to judge", "Give more --weeks.")
    request = service.PlanRequest(
        folder, _day(week), weeks, tuple(precinct or ()), time_limit or 40.0 * weeks, seed, price, None,
        None, workers, out,
    )  # fmt: skip

    def tell(position: int, answer: service.PlanAnswer) -> None:
        say(f"Week {position + 1} of {weeks}: {answer.result.status}, {answer.result.seconds:.1f} s")

    panel = service.simulate(request, warm_up, tell)
    print(json.dumps(panel.to_dict(), indent=1))


@app.command()
def serve(
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8501,
    address: Annotated[str, typer.Option("--address", help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serves the app on this machine."""
    from scheduler.ui.server import run

    run(address, port)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _argument("--week", text, "this is no date", "Write it as 2026-11-30.") from None
    if not 1971 <= day.year <= 9000:
        raise _argument("--week", text, "the year is out of range", "Use a year from 1971 on.")
    return day


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _argument("--from", text, "this is no date and time",
                        "Write it as 2026-12-02T12:00.") from None  # fmt: skip
    if moment.tzinfo is not None:
        raise _argument("--from", text, "it names a zone", "Use the agency's local time alone.")
    return moment


def _argument(name: str, value: str, message: str, advice: str) -> InputError:
    return InputError([Problem(name, None, None, value, message, advice)])


def _guarded(run: Callable[[], None]) -> int:
    """Runs the command; every error that people can meet becomes sentences and a status."""
    try:
        run()
    except InputError as error:
        errors = [p for p in error.problems if p.severity == "error"]
        for problem in error.problems:
            say(f"{'Error' if problem.severity == 'error' else 'Warning'}: {problem}")
        say(f"{len(errors)} {'problem' if len(errors) == 1 else 'problems'}; nothing was written.")
        return 2
    except NoPlanError as error:
        say(f"Error: {error}")
        return 1
    except InternalError as error:
        say(f"Internal error: {error}")
        return 3
    except SchedulerError as error:
        say(f"Error: {error}")
        return 1
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        say(f"Error: {error.strerror or error}{where}. Check the path and its permissions.")
        return 2
    return 0


def main() -> None:
    """The entry point of `esro`."""
    sys.exit(_guarded(app))


if __name__ == "__main__":
    main()
