"""Calendars as files for any static https host, under names that nobody can guess."""

import csv
import io
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from scheduler.domain.link import LinkKind
from scheduler.tables.folder import write_text

COLUMNS = ("kind", "target_id", "file")
NAME_BYTES = 20
Target = tuple[LinkKind, str]


def write_static(folder: Path, names: Path, bodies: Mapping[Target, bytes]) -> dict[Target, str]:
    """Writes the calendars into `folder`, each under its name in the list `names` (a fresh one where
    it has none), removes those whose target is gone, and writes the list anew, readable by its owner
    alone. Returns the file of each target."""
    known = _read(names)
    files = {t: known.get(t) or f"{secrets.token_urlsafe(NAME_BYTES)}.ics" for t in sorted(bodies)}
    names.parent.mkdir(parents=True, exist_ok=True)
    _write_names(names, files)  # first, so that no name is ever lost
    folder.mkdir(parents=True, exist_ok=True)
    for target, file in files.items():
        path = folder / file
        if not path.is_file() or path.read_bytes() != bodies[target]:
            part = folder / f".{file}.part"
            part.write_bytes(bodies[target])
            os.replace(part, path)
    for target, file in known.items():
        if target not in files:
            (folder / file).unlink(missing_ok=True)
    return files


def _read(names: Path) -> dict[Target, str]:
    if not names.is_file():
        return {}
    rows = csv.DictReader(io.StringIO(names.read_text(encoding="utf-8")))
    return {(LinkKind(r["kind"]), r["target_id"]): Path(r["file"]).name for r in rows}


def _write_names(names: Path, files: Mapping[Target, str]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((kind.value, target, file) for (kind, target), file in files.items())
    write_text(names, out.getvalue())
    names.chmod(0o600)
