"""Admin: users, the audit trail, backups, and how the program is set up."""

import os
from dataclasses import replace

import pandas as pd
import streamlit as st

from scheduler.domain.actor import EVERY_PRECINCT, Actor, UserRole
from scheduler.domain.agency import Agency
from scheduler.errors import InputError, Problem, SchedulerError
from scheduler.service import editing, people, records
from scheduler.ui import access
from scheduler.ui.asking import answer, ask, is_asked, window
from scheduler.ui.parts import problem
from scheduler.ui.place import precinct_name
from scheduler.ui.state import State

ROLE_WORDS = {
    UserRole.ADMIN: "admin: runs the division",
    UserRole.SUPERVISOR: "supervisor: plans and publishes the own precincts",
    UserRole.OFFICER: "officer: sees and logs the own visits",
    UserRole.VIEWER: "viewer: looks at the own precincts",
}
MOST_ROWS = 200
NEW = ""
VERIFIED, SAID, ROUND = "admin verified", "admin said", "admin round"


def render(state: State) -> None:
    """Draws the page."""
    try:
        users = people.list_users(state.office, state.actor)
    except SchedulerError as error:
        problem(error)
        return
    st.title("Admin")
    if said := st.session_state.pop(SAID, ""):
        st.success(said)
    one, two, three, four = st.tabs(["Users", "Audit trail", "Backup", "Settings"])
    with one:
        _users(state, users)
    with two:
        _trail(state)
    with three:
        _backup(state)
    with four:
        _settings(state)


def _users(state: State, users: list[Actor]) -> None:
    agency = editing.tables(state.office).agency
    left, right = st.columns([3, 2], gap="large")
    with left:
        if users:
            st.dataframe(pd.DataFrame([_row(agency, u) for u in users]), hide_index=True, width="stretch")
        else:
            st.info(
                "No users yet. Add the e-mail address with which each person signs in, and what they may do."
            )
        if users and not any(u.is_admin for u in users):
            st.warning("No user is an admin: once signing in is set up, nobody could open this page.")
    with right:
        _form(state, agency, {u.user_id: u for u in users})


def _row(agency: Agency, user: Actor) -> dict[str, str]:
    named = [
        "all" if p == EVERY_PRECINCT else precinct_name(agency, p) if p in agency.precincts else f"{p} (gone)"
        for p in sorted(user.precincts)
    ]
    officer = agency.officers.get(user.officer_id or "")
    own = [f"visits of {officer.name if officer else user.officer_id}"] if user.officer_id else []
    return {
        "User": user.user_id,
        "Name": user.name,
        "Roles": ", ".join(sorted(user.roles)),
        "Reach": "all" if user.is_admin else ", ".join([*named, *own]),
    }


def _form(state: State, agency: Agency, users: dict[str, Actor]) -> None:
    turn = st.session_state.get(ROUND, 0)  # empty fields again once a user is saved
    chosen: str = st.selectbox(
        "Add or change",
        [NEW, *users],
        format_func=lambda u: f"{users[u].name} ({u})" if u else "A new user",
        key=f"admin user {turn}",
    )
    known = users.get(chosen)
    with st.form(f"user {chosen}", enter_to_submit=False):
        user_id = chosen or st.text_input("E-mail address that signs in", key=f"user id {turn}")
        name = st.text_input("Name", known.name if known else "", key=f"name {chosen}{turn}")
        roles = st.multiselect(
            "Roles",
            [r.value for r in UserRole],
            sorted(known.roles) if known else [],
            format_func=lambda r: ROLE_WORDS[UserRole(r)],
            key=f"roles {chosen}{turn}",
        )
        options = [EVERY_PRECINCT, *agency.precincts]
        precincts = st.multiselect(
            "Precincts",
            options,
            [p for p in options if known and p in known.precincts],
            format_func=lambda p: "All precincts" if p == EVERY_PRECINCT else precinct_name(agency, p),
            help="Which precincts a supervisor or viewer reaches.",
            key=f"precincts {chosen}{turn}",
        )
        officers: list[str] = list(agency.officers)
        officer = st.selectbox(
            "Who the user is among the officers",
            officers,
            officers.index(known.officer_id) if known and known.officer_id in officers else None,
            format_func=lambda o: agency.officers[o].name,
            placeholder="none of them",
            key=f"officer {chosen}{turn}",
        )
        words = "Save the user" if known else "Add the user"
        if st.form_submit_button(words, type="primary"):
            _set(state, user_id.strip(), name.strip(), roles, precincts, officer)
    if known is not None:
        st.button("Remove this user…", on_click=ask, args=("remove user", known.user_id))
        if is_asked("remove user", known.user_id):
            _remove(state, known, users)


