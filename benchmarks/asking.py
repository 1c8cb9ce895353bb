"""A generator of conditional requests for calendars, over connections that stay open.

python -m benchmarks.asking PORT FILE SECONDS CONNECTIONS PACE
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Load:
    """What a run of the generator measured: requests a second, latencies (ms), answers by status."""

    rate: float
    p50: float
    p99: float
    most: float
    statuses: dict[str, int]


class Asker(asyncio.Protocol):
    """One keep-alive connection that asks, reads the answer, and asks again."""

    def __init__(self, requests: Iterator[bytes], took: list[float], statuses: Counter[str]) -> None:
        self.requests, self.took, self.statuses = requests, took, statuses
        self.buffer, self.begun, self.pause = b"", 0.0, 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the first time."""
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        """Sends the next request."""
        self.begun = time.perf_counter()
        self.transport.write(next(self.requests))  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Reads an answer; one with a body says its length."""
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        status = self.buffer[9:12].decode()
        length = 0
        if status != "304":
            head = self.buffer[:end].lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
        if len(self.buffer) < end + 4 + length:
            return
        self.buffer = self.buffer[end + 4 + length :]
        took = time.perf_counter() - self.begun
        self.took.append(took)
        self.statuses[status] += 1
        if self.pause > took:
            asyncio.get_running_loop().call_later(self.pause - took, self.ask)
        else:
            self.ask()


async def generate(port: int, links: Sequence[tuple[str, str]], seconds: float, connections: int,
                   pace: float) -> Load:  # fmt: skip
    """Asks with the ETag that stands, link after link in a random order, for some seconds."""
    shuffled = random.Random(1).sample(links, len(links))
    asked = [
        (f"GET /calendars/{token}.ics HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: iOS/18.1 (22B83) "
         f'dataaccessd/1.0\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\nIf-None-Match: "{etag}-gzip"'
         "\r\n\r\n").encode()
        for token, etag in shuffled
    ]  # fmt: skip

    def turn() -> Iterator[bytes]:
        while True:
            yield from asked

    took: list[float] = []
    statuses: Counter[str] = Counter()
    requests, loop, askers = turn(), asyncio.get_running_loop(), []
    for _ in range(connections):
        asker = Asker(requests, took, statuses)
        asker.pause = connections / pace if pace else 0.0
        await loop.create_connection(lambda a=asker: a, "127.0.0.1", port)  # type: ignore[misc]
        askers.append(asker)
    begun = time.perf_counter()
    await asyncio.sleep(seconds)
    spent, found, counted = time.perf_counter() - begun, sorted(took), dict(statuses)
    for asker in askers:
        asker.transport.close()
    n = len(found)
    return Load(n / spent, 1000 * found[n // 2], 1000 * found[int(n * 0.99)], 1000 * found[-1], counted)


def main() -> None:
    """One run; prints what it measured."""
    port, file, seconds, connections, pace = sys.argv[1:]
    links = [(token, etag) for token, etag in json.loads(Path(file).read_text())]
    load = asyncio.run(generate(int(port), links, float(seconds), int(connections), float(pace)))
    print(json.dumps(asdict(load)))


if __name__ == "__main__":
    main()
