"""`make screenshots`: every page in both sizes into docs/screenshots/, over the sample division."""

import os
import shutil
import sys
import tempfile
from datetime import datetime, time, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.sample_division import NOW, ROUNDS, SHORT, WEEK, make
from tests.serving_app import ROOT, browser, served, settled
from tests.windows import steady

SIZES = {"desk": (1366, 768), "phone": (360, 780)}
OUT = ROOT / "docs" / "screenshots"
SHOWN, OFFICER = "11", "esro-11"
"""The precinct whose week is shown, and the officer whose day is."""
LAST_WEEK = WEEK - timedelta(weeks=2)
"""The last week that is over."""
SHOTS = {
    "week": f"?precinct={SHOWN}&week={WEEK}",
    "division": f"division?week={WEEK}",
    "why": f"why?precinct={SHORT}&week={WEEK}",
    "what-if": f"what-if?precinct={SHORT}&week={WEEK}",
    "inputs": "inputs",
    "calendar-links": "calendar-links",
    "log": f"log?precinct={ROUNDS}&week={LAST_WEEK}",
    "log-charts": f"log?precinct={ROUNDS}&week={LAST_WEEK}",
    "admin": "admin",
}
"""The pictures by their names, and the addresses of their pages."""


def opened(chromium: Browser, url: str, size: str) -> Page:
    """A page in a size."""
    width, height = SIZES[size]
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.goto(url)
    return settled(page)


def taken(page: Page, name: str) -> None:
    """The picture of a page, once charts have faded in, with the pointer out of the way."""
    page.mouse.move(0, 0)
    settled(page).wait_for_timeout(900)
    page.screenshot(path=OUT / f"{name}.png")
    page.close()


def answered(page: Page, slug: str) -> None:
    """Presses what the page is for and waits for its answer, which the next session finds there."""
    if slug == "log-charts":
        page.get_by_role("radio", name="Charts").or_(page.get_by_role("button", name="Charts")).first.click()
        page.get_by_role("heading", name="Visits a week").wait_for()
    elif slug == "why" and not page.get_by_text("What would mend it, the cheapest first").count():
        page.get_by_role("button", name="Find out").click()
        page.get_by_text("What would mend it, the cheapest first").first.wait_for(timeout=120_000)
    elif slug == "what-if":
        answer = page.get_by_role("heading", name="Side by side")
        if not answer.count():
            for number in range(2):
                box = page.get_by_test_id("stCheckbox").nth(number)
                while not box.locator("input").is_checked():
                    box.locator("label").click(position={"x": 9, "y": 9})
                    settled(page).wait_for_timeout(900)
            page.get_by_role("button", name="Compare").click()
            answer.wait_for(timeout=120_000)
        settled(page).wait_for_timeout(900)
        answer.evaluate("e => e.scrollIntoView()")


def my_day(page: Page) -> None:
    """The pictures of an officer's day, one visit of which is confirmed."""
    page.get_by_role("combobox", name="Acting as").click()
    page.keyboard.type("Officer: ESRO Essex")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Confirm").first.wait_for()
    steady(page.get_by_role("button", name="Confirm").first).click()
    page.get_by_text("Confirmed").wait_for()
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        settled(page).wait_for_timeout(900)
        page.screenshot(path=OUT / f"my-day-{size}.png")


def main() -> None:
    """Takes all pictures."""
    os.environ["LOGNAME"] = "d.reyes"
    folder = Path(tempfile.mkdtemp())
    url = f"sqlite:///{folder / 'esro.db'}"
    division = make(url)
    busiest = division.busiest(OFFICER)
    division.office.database.close()
    OUT.mkdir(exist_ok=True)
    with served(folder, url, NOW) as address, browser() as chromium:
        for size in SIZES:
            for name, at in SHOTS.items():
                page = opened(chromium, f"{address}/{at}", size)
                answered(page, name)
                taken(page, f"{name}-{size}")
    noon = datetime.combine(busiest, time(12, 35), NOW.tzinfo)
    with served(folder, url, noon) as address, browser() as chromium:
        my_day(opened(chromium, address, "desk"))
    shutil.rmtree(folder)
    print(f"Wrote the pictures to {OUT}.", file=sys.stderr)


if __name__ == "__main__":
    main()
