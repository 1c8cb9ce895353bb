"""The one process that serves the pages and the calendars."""

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from scheduler.publish.feed_routes import calendar_routes
from scheduler.service.feed_desk import FeedDesk
from scheduler.service.office import open_database

BASE_PATH = os.environ.get("ESRO_BASE_PATH", "").strip("/")
"""The path below which a reverse proxy shows the program; blank for none."""
PREFIX = f"/{BASE_PATH}" if BASE_PATH else ""
feeds = FeedDesk(open_database)


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Streamlit collects garbage after every run of a page: what was imported is left out of it."""
    gc.collect()
    gc.freeze()
    yield
    feeds.close()


app = st.App(Path(__file__).with_name("main.py"), routes=calendar_routes(feeds, PREFIX), lifespan=lifespan)


def run(address: str, port: int) -> None:
    """Serves until stopped; prints the address. Nothing leaves this machine."""
    print(f"The app is at http://{address}:{port}{PREFIX} (stop it with Ctrl-C).", flush=True)
    app.run(
        config={
            "server.address": address,
            "server.port": port,
            "server.baseUrlPath": BASE_PATH,
            "server.headless": True,
            "server.fileWatcherType": "none",
            "browser.gatherUsageStats": False,
            "browser.serverAddress": address,
            "client.toolbarMode": "minimal",
            "client.showErrorDetails": "none",
            "logger.level": "warning",
        }
    )
