"""`esro log …` and `esro report …`: what service was given."""

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from scheduler.cli.options import AgencyId, day_of, opened, say

log_app = typer.Typer(no_args_is_help=True, help="What became of the visits.")
report_app = typer.Typer(no_args_is_help=True, help="Reports from the visit log.")
First = Annotated[str, typer.Option("--first", metavar="DATE", help="The first day.")]
Last = Annotated[str, typer.Option("--last", metavar="DATE", help="The last day.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to write; else printed.")]


@log_app.command("sheet")
def sheet(
    first: First, last: Last, officer: Annotated[str | None, typer.Option("--officer", metavar="ID")] = None,
    out: Out = None, agency: AgencyId = None,
) -> None:  # fmt: skip
    """Writes the visits of some days as CSV, to correct and to read again with `esro log import`."""
    from scheduler.service import visit_logging
    from scheduler.tables.columns import LOG_TABLE
    from scheduler.tables.folder import table_text

    office, actor = opened(agency)
    span = (day_of(first, "--first"), day_of(last, "--last"))
    found = visit_logging.service_records(office, actor, *span, officer)
    _write(table_text(LOG_TABLE, visit_logging.sheet(found)), out)


@log_app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="A log sheet.")], agency: AgencyId = None) -> None:
    """Logs every row of a sheet, or none."""
    from scheduler.service import visit_logging

    office, actor = opened(agency)
    new, known = visit_logging.log_file(office, actor, file)
    say(f"Logged {new} visits; {known} were logged so before.")


@report_app.command("month")
def month(first: First, last: Last, out: Out = None, agency: AgencyId = None) -> None:
    """A CSV row a school and month: visits, focus mix, time against share, planned and given."""
    from scheduler.publish.service_report import monthly, monthly_csv
    from scheduler.service import editing, visit_logging

    office, actor = opened(agency)
    found = visit_logging.service_records(office, actor, day_of(first, "--first"), day_of(last, "--last"))
    _write(monthly_csv(monthly(editing.tables(office).agency, found)), out)


@report_app.command("year")
def year(
    first: First, last: Annotated[str | None, typer.Option(
        "--last", metavar="DATE", help="A year after the first day unless given.")] = None,
    html: Annotated[bool, typer.Option("--html", help="As a page to print, not as CSV.")] = False,
    out: Out = None, agency: AgencyId = None,
) -> None:  # fmt: skip
    """Each school with its officer or its coverage, visits and hours."""
    from scheduler.publish.service_report import span, yearly_csv, yearly_html
    from scheduler.service import editing, visit_logging
    from scheduler.service.folders import versions

    office, actor = opened(agency)
    begin = day_of(first, "--first")
    end = day_of(last, "--last") if last is not None else begin + timedelta(days=364)
    found = visit_logging.service_records(office, actor, begin, end)
    tables = editing.tables(office).agency
    rows = span(tables, found, begin)
    if html:
        made: date = office.local(tables).date()
        _write(yearly_html(tables, rows, begin, end, made, versions()["esro"]), out)
    else:
        _write(yearly_csv(tables, rows), out)


def _write(text: str, out: Path | None) -> None:
    from scheduler.tables.folder import write_text

    if out is None:
        sys.stdout.write(text)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    write_text(out, text)
    say(f"Wrote {out}.")
