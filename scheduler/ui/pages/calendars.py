"""Calendars: who has a link, what it exposes, who has fetched what, and who must be called."""

from collections.abc import Callable

import streamlit as st

from scheduler.domain.agency import Agency
from scheduler.domain.link import LinkKind
from scheduler.errors import SchedulerError
from scheduler.publish.chips import Chip
from scheduler.publish.words import day_short, duration
from scheduler.service import delivery, editing, linking
from scheduler.service.delivery import Delivery, Holder
from scheduler.service.linking import LinkStanding
from scheduler.ui import link_cards, links
from scheduler.ui.asking import answer, ask, is_asked, window
from scheduler.ui.parts import chips, escaped, moment, problem
from scheduler.ui.place import precinct_name, row
from scheduler.ui.state import State

KIND_WORDS = {
    LinkKind.OFFICER: "an officer's visits",
    LinkKind.PRECINCT: "a precinct's visits",
    LinkKind.SCHOOL: "a school's appointments",
}
RECEIPT = "publication whose receipts are shown"


def render(state: State) -> None:
    """Draws the page."""
    missing = linking.without_link(state.office, state.actor)
    found = linking.worst_first(linking.links(state.office, state.actor))
    agency = editing.tables(state.office).agency
    st.title("Calendars")
    _windows(state, found, missing)
    _summary(found, missing)
    _receipts(state)
    if found or missing:
        st.header("Links")
    if missing:
        link_cards.offer(missing)
        with st.container(gap=None, key="missing"):
            for officer_id, name in missing.items():
                with row(f"line-{officer_id}", wrap=False):
                    st.markdown(f"▲ **{escaped(name)}** has no calendar link.", width="stretch")
                    if st.button("Make a link", key=f"make {officer_id}"):
                        _make(state, LinkKind.OFFICER, officer_id)
    for standing in found:
        _link(state, agency, standing)
    _other(state)


def _windows(state: State, found: list[LinkStanding], missing: dict[str, str]) -> None:
    """One at a time: links that were just made, or the question that is open."""
    if links.NEW in st.session_state:
        links.show_new()
        return
    if link_cards.question(state, missing):
        return
    for what, draw in {"check": _check, "replace": _replace, "revoke": _revoke}.items():
        for standing in found:
            if is_asked(what, standing.link.link_id):
                draw(state, standing)


def _make(state: State, kind: LinkKind, target_id: str) -> None:
    links.make(lambda: linking.make_link(state.office, state.actor, kind, target_id))


def _summary(found: list[LinkStanding], missing: dict[str, str]) -> None:
    said = []
    if missing:
        said.append(Chip(False, f"{len(missing)} without a link", tuple(missing.values())))
    idle = tuple(s.name for s in found if not s.receipts)
    if idle:
        said.append(Chip(False, f"{len(idle)} of {len(found)} links never used", idle))
    behind = tuple(s.name for s in found if not s.up_to_date)
    if found:
        words = f"{len(found) - len(behind)} of {len(found)} links up to date"
        said.append(Chip(not behind, words, tuple(f"{name}: not yet" for name in behind)))
    if not said:
        st.info("No calendar links yet. Make one below, and the visits show on a phone.")
    chips(said)


def _fetched(state: State, agency: Agency, standing: LinkStanding) -> str:
    if not standing.receipts:
        return ":material/warning: nobody has fetched it yet"
    said = []
    for r in standing.receipts:
        mark = "up to date" if r.version >= standing.version else "not up to date"
        said.append(f"{r.client} on {moment(state, agency, r.last)}, {mark}")
    sign = ":material/check_circle:" if standing.up_to_date else ":material/warning:"
    return f"{sign} {'; '.join(said)}"


def _link(state: State, agency: Agency, standing: LinkStanding) -> None:
    link = standing.link
    with st.container(border=True), row(f"link-{link.link_id}"):
        st.markdown(
            f"**{standing.name}** · {KIND_WORDS[link.kind]}  \n{_fetched(state, agency, standing)}  \n"
            f"{standing.exposure.words}",
            width="stretch",
        )
        for label, what, help in (
            ("Check", "check", "As a client reads it"),
            ("Replace…", "replace", None),
            ("Revoke…", "revoke", None),
        ):
            key = f"{what} {link.link_id}"
            st.button(label, key=key, help=help, on_click=ask, args=(what, link.link_id))


