"""Browsers' sessions without a screen: each over its WebSocket, choosing another precinct now and then.

python -m benchmarks.sessions PORT COUNT WEEK
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EVERY = 2.0
"""Seconds between two runs of a session's page."""


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
    command = [sys.executable, "-m", "benchmarks.sessions", str(port), str(count), week]
    with subprocess.Popen(command, cwd=Path(__file__).parents[1], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as process:  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield
        process.stdin.close()
        told |= json.loads(process.stdout.readline())


def main() -> None:
    """Keeps sessions open until standard input is closed."""
    port, count, week = sys.argv[1:]
    asyncio.run(visit_pages(int(port), int(count), week))


if __name__ == "__main__":
    main()
