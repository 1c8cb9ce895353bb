"""Every claim of `esro explain` on overloaded folders, checked by planning anew.

Each folder is written, explained by the command within its limit, and then every fact of every conflict
and every repair is applied to a copy of the folder and planned again, for longer.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

from benchmarks.instances import MONDAY
from benchmarks.overloaded import Overloaded, overloaded
from scheduler.domain.agency import Agency
from scheduler.domain.change import Change
from scheduler.domain.scope import restricted
from scheduler.domain.score import TIERS
from scheduler.explain.shortage import LONGER
from scheduler.planner import PlanResult, Question, plan_many
from scheduler.tables.changes import apply_changes, change_of
from scheduler.tables.folder import read_agency, write_agency

RESULTS = Path(__file__).with_name("EXPLANATIONS.md")
WEEK = MONDAY.isoformat()
LIMIT = 30
EXTRA = 1.0
"""Seconds that a call may take beyond its limit."""
FACT_SECONDS, REPAIR_SECONDS = 4.0, 60
JARGON = (
    "solver", "constraint", "infeasib", "slack", "optimal", "objective", "dual", "irreduc", "None", "null",
    "_", "csv", "points", "toml", "tier", "  ", "..", " 1 visits", " 1 days",
)  # fmt: skip


@dataclass
class Checked:
    """What was claimed of a folder, and what of it does not hold."""

    name: str
    shortages: list[str] = field(default_factory=list)
    facts: int = 0
    facts_held: int = 0
    proven: int = 0
    repairs: int = 0
    repairs_equal: int = 0
    unproven: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def row(self) -> str:
        """A line of the table."""
        return (
            f"| {self.name} | {', '.join(self.shortages) or 'none'} | {self.facts_held} of {self.facts} | "
            f"{self.proven} of {len(self.shortages)} | {self.repairs} | "
            f"{self.repairs_equal} of {self.repairs - self.unproven} | {self.unproven} | {self.seconds:.1f} |"
            f" {len(self.wrong)} |"
        )


def esro(*words: str) -> tuple[subprocess.CompletedProcess[str], float]:
    """A command as anybody runs it, and its seconds."""
    begun = monotonic()
    done = subprocess.run([sys.executable, "-m", "scheduler.cli", *words], capture_output=True, text=True)
    return done, monotonic() - begun


class Check:
    """One folder: explained, and each claim planned anew."""

    def __init__(self, world: Overloaded, place: Path) -> None:
        self.world, self.folder = world, place / "folder"
        write_agency(world.agency, self.folder)
        self.whole = read_agency(self.folder)[0]
        self.found = Checked(world.name)
        self.scores: dict[str, tuple[tuple[int, ...], bool]] = {}
        self.scope = [word for p in world.precincts for word in ("--precinct", p)]

    def run(self, limit: int) -> Checked:
        """All of it."""
        found = self.found
        done, found.seconds = esro("explain", str(self.folder), "--week", WEEK, "--time-limit", str(limit),
                                   *self.scope)  # fmt: skip
        if done.returncode:
            found.wrong.append(f"exit {done.returncode}: {done.stderr[-400:]}")
            return found
        if found.seconds > limit + EXTRA:
            found.wrong.append(f"took {found.seconds:.1f} s")
        answer = json.loads(done.stdout)
        for shortage in answer["shortages"]:
            self._shortage(shortage, tuple(answer["score"].values()))
        self._files(answer)
        return found

    def _part(self, agency: Agency, precincts: list[str]) -> Agency:
        scoped = restricted(agency, self.world.precincts) if self.world.precincts else agency
        return restricted(scoped, precincts)

    def _wrong(self, shortage: dict[str, Any], text: str) -> None:
        self.found.wrong.append(f"{shortage['tier']} in {', '.join(shortage['precincts'])}: {text}")

    def _shortage(self, shortage: dict[str, Any], before: tuple[int, ...]) -> None:
        found, place = self.found, TIERS.index(shortage["tier"])
        found.shortages.append(f"{shortage['tier'].replace('_', ' ')} {shortage['total']}")
        found.proven += shortage["irreducible"]
        upto, group = place + 1, shortage["precincts"]
        changes = [change_of(f["change"], "", 1) for f in shortage["conflict"]]
        worlds = [self.whole, *(apply_changes(self.whole, [c]) for c in changes)]
        questions = [Question(self._part(w, group), (MONDAY,)) for w in worlds]
        base, *answers = plan_many(
            questions, time_limit=FACT_SECONDS * len(questions), price=0.0, seed=0, last_tier=place
        )
        if tuple(base.best or ())[:upto] != tuple(base.bound)[:upto]:
            base = self._longer(questions[0], place)
        now = tuple(base.best or ())
        if now[place] != shortage["total"]:
            self._wrong(shortage, f"total {shortage['total']}, planned anew {now[:upto]}")
        if not shortage["irreducible"]:
            known = now[:upto] == tuple(base.bound)[:upto]
            (found.wrong if known else found.notes).append(f"{shortage['tier']}: not said to be irreducible")
        if not changes:
            self._wrong(shortage, "no conflict")
        for fact, question, answer in zip(shortage["conflict"], questions[1:], answers, strict=True):
            after = tuple(answer.best or ())
            if after[:upto] >= now[:upto] and after[:upto] != tuple(answer.bound)[:upto]:
                after = tuple(self._longer(question, place).best or ())
            found.facts += 1
            if after[:place] <= now[:place] and after[place] < shortage["total"]:
                found.facts_held += 1
            else:
                self._wrong(shortage, f"lifts nothing: {fact['sentence']} {after[:upto]}")
        self._repairs(shortage, place, before)
        texts = [shortage, *shortage["items"], *shortage["conflict"], *shortage["repairs"]]
        for sentence in (t["sentence"] for t in texts):
            found.notes += [f"{word!r} in {sentence!r}" for word in JARGON if word in sentence]

    def _longer(self, question: Question, place: int) -> PlanResult:
        """A question that was not settled at first."""
        (answer,) = plan_many([question], time_limit=REPAIR_SECONDS, price=0.0, seed=0, last_tier=place)
        return answer

    def _repairs(self, shortage: dict[str, Any], place: int, before: tuple[int, ...]) -> None:
        found, repairs = self.found, shortage["repairs"]
        if len({json.dumps(r["changes"]) for r in repairs}) < 2:
            self._wrong(shortage, f"{len(repairs)} repairs")
        for repair in repairs:
            claimed = tuple(repair["score"].values())
            after, proven = self._planned([change_of(c, "", 1) for c in repair["changes"]])
            found.repairs += 1
            sure = LONGER not in repair["sentence"]
            found.unproven += not sure
            if claimed[:place] > before[:place] or claimed[place] >= before[place]:
                self._wrong(shortage, f"mends nothing: {repair['sentence']} {claimed}")
            if after == claimed:
                found.repairs_equal += sure
                continue
            text = f"shown {claimed}, planned anew {after}{'' if proven else ' (not proven)'}: "
            if sure and (proven or after < claimed):
                self._wrong(shortage, text + repair["sentence"])
            else:
                found.notes.append(text + repair["sentence"])

    def _planned(self, changes: list[Change]) -> tuple[tuple[int, ...], bool]:
        """The best plan of a changed copy of the folder, and whether it is proven."""
        key = json.dumps([c.to_dict() for c in changes])
        if key not in self.scores:
            with tempfile.TemporaryDirectory() as name:
                write_agency(apply_changes(self.whole, changes), Path(name) / "folder")
                done, _ = esro("plan", f"{name}/folder", "--week", WEEK, "--price", "0", "--seed", "1",
                               "--time-limit", str(REPAIR_SECONDS), "--out", f"{name}/out",
                               *self.scope)  # fmt: skip
                if done.returncode:
                    self.found.wrong.append(f"plan: exit {done.returncode}: {done.stderr[-400:]}")
                    return (), False
                result = json.loads(Path(f"{name}/out/result.json").read_text(encoding="utf-8"))
            self.scores[key] = tuple(result["best"].values()), result["status"] == "optimal"
        return self.scores[key]

    def _files(self, answer: dict[str, Any]) -> None:
        """Every scenario file that explain makes runs in whatif."""
        sets = [r["changes"] for s in answer["shortages"] for r in s["repairs"]]
        sets += [[f["change"]] for s in answer["shortages"] for f in s["conflict"]]
        files = []
        for i, changes in enumerate(sets):
            files.append(self.folder.parent / f"{i}.json")
            files[-1].write_text(json.dumps({"name": f"{i}", "changes": changes}), encoding="utf-8")
        if files:
            done, _ = esro("whatif", str(self.folder), *map(str, files), "--week", WEEK, "--json",
                           "--time-limit", "3", *self.scope)  # fmt: skip
            if done.returncode:
                self.found.wrong.append(f"whatif: exit {done.returncode}: {done.stderr[-400:]}")


def head(arguments: argparse.Namespace) -> list[str]:
    """What the table is of."""
    return [
        "# Explanations, checked", "",
        f"`python -m benchmarks.explanations --seed {arguments.seed} --limit {arguments.limit}`: "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, OR-Tools {version('ortools')}. Each "
        "folder is explained by the command; every fact of a conflict is lifted and the folder planned to "
        "that tier, every repair is applied to a copy and planned in full "
        f"({REPAIR_SECONDS} s), and all the scenarios go through `esro whatif`. Repairs equal: of those "
        "that are said to be proven. Seconds: the whole call.", "",
        "| folder | shortages | facts lift | irreducible | repairs | equal | not said proven | s | wrong |",
        "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip


def main() -> None:
    """Checks the folders asked for, prints and keeps the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=int, default=LIMIT)
    parser.add_argument("--only", nargs="*", help="Names of folders (parts of them).")
    parser.add_argument("--keep", type=Path, help="Keep the table here; by default where all ran.")
    arguments = parser.parse_args()
    worlds = overloaded(arguments.seed)
    if arguments.only:
        worlds = [w for w in worlds if any(part in w.name for part in arguments.only)]
    lines, notes, load = head(arguments), [], []
    for world in worlds:
        with tempfile.TemporaryDirectory() as name:
            found = Check(world, Path(name)).run(arguments.limit)
        load.append(os.getloadavg()[0])
        lines.append(found.row())
        print(found.row(), flush=True)
        for kind, texts in (("wrong", found.wrong), ("note", found.notes)):
            for text in dict.fromkeys(texts):
                notes.append(f"- {world.name}: {kind}: {text}")
                print("   " + notes[-1], flush=True)
    lines += ["", f"Load average of the machine meanwhile: {sum(load) / max(1, len(load)):.1f}."]
    keep = arguments.keep or (None if arguments.only else RESULTS)
    if keep is not None:
        keep.write_text("\n".join([*lines, "", *notes]).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
