"""`make screenshots`: every page in both sizes into docs/screenshots/, over the shipped county."""

import shutil
import sys
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page

from scheduler.domain.link import LinkKind
from scheduler.explain import makers
from scheduler.service import drafting, editing, linking, publishing, scenarios
from scheduler.service.office import Office, local_actor
from scheduler.store.engine import Database
from scheduler.ui.pages import PAGES
from tests.serving_app import ROOT, browser, served, settled
from tests.windows import steady

SIZES = {"desk": (1366, 768), "phone": (360, 780)}
PRECINCTS = ("3", "4", "7", "12")
SHORT = "7"
"""A precinct whose week leaves something out."""
OUT = ROOT / "docs" / "screenshots"


def prepare(office: Office, week: date) -> None:
    """Plans some precincts, publishes three of them, keeps two scenarios, makes two links."""
    actor = local_actor()
    request = drafting.DraftRequest(week, PRECINCTS, time_limit=60, seed=1)
    for draft in drafting.plan_drafts(office, actor, request)[:3]:
        publishing.publish(office, actor, draft.draft_id, "Weekly rounds")
    agency = editing.tables(office).agency
    own = next(o for o in agency.officers.values() if o.precinct_id == SHORT)
    friday = week + timedelta(days=4)
    scenarios.keep(office, actor, makers.officer_out(agency, own.officer_id, friday, friday))
    scenarios.keep(office, actor, makers.more_officers(agency, SHORT, 1))
    for officer in ("esro-03", "esro-04"):
        linking.make_link(office, actor, LinkKind.OFFICER, officer)


def opened(chromium: Browser, url: str, size: str) -> Page:
    """A page in a size."""
    width, height = SIZES[size]
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.goto(url)
    return settled(page)


def taken(page: Page, name: str) -> None:
    """The picture of a page, once charts have faded in."""
    settled(page).wait_for_timeout(900)
    page.screenshot(path=OUT / f"{name}.png")
    page.close()


def answered(page: Page, slug: str) -> None:
    """Presses what the page is for and waits for its answer, which the next session finds there."""
    if slug == "why" and not page.get_by_text("What would mend it, the cheapest first").count():
        page.get_by_role("button", name="Find out").click()
        page.get_by_text("What would mend it, the cheapest first").first.wait_for(timeout=120_000)
    elif slug == "what-if":
        answer = page.get_by_role("heading", name="Side by side")
        if not answer.count():
            for number in range(2):
                box = page.get_by_test_id("stCheckbox").locator("label").nth(number)
                box.click(position={"x": 9, "y": 9})
                settled(page).wait_for_timeout(900)
            page.get_by_role("button", name="Compare").click()
            answer.wait_for(timeout=120_000)
        settled(page).wait_for_timeout(900)
        answer.evaluate("e => e.scrollIntoView()")


def my_day(page: Page) -> None:
    """The pictures of an officer's day, one visit of which is confirmed."""
    page.get_by_role("combobox", name="Acting as").click()
    page.keyboard.type("Officer: ESRO Pikesville")
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
    week = date.today() + timedelta(days=7 - date.today().weekday())
    folder = Path(tempfile.mkdtemp())
    url = f"sqlite:///{folder / 'esro.db'}"
    office = editing.init(Database(url), ROOT / "inputs" / "baltimore-county", local_actor())
    prepare(office, week)
    OUT.mkdir(exist_ok=True)
    with served(folder, url) as address, browser() as chromium:
        for size in SIZES:
            for one in PAGES:
                if one.slug == "my-day":
                    continue
                slug = "" if one.slug == "week" else one.slug
                precinct = SHORT if slug in ("why", "what-if") else "4"
                page = opened(chromium, f"{address}/{slug}?precinct={precinct}&week={week}", size)
                answered(page, slug)
                taken(page, f"{one.slug}-{size}")
    agency = editing.tables(office).agency
    noon = datetime.combine(week, time(12, 35), ZoneInfo(agency.timezone)).astimezone(UTC)
    with served(folder, url, noon) as address, browser() as chromium:
        my_day(opened(chromium, address, "desk"))
    shutil.rmtree(folder)
    print(f"Wrote the pictures to {OUT}.", file=sys.stderr)


if __name__ == "__main__":
    main()
