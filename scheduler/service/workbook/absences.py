"""Leave, court and training, entered in three clicks."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from scheduler.domain.actor import Actor
from scheduler.domain.change import Change
from scheduler.errors import InputError, Problem
from scheduler.service import editing
from scheduler.service.office import Office
from scheduler.service.workbook.saving import require_editor
from scheduler.store.snapshots import Edit


def absence_row(
    officer_id: str, first: date, last: date, reason: str, begin: time | None = None, end: time | None = None
) -> dict[str, str]:
    """The row of an absence: whole days unless times are given. Raises InputError."""
    start = datetime.combine(first, begin or time())
    over = datetime.combine(last, end) if end else datetime.combine(last + timedelta(days=1), time())
    if over <= start:
        raise InputError([Problem("Leave and court", None, None, f"{last}", "it is over before it begins",
                                  "Choose a later last day or time.")])  # fmt: skip
    return {"officer_id": officer_id, "start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{over:%Y-%m-%dT%H:%M}",
            "reason": reason}  # fmt: skip


def add_absence(office: Office, actor: Actor, row: Mapping[str, str]) -> Edit:
    """Saves an absence at once. Raises ConflictError, InputError, RefusedError."""
    require_editor(actor)
    found = editing.tables(office)
    officer = found.agency.officers.get(row["officer_id"])
    who = officer.name if officer is not None else row["officer_id"]
    why = f"{row['reason'].capitalize() or 'Absence'} of {who}"
    changes = [Change("absences.csv", "add", {}, dict(row))]
    return editing.edit(office, actor, found.edit.revision, changes, why)
