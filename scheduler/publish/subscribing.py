"""How a calendar link gets into people's calendars: addresses, a code to scan, and honest delays."""

import io
import ipaddress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import segno

from scheduler.errors import InputError, Problem

GOOGLE = "https://calendar.google.com/calendar/r?cid="
OUTLOOK = "https://outlook.live.com/calendar/0/addfromweb"
DELAYS = {
    "Apple": "Apple Calendar: as the phone is set (Settings, Calendar, Accounts, Fetch New Data); a Mac may "
    "ask weekly unless told otherwise.",
    "Google": "Google Calendar: 8 to 24 hours, whatever is set.",
    "Outlook.com": "Outlook.com: about 3 hours, at times over a day.",
    "Thunderbird": "Thunderbird: 30 minutes.",
}
"""How long a change takes to show in each client."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """The addresses of one link. `loopback` tells that only this machine can reach it; `plain` that
    it travels without encryption."""

    https: str
    webcal: str
    google: str
    outlook: str
    loopback: bool
    plain: bool


def base_address(url: str | None, base_path: str = "") -> str:
    """The address of the program as a browser that shows one of its pages sees it."""
    parts = urlsplit(url or "")
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else "http://localhost:8501"
    path = base_path.strip("/")
    return f"{origin}/{path}" if path else origin


def subscription(base: str, path: str, name: str) -> Subscription:
    """The addresses of the calendar at `path` below `base`. Raises InputError."""
    base = base.strip().rstrip("/")
    parts = urlsplit(base if "://" in base else f"https://{base}")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or " " in parts.netloc:
        raise InputError([Problem("address", None, None, base, "this is no address of a server",
                                  "Write it like https://esro.example.org.")])  # fmt: skip
    rest = f"{parts.netloc}{parts.path.rstrip('/')}{path}"
    address, webcal = f"{parts.scheme}://{rest}", f"webcal://{rest}"
    return Subscription(
        address, webcal, GOOGLE + quote(webcal, safe=""),
        f"{OUTLOOK}?url={quote(address, safe='')}&name={quote(name, safe='')}",
        _is_loopback(parts.hostname), parts.scheme == "http",
    )  # fmt: skip


def qr_svg(text: str) -> str:
    """A code for a phone's camera, as SVG made here, as large as its place."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, light="#fff", omitsize=True)
    return out.getvalue().decode()


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
