"""How fast the pages are, alone and with ten supervisors at once.

python -m benchmarks.pages [--runs 3] [--rounds 3] [--sessions 10]

Everything runs on this machine: the real server (`esro serve`) over a store of the shipped county with a
published week, and Debian's Chromium with an empty cache. A page is there when what it is for can be
seen and nothing runs any more; an edit is validated when the page says what it changes or what is wrong
with it. The other supervisors are sessions over WebSockets that choose another precinct on the week page
every two seconds.
"""

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from benchmarks.serving import prepare, serving
from benchmarks.sessions import sessions_open

RESULTS = Path(__file__).with_name("PAGES.md")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SEEN = {
    "Week": ".visit",
    "Division": "button:has-text('Plan every precinct')",
    "Why": "button:has-text('Find out')",
    "What-if": "text=Make a scenario",
    "Inputs": "[data-testid=stDataFrame] canvas",
    "Calendars": "h1:has-text('Calendars')",
    "Log and reports": "text=Add a visit that was not planned",
    "Admin": "text=Add or change",
}
"""What each page is for, by its name in the menu."""
NAME_CELL, PRECINCT_CELL = (590, 50), (735, 50)
"""Where two cells of the first school stand in the editor."""


@dataclass
class Times:
    """Seconds, by what was waited for, and the most memory of the server in MB."""

    up: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    change: list[float] = field(default_factory=list)
    edit: list[float] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    memory: float = 0.0


@contextmanager
def opened() -> Iterator[Page]:
    """A browser with an empty cache; nothing is opened yet."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.set_default_timeout(60_000)
        yield page
        browser.close()


def seconds(what: Callable[[], object]) -> float:
    """How long something takes."""
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def seen(page: Page, name: str) -> None:
    """Waits until a page is there."""
    page.locator(SEEN[name]).first.wait_for(state="visible")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
    assert page.locator("[data-testid=stException]").count() == 0, name


def change(page: Page, name: str) -> None:
    """Goes to a page by the menu."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).first.click()
    seen(page, name)


def edit(page: Page, cell: tuple[int, int], text: str, says: str) -> float:
    """Types into a cell of the schools; how long it takes until the page says what comes of it."""
    page.wait_for_timeout(700)
    box = page.get_by_test_id("stDataFrame").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + cell[0], box["y"] + cell[1])
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    page.locator(".gdg-input").fill(text)
    page.wait_for_timeout(200)
    return seconds(lambda: (page.keyboard.press("Enter"), page.get_by_text(says).first.wait_for()))


def use(page: Page, rounds: int, times: Times) -> None:
    """Goes through all pages some times, and edits right and wrong."""
    for _ in range(rounds):
        for name in SEEN:
            took = seconds(lambda n=name: change(page, n))  # type: ignore[misc]
            times.change.append(took)
            times.slowest = max(times.slowest, (took, name))
        change(page, "Inputs")
        times.edit.append(edit(page, NAME_CELL, "X", "1 change:"))
        times.edit.append(edit(page, PRECINCT_CELL, "north", "Correct these before you save"))
        page.get_by_role("button", name="Discard").click()
        page.get_by_text("Discarded; the tables are").wait_for()


def run(folder: Path, sessions: int, options: argparse.Namespace) -> tuple[Times, dict[str, float]]:
    """Some starts of the server, with that many other sessions; what those measured."""
    times, told, week = Times(), dict[str, float](), (folder / "week").read_text()
    for _ in range(options.runs):
        with serving(folder) as server:
            times.up.append(server.seconds)
            with sessions_open(server.port, sessions, week, told), opened() as page:
                begun = time.perf_counter()
                page.goto(f"http://127.0.0.1:{server.port}/?precinct=4&week={week}")
                seen(page, "Week")
                times.first.append(time.perf_counter() - begun)
                use(page, options.rounds, times)
                times.memory = max(times.memory, server.memory())
            assert not sessions or (not told["faults"] and told["choices"] == sessions), told
    return times, told


def row(what: str, alone: list[float], many: list[float], asked: float) -> str:
    """A line of the table: median and worst, alone and with the others."""
    cells = [f"{median(t):.2f} | {max(t):.2f}" for t in (alone, many)]
    return f"| {what} | {cells[0]} | {asked:g} | {cells[1]} | {2 * asked:g} |"


def main() -> None:
    """Measures everything and writes PAGES.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3, help="starts of the server")
    parser.add_argument("--rounds", type=int, default=3, help="times that each page is opened in a run")
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--folder", type=Path, help="keep what is served here, or use what is kept")
    parser.add_argument("--no-write", action="store_true", help="print, and leave PAGES.md as it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="esro-pages-") as temporary:
        folder = options.folder or Path(temporary) / "served"
        if not folder.is_dir():
            folder.mkdir(parents=True)
            (folder / "week").write_text(str(prepare(folder, 20)))
        lines = table(folder, options)
    print("\n".join(lines))
    if not options.no_write:
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def table(folder: Path, options: argparse.Namespace) -> list[str]:
    """What PAGES.md says."""
    load = os.getloadavg()[0]
    alone, _ = run(folder, 0, options)
    many, told = run(folder, options.sessions, options)
    versions = ", ".join(f"{n} {version(n)}" for n in ("streamlit", "starlette", "uvicorn", "sqlalchemy"))
    command = " ".join(["python -m benchmarks.pages", *sys.argv[1:]])
    return [
        "# Pages",
        "",
        f"`{command}`: the shipped county with a published week; server, browser and sessions together on "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {versions}, esro "
        f"{version('esro-scheduler')}. Seconds; {len(alone.change)} page changes and {len(alone.edit)} edits "
        f"each. Load of the machine before: {load:.1f}.",
        "",
        f"| | alone: median | worst | asked | with {options.sessions} others: median | worst | asked |",
        "|---|---|---|---|---|---|---|",
        row("first page, from an empty cache", alone.first, many.first, 3),
        row("another page", alone.change, many.change, 1),
        row("an edit is validated", alone.edit, many.edit, 1),
        "",
        f"The slowest page is {alone.slowest[1]} alone and {many.slowest[1]} with the others, whose own runs "
        f"of the week page take {told['p50']:.0f} ms in the median, {told['runs']:.1f} a second. The server "
        f"answers {median(alone.up):.1f} s after it is started, and holds {alone.memory:.0f} MB "
        f"with one browser, {many.memory:.0f} MB with {options.sessions} sessions more (asked: 1,500 MB).",
    ]


if __name__ == "__main__":
    main()