def _set(
    state: State, user_id: str, name: str, roles: list[str], precincts: list[str], officer: str | None
) -> None:
    try:
        made = people.set_user(state.office, state.actor, user_id, name or user_id, roles, precincts, officer)
    except InputError as error:
        problem(InputError(_plain(p) for p in error.problems))
        return
    except SchedulerError as error:
        problem(error)
        return
    _done(f"{made.name} is {' and '.join(sorted(made.roles))}.")
    st.rerun()


def _plain(found: Problem) -> Problem:
    """A problem without the words of the command line."""
    table = found.table.removeprefix("--").capitalize()
    return replace(found, table=table, advice=found.advice.replace("needs --officer", "needs an officer"))


@window("Remove a user")
def _remove(state: State, user: Actor, users: dict[str, Actor]) -> None:
    st.write(f"{user.name} ({user.user_id}) can do nothing here any more, from the next click on.")
    if user.is_admin and sum(u.is_admin for u in users.values()) == 1:
        st.warning("This is the last admin. Another one can then be named only at the machine itself.")

    def act() -> None:
        people.remove_user(state.office, state.actor, user.user_id)
        _done(f"{user.name} was removed.")

    answer("Remove", act)


def _done(said: str) -> None:
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state[SAID] = said


def _trail(state: State) -> None:
    right, middle, left = st.columns([2, 2, 5], vertical_alignment="bottom")
    search = left.text_input(
        "Search", key="audit search", placeholder="a name, an action, a date such as 2026-11-27"
    )
    rows = records.trail(state.office, state.actor, search, MOST_ROWS)
    office, actor = state.office, state.actor
    middle.download_button(
        "CSV of all that fits",
        lambda: records.trail_csv(office, actor, search),
        "audit.csv",
        "text/csv",
        width="stretch",
    )
    help = "Look whether anything was altered or removed behind the program's back."
    if right.button("Verify", help=help, width="stretch"):
        st.session_state[VERIFIED] = (office.now(), records.verified(office, actor))
    if found := st.session_state.get(VERIFIED):
        at, verified = found
        for fault in verified.faults[:20]:
            st.error(fault)
        if not verified.faults:
            st.success(
                f"Verified at {at:%d %b %H:%M} UTC: all {verified.rows} rows are whole, and what they speak "
                "of is as it was. Note the last hash elsewhere to prove it later:"
            )
            st.code(verified.last_hash, language=None)
    if not rows:
        st.info("Nothing in the audit trail holds this text. Search for less.")
        return
    table = [
        {
            "No.": r.seq,
            "When (UTC)": r.at.rstrip("Z").replace("T", " "),
            "Who": r.actor,
            "What": r.action,
            "Of what": r.subject,
            "Details": records.detail_words(r),
        }
        for r in rows
    ]
    st.dataframe(pd.DataFrame(table), hide_index=True, width="stretch", height=460)
    newest = f"The newest {MOST_ROWS}; the" if len(rows) == MOST_ROWS else "The"
    st.caption(f"{newest} CSV holds every row with its digests and hashes.")


def _backup(state: State) -> None:
    st.write(
        "The whole store in one file, taken while everyone works on. It holds everything the program knows, "
        "absences with their reasons too: keep it as safe as the store itself. Each backup taken is noted in "
        "the audit trail."
    )
    office, actor = state.office, state.actor
    st.download_button(
        "Take a backup",
        lambda: records.backup_bytes(office, actor),
        f"esro-backup-{office.now():%Y-%m-%d-%H%M}.db",
        "application/vnd.sqlite3",
        type="primary",
    )
    st.caption("To put it back, on the machine itself:")
    st.code("esro restore FILE", language=None)


def _settings(state: State) -> None:
    found = records.about(state.office, state.actor)
    base = os.environ.get("ESRO_BASE_PATH", "").strip("/")
    found["Signing in"] = (
        "set up: through your department's accounts"
        if access.login_is_set_up()
        else "not set up: the program answers on this machine alone"
    )
    found["Path behind a proxy"] = f"/{base}" if base else "none"
    st.dataframe(
        pd.DataFrame({"Setting": list(found), "Value": list(found.values())}),
        hide_index=True,
        width="stretch",
        height="content",
    )
