"""Commands that ask: why, what if, where else, what would staff buy."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from scheduler.cli.options import (
    Folder,
    From,
    Precincts,
    PublishedFile,
    Seconds,
    Week,
    Weeks,
    Workers,
    argument_fault,
    day_of,
    moment_of,
    say,
    seconds_left,
)  # fmt: skip

PlanFile = Annotated[Path, typer.Argument(help="The plan.csv to ask about.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON in place of a table.")]
Page = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write a page with charts as well.")
]


def _print(document: Any) -> None:
    print(json.dumps(document, indent=1, ensure_ascii=False))


def explain(
    folder: Folder, week: Week, weeks: Weeks = 1,
    precinct: Precincts = None,
    time_limit: Seconds = 30,
    published: PublishedFile = None, from_: From = None,
    workers: Workers = None,
) -> None:  # fmt: skip
    """Prints why tiers 1 to 3 are not zero and what would mend it, as JSON."""
    from scheduler import studies
    from scheduler.service.folders import PlanRequest

    request = PlanRequest(
        folder, day_of(week), weeks, tuple(precinct or ()), seconds_left(time_limit), published=published,
        moment=moment_of(from_), workers=workers,
    )  # fmt: skip
    _print(studies.explain(request).to_dict())


def why(
    folder: Folder, plan: PlanFile, week: Week, weeks: Weeks = 1,
    precinct: Precincts = None,
    time_limit: Annotated[float, typer.Option(
        "--time-limit", metavar="S", min=0,
        help="Seconds to plan in which facts of the folder cost most; 0 leaves that out.")] = 0,
) -> None:  # fmt: skip
    """Prints why a plan is as it is: what each visit serves, shares, tiers, who is blocked by what."""
    from scheduler import studies

    left = seconds_left(time_limit) if time_limit else 0.0
    found, facts = studies.why(folder, plan, day_of(week), weeks, tuple(precinct or ()), left)
    _print({**found.to_dict(), "facts": [f.to_dict() for f in facts]})


def places(
    folder: Folder, plan: PlanFile, week: Week,
    school: Annotated[str, typer.Option("--school", metavar="ID", help="The school to visit.")],
    day: Annotated[str | None, typer.Option(
        "--date", metavar="DATE", help="Move the visit of this day; one visit more unless given.")] = None,
    minutes: Annotated[int | None, typer.Option("--minutes", min=5, help="How long it is to be.")] = None,
) -> None:  # fmt: skip
    """Prints all places that a visit could go, ranked, with what each would break."""
    from scheduler import studies

    on = day_of(day, "--date") if day is not None else None
    found = studies.places(folder, plan, day_of(week), school, on, minutes)
    _print([c.to_dict() for c in found])


def whatif(
    folder: Folder,
    scenarios: Annotated[list[Path], typer.Argument(metavar="SCENARIO.json...", help="Scenario files.")],
    week: Week, weeks: Weeks = 1,
    precinct: Precincts = None,
    time_limit: Seconds = 60,
    published: PublishedFile = None, from_: From = None,
    workers: Workers = None,
    as_json: AsJson = False,
    html: Page = None,
    accept: Annotated[list[str] | None, typer.Option(
        "--accept", metavar="TEST",
        help="Exit 1 unless it holds of each scenario: 'missing_visits must not rise'.")] = None,
) -> None:  # fmt: skip
    """Plans the folder as it is and each scenario, and prints them side by side."""
    from scheduler import studies
    from scheduler.explain.accept import read_acceptance
    from scheduler.explain.table import side_by_side
    from scheduler.service.folders import PlanRequest

    tests = read_acceptance(accept or [])
    request = PlanRequest(
        folder, day_of(week), weeks, tuple(precinct or ()), seconds_left(time_limit), published=published,
        moment=moment_of(from_), workers=workers,
    )  # fmt: skip
    answers = studies.whatif(request, scenarios)
    if as_json:
        _print([a.to_dict() for a in answers])
    else:
        print(side_by_side(answers))
    if html is not None:
        studies.write_comparison(answers, html)
        say(f"Wrote {html}.")
    failed = studies.refusals(answers, tests)
    for refusal in failed:
        say(f"Not accepted: {refusal.scenario}: {refusal.test}.")
    if failed:
        raise typer.Exit(1)
    if tests:
        say("Accepted.")


def sweep(
    folder: Folder, week: Week,
    precinct: Annotated[str, typer.Option("--precinct", metavar="ID", help="The precinct to look at.")],
    officers: Annotated[str, typer.Option("--officers", metavar="A-B", help="Officers of its own.")] = "1-3",
    visits: Annotated[str, typer.Option("--visits", metavar="A-B", help="Visits a week a school.")] = "1-3",
    relief: Annotated[bool, typer.Option("--with-relief", help="Relief officers step in.")] = False,
    weeks: Weeks = 1,
    time_limit: Seconds = 60,
    workers: Workers = None,
    as_json: AsJson = False,
    html: Page = None,
) -> None:  # fmt: skip
    """Plans a precinct with more and fewer officers: a table and curve of coverage against staff."""
    from scheduler import studies
    from scheduler.explain.sweep import sweep_table
    from scheduler.service.folders import PlanRequest

    counts, asked = _span("--officers", officers, 0, 12), _span("--visits", visits, 1, 5)
    request = PlanRequest(folder, day_of(week), weeks, (precinct,), seconds_left(time_limit), workers=workers)
    points = studies.sweep(request, counts, asked, relief)
    if as_json:
        _print([p.to_dict() for p in points])
    else:
        print(sweep_table(points))
    if html is not None:
        studies.write_sweep(request, points, html)
        say(f"Wrote {html}.")


def robustness(
    folder: Folder, week: Week, weeks: Weeks = 1,
    precinct: Precincts = None,
    time_limit: Seconds = 60,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Knocks out each officer and day in turn, and prints what would be left out then."""
    from scheduler import studies
    from scheduler.explain.robustness import robustness_table
    from scheduler.service.folders import PlanRequest

    request = PlanRequest(
        folder, day_of(week), weeks, tuple(precinct or ()), seconds_left(time_limit), workers=workers
    )
    found = studies.robustness(request)
    if as_json:
        _print([k.to_dict() for k in found])
    else:
        print(robustness_table(found))


def _span(option: str, text: str, least: int, most: int) -> list[int]:
    first, _, last = text.partition("-")
    try:
        low, high = int(first), int(last or first)
    except ValueError:
        raise argument_fault(option, text, "this is no span", "Write it as 1-3.") from None
    if not least <= low <= high <= most:
        raise argument_fault(option, text, f"the numbers go from {least} to {most}", "Write it as 1-3.")
    return list(range(low, high + 1))
