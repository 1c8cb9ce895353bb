"""Runs independent jobs in worker processes, with progress, cancelling and one retry.

One job runs in this very process; several go to others. Those are forked from a process that has loaded the
solvers and done nothing else, as a fork of this one would copy the locks of threads that a page or a progress
display has; where a system has no such forks, they are spawned. A worker that dies costs its job one retry,
and so does a fault of the planner: what it meets depends on how much time it had. All workers end with one
that dies, so their jobs are run again one after the other, which shows whose fault it is. Here solvers are
loaded only where a job is worked on.
"""

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, Self

from scheduler.errors import InternalError, SchedulerError
from scheduler.planner.job import ClusterJob, ClusterPlan
from scheduler.planner.result import Cancel, Progress

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

ATTEMPTS = 2


class _Lines(NamedTuple):
    """Between a worker and the process that it works for."""

    queue: "SimpleQueue[Progress | None]"
    stop: Event
    threads: "Synchronized[int]"
    """How many threads each job may use now."""


_lines: _Lines | None = None


def _begin(lines: _Lines) -> None:
    global _lines
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent says when to stop.
    _lines = lines


def _work(job: ClusterJob) -> ClusterPlan:
    if (lines := _lines) is None:
        raise InternalError("A worker began without its queue.")
    from scheduler.planner.cluster import plan_cluster

    return plan_cluster(job, lines.queue.put, lines.stop.is_set, lambda: lines.threads.value)


def _processes() -> BaseContext:
    """Where workers come from."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["scheduler.planner.cluster"])
    return context


def prepare() -> None:
    """Begins the process that workers are forked from, for a run that is likely to need some."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        _processes()
        forkserver.ensure_running()


class Crew:
    """Worker processes that stay between runs, so that many small runs do not each wait for theirs
    to begin. They start with the first job, or with `begin`; `close` ends them."""

    def __init__(self, workers: int) -> None:
        self.workers = max(1, workers)
        self._context = _processes()
        self.lines = _Lines(self._context.SimpleQueue(), self._context.Event(), self._context.Value("i", 1))
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self) -> None:
        """Starts the processes now, for later."""
        self.pool().submit(_idle)

    def pool(self) -> ProcessPoolExecutor:
        """The processes, new ones after `close`."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.workers, self._context, _begin, (self.lines,))
        return self._pool

    def close(self) -> None:
        """Ends the processes."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


def _idle() -> None:
    """A job that is none."""


def run_jobs(
    jobs: Sequence[ClusterJob], weights: Sequence[int], deadline: float, workers: int,
    listen: Callable[[Progress], None], cancel: Cancel, apart: bool = False, crew: Crew | None = None,
) -> list[ClusterPlan]:  # fmt: skip
    """The plans of `jobs`, in their order. With `apart` a single job, too, goes to a process of its
    own, as a page needs that goes on answering meanwhile. Several jobs go to the processes of
    `crew`, where there is one.

    Each job's `seconds` is set here: of the time that all workers have until `deadline`
    (seconds of the monotonic clock), the part that its weight is of the weights still to do.
    Raises InternalError where a job fails twice.
    """
    cores = max(1, workers)
    workers = min(cores, max(1, len(jobs)))
    if workers == 1 and not apart:
        return _in_turn(jobs, weights, deadline, listen, cancel, cores)
    if crew is not None:
        return _Run(jobs, weights, deadline, crew, cores, listen, cancel).run()
    with Crew(workers) as own:
        return _Run(jobs, weights, deadline, own, cores, listen, cancel).run()


def _share(weights: Sequence[int], todo: Sequence[int], job: int, deadline: float,
           workers: int) -> float:  # fmt: skip
    left = max(0.0, deadline - monotonic())
    part = weights[job] / max(1, sum(weights[i] for i in todo))
    return min(left, left * workers * part)


def _in_turn(
    jobs: Sequence[ClusterJob], weights: Sequence[int], deadline: float,
    listen: Callable[[Progress], None], cancel: Cancel, threads: int,
) -> list[ClusterPlan]:  # fmt: skip
    from scheduler.planner.cluster import plan_cluster

    done: dict[int, ClusterPlan] = {}
    todo = sorted(range(len(jobs)), key=lambda i: (weights[i], i))
    tries = [0] * len(jobs)
    while todo:
        at = todo[0]
        tries[at] += 1
        seconds = _share(weights, todo, at, deadline, 1)
        try:
            job = replace(jobs[at], seconds=seconds)
            done[at] = plan_cluster(job, listen, lambda: cancel.wanted, threads)
        except SchedulerError:
            raise
        except Exception as fault:
            if tries[at] >= ATTEMPTS:
                raise _failed(jobs[at], fault) from fault
        else:
            todo.pop(0)
    return [done[i] for i in range(len(jobs))]


