"""The script that Streamlit runs for every page."""

import streamlit as st

from scheduler.errors import SchedulerError
from scheduler.ui import shell
from scheduler.ui.turns import pages

st.set_page_config(page_title="ESRO scheduler", page_icon=":material/shield_person:", layout="wide")
try:
    with pages.turn():
        shell.run()
except SchedulerError as error:
    st.error(f"This cannot be shown; nothing was lost. {error}", icon=":material/error:")
