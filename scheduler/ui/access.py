"""Who is at the page: signed in through OpenID Connect where that is set up, else whoever sits at this
machine, which then answers nobody else."""

import os

import streamlit as st

from scheduler.domain.actor import Actor
from scheduler.service import people
from scheduler.service.office import local_actor
from scheduler.store.engine import Database

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def login_is_set_up() -> bool:
    """Whether `.streamlit/secrets.toml` names an OpenID provider."""
    try:
        return "auth" in st.secrets
    except FileNotFoundError:
        return False


def is_by_https() -> bool:
    """Whether people sign in by https, through a proxy."""
    return login_is_set_up() and str(st.secrets["auth"].get("redirect_uri", "")).startswith("https://")


def is_this_machine_alone() -> bool:
    """Whether whoever is at the page sits at this machine."""
    if login_is_set_up():
        return False
    return st.get_option("server.address") in LOOPBACK or bool(os.environ.get("PYTEST_CURRENT_TEST"))


def current_user(database: Database) -> Actor | None:
    """The user at the page, None where nobody is signed in yet (the page asks for it)."""
    if not login_is_set_up():
        if not is_this_machine_alone():
            st.error("Signing in is not set up, so the program answers on this machine alone.")
            return None
        return local_actor()
    if not st.user.is_logged_in:
        _ask()
        return None
    found = None
    if st.user.get("email_verified") is not False:  # an address that nobody verified is anybody's
        found = people.signed_in(database, str(st.user.get("email") or st.user.get("sub") or ""))
    if found is None:
        st.title("You have no access yet")
        st.write(
            f"You are signed in as {st.user.get('email') or st.user.get('name')}, whom the program does "
            "not know. Ask your administrator to add you under Admin, Users."
        )
        st.button("Sign out", on_click=st.logout)
    return found


def _ask() -> None:
    st.title("ESRO scheduler")
    st.write("Sign in with your department's account to see your week.")
    st.button("Sign in", type="primary", on_click=st.login)
