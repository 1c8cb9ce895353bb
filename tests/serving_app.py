"""The real app for browser tests and screenshots: `esro serve` over a store of its own, and Chromium."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

from playwright.sync_api import Browser, Page, sync_playwright

T = TypeVar("T")
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
ROOT = Path(__file__).parents[1]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def served(
    folder: Path, url: str, moment: datetime | None = None, base: str = "", port: int = 0
) -> Iterator[str]:
    """The address of the app over the store at a database URL, run in `folder`: at a `moment` of the
    tests' choice where one is given, below the path `base`."""
    port = port or free_port()
    environment = {**os.environ, "ESRO_DATABASE_URL": url, "PYTHONPATH": str(ROOT), "ESRO_BASE_PATH": base}
    environment.pop("PYTEST_CURRENT_TEST", None)
    command = [sys.executable, "-m", "scheduler.cli", "serve", "--port", str(port)]
    if moment is not None:
        command = [sys.executable, "-m", "tests.clocked_app", str(port), moment.isoformat()]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        assert server.stdout is not None
        try:
            for line in server.stdout:
                if "URL: http" in line:
                    break
            yield f"http://127.0.0.1:{port}{'/' + base if base else ''}"
        finally:
            server.kill()


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    assert CHROMIUM is not None
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()


def settled(page: Page) -> Page:
    """The page when nothing runs any more and nothing has failed."""
    page.wait_for_selector('[data-testid="stMain"] .stElementContainer', timeout=60_000)
    page.wait_for_function("!document.querySelector('[data-testid=\"stStatusWidget\"]')", timeout=60_000)
    assert page.locator('[data-testid="stException"]').count() == 0
    return page


def said(page: Page, words: str, seconds: float = 60) -> None:
    """Waits until the page says something."""
    page.get_by_text(re.compile(words)).first.wait_for(timeout=1000 * seconds)


def wait_for(look: Callable[[], T], wanted: Callable[[T], bool], seconds: float = 30) -> T:
    """What is seen once it is as wanted; looked for until then."""
    end = monotonic() + seconds
    while not wanted(found := look()):
        assert monotonic() < end, f"it stays at {found}"
        sleep(0.1)
    return found
