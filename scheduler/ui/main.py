"""The script that Streamlit runs for every page."""

import streamlit as st

from scheduler.ui.week import render

st.set_page_config(page_title="ESRO scheduler", layout="wide")
render()
