"""A real PostgreSQL server for tests, where its programs are installed."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

USER = "postgres"


def programs() -> Path | None:
    """The folder of the newest server's programs, None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else (Path(on_path).parent if on_path else None)


class Server:
    """A server on loopback in a folder of its own; it refuses to run as root, so it does not."""

    def __init__(self, bin_: Path) -> None:
        self._bin = bin_
        self.folder = Path(tempfile.mkdtemp(prefix="esro-pg-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        if os.getuid() == 0:
            shutil.chown(self.folder, USER)
        self._run([self._bin / "initdb", "-D", self.folder / "data", "-U", USER, "-A", "trust", "-E", "UTF8",
                   "--no-sync"])  # fmt: skip
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port}"
        options += f" -c unix_socket_directories={self.folder}"
        self._run([self._bin / "pg_ctl", "-D", self.folder / "data", "-w", "-t", "60", "-o", options, "-l",
                   self.folder / "log", "start"])  # fmt: skip
        self._count = 0

    def _run(self, command: Sequence[object]) -> None:
        words = [str(w) for w in command]
        if os.getuid() == 0:
            words = ["runuser", "-u", USER, "--", *words]
        subprocess.run(words, check=True, capture_output=True, cwd="/", timeout=120)

    def new_database(self) -> str:
        """The URL of a fresh, empty database."""
        self._count += 1
        name = f"esro_{self._count}"
        self._run([self._bin / "createdb", "-h", "127.0.0.1", "-p", self.port, "-U", USER, name])
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def stop(self) -> None:
        """Stops the server and removes its folder."""
        self._run([self._bin / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop"])
        shutil.rmtree(self.folder, ignore_errors=True)
