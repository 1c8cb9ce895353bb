"""`esro calendars …`: the secret links that phones follow."""

from pathlib import Path
from typing import Annotated

import typer

from scheduler.cli.options import AgencyId, argument_fault, opened, say

app = typer.Typer(no_args_is_help=True, help="The secret links that phones follow.")
LinkId = Annotated[str, typer.Argument(help="The link's id, or its beginning.")]
Base = Annotated[str, typer.Option("--base", metavar="URL", help="Where the server is reached.")]
HERE = "http://127.0.0.1:8501"


@app.command("list")
def list_(agency: AgencyId = None) -> None:
    """Lists the links: what each exposes, and who fetched it."""
    from scheduler.service import linking

    office, actor = opened(agency)
    for s in linking.links(office, actor):
        until = f"until {s.exposure.until}" if s.exposure.until else "nothing to come"
        last = s.receipts[0] if s.receipts else None
        fetched = f"{last.client} {last.last:%Y-%m-%d %H:%M}Z" if last else "never fetched"
        print(f"{s.link.link_id[:12]}\t{s.link.kind}\t{s.name}\t{s.exposure.visits} to come at "
              f"{len(s.exposure.schools)} schools, {until}\t{fetched}\t"
              f"{'up to date' if s.up_to_date else 'not up to date'}")  # fmt: skip


@app.command()
def create(
    officer: Annotated[str | None, typer.Option("--officer", metavar="ID")] = None,
    precinct: Annotated[str | None, typer.Option("--precinct", metavar="ID")] = None,
    school: Annotated[str | None, typer.Option("--school", metavar="ID")] = None,
    base: Base = HERE, agency: AgencyId = None,
) -> None:  # fmt: skip
    """Makes a link for an officer's visits, a precinct's visits, or a school's sessions. It is shown
    once."""
    from scheduler.domain.link import LinkKind
    from scheduler.service import linking

    given = [(k, t) for k, t in ((LinkKind.OFFICER, officer), (LinkKind.PRECINCT, precinct),
                                 (LinkKind.SCHOOL, school)) if t is not None]  # fmt: skip
    if len(given) != 1:
        advice = "Give --officer, --precinct or --school."
        raise argument_fault("--officer", "", "a link shows one thing", advice)
    office, actor = opened(agency)
    _show(linking.make_link(office, actor, *given[0]), base)


@app.command()
def replace(link: LinkId, base: Base = HERE, agency: AgencyId = None) -> None:
    """Makes a new link in the place of one, which dies at once."""
    from scheduler.service import linking

    office, actor = opened(agency)
    _show(linking.replace_link(office, actor, link), base)


@app.command()
def revoke(link: LinkId, agency: AgencyId = None) -> None:
    """Ends a link."""
    from scheduler.service import linking

    office, actor = opened(agency)
    ended = linking.revoke_link(office, actor, link)
    say(f"The link of {ended.kind} {ended.target_id} opens nothing any more.")


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="The folder to put on an https host.")],
    names: Annotated[Path | None, typer.Option(
        "--names", metavar="FILE", help="Whose file is which; DIR.names.csv beside the folder unless given."
    )] = None,
    agency: AgencyId = None,
) -> None:  # fmt: skip
    """Writes the calendars as files with secret names, for any https host."""
    from scheduler.service import linking

    office, actor = opened(agency)
    listed = names or folder.with_name(f"{folder.resolve().name}.names.csv")
    if folder.resolve() in listed.resolve().parents:
        raise argument_fault("--names", str(listed), "it would be published with the calendars",
                             "Put the list outside the folder.")  # fmt: skip
    written = linking.export_calendars(office, actor, folder, listed)
    say(f"Wrote {len(written)} calendars to {folder}.")
    say(f"Whose is which stands in {listed}: keep it to yourself.")


def _show(made: object, base: str) -> None:
    from scheduler.service.linking import MadeLink

    assert isinstance(made, MadeLink)
    say("This link is shown once. Whoever has it sees the rounds; send it to its holder alone.")
    print(f"{base.rstrip('/')}{made.path}")
