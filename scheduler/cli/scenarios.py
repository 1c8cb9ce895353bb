"""`esro scenario …`: writes the scenario files that `esro whatif` plans."""

import json
from pathlib import Path
from typing import Annotated

import typer

from scheduler.cli.options import Folder, day_of, say
from scheduler.domain.agency import Agency
from scheduler.domain.change import Scenario

app = typer.Typer(
    no_args_is_help=True, help="Writes a scenario file for `esro whatif`, checked against the folder."
)
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Where to write; standard output unless given.")
]
OfficerId = Annotated[str, typer.Option("--officer", metavar="ID", help="The officer.")]
SchoolId = Annotated[str, typer.Option("--school", metavar="ID", help="The school.")]
PrecinctId = Annotated[str, typer.Option("--precinct", metavar="ID", help="The precinct.")]


def _agency(folder: Path) -> Agency:
    from scheduler.tables.folder import read_agency

    return read_agency(folder)[0]


def _write(agency: Agency, scenario: Scenario, out: Path | None) -> None:
    from scheduler.explain.change_words import change_words
    from scheduler.studies import checked_scenario

    text = json.dumps(checked_scenario(agency, scenario).to_dict(), indent=1, ensure_ascii=False)
    if out is None:
        print(text)
        return
    out.write_text(text + "\n", encoding="utf-8")
    say(f"Wrote {scenario.name!r} to {out}:")
    for sentence in change_words(agency, scenario.changes):
        say(f"  {sentence}")


@app.command("officer-out")
def officer_out(
    folder: Folder, officer: OfficerId,
    first: Annotated[str, typer.Option("--first", metavar="DATE", help="The first day away.")],
    last: Annotated[str | None, typer.Option("--last", metavar="DATE", help="The last day away.")] = None,
    out: Out = None,
) -> None:  # fmt: skip
    """An officer away for a day or more."""
    from scheduler.explain.makers import officer_out as make

    agency, begin = _agency(folder), day_of(first, "--first")
    end = day_of(last, "--last") if last is not None else begin
    _write(agency, make(agency, officer, begin, end), out)


@app.command("relief-lent")
def relief_lent(folder: Folder, officer: OfficerId, precinct: PrecinctId, out: Out = None) -> None:
    """A relief officer lent to a precinct."""
    from scheduler.explain.makers import relief_lent as make

    agency = _agency(folder)
    _write(agency, make(agency, officer, precinct), out)


@app.command("school-moved")
def school_moved(folder: Folder, school: SchoolId, precinct: PrecinctId, out: Out = None) -> None:
    """A school served by another precinct."""
    from scheduler.explain.makers import school_moved as make

    agency = _agency(folder)
    _write(agency, make(agency, school, precinct), out)


@app.command("school-added")
def school_added(
    folder: Folder, precinct: PrecinctId,
    name: Annotated[str, typer.Option("--name", help="Its name.")],
    latitude: Annotated[float, typer.Option("--latitude", min=-90, max=90)],
    longitude: Annotated[float, typer.Option("--longitude", min=-180, max=180)],
    like: Annotated[str | None, typer.Option(
        "--like", metavar="ID", help="A school with the same hours and visits.")] = None,
    out: Out = None,
) -> None:  # fmt: skip
    """A new school in a precinct."""
    from scheduler.explain.makers import school_added as make

    agency = _agency(folder)
    _write(agency, make(agency, precinct, name, latitude, longitude, like), out)


@app.command("school-closed")
def school_closed(folder: Folder, school: SchoolId, out: Out = None) -> None:
    """A school that is served no more."""
    from scheduler.explain.makers import school_closed as make

    agency = _agency(folder)
    _write(agency, make(agency, school), out)


@app.command()
def visits(
    folder: Folder,
    number: Annotated[int, typer.Option("--number", min=0, max=5, help="Visits a week.")],
    school: Annotated[list[str] | None, typer.Option("--school", metavar="ID", help="A school.")] = None,
    precinct: Annotated[str | None, typer.Option(
        "--precinct", metavar="ID", help="All schools of a precinct.")] = None,
    out: Out = None,
) -> None:  # fmt: skip
    """So many visits a week for a group of schools."""
    from scheduler.explain.makers import visits_changed

    agency = _agency(folder)
    schools = [*(school or ()), *(s.school_id for s in agency.schools_of.get(precinct or "", ()))]
    _write(agency, visits_changed(agency, schools, number), out)


@app.command()
def shift(
    folder: Folder, officer: OfficerId,
    minutes: Annotated[int, typer.Option("--minutes", help="Minutes longer; negative: shorter.")],
    out: Out = None,
) -> None:  # fmt: skip
    """A longer or shorter shift."""
    from scheduler.explain.makers import shift_changed

    agency = _agency(folder)
    _write(agency, shift_changed(agency, officer, minutes), out)


@app.command("more-officers")
def more_officers(
    folder: Folder, precinct: PrecinctId,
    number: Annotated[int, typer.Option("--number", min=1, max=12)] = 1, out: Out = None,
) -> None:  # fmt: skip
    """One more officer (or several) of a precinct's own."""
    from scheduler.explain.makers import more_officers as make

    agency = _agency(folder)
    _write(agency, make(agency, precinct, number), out)
