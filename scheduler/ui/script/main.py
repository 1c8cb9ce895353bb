"""The script that Streamlit runs for every page."""

from pathlib import Path

import streamlit as st

from scheduler.errors import SchedulerError
from scheduler.ui import shell
from scheduler.ui.theme import LOGO, MARK, SIDEBAR
from scheduler.ui.turns import pages

if __name__ == "__main__":  # processes that plan begin by importing this file; they draw nothing
    st.set_page_config(
        page_title="ESRO scheduler",
        page_icon=str(Path(__file__).parents[1] / "icon.png"),
        layout="wide",
        initial_sidebar_state=SIDEBAR,
    )
    st.logo(LOGO, icon_image=MARK, size="large")
    try:
        with pages.turn():
            shell.run()
    except SchedulerError as error:
        st.error(f"This cannot be shown; nothing was lost. {error}", icon=":material/error:")
