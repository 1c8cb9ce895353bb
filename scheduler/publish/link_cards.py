"""Calendar links on paper: a card for each holder, to print, cut out and hand over."""

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.publish.subscribing import DELAYS, qr_svg, subscription
from scheduler.publish.templates import render


@dataclass(frozen=True, slots=True)
class Card:
    """Whose calendar stands at a path of the server, and what it shows now."""

    name: str
    path: str
    shows: str


def cards_html(agency: str, made: str, base: str, cards: Sequence[Card]) -> str:
    """The cards as one page that opens offline; `base` is the server's address, `made` the day. Raises
    InputError where that is none."""
    found = [(c, subscription(base, c.path, c.name)) for c in cards]
    return render(
        "link_cards.html", agency=agency, made=made, delays=list(DELAYS.values()),
        loopback=any(s.loopback for _, s in found), plain=any(s.plain for _, s in found),
        cards=[{"name": c.name, "shows": c.shows, "https": s.https, "webcal": s.webcal,
                "code": qr_svg(s.webcal)} for c, s in found],
    )  # fmt: skip
