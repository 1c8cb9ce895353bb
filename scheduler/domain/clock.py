"""Local wall-clock time as whole minutes from midnight, and windows of it."""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def parse_clock(text: str) -> int:
    """Minutes from midnight of `HH:MM` (00:00 to 23:59). Raises ValueError otherwise."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no time written HH:MM")
    return int(match[1]) * 60 + int(match[2])


def format_clock(minute: int) -> str:
    """`HH:MM` of minutes from midnight."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _clock_in(value: object) -> int:
    if isinstance(value, str):
        return parse_clock(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1440:
        return value
    raise ValueError("a time is written HH:MM, between 00:00 and 23:59")


ClockTime = Annotated[int, BeforeValidator(_clock_in), PlainSerializer(format_clock, when_used="json")]


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of one day, [start, end) in minutes from midnight."""

    start: int
    end: int

    @property
    def minutes(self) -> int:
        """Its length; 0 where it is empty."""
        return max(0, self.end - self.start)

    def overlap(self, other: "Window") -> int:
        """Minutes that both windows share."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def contains(self, other: "Window") -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def __str__(self) -> str:
        return f"{format_clock(self.start)}-{format_clock(self.end)}"


def merged(windows: "list[Window]") -> tuple[Window, ...]:
    """The union of `windows` as disjoint, ascending windows; touching ones are joined."""
    out: list[Window] = []
    for window in sorted(w for w in windows if w.minutes):
        if out and window.start <= out[-1].end:
            out[-1] = Window(out[-1].start, max(out[-1].end, window.end))
        else:
            out.append(window)
    return tuple(out)
