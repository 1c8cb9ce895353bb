"""Everything in the store as folders and plain files, so that nobody is locked in."""

import json
from pathlib import Path

from scheduler.domain.actor import Actor
from scheduler.domain.plan import Plan
from scheduler.errors import InputError, Problem
from scheduler.publish.csvtext import csv_text
from scheduler.publish.outputs import file_name
from scheduler.service.office import Office, require_admin
from scheduler.store import audit, drafts, publications, scenarios, snapshots, users, visit_log
from scheduler.store.engine import Connection
from scheduler.store.forms import moment_text
from scheduler.tables.columns import PLAN_TABLE
from scheduler.tables.folder import table_text, write_text

AUDIT_COLUMNS = ("seq", "at", "actor", "action", "subject", "detail", "hash")


def export(office: Office, actor: Actor, folder: Path) -> list[str]:
    """Writes the agency's tables, publications (with the tables that each was made from), drafts,
    scenarios, visit log, users and audit trail into a new folder; what was written, as sentences.
    Raises InputError where the folder holds something, RefusedError."""
    require_admin(actor, "export the store")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError([Problem(str(folder), None, None, None, "the folder is not empty",
                                  "Name a new one; nothing was written.")])  # fmt: skip
    with office.database.reading() as connection:
        edit = snapshots.head(connection, office.agency_id)
        _tables(connection, edit.snapshot, folder / "agency")
        told = _publications(connection, office, folder)
        kept = _drafts(connection, office, folder)
        for scenario_id, scenario in scenarios.listed(connection, office.agency_id).items():
            _json(folder / "scenarios" / f"{scenario_id}.json", scenario.to_dict())
        logged = _log(connection, office, folder)
        people = [(u.user_id, u.name, ";".join(sorted(u.roles)), ";".join(sorted(u.precincts)), u.officer_id)
                  for u in users.listed(connection)]  # fmt: skip
        write_text(folder / "users.csv",
                   csv_text(("user_id", "name", "roles", "precincts", "officer_id"), people))  # fmt: skip
        rows = [(r.seq, r.at, r.actor, r.action, r.subject, r.detail, r.hash) for r in audit.rows(connection)]
        write_text(folder / "audit.csv", csv_text(AUDIT_COLUMNS, rows))
    return [
        f"the tables of revision {edit.revision} in agency/",
        f"{told} publications with the tables that each was made from",
        f"{kept} drafts", f"{logged} entries of the visit log", f"{len(people)} users",
        f"{len(rows)} rows of the audit trail",
    ]  # fmt: skip


def _tables(connection: Connection, digest: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in snapshots.texts(connection, digest).items():
        write_text(folder / name, text)


def _publications(connection: Connection, office: Office, folder: Path) -> int:
    found = publications.find(connection, office.agency_id)
    for p in found:
        place = folder / "publications" / p.week.isoformat() / f"{file_name(p.precinct_id)}-{p.number}"
        _plan(place / "plan.csv", p.plan)
        _json(place / "publication.json", {
            "publication": p.publication_id, "precinct_id": p.precinct_id, "week": p.week.isoformat(),
            "number": p.number, "by": p.author, "at": moment_text(p.at), "reason": p.reason,
            "undoes": p.undoes, "inputs_digest": p.inputs, "tables": p.snapshot, **p.proof.to_dict(),
            "visits": [{"uid": v.mark.uid, "sequence": v.mark.sequence, "cancelled": v.mark.cancelled,
                        "changed": moment_text(v.mark.changed), "visit": str(v.visit)} for v in p.visits],
        })  # fmt: skip
    for digest in sorted({p.inputs for p in found}):
        _tables(connection, digest, folder / "inputs" / digest.removeprefix("sha256:"))
    return len(found)


def _drafts(connection: Connection, office: Office, folder: Path) -> int:
    found = drafts.of_week(connection, office.agency_id)
    for d in found:
        place = folder / "drafts" / d.week.isoformat() / f"{file_name(d.precinct_id)}-{d.draft_id}"
        _plan(place / "plan.csv", d.plan)
        _json(place / "draft.json", {
            "draft": d.draft_id, "precinct_id": d.precinct_id, "week": d.week.isoformat(),
            "planned_with": list(d.precincts), "by": d.author, "at": moment_text(d.made), "note": d.note,
            "parent": d.parent, "inputs_digest": d.inputs, "tables": d.snapshot, **d.proof.to_dict(),
        })  # fmt: skip
    return len(found)


def _log(connection: Connection, office: Office, folder: Path) -> int:
    found = visit_log.entries(connection, office.agency_id)
    rows = [
        (e.entry_id, e.uid, str(e.status), e.visit.officer_id, e.visit.school_id, e.visit.date,
         e.visit.window, e.visit.focus, ";".join(e.visit.tasks), e.cause, e.contacts, e.author,
         moment_text(e.at)) for e in found
    ]  # fmt: skip
    header = ("entry", "uid", "status", "officer_id", "school_id", "date", "times", "focus", "tasks", "cause",
              "contacts", "by", "at")  # fmt: skip
    write_text(folder / "visit-log.csv", csv_text(header, rows))
    return len(found)


def _plan(path: Path, plan: Plan) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, table_text(PLAN_TABLE, plan.visits))


def _json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")
