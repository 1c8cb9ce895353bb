"""The frame around every page: who acts, which pages there are, and the first visit."""

from html import escape
from pathlib import Path

import streamlit as st

from scheduler.domain.actor import Actor
from scheduler.errors import StoreError
from scheduler.service import editing
from scheduler.service.office import Office, local_actor, open_database, open_office
from scheduler.store.engine import Database, database_url
from scheduler.ui import access, asking, links_to
from scheduler.ui.pages import PAGES, Page
from scheduler.ui.state import KEY, State, keep_address, open_state, roles_of, visible_precincts
from scheduler.ui.theme import STYLE

SHIPPED = Path("inputs") / "baltimore-county"


_database = st.cache_resource(open_database)


def run() -> None:
    """Draws the frame and the chosen page."""
    st.html(STYLE)
    try:
        database = _database(database_url())
        office = _office(database)
    except StoreError as error:
        _first_visit(error)
        return
    user = access.current_user(database)
    if user is None:
        return
    state = open_state(office, user)
    _act_as(state)
    pages = {p.slug: p for p in PAGES if p.allowed(state.actor)}
    if not pages:
        st.title("Nothing to show yet")
        st.write(f"{user.name} has no role that opens a page. Ask your administrator.")
        return
    made = {
        slug: st.Page(_drawn(p, state), title=p.title, icon=p.icon, url_path=slug, default=i == 0)
        for i, (slug, p) in enumerate(pages.items())
    }
    links_to.remember(made)
    st.navigation(list(made.values())).run()


def _drawn(page: Page, state: State):  # type: ignore[no-untyped-def]
    def draw() -> None:
        if page.keeps_address:
            keep_address(state)
        asking.on_page(page.slug)
        page.render(state)
        zone = editing.tables(state.office).agency.timezone
        st.html(f'<p class="zone">Times in {escape(zone)}.</p>')

    draw.__name__ = page.slug.replace("-", "_")
    return draw


def _office(database: Database) -> Office:
    found = open_office(st.session_state.get("agency_id"), opened=database)
    return found


def _act_as(state: State) -> None:
    agency = editing.tables(state.office).agency
    choices = roles_of(agency, state.user)
    with st.sidebar:
        st.caption(f"{agency.name} · times in {agency.timezone}")
        if len(choices) > 1:
            name = st.selectbox("Acting as", list(choices), help="See and do what this role may.")
            chosen: Actor = choices[name]
            if chosen != state.actor:
                state.actor = chosen
                seen = visible_precincts(agency, chosen)
                if state.precinct_id not in seen and seen:
                    state.precinct_id = seen[0]
        else:
            st.caption(f"Signed in as {state.user.name}")
            if access.login_is_set_up():
                st.button("Sign out", on_click=st.logout)


def _first_visit(error: StoreError) -> None:
    st.title("Welcome to the ESRO scheduler")
    st.write(
        "It plans the weekly rounds of school officers, shows why, and brings each officer's week "
        "to the phone. There is no agency in it yet."
    )
    if not access.is_this_machine_alone():
        st.write("Whoever runs it brings one in on the machine itself, and says who may do what there.")
        return
    st.caption(str(error))
    if SHIPPED.is_dir() and st.button("Begin with Baltimore County", type="primary"):
        with st.spinner("Bringing the county in …"):
            editing.init(Database(database_url()), SHIPPED, local_actor())
        _database.clear()
        st.session_state.pop(KEY, None)
        st.rerun()
    st.write("To bring in your own folder of tables:")
    st.code("esro init FOLDER")
