"""What is measured: the shipped precincts alone, the county, a large cluster, a tiny folder."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random

from scheduler.domain.agency import Agency, Officer, Precinct, Role, School, Session, Shift
from scheduler.domain.clock import Window
from scheduler.domain.policy import Policy
from scheduler.domain.scope import restricted
from scheduler.tables.folder import read_agency

MONDAY = date(2026, 11, 30)
COUNTY = Path(__file__).parents[1] / "inputs" / "baltimore-county"


def county() -> Agency:
    """The shipped county with its relief officers."""
    return read_agency(COUNTY)[0]


def precinct_alone(precinct_id: str) -> Agency:
    """One shipped precinct with its own officer and no relief."""
    return without_relief(restricted(county(), [precinct_id]))


def without_relief(agency: Agency) -> Agency:
    """The agency's own officers alone."""
    own = {k: o for k, o in agency.officers.items() if o.role is Role.ESRO}
    return replace(
        agency,
        officers=own,
        shifts={k: s for k, s in agency.shifts.items() if s.officer_id in own},
        absences=tuple(a for a in agency.absences if a.officer_id in own),
        pins=tuple(p for p in agency.pins if p.officer_id in own),
    )


def large_cluster(schools: int = 60, officers: int = 6, seed: int = 1) -> Agency:
    """One precinct with many schools and officers."""
    rng = Random(seed)
    places = {}
    for i in range(schools):
        s = f"s{i:02}"
        space = (Window(600, 690), Window(780, 870)) if rng.random() < 0.7 else ()
        places[s] = School(
            s, f"School {i:02}", "p", "", 39.2 + rng.random() * 0.2, -76.8 + rng.random() * 0.25, None,
            rng.choice([480, 510, 545]), rng.choice([900, 930, 935]), rng.choice([1, 1, 1, 2]),
            rng.choice([None, 8, 10]), Decimal(1), space,
        )  # fmt: skip
    people = {
        f"o{i}": Officer(f"o{i}", f"Officer {i}", "p", qualifications=("dare",)) for i in range(officers)
    }
    sessions = {}
    for i in range(schools // 3):
        where = places[rng.choice(list(places))]
        day = date.fromordinal(MONDAY.toordinal() + rng.randrange(5))
        start = rng.randrange(where.opens + 30, where.closes - 75, 5)
        sessions[f"x{i:02}"] = Session(
            f"x{i:02}", where.school_id, day, start, 45, "DARE", "teaching", "dare"
        )
    return Agency(
        "Large", "America/New_York", Policy(), {"p": Precinct("p", "P", "", 39.3, -76.67)}, places, people,
        {(o, d): Shift(o, d, 480, 960) for o in people for d in range(5)}, sessions=sessions,
    )  # fmt: skip


def merged(precincts: Sequence[str] = ("1", "2", "3", "4", "6", "8")) -> Agency:
    """Shipped precincts made one, with their own officers: real schools, sessions, tasks and leave, and long
    drives. 60 schools and 6 officers unless told otherwise."""
    whole = restricted(county(), precincts)
    agency = without_relief(whole)
    one = whole.precincts[precincts[0]]
    return replace(
        agency,
        precincts={one.precinct_id: one},
        schools={k: replace(s, precinct_id=one.precinct_id) for k, s in agency.schools.items()},
        officers={k: replace(o, precinct_id=one.precinct_id) for k, o in agency.officers.items()},
    )  # fmt: skip


def tiny() -> Agency:
    """Two schools and one officer."""
    few = large_cluster(2, 1)
    return replace(few, sessions={})


INSTANCES = {
    **{f"precinct-{p}": partial(precinct_alone, str(p)) for p in (1, 2, 3, 4, 6, 7, 8, 9, 11, 12)},
    "county": county,
    "60-schools-6-officers": large_cluster,
    "6-precincts-as-one": merged,
    "tiny": tiny,
}
