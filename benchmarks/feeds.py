"""How fast calendars are served while the pages are used.

python -m benchmarks.feeds [--runs 3] [--seconds 10] [--connections 32] [--pace 0 1200]
    [--links 10 10000] [--sessions 0 20]

Everything runs on this machine: the real server (`esro serve`) over a store of the shipped county with a
published week; a generator of conditional requests, in a process of its own, over raw keep-alive
connections, each asking again as soon as it was answered; and browsers' sessions, in a third process,
each over its WebSocket as a browser does it: it opens the week page and chooses another precinct every
two seconds, so that the whole page runs again. With a pace, each connection begins its requests so that
all together make that many a second, and falls behind where answers take longer.
"""

import argparse
import asyncio
import http.client
import itertools
import json
import os
import platform
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from uuid import uuid4

from benchmarks.instances import COUNTY

RESULTS = Path(__file__).with_name("FEEDS.md")
EVERY = 2.0
"""Seconds between two runs of a session's page."""
ADDRESSES, TRIES = 40, 10
"""Addresses that try links which open nothing, and how often each tries each kind."""


@dataclass(frozen=True)
class Load:
    """What a run of the generator measured: requests a second, latencies (ms), answers by status."""

    rate: float
    p50: float
    p99: float
    most: float
    statuses: dict[str, int]


# --- what is served -----------------------------------------------------------------------------


def prepare(folder: Path, seconds: float) -> date:
    """A folder with inputs, a planned week in outputs/, and a store in which the same is published."""
    from scheduler.domain.calendar import monday_of
    from scheduler.errors import RefusedError
    from scheduler.service import drafting, editing, publishing
    from scheduler.service.office import local_actor
    from scheduler.store.engine import Database
    from scheduler.tables.plans import read_plan

    week = monday_of(date.today()) + timedelta(weeks=1)
    (folder / "inputs").symlink_to(COUNTY.parent)
    (folder / "data").mkdir()
    esro(folder, "plan", "inputs/baltimore-county", "--week", str(week), "--time-limit", str(seconds))
    actor = local_actor()
    office = editing.init(Database(f"sqlite:///{folder}/data/esro.db"), COUNTY, actor)
    agency = editing.tables(office).agency
    plan = read_plan(folder / "outputs" / COUNTY.name / str(week) / "plan.csv", agency, [week])
    waiting = list(agency.precincts)
    for precinct in waiting:
        visits = [v for _, v in plan if agency.schools[v.school_id].precinct_id == precinct]
        draft = drafting.manual_draft(office, actor, precinct, week, visits)
        try:
            publishing.publish(office, actor, draft.draft_id, "benchmark")
        except RefusedError:  # a relief officer's day may keep the rules only with more of it published
            assert len(waiting) < 5 * len(agency.precincts)
            waiting.append(precinct)
    office.database.close()
    return week


def add_links(folder: Path, count: int) -> list[tuple[str, str]]:
    """Links to all kinds of calendars in turn, in one transaction; token and ETag of each."""
    from scheduler.domain.link import CalendarLink, LinkKind
    from scheduler.service import linking
    from scheduler.service.office import local_actor, open_office
    from scheduler.store import calendars
    from scheduler.store.engine import Database

    office, actor = open_office(opened=Database(f"sqlite:///{folder}/data/esro.db")), local_actor()
    with office.database.reading() as connection:
        _, agency = office.head(connection)
        targets = [(LinkKind.OFFICER, o) for o in agency.officers]
        targets += [(LinkKind.PRECINCT, p) for p in agency.precincts]
        targets += [(LinkKind.SCHOOL, s) for s in agency.schools]
    made = []
    for target in targets[:count]:
        made.append((linking.make_link(office, actor, *target).token, target))
    with office.database.writing() as connection:
        for n in range(len(made), count):
            target, token = targets[n % len(targets)], uuid4().hex
            calendars.add_link(connection, office.agency_id,
                               CalendarLink(uuid4().hex, *target, office.now(), "x"), token)
            made.append((token, target))
        tags = {t: calendars.get_feed(connection, office.agency_id, *t) for t in set(targets[:count])}
    dead = linking.make_link(office, actor, *targets[0])
    linking.revoke_link(office, actor, dead.link.link_id)
    (folder / "revoked").write_text(dead.token)
    office.database.close()
    return [(token, tags[target].etag) for token, target in made]  # type: ignore[union-attr]


