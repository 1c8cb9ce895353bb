"""All commands of `esro`, and what becomes of the errors that people can meet."""

from collections.abc import Callable

import typer

from scheduler.cli import asking, calendars, planning, publications, scenarios, service_log, storing
from scheduler.cli.options import say
from scheduler.errors import InputError, InternalError, NoPlanError, SchedulerError, StoreError

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
    help="Plans the weekly rounds of Elementary School Resource Officers.",
)  # fmt: skip
for command in (
    planning.check, planning.template, planning.plan, planning.score, asking.explain, asking.why,
    asking.places, asking.whatif, asking.sweep, asking.robustness, planning.simulate, planning.serve,
    storing.init, publications.draft, publications.drafts, publications.publish, publications.undo,
    publications.publications, publications.diff, publications.receipts, storing.export, storing.backup,
    storing.restore,
):  # fmt: skip
    app.command()(command)
for name, group in (
    ("scenario", scenarios.app), ("tables", storing.tables_app), ("calendars", calendars.app),
    ("log", service_log.log_app), ("report", service_log.report_app), ("users", storing.users_app),
    ("audit", storing.audit_app), ("db", storing.db_app),
):  # fmt: skip
    app.add_typer(group, name=name)


def _guarded(command: Callable[[], None]) -> int:
    """Runs the command; every error that people can meet becomes sentences and a status."""
    try:
        command()
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
    except StoreError as error:
        say(f"Error: {error}")
        return 2
    except SchedulerError as error:
        say(f"Error: {error}")
        return 1
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        say(f"Error: {error.strerror or error}{where}. Check the path and its permissions.")
        return 2
    return 0


def run() -> int:
    """Runs the command that the arguments of this process name; its exit status."""
    return _guarded(app)
