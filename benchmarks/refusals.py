"""How long links take that open nothing: all the same, whatever they are."""

import http.client
import random
import secrets
import time
from statistics import quantiles

ADDRESSES, TRIES = 40, 10
"""Addresses that try links which open nothing, and how often each tries each kind."""


def refusals(port: int, revoked: str) -> list[str]:
    """How long links take that open nothing: a row a kind. They are asked in a random order, from one
    address after the other, since each may try few."""
    kinds = {
        "unknown": lambda: secrets.token_urlsafe(20), "revoked": lambda: revoked,
        "too short": lambda: "x", "too long": lambda: "A" * 500, "no text": lambda: "%00%ff",
    }  # fmt: skip
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    rng = random.Random(1)
    for address in range(2, 2 + ADDRESSES):
        connection = http.client.HTTPConnection("127.0.0.1", port, source_address=(f"127.0.0.{address}", 0))
        for kind in rng.sample(sorted(kinds) * TRIES, len(kinds) * TRIES):
            begun = time.perf_counter()
            connection.request("GET", f"/calendars/{kinds[kind]()}.ics")
            answer = connection.getresponse()
            answer.read()
            took[kind].append(1000 * (time.perf_counter() - begun))
            assert answer.status == 404
        connection.close()
    rows = []
    for kind, times in took.items():
        low, middle, high = quantiles(times, n=4)
        rows.append(f"| {kind} | {len(times)} | {middle:.2f} | {low:.2f} | {high:.2f} |")
    return [
        "", "Links that open nothing, asked in a random order while nothing else is asked (ms):", "",
        "| link | asked | median | first quartile | third quartile |", "|---|---|---|---|---|", *rows,
    ]  # fmt: skip
