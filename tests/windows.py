"""A window of a browser at the app: what anyone does in it, whatever the page."""

import re
from dataclasses import dataclass
from datetime import date
from time import monotonic

from playwright.sync_api import Locator, Page, TimeoutError, WebSocket, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.serving_app import settled

DESK, PHONE = (1366, 768), (360, 740)
SECONDS = 90
"""No step of a walk may take longer."""
STILL = """async element => {
  for (let last = '', times = 0; times < 10; ) {
    await new Promise(requestAnimationFrame);
    const { left, top, width, height } = element.getBoundingClientRect();
    const now = [left, top, width, height].join();
    const moving = document.getAnimations().some(
      a => a.playState === 'running' && a.effect.target && a.effect.target.contains(element));
    times = now === last && !moving ? times + 1 : 0;
    last = now;
  }
}"""
"""Waits until something stands still. What still slides while it is pressed may be gone from below the
pointer when that goes up, and browsers tell nobody of such a press."""
WORKING = "s so far"
"""What stands there while something is planned."""


def steady(thing: Locator) -> Locator:
    """Something on a page once it is in sight and stands still."""
    thing.scroll_into_view_if_needed()
    thing.evaluate(STILL)
    return thing


@dataclass
class Runs:
    """When the app was last asked to run a page, began to, and was done, in the order of things."""

    count: int = 0
    asked: int = 0
    begun: int = 0
    done: int = 0

    def watch(self, socket: WebSocket) -> None:
        """Follows what a window and the app say to each other."""
        self.count += 1
        self.asked = self.count
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, frame: str | bytes) -> None:
        """What a timer asks for does not count: the app leaves it where what it was for is gone."""
        if isinstance(frame, str):
            return
        message = BackMsg.FromString(frame)
        if message.WhichOneof("type") == "rerun_script" and not message.rerun_script.is_auto_rerun:
            self.count += 1
            self.asked = self.count

    def _received(self, frame: str | bytes) -> None:
        if isinstance(frame, str):
            return
        self.count += 1
        message = ForwardMsg.FromString(frame)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.begun = self.count
        elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.done = self.count

    @property
    def over(self) -> bool:
        """Whether what was asked for last is there."""
        return self.asked < self.begun < self.done


@dataclass
class Window:
    """One browser window."""

    page: Page
    runs: Runs

    # -- around ----------------------------------------------------------------------------------

    def signs_in(self, email: str) -> None:
        """Goes to the department's page by the only button there is, and says who it is."""
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_role("button", name="Continue").click()
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible(timeout=30_000)
        self.rests()

    def acts_as(self, name: str) -> None:
        """Looks through another role's eyes."""
        steady(self.page.get_by_role("combobox", name="Acting as")).click()
        steady(self.page.get_by_role("option", name=name)).click()
        self.rests()

    def goes_to(self, title: str) -> None:
        """Opens a page by the menu."""
        link = self.page.get_by_test_id("stSidebarNavLink").filter(has_text=title)
        steady(link).click()
        expect(link).to_have_attribute("aria-current", "page")
        self.rests()

    @property
    def menu(self) -> list[str]:
        """The pages of the menu."""
        links = self.page.get_by_test_id("stSidebarNavLink").all_inner_texts()
        return [text.split("\n")[-1].strip() for text in links]

    def rests(self) -> None:
        """Waits until all that was asked for is there; nothing may have failed."""
        self.page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
        end = monotonic() + SECONDS
        while not self.runs.over:
            assert monotonic() < end, "the page does not come to rest"
            self.page.wait_for_timeout(20)
        settled(self.page)

    def presses(self, name: str, exact: bool = True, within: Locator | None = None) -> None:
        """Presses a button that stands still; the app must be told of it."""
        button = steady((within or self.page).get_by_role("button", name=name, exact=exact).first)
        before, end = self.runs.asked, monotonic() + SECONDS
        button.click()
        while self.runs.asked == before:
            assert monotonic() < end, f"nothing came of pressing “{name}”"
            self.page.wait_for_timeout(20)
        self.rests()

    def opens(self, title: str) -> None:
        """Opens what is folded away under a title, where it is not open yet."""
        folded = self.page.locator("details").filter(has=self.page.locator("summary", has_text=title))
        summary = steady(folded.locator("summary"))
        if folded.get_attribute("open") is None:
            summary.click()
        expect(folded).to_have_attribute("open", "")
        steady(folded.get_by_test_id("stExpanderDetails"))

    def reads(self, words: str, seconds: float = SECONDS) -> None:
        """Waits until the page says so."""
        expect(self.page.get_by_text(re.compile(words)).first).to_be_visible(timeout=1000 * seconds)

    def does_not_read(self, words: str) -> None:
        """The page does not say so."""
        expect(self.page.get_by_text(re.compile(words))).to_have_count(0)

    def chooses(self, label: str, option: str, within: Locator | None = None) -> None:
        """Chooses in a list; one that a page still moving has shut is opened again."""
        wanted = self.page.get_by_role("option", name=option).first
        for _ in range(5):
            steady((within or self.page).get_by_role("combobox", name=label, exact=True)).click()
            try:
                wanted.wait_for(timeout=3000)
                break
            except TimeoutError:
                continue
        steady(wanted).click()
        self.rests()

    def types(self, label: str, text: str, within: Locator | None = None) -> None:
        """Fills a field."""
        field = (within or self.page).get_by_label(label).first
        field.fill(text)
        field.press("Enter")
        self.rests()

    def dates(self, label: str, day: date, within: Locator | None = None) -> None:
        """Types a date into its field and picks it in the calendar that opens, which closes it."""
        first = (within or self.page).get_by_role("group", name=label).get_by_role("spinbutton").first
        first.focus()
        self.page.keyboard.type(f"{day:%Y%m%d}")
        steady(self.page.get_by_role("button", name=f"{day:%A, %B} {day.day}, {day.year}")).click()
        self.rests()

    def takes_out(self, button: str) -> bytes:
        """The file that a button brings."""
        with self.page.expect_download() as coming:
            steady(self.page.get_by_role("button", name=button)).click()
        return coming.value.path().read_bytes()

    @property
    def dialog(self) -> Locator:
        """The window over the page."""
        return self.page.get_by_role("dialog")
