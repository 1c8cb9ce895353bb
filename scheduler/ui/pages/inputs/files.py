"""Tables as files, out and in."""

import streamlit as st

from scheduler.errors import SchedulerError
from scheduler.service import workbook
from scheduler.service.workbook import LABELS, POLICY, Sheets
from scheduler.ui.pages.inputs.draft import Draft
from scheduler.ui.parts import problem

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def files(draft: Draft, chosen: str) -> None:
    """Files out and in."""
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
