"""What saving would do, the problems in its way, saving, and a conflict with someone who was faster."""

import streamlit as st

from scheduler.domain.change import Scenario
from scheduler.errors import ConflictError, InputError, SchedulerError
from scheduler.service import scenarios, workbook
from scheduler.service.workbook import Proposal
from scheduler.tables.labels import on_screen
from scheduler.ui.pages.inputs.draft import ROUND, Draft, done, edit_words, sentences
from scheduler.ui.parts import escaped, problem
from scheduler.ui.state import State


def save(state: State, draft: Draft, proposal: Proposal) -> None:
    """What is changed and what is in the way, the reason, and the buttons that save and discard."""
    if not draft.dirty:
        st.caption("Nothing is changed. What you change is shown here, to be saved with a reason.")
        return
    faulty = any(p.severity == "error" for p in proposal.problems)
    if faulty:
        st.markdown("**Correct these before you save; what you typed is kept.**")
    elif proposal.changes:
        count = len(proposal.changes)
        st.markdown(f"**{count} change{'' if count == 1 else 's'}:**")
        sentences(proposal.sentences, proposal.more)
    else:
        st.caption("This says the same as the saved tables: order, spelling and blank rows do not count.")
    if proposal.refused:
        st.error(proposal.refused)
    left, middle, right, other = st.columns([5, 1.6, 1.6, 2.2], vertical_alignment="bottom")
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
        done(f"Saved as revision {made.revision}.")
    if not faulty and proposal.changes and scenarios.ASKERS & state.actor.roles:
        help = "Keeps these changes as a scenario, to be planned beside the week as it is; the tables stay."
        if other.button("Try as a what-if", width="stretch", help=help):
            _try(state, proposal, reason)
    count = len(proposal.changes)
    help = f"Forget {count or 'all'} unsaved change{'' if count == 1 else 's'}; the saved tables stay."
    if right.button("Discard", width="stretch", help=help):
        done("Discarded; the tables are as they were saved.")


def _try(state: State, proposal: Proposal, reason: str) -> None:
    name = reason.strip() or proposal.sentences[0].rstrip(".")
    try:
        scenarios.keep(state.office, state.actor, Scenario(name, proposal.changes))
    except SchedulerError as error:
        problem(error)
        return
    done(f"Kept as a scenario: {name}. Compare it under What-if; the tables are as they were saved.")


def conflict(state: State, draft: Draft, proposal: Proposal) -> None:
    """Both sides side by side, and a way on; nothing typed is lost."""
    st.warning(f"{draft.conflict} What you typed is kept here.")
    clash = workbook.clash(state.office, state.actor, draft.typed)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**What you changed**")
        sentences(proposal.sentences, proposal.more)
    with right:
        st.markdown("**What changed meanwhile**")
        for one in clash.theirs:
            st.caption(edit_words(state, one.edit))
            sentences(one.sentences, one.more)
    if clash.both:
        st.markdown(
            f"Both sides changed {escaped('; '.join(clash.both[:5]))}: your value would take the place."
        )
    if st.button("Take theirs and make my changes again", type="secondary"):
        try:
            again = workbook.again(state.office, state.actor, draft.typed)
        except InputError as error:
            st.error("Your changes do not fit the tables as they are now; they are kept here.")
            problem(InputError(map(on_screen, error.problems)))
            return
        draft.read = workbook.sheets(state.office, state.actor)
        draft.conflict = ""
        draft.put(again)
        st.rerun()
