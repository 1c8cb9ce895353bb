"""The inputs page as it is used: typing in its tables, what stands, what is shown."""

from pandas import DataFrame
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from scheduler.service import editing
from tests.offices import Desk
from tests.pages import drawn


def editor(at: AppTest) -> str:
    """The key of the editor that is shown."""
    draft = at.session_state["inputs draft"]
    return f"editor {at.selectbox(key='inputs table').value} {draft.generation}"


def type_in(at: AppTest, edited: dict | None = None, added: list | None = None,
            deleted: list | None = None) -> AppTest:  # fmt: skip
    """The page after edits in its table."""
    at.session_state[editor(at)] = {
        "edited_rows": edited or {}, "added_rows": added or [], "deleted_rows": deleted or [],
    }  # fmt: skip
    return drawn(at.run())


def stands(place: Desk) -> editing.Tables:
    """The tables as they stand."""
    return editing.tables(place.office)


def shown(at: AppTest) -> DataFrame:
    """The table as it is shown, with what stands beside its rows."""
    return convert_arrow_bytes_to_pandas_df(at.data_editor[0].proto.arrow_data.styler.display_values)


def beside(at: AppTest) -> dict[str, str]:
    """What stands beside the rows of the table, by the numbers that they are shown with."""
    return {row: note for row, note in zip(shown(at)["row"], shown(at)["note"], strict=True) if note}
