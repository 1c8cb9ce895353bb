"""Calendar clients: their names, and how long each takes to ask again (vendors' documents)."""

from collections.abc import Sequence
from functools import lru_cache

KNOWN: tuple[tuple[str, str, int], ...] = (
    ("google", "Google Calendar", 1440),
    ("outlook", "Outlook", 1440),
    ("microsoft", "Outlook", 1440),
    ("exchange", "Outlook", 1440),
    ("dataaccessd", "Apple Calendar (iPhone)", 1440),
    ("ios/", "Apple Calendar (iPhone)", 1440),
    ("calendaragent", "Apple Calendar (Mac)", 10080),
    ("macos", "Apple Calendar (Mac)", 10080),
    ("thunderbird", "Thunderbird", 30),
    ("nextcloud", "Nextcloud", 60),
    ("icsx5", "ICSx⁵", 1440),
    ("vdirsyncer", "vdirsyncer", 60),
)
"""A part of the User-Agent, the name for people, the minutes until it asks again by default."""

UNKNOWN_MINUTES = 1440
ENOUGH_WAITS = 3


@lru_cache(maxsize=1024)
def client_name(user_agent: str) -> str:
    """The client's name for people; of an unknown one the first word that it says of itself."""
    lower = user_agent.lower()
    for part, name, _ in KNOWN:
        if part in lower:
            return name
    word = user_agent.split("/")[0].split(" ")[0]
    kept = "".join(c for c in word if c.isalnum() or c in "-_.")[:40]
    return kept or "unknown client"


def refresh_minutes(client: str, waits: Sequence[int]) -> int:
    """How long a client takes to ask again: the ninth tenth of what it took lately where enough is
    known, else what is known of the program."""
    if len(waits) >= ENOUGH_WAITS:
        return sorted(waits)[min(len(waits) - 1, 9 * len(waits) // 10)]
    return next((minutes for _, name, minutes in KNOWN if name == client), UNKNOWN_MINUTES)
