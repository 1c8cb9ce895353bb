"""A subscriber with vdirsyncer and khal, at home in a folder of its own."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.clients import python_client, run


@dataclass(frozen=True, order=True)
class Seen:
    """An event as a client shows it: local times and what is written over it."""

    start: str
    end: str
    title: str
    place: str


class Subscriber:
    """Someone who follows calendars with vdirsyncer and looks at them with khal."""

    def __init__(self, folder: Path, urls: dict[str, str]) -> None:
        self.folder = folder
        self._vdirsyncer, self._khal = map(python_client, ("vdirsyncer", "khal"))
        self._env = {"HOME": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
                     "no_proxy": "127.0.0.1"}  # fmt: skip
        sync = f'[general]\nstatus_path = "{folder}/status"\n'
        look = "[calendars]\n"
        for name, url in urls.items():
            self.vdir(name).mkdir(parents=True)
            sync += f'[pair {name}]\na = "{name}_feed"\nb = "{name}_vdir"\ncollections = null\n'
            sync += f'[storage {name}_feed]\ntype = "http"\nurl = "{url}"\n'
            sync += f'[storage {name}_vdir]\ntype = "filesystem"\npath = "{self.vdir(name)}"\n'
            sync += 'fileext = ".ics"\n'
            look += f"[[{name}]]\npath = {self.vdir(name)}\nreadonly = True\n"
        look += "[locale]\nlocal_timezone = America/New_York\ndefault_timezone = America/New_York\n"
        look += "timeformat = %H:%M:%S\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        look += "datetimeformat = %Y-%m-%dT%H:%M:%S\nlongdatetimeformat = %Y-%m-%dT%H:%M:%S\n"
        look += f"[sqlite]\npath = {folder}/khal.db\n"
        (folder / "sync.conf").write_text(sync)
        (folder / "khal.conf").write_text(look)
        run([self._vdirsyncer, "-v", "ERROR", "-c", folder / "sync.conf", "discover"], self._env)

    def vdir(self, name: str) -> Path:
        """The folder with a calendar's events, a file each."""
        return self.folder / "vdir" / name

    def sync(self, names: Iterable[str]) -> None:
        """Fetches calendars."""
        command = [self._vdirsyncer, "-v", "WARNING", "-c", self.folder / "sync.conf", "sync", *names]
        run(command, self._env)

    def files(self, name: str) -> dict[str, tuple[int, bytes]]:
        """When each file of a calendar was written, and its bytes."""
        return {f.name: (f.stat().st_mtime_ns, f.read_bytes()) for f in self.vdir(name).iterdir()}

    def listed(self, first: date, last: date) -> dict[str, list[Seen]]:
        """What khal lists of each calendar from a date to another."""
        fields = ("calendar", "start", "end", "title", "location", "uid")
        command = [self._khal, "-c", self.folder / "khal.conf", "list", "--once",
                   *(x for f in fields for x in ("--json", f)), first, last]  # fmt: skip
        printed = run(command, self._env)
        rows = [row for line in printed.splitlines() for row in json.loads(line)]
        assert len({(r["calendar"], r["uid"]) for r in rows}) == len(rows)
        out: dict[str, list[Seen]] = {}
        for r in rows:
            out.setdefault(r["calendar"], []).append(Seen(r["start"], r["end"], r["title"], r["location"]))
        return {name: sorted(seen) for name, seen in out.items()}