def esro(folder: Path, *words: str) -> None:
    """Runs a command in a folder."""
    command = [sys.executable, "-m", "scheduler.cli", *words]
    subprocess.run(command, cwd=folder, env=surroundings(), check=True, capture_output=True)


def surroundings() -> dict[str, str]:
    """The environment of the programs started here."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "ESRO_DATABASE_URL": ""}


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The real server on a free port, until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "scheduler.cli", "serve", "--port", str(port)]
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen(command, cwd=folder, env=surroundings(), stdout=log, stderr=log)
    try:
        while True:
            assert server.poll() is None, (folder / "server.log").read_text()
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()


# --- the generator of requests ------------------------------------------------------------------


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


# --- the sessions -------------------------------------------------------------------------------


class Session:
    """One browser's session with the pages."""

    def __init__(self, port: int, week: str, seed: int) -> None:
        self.url, self.rng = f"ws://127.0.0.1:{port}/_stcore/stream", random.Random(seed)
        self.address = f"week={week}"
        self.choice: tuple[str, list[str]] | None = None
        self.runs: list[float] = []
        self.faults = 0

    async def live(self) -> None:
        """Opens the page, and chooses another precinct every two seconds."""
        import websockets
        from streamlit.proto.BackMsg_pb2 import BackMsg

        async with websockets.connect(
            self.url, subprotocols=["streamlit"], max_size=None, compression=None  # type: ignore[list-item]
        ) as socket_:
            while True:
                ask = BackMsg()
                ask.rerun_script.query_string = self.address
                if self.choice is not None:
                    state = ask.rerun_script.widget_states.widgets.add()
                    state.id, state.string_value = self.choice[0], self.rng.choice(self.choice[1])
                begun = time.perf_counter()
                await socket_.send(ask.SerializeToString())
                await self.finished(socket_)
                self.runs.append(time.perf_counter() - begun)
                await asyncio.sleep(EVERY * self.rng.uniform(0.75, 1.25))

    async def finished(self, socket_: object) -> None:
        """Reads what the run of the page sends, to its end."""
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        async for data in socket_:  # type: ignore[attr-defined]
            told = ForwardMsg.FromString(data)
            kind = told.WhichOneof("type")
            if kind == "script_finished":
                if told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return
                self.faults += told.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR
            if kind == "page_info_changed":
                self.address = told.page_info_changed.query_string
            if kind == "delta":
                element = told.delta.new_element
                self.faults += element.WhichOneof("type") == "exception"
                if element.WhichOneof("type") == "selectbox" and element.selectbox.label == "Precinct":
                    self.choice = (element.selectbox.id, list(element.selectbox.options))


