"""What the pages look like: colours that can be read, keyboard, phones, print. No picture is compared."""

import itertools
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from scheduler.publish.drawing import FOCUS_COLOURS, FOCUS_EDGE, FOCUS_INK
from scheduler.service import drafting, editing
from scheduler.store.engine import Database
from scheduler.tables.folder import write_agency
from scheduler.ui import theme
from scheduler.ui.pages import PAGES
from tests.offices import ADMIN, WEEK, town_agency, visit
from tests.serving_app import CHROMIUM, browser, said, served, settled, wait_for

NEXT = date.today() + timedelta(days=7 - date.today().weekday())
SHOWN = [visit(v.school_id, v.date.weekday(), f"{v.start // 60}:{v.start % 60:02}", v.minutes, week=NEXT)
         for v in WEEK]  # fmt: skip
SHOWN += [visit("d", 2, "10:15", 45, week=NEXT), visit("a", 2, "12:00", week=NEXT),
          visit("b", 2, "13:20", 75, week=NEXT)]  # fmt: skip
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_texts_have_the_contrast_of_wcag_aa() -> None:
    """Every pair of text and ground that the pages use, and the letters in the blocks: 4.5 to 1."""
    pairs = [*theme.TEXTS, *((FOCUS_INK[f], c) for f, c in FOCUS_COLOURS.items())]
    assert [p for p in pairs if contrast(*p) < 4.5] == []


def test_blocks_are_seen_on_white_and_told_apart_without_colour() -> None:
    """Edges stand out from paper by 3 to 1, and the focuses differ in lightness as grey prints do."""
    assert all(contrast(edge, "#ffffff") >= 3 for edge in FOCUS_EDGE.values())
    assert all(contrast(a, b) >= 1.5 for a, b in itertools.combinations(FOCUS_COLOURS.values(), 2))


def test_the_style_sheets_ask_the_internet_for_nothing() -> None:
    """No address of another machine stands in what the pages are drawn with."""
    for file in (Path(theme.__file__).parent).glob("*.[cj]s*"):
        assert not re.search(r"https?://|@import|url\(", file.read_text()), file.name


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as made:
        yield made


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("looks")
    write_agency(town_agency(), folder / "town")
    url = f"sqlite:///{folder / 'esro.db'}"
    office = editing.init(Database(url), folder / "town", ADMIN)
    drafting.manual_draft(office, ADMIN, "p", NEXT, SHOWN)
    office.database.close()
    with served(folder, url) as at:
        yield at


def opened(chromium: Browser, url: str, width: int, height: int) -> Page:
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.goto(url)
    return settled(page)


FOCUSED = """() => {
  let e = document.activeElement;
  while (e && e.shadowRoot && e.shadowRoot.activeElement) e = e.shadowRoot.activeElement;
  const style = getComputedStyle(e);
  const shown = parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none';
  return [e.getAttribute('aria-label') || e.innerText || e.tagName, shown];
}"""


@needs_chromium
def test_the_week_is_used_by_keyboard_alone(chromium: Browser, address: str) -> None:
    """Tab reaches the buttons and each visit in their order, shows where it is, and Enter picks."""
    page = opened(chromium, f"{address}/?precinct=p&week={NEXT}", 1366, 768)
    page.locator(".visit").first.wait_for()
    names: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name, shown = page.evaluate(FOCUSED)
        names.append(name.split(",")[0].strip())
        if name.startswith(("Generate", "Publish", "School")):
            assert shown, f"the focus on {name} is not seen"
        if name.startswith("School c"):
            break
    wanted = ["Generate", "Publish…", "School a", "School b", "School c"]
    assert [n for n in names if n in wanted][:2] == ["Generate", "Publish…"]
    assert all(n in names for n in wanted), names
    page.keyboard.press("Enter")
    said(page, "Serves")
    page.close()


@needs_chromium
def test_a_phone_scrolls_no_page_sideways(chromium: Browser, address: str) -> None:
    """At 360 pixels every page is as wide as the screen, and the week's header is no more than half."""
    for one in PAGES:
        if one.slug == "my-day":
            continue
        slug = "" if one.slug == "week" else one.slug
        page = opened(chromium, f"{address}/{slug}?precinct=p&week={NEXT}", 360, 780)
        width = partial(page.evaluate, "document.documentElement.scrollWidth")
        assert wait_for(width, lambda wide: wide <= 360) <= 360, one.slug
        if one.slug == "week":
            page.get_by_role("button", name="Dismiss").click()
            page.get_by_text("Your first week").wait_for(state="hidden")
            rounds = page.locator(".officer").first
            box = wait_for(rounds.bounding_box, lambda box: box is not None and box["y"] < 450)
            assert box is not None and box["y"] < 450
        page.close()


