"""`make screenshots`: every page in both sizes into docs/screenshots/, over the shipped county."""

import shutil
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from scheduler.domain.link import LinkKind
from scheduler.service import drafting, editing, linking, publishing
from scheduler.service.office import local_actor
from scheduler.store.engine import Database
from scheduler.ui.pages import PAGES
from tests.serving_app import ROOT, browser, served, settled

SIZES = {"desk": (1366, 768), "phone": (360, 780)}
PRECINCTS = ("3", "4", "7", "12")


def main() -> None:
    """Plans some precincts, publishes three of them, and takes the pictures."""
    week = date.today() + timedelta(days=7 - date.today().weekday())
    folder = Path(tempfile.mkdtemp())
    url = f"sqlite:///{folder / 'esro.db'}"
    actor = local_actor()
    office = editing.init(Database(url), ROOT / "inputs" / "baltimore-county", actor)
    request = drafting.DraftRequest(week, PRECINCTS, time_limit=60, seed=1)
    for draft in drafting.plan_drafts(office, actor, request)[:3]:
        publishing.publish(office, actor, draft.draft_id, "Weekly rounds")
    for officer in ("esro-03", "esro-04"):
        linking.make_link(office, actor, LinkKind.OFFICER, officer)
    out = ROOT / "docs" / "screenshots"
    out.mkdir(exist_ok=True)
    with served(folder, url) as address, browser() as chromium:
        for size, (width, height) in SIZES.items():
            page = chromium.new_page(viewport={"width": width, "height": height})
            for one in PAGES:
                if one.slug == "my-day":
                    continue
                path = "" if one.slug == "week" else one.slug
                page.goto(f"{address}/{path}?precinct=4&week={week}")
                settled(page).wait_for_timeout(800)  # charts fade in
                page.screenshot(path=out / f"{one.slug}-{size}.png")
            page.close()
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"{address}/?precinct=4&week={week}")
        settled(page).get_by_role("combobox", name="Acting as").click()
        page.keyboard.type("Officer: ESRO Pikesville")
        page.keyboard.press("Enter")
        settled(page).set_viewport_size({"width": 360, "height": 780})
        page.wait_for_timeout(800)
        page.screenshot(path=out / "my-day-phone.png")
    shutil.rmtree(folder)
    print(f"Wrote the pictures to {out}.", file=sys.stderr)


if __name__ == "__main__":
    main()
