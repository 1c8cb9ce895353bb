"""CSV that a spreadsheet opens without running anything in it."""

import csv
import io
from collections.abc import Iterable

from scheduler.tables.cells import defuse


def csv_text(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A header and rows as CSV text with LF line ends; formula cells are defused, None is blank."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([defuse(x) if isinstance(x, str) else x for x in row])
    return text.getvalue()
