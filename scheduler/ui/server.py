"""The one process that serves the pages and the calendars."""

import gc
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.web.server.starlette import starlette_server

from scheduler.publish.feed_routes import CalendarsFirst
from scheduler.service.feed_desk import FeedDesk
from scheduler.service.office import open_database
from scheduler.ui.theme import CONFIG

BASE_PATH = os.environ.get("ESRO_BASE_PATH", "").strip("/")
"""The path below which a reverse proxy shows the program; blank for none."""
PREFIX = f"/{BASE_PATH}" if BASE_PATH else ""
feeds = FeedDesk(open_database)
SWITCH_SECONDS = 0.0005
"""How long a page that runs may keep the calendars waiting for their turn of the interpreter."""
PAGES_IMPORT = ("pandas", "pyarrow", "streamlit.dataframe_util", "scheduler.ui.shell")


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Calendars are served between the steps of pages. Nothing may hold them up for long: neither a
    collection of garbage (what the pages import is imported here, and left out of it) nor a page."""
    for name in PAGES_IMPORT:
        import_module(name)
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)
    feeds.watch()
    yield
    feeds.close()


app = st.App(
    Path(__file__).with_name("script") / "main.py", lifespan=lifespan,
    middleware=[Middleware(CalendarsFirst, source=feeds, prefix=PREFIX)],
)  # fmt: skip


def send_at_once() -> None:
    """Streamlit binds sockets in a way that asyncio does not know for TCP, so that each answer in two
    parts (head and body), and each message to a page, waits for the other side's delayed receipt of the
    last: 40 ms. Sockets that are accepted take the setting over from the one that listens."""
    bind = starlette_server._bind_socket
    if getattr(bind, "at_once", False):
        return

    def bound(address: str, port: int, backlog: int) -> socket.socket:
        made: socket.socket = bind(address, port, backlog)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    bound.at_once = True  # type: ignore[attr-defined]
    starlette_server._bind_socket = bound


def run(address: str, port: int) -> None:
    """Serves until stopped; prints the address. Nothing leaves this machine."""
    send_at_once()
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
            **CONFIG,
            "client.showErrorDetails": "none",
            "logger.level": "warning",
            # Python collects on its own; after every run of a page it would hold up the calendars.
            "runner.postScriptGC": False,
        }
    )
