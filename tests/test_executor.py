"""What a fault of the planner, or the death of a worker, costs: one retry, then a sentence."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from multiprocessing import active_children
from pathlib import Path
from time import monotonic

import pytest

from scheduler.errors import InternalError
from scheduler.planner import Cancel, cluster
from scheduler.planner.cluster import plan_cluster
from scheduler.planner.crew import Crew
from scheduler.planner.executor import run_jobs
from scheduler.planner.job import ClusterJob, ClusterPlan
from scheduler.planner.result import Progress
from scheduler.planner.threads import Threads, now
from tests.worlds import MONDAY, agency, officer, school

WORLD = agency([school("a"), school("x", "q")], [officer("o"), officer("n", "q")])
P = ClusterJob(WORLD, ("p",), (MONDAY,), None, "0", 1, 0.0)
Q = ClusterJob(WORLD, ("q",), (MONDAY,), None, "0", 1, 0.0)


@dataclass(frozen=True)
class Deadly(ClusterJob):
    """A job that kills the process that it arrives in, as often as `tally` has no line for it yet."""

    tally: str = ""
    times: int = 1

    def __reduce__(self) -> tuple[object, ...]:
        return _arrive, tuple(getattr(self, f.name) for f in fields(self))


def _arrive(*values: object) -> ClusterJob:
    job = Deadly(*values)  # type: ignore[arg-type]
    with Path(job.tally).open("a+", encoding="utf-8") as file:
        file.seek(0)
        seen = len(file.read())
        file.write("x")
    if seen < job.times:
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def run(*jobs: ClusterJob, workers: int = 2, apart: bool = False) -> list[ClusterPlan]:
    return run_jobs(jobs, [1] * len(jobs), monotonic() + 30, workers, lambda _: None, Cancel(), apart)


def deadly(tally: Path, times: int) -> Deadly:
    return Deadly(**{f.name: getattr(P, f.name) for f in fields(P)}, tally=str(tally), times=times)


def test_cores_that_are_free_go_to_the_jobs_that_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def planned(
        job: ClusterJob, listen: Callable[[Progress], None], stopped: Callable[[], bool], threads: Threads
    ) -> ClusterPlan:
        seen.append(now(threads))
        return plan_cluster(job, listen, stopped, threads)

    monkeypatch.setattr(cluster, "plan_cluster", planned)
    run(P, workers=3)
    run(P, Q, workers=1)
    assert seen == [3, 1, 1]
    with Crew(2) as crew:
        for cores in (2, 5):
            run_jobs(
                (P, Q), [1, 1], monotonic() + 30, cores, lambda _: None, Cancel(), crew=crew,
            )  # fmt: skip
            assert crew.signals.threads.value == cores  # Of the one that was done last.


def test_a_worker_that_dies_costs_one_retry_and_not_the_run(tmp_path: Path) -> None:
    alone = [run(job, workers=1)[0].visits for job in (P, Q)]
    both = run(deadly(tmp_path / "tally", 1), Q)
    assert (tmp_path / "tally").read_text() == "xx"
    assert [plan.visits for plan in both] == alone


def test_jobs_whose_workers_all_die_once_do_not_cost_a_sibling_its_run(tmp_path: Path) -> None:
    alone = run(P, workers=1)[0].visits
    plans = run(*(deadly(tmp_path / name, 1) for name in "abc"), Q, workers=4)
    assert [plan.visits for plan in plans] == [alone] * 3 + [run(Q, workers=1)[0].visits]
    assert all(len((tmp_path / name).read_text()) >= 2 for name in "abc")


def test_workers_killed_at_work_cost_a_retry_each() -> None:
    alone = [run(job, workers=1)[0].visits for job in (P, Q)]
    killed: list[int] = []

    def kill(_: Progress) -> None:
        if not killed:
            for worker in active_children():
                killed.append(worker.pid or 0)
                worker.kill()

    for _ in range(5):
        killed.clear()
        plans = run_jobs((P, Q), [1, 1], monotonic() + 30, 2, kill, Cancel())
        assert len(killed) == 2
        assert [plan.visits for plan in plans] == alone


def test_a_worker_that_dies_twice_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InternalError, match="died twice while it planned precinct p; the machine may"):
        run(deadly(tmp_path / "tally", 9), apart=True)
    assert (tmp_path / "tally").read_text() == "xx"


def test_a_fault_of_the_planner_is_tried_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    alone, tries = run(P, workers=1), []

    def fails_at_first(job: ClusterJob, *rest: object) -> ClusterPlan:
        tries.append(job.precincts)
        if len(tries) == 1:
            raise IndexError("list index out of range")
        return plan_cluster(job, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(cluster, "plan_cluster", fails_at_first)
    assert run(P, workers=1)[0].visits == alone[0].visits
    assert tries == [("p",), ("p",)]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_fault_that_comes_again_is_told_in_a_sentence(workers: int) -> None:
    faulty = ClusterJob(WORLD, ("p", "q"), (MONDAY,), None, "no number", 1, 0.0)
    with pytest.raises(InternalError, match=r"failed twice at precincts p, q \(ValueError: ") as told:
        run(faulty, Q, workers=workers)
    assert "Please report it with the folder" in str(told.value)


@pytest.mark.parametrize(
    ("what", "never"),
    [
        ("scheduler.service.folders", ("numpy", "highspy", "ortools", "scheduler.planner.cluster")),
        ("scheduler.cli", ("typer", "pydantic", "scheduler.domain")),
    ],
)
def test_neither_a_parent_of_workers_nor_a_worker_loads_what_the_other_needs(
    what: str, never: tuple[str, ...]
) -> None:
    code = f"import sys, {what}; print([m for m in {never!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