OVERLAPS = """rounds => {
  const found = [], boxes = [];
  for (const hours of rounds.querySelectorAll('.hours'))
    for (const e of hours.querySelectorAll('.visit, .gap span, .away span, .off span')) {
      const box = e.getBoundingClientRect();
      if (box.width > 1 && box.height > 1) boxes.push([e.innerText, box]);
    }
  for (const [i, [a, p]] of boxes.entries())
    for (const [b, q] of boxes.slice(i + 1))
      if (p.left < q.right && q.left < p.right && p.top < q.bottom - .5 && q.top < p.bottom - .5)
        found.push([a, b]);
  return [boxes.length, found];
}"""
"""What is written in the grid over something else, in pixels of the screen."""


@needs_chromium
@pytest.mark.parametrize(("width", "gaps"), [(1366, 3), (360, 0)])
def test_nothing_in_the_grid_is_written_over_anything(
    chromium: Browser, address: str, width: int, gaps: int
) -> None:
    """Blocks, drives and breaks have their own places; where there is none, words are left to tooltips."""
    page = opened(chromium, f"{address}/?precinct=p&week={NEXT}", width, 800)
    page.locator(".visit").first.wait_for()
    rounds = page.locator(".rounds").first
    wait_for(lambda: rounds.evaluate(OVERLAPS), lambda found: found == [len(SHOWN) + gaps, []])
    assert page.locator(".gap").count() == 4
    page.close()


@needs_chromium
def test_on_a_phone_a_tap_on_a_visit_leads_to_what_is_said_of_it(chromium: Browser, address: str) -> None:
    """What is said of it stands below the rounds: it is brought into sight."""
    page = opened(chromium, f"{address}/?precinct=p&week={NEXT}", 360, 740)
    page.locator(".visit").first.wait_for()
    panel = page.get_by_text("Click a block, or choose here")
    expect(panel).not_to_be_in_viewport()
    page.locator(".visit").first.click()
    expect(page.get_by_text(re.compile("Serves")).first).to_be_in_viewport()
    page.close()


@needs_chromium
def test_the_zone_of_the_times_is_said_once(chromium: Browser, address: str) -> None:
    """The menu says it where there is one; a small line does on a phone, on paper, and where the menu is put
    away."""
    page = opened(chromium, f"{address}/?precinct=p&week={NEXT}", 1366, 768)
    line, menu = page.locator(".zone"), page.get_by_text("· times in America/New_York")
    menu.wait_for()
    line.wait_for(state="attached")
    assert not line.is_visible()
    page.emulate_media(media="print")
    assert line.is_visible() and not menu.is_visible()
    page.emulate_media(media="screen")
    menu.hover()  # brings up the button that puts the menu away
    page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    line.wait_for(state="visible")
    page.set_viewport_size({"width": 360, "height": 780})
    page.reload()
    line.wait_for(state="visible")
    assert line.inner_text() == "Times in America/New_York."
    page.close()


def sizes(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page, in points."""
    found = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    return [(round(float(w)), round(float(h))) for w, h in found]


@needs_chromium
def test_a_week_prints_on_one_landscape_page(chromium: Browser, address: str) -> None:
    """Printed from the browser, and from the page to download, whose days are portrait pages."""
    page = opened(chromium, f"{address}/?precinct=p&week={NEXT}", 1366, 768)
    page.locator(".visit").first.wait_for()
    assert sizes(page.pdf(prefer_css_page_size=True)) == [(792, 612)]
    with page.expect_download() as waited:
        page.get_by_role("button", name="To print").click()
    html = Path(waited.value.path()).read_text(encoding="utf-8")
    page.set_content(html)
    days = len({v.date for v in SHOWN})
    assert sizes(page.pdf(prefer_css_page_size=True)) == [(792, 612), *[(612, 792)] * days]
    page.close()


@needs_chromium
def test_cards_of_links_are_taken_once_and_print(chromium: Browser, address: str) -> None:
    """One step makes them, a button brings the page, and only then it is done; on paper no card is cut."""
    page = opened(chromium, f"{address}/calendar-links", 1366, 768)
    page.get_by_role("button", name="Make a link for each of the 3 without one…").click()
    page.get_by_role("button", name="Make 3 links").click()
    page.get_by_role("button", name="Close without the cards").wait_for()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Download the cards").click()
    html = Path(waited.value.path()).read_text(encoding="utf-8")
    page.get_by_role("button", name="Done").click()
    page.get_by_role("dialog").wait_for(state="hidden")
    assert page.get_by_text("has no calendar link").count() == 0
    page.set_content(html)
    cards = page.locator(".card")
    assert [c.count() for c in (cards, cards.locator("svg"))] == [3, 3]
    code = cards.locator("svg").first.bounding_box()
    assert code is not None and code["width"] == code["height"] > 100
    assert set(sizes(page.pdf(prefer_css_page_size=True))) == {(612, 792)}
    page.close()
