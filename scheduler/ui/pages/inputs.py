"""The tables: edited in place, checked, and saved as one revision with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time

import pandas as pd
import streamlit as st

from scheduler.domain.change import Change
from scheduler.errors import ConflictError, SchedulerError
from scheduler.service import editing, workbook
from scheduler.service.workbook import LABELS, POLICY, Proposal, Sheets
from scheduler.tables.columns import FORMAT_WORDS, TABLES
from scheduler.ui.parts import problem
from scheduler.ui.place import precinct_name
from scheduler.ui.state import State

DRAFT, ROUND = "inputs draft", "inputs round"
NUMBER = "row"
MOST_SHOWN = 30
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Draft:
    """What is typed and not saved yet: kept in the session until it is saved or discarded. `shown` is what
    an editor began with, whose edits the browser counts from there."""

    agency_id: str
    read: Sheets
    typed: Sheets
    generation: int = 0
    shown: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    conflict: str = ""
    row_names: dict[str, list[str]] = field(default_factory=dict)
    proposal: tuple[Sheets, str, Proposal] | None = None

    @property
    def dirty(self) -> bool:
        """Whether anything is typed that is not saved."""
        return self.typed.rows != self.read.rows or self.typed.settings != self.read.settings

    def put(self, typed: Sheets) -> None:
        """Other content, shown in new editors."""
        self.typed = typed
        self.shown.clear()
        self.row_names = {}
        self.generation += 1


def render(state: State) -> None:
    """Draws the page."""
    try:
        draft = _draft(state)
    except SchedulerError as error:
        problem(error)
        return
    if said := st.session_state.pop("inputs said", ""):
        st.success(said)
    left, middle, right = st.columns([4, 5, 3], vertical_alignment="bottom")
    chosen: str = left.selectbox("Table", list(LABELS), format_func=LABELS.__getitem__, key="inputs table")
    help = "How the program plans." if chosen == POLICY else TABLES[chosen].help
    middle.markdown(f"**{help}** Revision {draft.read.base}.")
    if right.button("Add leave, court, training…", width="stretch", help="In three clicks."):
        _leave(state, draft)
    if not state.actor.is_admin:
        own = ", ".join(sorted(state.actor.precincts))
        st.caption(f"You may save changes to rows of the own precincts ({own}); an admin saves the rest.")
    if chosen == POLICY:
        _policy(draft)
    else:
        _editor(draft, chosen)
    proposal = _proposal(state, draft)
    if draft.conflict:
        _conflict(state, draft, proposal)
    _save(state, draft, proposal)
    _files(state, draft, chosen)
    _history(state, draft)


def _draft(state: State) -> Draft:
    known = st.session_state.get(DRAFT)
    if isinstance(known, Draft) and known.agency_id == state.office.agency_id:
        workbook.require_editor(state.actor)
        if known.dirty or known.read.base == editing.tables(state.office).edit.revision:
            return known
    read = workbook.sheets(state.office, state.actor)
    generation = known.generation + 1 if isinstance(known, Draft) else 0
    made = Draft(state.office.agency_id, read, read, generation)
    st.session_state[DRAFT] = made
    return made


def _proposal(state: State, draft: Draft) -> Proposal:
    """What saving would do; reckoned anew only where something changed."""
    known = draft.proposal
    if known is None or known[0] is not draft.typed or known[1] != str(state.actor):
        if draft.dirty:
            made = workbook.propose(state.office, state.actor, draft.typed)
        else:
            made = Proposal(None, (), ())
        draft.proposal = known = (draft.typed, str(state.actor), made)
    return known[2]


def _words(column: str) -> str:
    return column.replace("_", " ").capitalize()


def _editor(draft: Draft, name: str) -> None:
    """The table, every cell as text: nothing is clamped, and what cannot be used is said below."""
    table = TABLES[name]
    columns = [c.name for c in table.columns]
    key = f"editor {name} {draft.generation}"
    if key not in st.session_state:  # first shown, or shown again after another table or page
        draft.generation += 1
        key = f"editor {name} {draft.generation}"
        draft.shown[name] = [dict(r) for r in draft.typed.rows.get(name, ())]
    frame = pd.DataFrame(draft.shown[name], columns=columns, dtype="object")
    frame.insert(0, NUMBER, [str(i) for i in range(2, len(frame) + 2)])
    settings: dict[str, object] = {
        NUMBER: st.column_config.TextColumn("Row", disabled=True, width=50, pinned=True)
    }
    for c in table.columns:
        need = "Required." if c.required else (f"Blank: {c.default}." if c.default else "May be blank.")
        settings[c.name] = st.column_config.TextColumn(
            _words(c.name), help=f"{c.help} {FORMAT_WORDS[c.kind].capitalize()}. {need}"
        )
    edited = st.data_editor(
        frame,
        key=key,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        height=min(36 * len(frame) + 110, 480),
        column_config=settings,
    )
    records = edited.to_dict("records")
    found = [{c: _text(record[c]) for c in columns} for record in records]
    draft.row_names = {name: [_text(record[NUMBER]) for record in records]}
    if found != draft.typed.rows.get(name):
        draft.typed = draft.typed.with_rows(name, found)


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value)


def _policy(draft: Draft) -> None:
    settings = dict(draft.typed.settings)
    section = None
    draft.row_names = {}
    columns = st.columns(2, gap="large")
    for number, (path, words) in enumerate(workbook.SETTING_WORDS.items()):
        head = path.partition(".")[0] if "." in path else "agency"
        where = columns[0 if number < 9 else 1]
        if head != section:
            section = head
            where.subheader(head.capitalize())
        key = f"setting {path} {draft.generation}"
        if key not in st.session_state:
            st.session_state[key] = settings[path]
        settings[path] = where.text_input(words, key=key)
    if settings != draft.typed.settings:
        draft.typed = replace(draft.typed, settings=settings)


def _problems(draft: Draft, proposal: Proposal) -> None:
    """What the tables' rules say, with the users' words and the row numbers of the editor."""
    for one in proposal.problems[:MOST_SHOWN]:
        name = one.table.removesuffix(".csv")
        label, row = LABELS.get(name, "Policy" if name == "agency.toml" else one.table), one.row
        names = draft.row_names.get(name, [])
        if row is not None and 0 <= row - 2 < len(names):
            if names[row - 2]:
                row = int(names[row - 2])
            else:
                label, row = f"{label}, new row {names[: row - 1].count('')}", None
        column = None if one.column is None else (one.column if "." in one.column else _words(one.column))
        said = str(replace(one, table=label, row=row, column=column))
        (st.error if one.severity == "error" else st.warning)(said)
    if len(proposal.problems) > MOST_SHOWN:
        st.caption(f"… and {len(proposal.problems) - MOST_SHOWN} more.")


def _sentences(changes: Sequence[Change], limit: int = MOST_SHOWN) -> None:
    for change in changes[:limit]:
        st.markdown(f"- {_escaped(change.sentence)}")
    if len(changes) > limit:
        st.caption(f"… and {len(changes) - limit} more.")


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#$~|:" else c for c in text)


def _save(state: State, draft: Draft, proposal: Proposal) -> None:
    if not draft.dirty:
        st.caption("Nothing is changed. Edit a cell, add a row at the end, or take one out.")
        return
    _problems(draft, proposal)
    faulty = any(p.severity == "error" for p in proposal.problems)
    if faulty:
        st.markdown("**Correct these before you save; what you typed is kept.**")
    elif proposal.changes:
        count = len(proposal.changes)
        st.markdown(f"**{count} change{'' if count == 1 else 's'}:**")
        _sentences(proposal.changes)
    else:
        st.caption("This says the same as the saved tables, in another order or spelling.")
    if proposal.refused:
        st.error(proposal.refused)
    left, middle, right = st.columns([6, 2, 2], vertical_alignment="bottom")
    reason = left.text_input(
        "Why (for the record)",
        key=f"inputs reason {st.session_state.get(ROUND, 0)}",
        placeholder="Court on Thursday",
    )
    blocked = faulty or bool(proposal.refused) or not proposal.changes
    if middle.button("Save", type="primary", width="stretch", disabled=blocked):
        try:
            made = workbook.save(state.office, state.actor, draft.typed, reason)
        except ConflictError as error:
            draft.conflict = str(error)
            st.rerun()
        except SchedulerError as error:
            problem(error)
            return
        _done(f"Saved as revision {made.revision}.")
    count = len(proposal.changes)
    help = f"Forget {count or 'all'} unsaved change{'' if count == 1 else 's'}; the saved tables stay."
    if right.button("Discard", width="stretch", help=help):
        _done("Discarded; the tables are as they were saved.")


def _done(said: str) -> None:
    """Begins anew from the store, with a sentence."""
    known = st.session_state.get(DRAFT)
    if isinstance(known, Draft):
        known.typed = known.read
        known.read = replace(known.read, base=-1)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state["inputs said"] = said
    st.rerun()


def _conflict(state: State, draft: Draft, proposal: Proposal) -> None:
    """Both sides side by side, and a way on; nothing typed is lost."""
    st.warning(f"{draft.conflict} What you typed is kept here.")
    clash = workbook.clash(state.office, state.actor, draft.typed)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**What you changed**")
        _sentences(proposal.changes)
    with right:
        st.markdown("**What changed meanwhile**")
        for edit in clash.theirs:
            st.caption(_edit_words(edit.revision, f"{edit.at:%d %b %H:%M}", edit.author, edit.reason))
            _sentences(edit.changes)
    if clash.both:
        st.markdown(
            f"Both sides changed {_escaped('; '.join(clash.both[:5]))}: your value would take the place."
        )
    if st.button("Take theirs and make my changes again", type="secondary"):
        try:
            again = workbook.again(state.office, state.actor, draft.typed)
        except SchedulerError as error:
            st.error("Your changes do not fit the tables as they are now; they are kept here.")
            problem(error)
            return
        draft.read = workbook.sheets(state.office, state.actor)
        draft.conflict = ""
        draft.put(again)
        st.rerun()


def _edit_words(revision: int, at: str, author: str, reason: str) -> str:
    return f"Revision {revision} · {at} UTC · {author} · {reason or 'no reason given'}"


def _files(state: State, draft: Draft, chosen: str) -> None:
    with st.expander("CSV and Excel: take out, bring in"):
        left, middle, right = st.columns(3)
        if chosen != POLICY:
            left.download_button(
                f"{LABELS[chosen]} as CSV",
                workbook.csv_text(chosen, draft.typed.rows[chosen]),
                f"{chosen}.csv",
                "text/csv",
                width="stretch",
            )
        typed = draft.typed
        middle.download_button(
            "All tables as Excel",
            lambda: workbook.excel(typed),
            "tables.xlsx",
            EXCEL,
            width="stretch",
        )
        right.download_button(
            "Blank template", workbook.excel_template, "template.xlsx", EXCEL, width="stretch"
        )
        whole = "a workbook (.xlsx) of all tables"
        words = whole if chosen == POLICY else f"a CSV of {LABELS[chosen]}, or {whole}"
        file = st.file_uploader(
            f"Bring in {words}",
            type=["csv", "xlsx"],
            key=f"inputs file {chosen}",
            help="It is shown as a difference first; nothing is saved until you press Save.",
        )
        if file is not None and st.button("Show what it would change"):
            try:
                took = _take(draft.typed, chosen, file.name, file.getvalue())
            except SchedulerError as error:
                problem(error)
                return
            draft.put(took)
            st.rerun()


def _take(typed: Sheets, chosen: str, name: str, data: bytes) -> Sheets:
    if name.lower().endswith(".xlsx"):
        return workbook.take_excel(typed, data, name)
    if chosen == POLICY:
        raise SchedulerError("The policy comes in a workbook; choose a table for a CSV.")
    return workbook.take_csv(typed, chosen, data, name)


def _history(state: State, draft: Draft) -> None:
    with st.expander("History: who changed what, and back"):
        edits = workbook.history(state.office, state.actor, MOST_SHOWN)
        if edits and edits[-1].revision > 1 and st.toggle("Show older ones too", key="inputs older"):
            edits = workbook.history(state.office, state.actor)
        for edit in edits:
            words = _edit_words(edit.revision, f"{edit.at:%d %b %Y %H:%M}", edit.author, edit.reason)
            left, right = st.columns([6, 2], vertical_alignment="center")
            left.markdown(f"**{_escaped(words)}**")
            if edit is edits[0]:
                right.caption("stands now")
            elif right.button(
                f"Undo to revision {edit.revision}…", key=f"undo {edit.revision}", width="stretch"
            ):
                _undo(state, draft, edits[0].revision, edit.revision)
            _sentences(edit.changes, 8)


@st.dialog("Back to an earlier revision")
def _undo(state: State, draft: Draft, base: int, revision: int) -> None:
    st.write(
        f"The tables of revision {revision} are put back as revision {base + 1}; "
        f"{base - revision} later revision{'s stay' if base - revision > 1 else ' stays'} in the history."
    )
    if draft.dirty:
        st.warning("Your unsaved changes stay, and must then be made again on the tables put back.")
    reason = st.text_input("Why (for the record)", key="undo reason")
    if st.button("Put them back", type="primary"):
        try:
            made = editing.undo(state.office, state.actor, base, revision, reason)
        except SchedulerError as error:
            problem(error)
            return
        st.session_state["inputs said"] = f"Revision {made.revision} holds the tables of revision {revision}."
        st.rerun()


@st.dialog("Leave, court, training")
def _leave(state: State, draft: Draft) -> None:
    agency = editing.tables(state.office).agency
    mine = {k: o for k, o in agency.officers.items() if state.actor.may_plan(o.precinct_id)}
    if not mine:
        st.info("No officer of your precincts is known yet.")
        return
    officer = st.selectbox(
        "Officer",
        list(mine),
        format_func=lambda k: f"{mine[k].name} · {precinct_name(agency, mine[k].precinct_id)}",
        key="leave officer",
    )
    a, b = st.columns(2)
    first = a.date_input("First day", state.week, format="YYYY-MM-DD", key="leave first")
    last = b.date_input("Last day", None, format="YYYY-MM-DD", key="leave last", help="Blank: the same day.")
    begin = a.time_input("From (blank: all day)", None, key="leave from")
    end = b.time_input("Until (blank: all day)", None, key="leave until")
    reason = st.segmented_control("Reason", workbook.REASONS, default=workbook.REASONS[0], key="leave reason")
    st.caption("The reason stays in the program; calendars and reports never show it.")
    if st.button("Add it", type="primary", key="leave add"):
        try:
            _add_leave(state, draft, officer, (first, last), (begin, end), reason or "")
        except SchedulerError as error:
            problem(error)


def _add_leave(
    state: State,
    draft: Draft,
    officer: str,
    days: tuple[object, object],
    times: tuple[time | None, time | None],
    reason: str,
) -> None:
    first, last = days
    if not isinstance(first, date):
        raise SchedulerError("Choose the first day.")
    row: Mapping[str, str] = workbook.absence_row(
        officer, first, last if isinstance(last, date) else first, reason, *times
    )
    if draft.dirty:
        draft.put(draft.typed.with_rows("absences", [*draft.typed.rows["absences"], row]))
        st.session_state["inputs said"] = "Added to your unsaved changes; save them below."
    else:
        made = workbook.add_absence(state.office, state.actor, row)
        st.session_state["inputs said"] = (
            f"Saved as revision {made.revision}: {row['officer_id']} is away from {row['start']} to "
            f"{row['end']}. Plans of those days must be made again."
        )
    st.rerun()