def _failed(job: ClusterJob, fault: Exception) -> InternalError:
    return InternalError(
        f"The planner failed twice at {_named(job)} ({type(fault).__name__}: {fault}). This is a fault "
        "of the program; nothing was written. Please report it with the folder."
    )


def _named(job: ClusterJob) -> str:
    return f"precinct{'s' if len(job.precincts) > 1 else ''} {', '.join(job.precincts)}"


class _Run:
    def __init__(
        self, jobs: Sequence[ClusterJob], weights: Sequence[int], deadline: float, crew: Crew, cores: int,
        listen: Callable[[Progress], None], cancel: Cancel,
    ) -> None:  # fmt: skip
        self.jobs, self.weights, self.deadline, self.crew = jobs, weights, deadline, crew
        self.workers, self.cores, self.listen, self.cancel = crew.workers, cores, listen, cancel
        self.done: dict[int, ClusterPlan] = {}
        self.failures = [0] * len(jobs)
        self.suspects: set[int] = set()
        """Jobs during which a worker died, theirs or another one's."""

    def run(self) -> list[ClusterPlan]:
        queue, stop = self.crew.lines.queue, self.crew.lines.stop
        stop.clear()
        reader = Thread(target=self._read, args=(queue,), daemon=True)
        reader.start()
        try:
            while len(self.done) < len(self.jobs):
                self._round(self.crew.pool(), stop)
        except BaseException:
            stop.set()  # Whatever still runs ends soon, and is waited for.
            self.crew.close()
            raise
        finally:
            queue.put(None)
            reader.join()
        return [self.done[i] for i in range(len(self.jobs))]

    def _read(self, queue: "SimpleQueue[Progress | None]") -> None:
        while (progress := queue.get()) is not None:
            self.listen(progress)

    def _round(self, pool: ProcessPoolExecutor, stop: Event) -> None:
        """Hands out jobs until all are done or a worker dies: the lightest first, so that the
        time they do not need goes to the heavy ones."""
        todo = sorted((i for i in range(len(self.jobs)) if i not in self.done),
                      key=lambda i: (i not in self.suspects, self.weights[i], i))  # fmt: skip
        running: dict[Future[ClusterPlan], int] = {}
        while todo or running:
            alone = not self.suspects.isdisjoint([*todo, *running.values()])
            while todo and len(running) < (1 if alone else self.workers):
                if not self._submit(pool, running, todo):
                    break
            if not running:  # A worker died before it had a job.
                self.crew.close()
                return
            # Once none waits, the cores of those that are done go to those that are not.
            shared = len(running) if alone or not todo else self.cores
            self.crew.lines.threads.value = max(1, self.cores // shared)
            ready, _ = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
            if self.cancel.wanted:
                stop.set()
            for future in ready:
                job = running.pop(future)
                try:
                    self.done[job] = future.result()
                except BrokenProcessPool:
                    self.suspects |= {job, *running.values()}
                    self.failures[job] += not running
                    if self.failures[job] >= ATTEMPTS:
                        raise InternalError(
                            f"A worker process died twice while it planned {_named(self.jobs[job])}; the "
                            "machine may be out of memory. Plan fewer precincts at once, or use --workers 1."
                        ) from None
                    self.crew.close()
                    return
                except SchedulerError:
                    raise
                except Exception as fault:
                    self.failures[job] += 1
                    if self.failures[job] >= ATTEMPTS:
                        raise _failed(self.jobs[job], fault) from fault
                    todo.insert(0, job)

    def _submit(self, pool: ProcessPoolExecutor, running: dict[Future[ClusterPlan], int],
                todo: list[int]) -> bool:  # fmt: skip
        """Hands out the first job; whether the pool took it: not where a worker has just died."""
        job = todo[0]
        seconds = _share(self.weights, [*todo, *running.values()], job, self.deadline, self.workers)
        try:
            future = pool.submit(_work, replace(self.jobs[job], seconds=seconds))
        except BrokenProcessPool:
            return False
        running[future] = job
        todo.pop(0)
        return True
