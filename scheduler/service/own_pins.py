"""Pins put on a plan's own visits after it was made: it keeps them, so they do not put it out of date."""

from collections.abc import Iterable
from dataclasses import replace

from scheduler.domain.agency import Agency
from scheduler.domain.plan import Visit


def without_own_pins(head: Agency, then: Agency, visits: Iterable[Visit]) -> Agency:
    """The tables as they stand without the pins that were set since `then` on these visits."""
    kept, before = {v.pin_key for v in visits}, {p.pin_key for p in then.pins}
    pins = tuple(p for p in head.pins if p.pin_key in before or p.pin_key not in kept)
    return replace(head, pins=pins) if len(pins) < len(head.pins) else head