async def visit_pages(port: int, count: int, week: str) -> None:
    """Keeps sessions open, until standard input is closed; says when all have their page, and then how
    many runs there were and how long they took."""
    sessions = [Session(port, week, n) for n in range(count)]
    tasks = [asyncio.create_task(s.live()) for s in sessions]
    while not all(s.runs for s in sessions):
        await asyncio.sleep(0.1)
        for task in tasks:
            if task.done():
                task.result()
    print("ready", flush=True)
    for session in sessions:
        session.runs.clear()
    begun = time.perf_counter()
    await asyncio.to_thread(sys.stdin.read)
    runs = sorted(r for s in sessions for r in s.runs)
    print(json.dumps({
        "runs": len(runs) / (time.perf_counter() - begun), "p50": 1000 * runs[len(runs) // 2],
        "faults": sum(s.faults for s in sessions), "choices": sum(s.choice is not None for s in sessions),
    }), flush=True)  # fmt: skip
    for task in tasks:
        task.cancel()


@contextmanager
def sessions_open(port: int, count: int, week: str, told: dict[str, float]) -> Iterator[None]:
    """Sessions that use the pages, until the end of the block."""
    if not count:
        yield
        return
    command = [sys.executable, "-m", "benchmarks.feeds", "--as-sessions", str(port), str(count), week]
    with subprocess.Popen(command, cwd=Path(__file__).parents[1], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as process:  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield
        process.stdin.close()
        told |= json.loads(process.stdout.readline())


# --- links that open nothing ----------------------------------------------------------------------


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


# --- one table ----------------------------------------------------------------------------------


def measure(
    folder: Path, port: int, links: int, sessions: int, pace: float, options: argparse.Namespace
) -> str:
    """One row: the median run."""
    told: dict[str, float] = {}
    with sessions_open(port, sessions, (folder / "week").read_text(), told):
        loads = [generated(port, folder / "links.json", pace, options) for _ in range(options.runs)]
    assert all(set(load.statuses) == {"304"} for load in loads), loads
    assert not sessions or (told["choices"] == sessions and not told["faults"]), told
    row = [f"{links:,}", str(sessions), f"{pace:,.0f}" if pace else "all that go"]
    row += [f"{median(getattr(x, f) for x in loads):,.{d}f}"
            for f, d in (("rate", 0), ("p50", 1), ("p99", 1), ("most", 0))]  # fmt: skip
    row += [f"{told['runs']:.1f}", f"{told['p50']:.0f}"] if told else ["", ""]
    return "| " + " | ".join(row) + " |"


def generated(port: int, file: Path, pace: float, options: argparse.Namespace) -> Load:
    """One run of the generator, in a process of its own."""
    words = ["--as-generator", str(port), str(file), "--seconds", str(options.seconds)]
    words += ["--connections", str(options.connections), "--pace", str(pace)]
    done = subprocess.run([sys.executable, "-m", "benchmarks.feeds", *words], check=True, text=True,
                          stdout=subprocess.PIPE, cwd=Path(__file__).parents[1])  # fmt: skip
    return Load(**json.loads(done.stdout))


def main() -> None:
    """Measures everything and writes FEEDS.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--pace", type=float, nargs="*", default=[0, 1200], help="a second; 0: as many as go")
    parser.add_argument("--links", type=int, nargs="*", default=[10, 10_000])
    parser.add_argument("--sessions", type=int, nargs="*", default=[0, 20])
    parser.add_argument("--folder", type=Path, help="keep what is served here, or use what is kept")
    parser.add_argument("--no-write", action="store_true", help="print, and leave FEEDS.md as it is")
    parser.add_argument("--as-generator", nargs=2, metavar=("PORT", "FILE"))
    parser.add_argument("--as-sessions", nargs=3, metavar=("PORT", "COUNT", "WEEK"))
    options = parser.parse_args()
    if options.as_sessions:
        port, count, week = options.as_sessions
        asyncio.run(visit_pages(int(port), int(count), week))
        return
    if options.as_generator:
        port, file = options.as_generator
        links = [(token, etag) for token, etag in json.loads(Path(file).read_text())]
        load = asyncio.run(generate(int(port), links, options.seconds, options.connections, options.pace[0]))
        print(json.dumps(asdict(load)))
        return
    with tempfile.TemporaryDirectory(prefix="esro-feeds-") as temporary:
        lines = tables(options.folder or Path(temporary), options)
    if not options.no_write:
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def tables(parent: Path, options: argparse.Namespace) -> list[str]:
    """Every row, as it is measured."""
    lines = heading()
    for count in options.links:
        folder = parent / str(count)
        if not folder.is_dir():
            folder.mkdir(parents=True)
            (folder / "week").write_text(str(prepare(folder, 20)))
            (folder / "links.json").write_text(json.dumps(add_links(folder, count)))
        with serving(folder) as port:
            refused = refusals(port, (folder / "revoked").read_text())
            for sessions, pace in itertools.product(options.sessions, options.pace):
                lines.append(measure(folder, port, count, sessions, pace, options))
                print(lines[-1], flush=True)
    print("\n".join(refused))
    return lines + refused


def heading() -> list[str]:
    """What the table says of itself."""
    versions = ", ".join(f"{n} {version(n)}" for n in ("streamlit", "starlette", "uvicorn", "sqlalchemy"))
    command = " ".join(["python -m benchmarks.feeds", *sys.argv[1:]])
    return [
        "# Calendars under load",
        "",
        f"`{command}`: conditional requests, all answered 304; server, generator and sessions together on "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {versions}, esro "
        f"{version('esro-scheduler')}. Median of the runs.",
        "",
        "| links | sessions | asked a second | answered | p50 ms | p99 ms | most ms | page runs/s | p50 ms |",
        "|---|---|---|---|---|---|---|---|---|",
    ]


if __name__ == "__main__":
    main()