@window("What is in the calendar")
def _check(state: State, standing: LinkStanding) -> None:
    try:
        found = linking.check_link(state.office, state.actor, standing.link.link_id)
    except SchedulerError as error:
        problem(error)
        return
    for line in found.lines:
        st.write(line)
    for fault in found.faults:
        st.error(fault)
    if not found.faults:
        st.success("It is well-formed: a calendar program reads all of it.")


@window("Replace a link")
def _replace(state: State, standing: LinkStanding) -> None:
    st.write(
        f"The old link of {standing.name} dies at once: {_clients(standing)} see nothing new through it. "
        "The new one is shown once, and must be added again on every device."
    )
    link_id = standing.link.link_id
    answer("Replace the link", lambda: links.keep(linking.replace_link(state.office, state.actor, link_id)))


@window("Revoke a link")
def _revoke(state: State, standing: LinkStanding) -> None:
    st.write(
        f"The link of {standing.name} dies at once: {_clients(standing)} see nothing new through it. "
        f"It {standing.exposure.words}; what was fetched before may stay on a device."
    )
    answer("Revoke the link", lambda: linking.revoke_link(state.office, state.actor, standing.link.link_id))


def _clients(standing: LinkStanding) -> str:
    count = len(standing.receipts)
    return {0: "no client has used it; whoever has it will", 1: "its 1 client will"}.get(
        count, f"its {count} clients will"
    )


def _other(state: State) -> None:
    """Links for a precinct, a school, or one more for an officer."""
    targets: dict[LinkKind, dict[str, str]] = {
        k: linking.targets(state.office, state.actor, k) for k in LinkKind
    }
    kinds = [k for k in LinkKind if targets[k]]
    if not kinds:
        return
    with st.expander("Make another link"):
        words: Callable[[LinkKind], str] = KIND_WORDS.__getitem__
        kind = st.radio("What it shows", kinds, format_func=words, horizontal=True)
        names = targets[kind]
        target = st.selectbox("Of whom", list(names), format_func=names.__getitem__, key=f"of {kind}")
        if target is not None and st.button("Make this link"):
            _make(state, kind, target)


def _receipts(state: State) -> None:
    told = delivery.recent(state.office, state.actor)
    if not told:
        return
    st.header("Receipts")
    agency = editing.tables(state.office).agency
    by_id = {d.publication.publication_id: d for d in told}

    def label(publication_id: int) -> str:
        found: Delivery = by_id[publication_id]
        p = found.publication
        name = precinct_name(agency, p.precinct_id) if p.precinct_id in agency.precincts else p.precinct_id
        call = f"▲ {found.to_call} to call · " if found.to_call else ""
        return f"{call}{name}, {day_short(p.week)}, revision {p.number}"

    urgent = next((d for d in told if d.to_call), told[0]).publication.publication_id
    kept = st.session_state.get(RECEIPT)
    st.session_state[RECEIPT] = kept if kept in by_id else urgent
    words = "Publication (precinct, week, revision)"
    chosen = by_id[st.selectbox(words, list(by_id), format_func=label, key=RECEIPT)]
    st.markdown(f"**{delivery.tally(chosen.holders, chosen.publication)}**")
    for holder in chosen.holders:
        _holder(state, agency, holder)


def _holder(state: State, agency: Agency, holder: Holder) -> None:
    if holder.fetched is not None:
        st.markdown(
            f":material/check_circle: {holder.name}: {holder.client}, {moment(state, agency, holder.fetched)}"
        )
        return
    why = "has no link" if not holder.linked else "has not fetched it yet"
    if holder.refresh_minutes is not None:
        why += f" ({holder.client} asks again within {duration(holder.refresh_minutes)})"
    st.markdown(f":material/warning: {holder.name} {why}.")
    if holder.text:
        st.caption(f"Call or text {holder.name}; the calendar may not show it in time:")
        st.code(holder.text, language=None, wrap_lines=True)
