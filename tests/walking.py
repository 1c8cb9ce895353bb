"""Someone at the app, in a browser window of their own: what is done on each page. The words of the pages
that walks go by stand here, and few of them in the walks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from playwright.sync_api import Browser, Locator, expect

from scheduler.tables.columns import TABLES
from scheduler.tables.labels import column_label
from tests.windows import DESK, PHONE, SECONDS, WORKING, Runs, Window, steady


class Visitor(Window):
    """What people do on the pages."""

    # -- a supervisor's week ---------------------------------------------------------------------

    def adds_leave(self, day: date) -> None:
        """Enters a day of leave of the first officer: the window, the day, the button."""
        self.presses("Add leave, court, training…")
        self.dates("First day", day, self.dialog)
        self.presses("Add it", within=self.dialog)
        self.reads("Saved as revision")

    def generates(self) -> None:
        """Has the shown week planned."""
        self.presses("Generate")
        self.reads(r"Draft \d+ · not published")
        self.is_finished()

    def is_finished(self) -> None:
        """Waits until what is planned is there."""
        expect(self.page.get_by_text(re.compile(WORKING))).to_have_count(0, timeout=1000 * SECONDS)
        self.rests()

    def publishes(self, reason: str) -> None:
        """Publishes the shown draft."""
        self.presses("Publish…")
        self.types("Why (for the record)", reason, self.dialog)
        self.presses("Publish", within=self.dialog)
        self.reads("Published as revision")
        self.presses("Done")

    def pins(self, visit: str) -> None:
        """Pins a visit of the shown plan."""
        self.chooses("Visit", visit)
        steady(self.page.get_by_role("radio", name="Pin")).click()
        self.rests()
        self.presses("Pin it")
        self.reads("It is pinned")

    def asks_why(self) -> None:
        """Has it found out what the week leaves out."""
        self.presses("Find out")
        self.reads("What would mend it|Nothing is left out")
        self.is_finished()

    def keeps_repair(self, sentence: str) -> None:
        """Keeps what would mend a shortage as a scenario."""
        row = self.page.get_by_test_id("stHorizontalBlock").filter(has_text=sentence).last
        self.presses("Keep as a scenario", within=row)
        self.reads("Kept: ")

    def compares(self, scenario: str) -> None:
        """Has a kept scenario planned beside the week as it is."""
        self.page.get_by_role("checkbox", name=scenario).check(force=True)
        self.rests()
        self.presses("Compare")
        self.reads("Side by side")
        self.is_finished()

    def promotes(self, scenario: str, reason: str) -> None:
        """Makes a compared scenario real, and waits for the draft."""
        self.opens(f"{scenario}: what changes")
        self.presses("Promote to a draft…")
        self.types("Why (for the record)", reason, self.dialog)
        self.presses("Make the changes and plan", within=self.dialog)
        self.reads("The tables now say so")

    # -- tables ----------------------------------------------------------------------------------

    def enters(self, table: str, row: int, column: str, text: str) -> None:
        """Types into a cell of the shown table, from the keyboard: a cell of the first row is clicked, and
        keys go on from there. Cells are drawn, so a browser knows none of them."""
        grid = self.page.get_by_test_id("stDataFrame").locator("canvas").first
        grid.click(position={"x": 400, "y": 52}, force=True)  # below the head, right of the row's note
        names = ["row", "note", *(c.name for c in TABLES[table].columns)]
        for key, times in (("Home", 1), ("ArrowDown", row), ("ArrowRight", names.index(column))):
            for _ in range(times):
                self.page.keyboard.press(key)
        self.page.keyboard.press("Enter")
        self.cell.fill(text)
        self.cell.press("Enter")
        expect(self.cell).to_have_count(0)

    @property
    def cell(self) -> Locator:
        """The field over the cell that is typed in."""
        return self.page.locator("#portal").get_by_role("textbox")

    def edits(self, table: str, row: int, column: str, text: str) -> None:
        """Types into a cell of the shown table, and sees what it changes."""
        self.enters(table, row, column, text)
        label = column_label(table, column)
        self.reads(f"{label[0].lower()}{label[1:]} {text} in place of")
        self.rests()

    def saves(self, reason: str) -> None:
        """Saves the tables with a reason."""
        self.types("Why (for the record)", reason)
        self.presses("Save")

    # -- the division ----------------------------------------------------------------------------

    def lends(self, officer: str, precinct: str) -> None:
        """Has a relief officer cover one precinct more."""
        self.opens("Lend a relief officer")
        self.chooses("Relief officer", officer)
        self.chooses("Also covers", precinct)
        self.presses("Lend")
        self.reads(f"also covers {precinct}")
        self.presses("Close these notes")

    def plans_all(self) -> None:
        """Has every precinct planned, and sees them finish."""
        self.presses("Plan every precinct")
        self.reads(r"\d+ drafts were made")
        self.rests()

    def publishes_all(self, reason: str) -> None:
        """Publishes every draft."""
        self.presses("Publish all drafts…")
        self.types("Why (for the record)", reason, self.dialog)
        self.presses("Publish them", within=self.dialog)
        self.reads("published as revision")

    # -- what if ---------------------------------------------------------------------------------

    def closes_a_school_for_a_try(self, school: str) -> str:
        """Makes a scenario with a maker and keeps it; its name."""
        self.chooses("What if …", "A school closes")
        self.chooses("School", school)
        self.presses("Keep this scenario")
        self.reads("Kept: ")
        kept = self.page.get_by_text(re.compile("Kept: ")).inner_text()
        return kept.removeprefix("Kept: ").removesuffix(".")

    # -- calendars -------------------------------------------------------------------------------

    def makes_a_link(self) -> str:
        """Makes the first missing calendar link; its https address, which is shown this once."""
        self.presses("Make a link")
        address = self.dialog.get_by_text(re.compile(r"^http.*\.ics$")).first.inner_text()
        webcal = self.dialog.get_by_role("link", name="Apple")
        expect(webcal).to_have_attribute("href", re.sub("^https?", "webcal", address))
        self.presses("Done", within=self.dialog)
        return address

    # -- an officer's day ------------------------------------------------------------------------

    def takes_a_phone(self) -> None:
        """Looks at the same page on a small screen, which must not scroll sideways."""
        self.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        self.rests()
        expect(self.page.get_by_test_id("stSidebarNavLink").first).not_to_be_in_viewport()
        assert self.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]

    def stop(self, school: str) -> Locator:
        """The box of a visit in My day."""
        boxes = self.page.get_by_test_id("stVerticalBlock").filter(has_text=f"· {school}")
        return boxes.filter(has=self.page.get_by_role("link", name="Google Maps")).last

    def confirms(self, school: str) -> None:
        """Says in one tap that a visit took place."""
        button = self.stop(school).get_by_role("button", name="Confirm", exact=True)
        expect(button).to_be_in_viewport()
        steady(button).tap()
        expect(self.stop(school)).to_contain_text("Confirmed")
        self.rests()

    def reports_missed(self, school: str, why: str) -> None:
        """Says that a visit did not take place, and why."""
        steady(self.stop(school).get_by_text("Missed / other times")).tap()
        steady(self.stop(school).get_by_text("Missed", exact=True)).tap()
        self.rests()
        self.chooses("Why", why, self.stop(school))
        self.presses("Save", within=self.stop(school))
        expect(self.stop(school)).to_contain_text(f"Missed: {why}")


@contextmanager
def visiting(chromium: Browser, url: str, size: tuple[int, int] = DESK) -> Iterator[Visitor]:
    """Someone at an address of the app; a context of the browser of its own, so another session."""
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]}, has_touch=True, ignore_https_errors=True
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    visitor = Visitor(page, Runs())
    page.on("websocket", visitor.runs.watch)
    page.goto(url)
    visitor.rests()
    try:
        yield visitor
    finally:
        context.close()
