"""Tokens and whereabouts are in the answers to their links, and nowhere else: no log, no error."""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.testclient import TestClient

from scheduler.domain.link import LinkKind
from scheduler.errors import StoreError
from scheduler.publish.feed_routes import calendar_routes
from scheduler.service import linking
from scheduler.service.feed_desk import FeedDesk
from scheduler.store.calendars import token_hash
from scheduler.store.engine import Database
from tests.offices import ADMIN, WEEK, Desk

ROOT = Path(__file__).parents[1]
WHEREABOUTS = ("School a", "School b", "School c", "School d", "Officer o", "DTSTART", "T090000")
UNKNOWN = "unknown-" + "k" * 19


class Server:
    """The real server in a process of its own, and everything that it says."""

    def __init__(self, folder: Path, url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scheduler.cli", "serve", "--port", str(self.port)], cwd=folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "ESRO_DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert self.process.stdout is not None
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if "URL:" in line:  # it listens
                break

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
        """The status, and headers and body as one text."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer.status, f"{answer.getheaders()}\n{answer.read().decode(errors='replace')}"

    def raw(self, data: bytes) -> str:
        """What it answers to bytes that are no HTTP, until it hangs up."""
        got = b""
        with socket.create_connection(("127.0.0.1", self.port), 60) as connection, suppress(ConnectionError):
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                got += part
        return got.decode(errors="replace")

    def stop(self) -> str:
        """Stops it; everything that it said on both streams."""
        self.process.terminate()
        self.said += self.process.communicate(timeout=60)[0]
        return self.said


@contextmanager
def serving(folder: Path, url: str) -> Iterator[Server]:
    """A server until the end of the block."""
    server = Server(folder, url)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def assert_silent(what: str, *tokens: str) -> None:
    """Whether a text tells of no token and of nobody's way."""
    for secret in (*tokens, *(token_hash(t) for t in tokens), *WHEREABOUTS):
        assert secret not in what, (secret, what[-3000:])


def test_tokens_and_whereabouts_are_in_no_log_and_in_no_answer_without_a_link(
    town: Desk, url: str, tmp_path: Path
) -> None:
    """Proves, with the real server on both databases, that living, revoked, unknown and malformed links,
    broken requests and a store that breaks while it is served leave no token, no name and no time of a
    visit in its output or in any answer but the one to a living link."""
    town.publish(*WEEK)
    live = linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "o").token
    dead = linking.make_link(town.office, ADMIN, LinkKind.PRECINCT, "p")
    linking.revoke_link(town.office, ADMIN, dead.link.link_id)
    tokens = (live, dead.token, UNKNOWN)
    told: list[str] = []
    with serving(tmp_path, url) as server:
        status, body = server.ask(f"/calendars/{live}.ics")
        assert status == 200 and "School a" in body and live not in body
        tag = body.split("'etag', '")[1].split("'")[0]
        status, body = server.ask(f"/calendars/{live}.ics", **{"If-None-Match": tag})
        assert status == 304
        told.append(body)
        nothing = {server.ask(f"/calendars/{t}.ics")[1].partition("\n")[2]
                   for t in (dead.token, UNKNOWN, "x", "%00%ff", "A" * 3000)}  # fmt: skip
        assert nothing == {"There is no such calendar.\n"}
        for token in tokens:
            for path in (
                f"/calendars/{token}", f"/calendars/{token}.ics/", f"/calendars//{token}.ics", f"/{token}",
                f"/calendars/../{token}.ics", f"/calendar/{token}.ics", f"/?t={token}",
                f"/media/{token}.ics", f"/_stcore/{token}", f"/calendars/{token}.ics%0d%0aX:y",
            ):  # fmt: skip
                told.append(server.ask(path)[1])
            for method in ("POST", "PUT", "OPTIONS", "TRACE"):
                told.append(server.ask(f"/calendars/{token}.ics", method)[1])
            told.append(server.raw(f"GET /calendars/{token}.ics\r\n\r\n".encode()))
            told.append(server.raw(f"GET /calendars/{token}.ics\x00 nonsense\r\n: x\r\n\r\n".encode()))
            told.append(server.raw(f"/calendars/{token}.ics".encode() * 5000))
        with town.office.database.writing() as connection:
            connection.execute(text("ALTER TABLE counters RENAME TO away"))
        broken = [server.ask(f"/calendars/{t}.ics") for t in (UNKNOWN, dead.token)]
        # What is at hand is served for a quarter of a second more, and not a moment longer.
        while (answer := server.ask(f"/calendars/{live}.ics"))[0] == 200:
            assert "School a" in answer[1]
        assert {status for status, _ in (*broken, answer)} <= {404, 503} and answer[0] == 503
        told += [body for _, body in (*broken, answer)] + [server.ask("/")[1]]
        said = server.stop()
    for what in (*told, said):
        assert_silent(what, *tokens)
    assert "calendars/" not in said and "Traceback" not in said, said


def test_a_damaged_store_is_an_answer_without_details(town: Desk, tmp_path: Path) -> None:
    """Proves that a store which became unreadable is told of in one sentence, in answers and output."""
    file = town.office.database.file
    if file is None:
        pytest.skip("a server looks after its own files")
    token = linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "o").token
    town.office.database.close()
    for part in file.parent.iterdir():
        part.write_bytes(b"no database any more " * 500)
    with serving(tmp_path, f"sqlite:///{file}") as server:
        status, body = server.ask(f"/calendars/{token}.ics")
        said = server.stop()
    assert status == 503 and "The calendars cannot be read just now." in body
    assert str(file) not in body and "Traceback" not in said
    assert_silent(body + said, token)
    with pytest.raises(StoreError, match="cannot be used"):
        FeedDesk(lambda: Database(f"sqlite:///{file}")).find(token)


def test_an_error_of_the_database_tells_no_values(town: Desk) -> None:
    """Proves that errors which nobody expected show the statement at most, never what was in it."""
    made = linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "o")
    with pytest.raises(SQLAlchemyError) as caught, town.office.database.writing() as connection:
        connection.execute(text("INSERT INTO links (link_id, token_hash) VALUES (:a, :b)"),
                           {"a": "School a", "b": made.token})  # fmt: skip
    assert "links" in str(caught.value) and "[SQL: INSERT" in str(caught.value)
    shown = str(caught.value)
    assert made.token not in shown.partition("[SQL:")[2] and "School a" not in shown.partition("[SQL:")[2]


def test_an_error_that_nobody_expected_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Proves that a defect in the program shows as a plain 500."""

    def broken() -> Database:
        raise ZeroDivisionError(f"School a, {UNKNOWN}")

    app = Starlette(routes=calendar_routes(FeedDesk(broken)))
    answer = TestClient(app, base_url="http://feeds", raise_server_exceptions=False).get(
        f"/calendars/{UNKNOWN}.ics"
    )
    assert answer.status_code == 500
    assert_silent(f"{answer.headers} {answer.text} {caplog.text}", UNKNOWN)
