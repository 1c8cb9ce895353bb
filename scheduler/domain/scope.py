"""An agency cut down to some of its precincts."""

from collections.abc import Iterable
from dataclasses import replace

from scheduler.domain.agency import Agency, Role


def restricted(agency: Agency, precinct_ids: Iterable[str]) -> Agency:
    """The agency with the schools of `precinct_ids` alone and the officers who may visit them or
    are pinned there.

    Stations stay, since relief officers drive from their own; history stays, since its first
    date is the first known day. Raises KeyError for an unknown precinct.
    """
    kept = {agency.precincts[p].precinct_id for p in precinct_ids}
    schools = {s.school_id: s for s in agency.schools.values() if s.precinct_id in kept}
    pinned = {p.officer_id for p in agency.pins if p.school_id in schools}
    officers = {
        o.officer_id: o
        for o in agency.officers.values()
        if o.officer_id in pinned
        or (o.precinct_id in kept if o.role is Role.ESRO else agency.served_precincts(o) & kept)
    }
    return replace(
        agency,
        schools=schools,
        officers=officers,
        shifts={k: s for k, s in agency.shifts.items() if s.officer_id in officers},
        absences=tuple(a for a in agency.absences if a.officer_id in officers),
        closures={k: c for k, c in agency.closures.items() if c.school_id is None or c.school_id in schools},
        sessions={k: s for k, s in agency.sessions.items() if s.school_id in schools},
        tasks={k: t for k, t in agency.tasks.items() if t.school_id in schools},
        pins=tuple(p for p in agency.pins if p.school_id in schools),
    )
