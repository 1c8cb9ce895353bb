"""The one process that serves the pages."""

from pathlib import Path

import streamlit as st

app = st.App(Path(__file__).with_name("main.py"))


def run(address: str, port: int) -> None:
    """Serves until stopped; prints the address. Nothing leaves this machine."""
    print(f"The app is at http://{address}:{port} (stop it with Ctrl-C).", flush=True)
    app.run(
        config={
            "server.address": address,
            "server.port": port,
            "server.headless": True,
            "server.fileWatcherType": "none",
            "browser.gatherUsageStats": False,
            "browser.serverAddress": address,
            "client.toolbarMode": "minimal",
            "logger.level": "warning",
        }
    )
