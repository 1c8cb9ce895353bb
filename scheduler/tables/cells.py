"""Single cells: from text to value and back, and what to say where that fails."""

import itertools
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from scheduler.domain.agency import WEEKDAYS
from scheduler.domain.clock import Window, format_clock, parse_clock
from scheduler.tables.columns import FORMAT_WORDS, Kind

_DEFUSED = re.compile(r"'+[=+\-@\t\r]")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_WHOLE = re.compile(r"([0-9]{1,9})(?:\.0{1,6})?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,12}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")
_CLOCK = re.compile(r"[0-9]:[0-5][0-9]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::00)?")
FOCUSES = ("teaching", "mentoring", "law_enforcement")


def defuse(text: str) -> str:
    """A text cell that a spreadsheet does not run as a formula: one that begins with = + - @,
    a tab or a carriage return (behind any apostrophes) gets one more apostrophe."""
    return f"'{text}" if _FORMULA.match(text) else text


def refuse(text: str) -> str:
    """The inverse of `defuse`; other cells stand as they are."""
    return text[1:] if _DEFUSED.match(text) else text


def _clock(text: str) -> int:
    if _CLOCK.fullmatch(text):  # spreadsheets drop the leading zero
        text = f"0{text}"
    return parse_clock(text)


def _window(text: str) -> Window:
    begin, dash, end = text.partition("-")
    if not dash:
        raise ValueError("no window")
    window = Window(_clock(begin.strip()), _clock(end.strip()))
    if window.start >= window.end:
        raise ValueError("the window ends before it begins")
    return window


def _windows(text: str) -> tuple[Window, ...]:
    windows = tuple(_window(part.strip()) for part in text.split(";") if part.strip())
    ordered = sorted(windows)
    for a, b in itertools.pairwise(ordered):
        if b.start < a.end:
            raise ValueError(f"the windows {a} and {b} overlap")
    return windows


def _whole(text: str) -> int:
    match = _WHOLE.fullmatch(text)
    if match is None:
        raise ValueError("no whole number")
    return int(match[1])


def _positive(text: str) -> int:
    value = _whole(text)
    if value < 1:
        raise ValueError("not above 0")
    return value


def _decimal(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError("no number")
    try:
        return Decimal(text)
    except InvalidOperation as error:  # pragma: no cover - the pattern leaves none
        raise ValueError("no number") from error


def _weight(text: str) -> Decimal:
    value = _decimal(text)
    if not 0 <= value <= 1_000_000:
        raise ValueError("out of range")
    return value


def _degrees(limit: int) -> Callable[[str], float]:
    def parse(text: str) -> float:
        value = float(_decimal(text))
        if not -limit <= value <= limit:
            raise ValueError("no such place on Earth")
        return value

    return parse


def _date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError("no date")
    value = date.fromisoformat(text)
    if not 1990 <= value.year <= 2200:
        raise ValueError("the year is out of range")
    return value


def _moment(text: str) -> datetime:
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError("no date with time")
    minutes = parse_clock(match[2])
    return datetime.combine(_date(match[1]), datetime.min.time()) + timedelta(minutes=minutes)


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError("unknown word")
        return text

    return parse


def _ids(text: str) -> tuple[str, ...]:
    return tuple(part for p in text.split(";") if (part := p.strip()))


def _place(text: str) -> str:
    kind, colon, name = text.partition(":")
    if kind not in ("school", "precinct") or not colon or not name:
        raise ValueError("no place")
    return text


_PARSERS: dict[Kind, Callable[[str], Any]] = {
    "id": str,
    "text": str,
    "ids": _ids,
    "latitude": _degrees(90),
    "longitude": _degrees(180),
    "count": _whole,
    "positive": _positive,
    "weight": _weight,
    "clock": _clock,
    "windows": _windows,
    "window": _window,
    "weekday": lambda text: WEEKDAYS.index(_one_of(*WEEKDAYS)(text)),
    "date": _date,
    "moment": _moment,
    "place": _place,
    "role": _one_of("esro", "relief"),
    "focus": _one_of(*FOCUSES),
    "status": _one_of("done", "missed"),
    "cause": _one_of("called_away", "school_closed", "officer_absent", "other"),
}

TEXT_KINDS = frozenset({"id", "text", "ids", "place"})
"""Kinds whose cells may say anything, so that they are defused on writing."""


def parse_cell(kind: Kind, text: str) -> Any:
    """The value of a cell that is not blank. Raises ValueError; `advice` says what fits."""
    if kind in TEXT_KINDS:
        return _PARSERS[kind](refuse(text))
    return _PARSERS[kind](text.strip())


def advice(kind: Kind) -> str:
    """What a cell of this kind should hold, as a sentence."""
    return f"Write {FORMAT_WORDS[kind]}."


def format_cell(kind: Kind, value: Any) -> str:
    """The text of a value; None and empty tuples are blank."""
    if value is None or value == ():
        return ""
    if kind in ("id", "text", "place"):
        return defuse(str(value))
    if kind == "ids":
        return defuse(";".join(value))
    if kind == "clock":
        return format_clock(value)
    if kind == "windows":
        return ";".join(map(str, value))
    if kind == "weekday":
        return WEEKDAYS[value]
    if kind == "moment":
        return f"{value:%Y-%m-%dT%H:%M}"
    if kind in ("latitude", "longitude"):
        text = f"{Decimal(repr(value)):f}"
        return text
    if kind == "weight":
        return f"{value:f}"
    return str(value)
