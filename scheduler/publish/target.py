"""The folder that a planning run may replace; looked at before anything is planned."""

from pathlib import Path

from scheduler.errors import InputError, Problem

FILES = frozenset({"plan.csv", "result.json", "schools.csv", "officers.csv", "report.html", "calendars"})


def check_target(folder: Path) -> None:
    """Refuses a folder that holds anything but an earlier run's files: it will be replaced.
    Raises InputError."""
    if folder.is_dir():
        others = sorted(x.name for x in folder.iterdir() if x.name not in FILES)
        if not others:
            return
        message = f"the folder holds other files ({', '.join(others[:3])})"
    elif folder.exists():
        message = "this is a file"
    else:
        return
    raise InputError([Problem(str(folder), None, None, None, message,
                              "Choose another --out; nothing was written.")])  # fmt: skip
