"""What a session of the app knows: the office, who acts, and what is looked at."""

from dataclasses import dataclass
from datetime import date

import streamlit as st

from scheduler.domain.actor import Actor, UserRole
from scheduler.domain.agency import Agency
from scheduler.domain.calendar import monday_of
from scheduler.service import editing
from scheduler.service.jobs import AgencyJobs, Jobs
from scheduler.service.office import Office
from scheduler.service.weeks import has_plan

KEY = "state"


_JOBS = Jobs()


@dataclass
class State:
    """One session. `user` is who signed in, `actor` whom the user acts as (an admin may look through
    another role's eyes)."""

    office: Office
    user: Actor
    actor: Actor
    precinct_id: str
    week: date

    @property
    def jobs(self) -> AgencyJobs:
        """The background work of this server for this agency."""
        return AgencyJobs(_JOBS, f"{self.office.database.shown} {self.office.agency_id}")


def open_state(office: Office, user: Actor) -> State:
    """The state of this session, made from the address where it is new."""
    known = st.session_state.get(KEY)
    if isinstance(known, State) and known.user == user and known.office.agency_id == office.agency_id:
        known.office = office
        return known
    agency = editing.tables(office).agency
    precinct_id = _precinct(agency, user)
    state = State(office, user, user, precinct_id, _week(office, agency, user, precinct_id))
    st.session_state[KEY] = state
    return state


def visible_precincts(agency: Agency, actor: Actor) -> list[str]:
    """The precincts that an actor may look at, in the order of the tables."""
    return [p for p in agency.precincts if actor.may_see(p)]


def keep_address(state: State) -> None:
    """Precinct and week stand in the address, so that a reload shows the same."""
    if st.query_params.get("precinct") != state.precinct_id:
        st.query_params["precinct"] = state.precinct_id
    if st.query_params.get("week") != state.week.isoformat():
        st.query_params["week"] = state.week.isoformat()


def roles_of(agency: Agency, user: Actor) -> dict[str, Actor]:
    """Whom an admin can look through the eyes of: name to actor, the user first."""
    out = {f"{user.name} (admin)" if user.is_admin else user.name: user}
    if not user.is_admin:
        return out
    for p in agency.precincts.values():
        name = f"Supervisor of {p.name} ({p.precinct_id})"
        out[name] = Actor(user.user_id, name, frozenset({UserRole.SUPERVISOR}), frozenset({p.precinct_id}))
    for o in agency.officers.values():
        out[f"Officer: {o.name}"] = Actor(
            user.user_id, o.name, frozenset({UserRole.OFFICER}), frozenset(), o.officer_id
        )
    out["Viewer of all precincts"] = Actor(
        user.user_id, "Viewer", frozenset({UserRole.VIEWER}), frozenset({"*"})
    )
    return out


def _precinct(agency: Agency, actor: Actor) -> str:
    seen = visible_precincts(agency, actor)
    asked = st.query_params.get("precinct")
    with_schools = [p for p in seen if agency.schools_of[p]]
    return asked if asked in seen and asked is not None else (with_schools or seen or [""])[0]


def _week(office: Office, agency: Agency, user: Actor, precinct_id: str) -> date:
    """The week asked for, else the coming one; until Wednesday the current one, unless the coming one alone
    has a plan."""
    try:
        return monday_of(date.fromisoformat(st.query_params.get("week", "")))
    except ValueError:
        today = office.local(agency).date()
        current = monday_of(today)
        coming = date.fromordinal(current.toordinal() + 7)
        if today.weekday() >= 3:
            return coming
        planned = [w for w in (current, coming) if has_plan(office, user, precinct_id, w)]
        return planned[0] if planned else current
