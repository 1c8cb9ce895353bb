"""Worker processes that plan clusters, each on a line of its own.

They are forked from a process that has loaded the solvers and done nothing else, as a fork of this one would
copy the locks of threads that a page or a progress display has; where a system has no such forks, they are
spawned. Workers share no lock: one that is killed at any moment ends its own line and holds up no other.
The pools of the standard library (3.11) end all workers with one, and may wait for ever if it dies while
another is being started. Here solvers are loaded only where a job is worked on.
"""

import ctypes
import multiprocessing
import signal
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from typing import TYPE_CHECKING, NamedTuple, Self

from scheduler.errors import SchedulerError
from scheduler.planner.job import ClusterJob, ClusterPlan
from scheduler.planner.result import Progress

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess


class Signals(NamedTuple):
    """What all workers of a crew look at while they work, without a lock."""

    stop: ctypes.c_bool
    threads: ctypes.c_int
    """How many threads each job may use now."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a job met in its worker: an error that is to be raised as it is, or the words for another one."""

    error: SchedulerError | None
    text: str


Message = Progress | ClusterPlan | Fault
"""What a worker says: progress any number of times, then one plan or one fault."""


def _work(line: "Connection", signals: Signals) -> None:
    """Plans job after job until the line ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent says when to stop.
    with suppress(EOFError, ConnectionError):
        while True:
            answer = _answer(line, signals)
            line.send(answer)


def _answer(line: "Connection", signals: Signals) -> Message:
    try:
        job: ClusterJob = line.recv()
        from scheduler.planner.cluster import plan_cluster

        return plan_cluster(job, line.send, lambda: signals.stop.value, lambda: signals.threads.value)
    except (EOFError, ConnectionError):
        raise
    except SchedulerError as error:
        return Fault(error, str(error))
    except Exception as fault:
        return Fault(None, f"{type(fault).__name__}: {fault}")


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


class Worker:
    """One process and the line to it."""

    def __init__(self, context: BaseContext, signals: Signals) -> None:
        self.line, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(  # type: ignore[attr-defined]
            target=_work, args=(theirs, signals), daemon=True
        )
        self._process.start()
        theirs.close()  # So that the line ends with the worker.

    def give(self, job: ClusterJob) -> bool:
        """Hands a job to a worker that has none; whether it is alive."""
        try:
            self.line.send(job)
        except ConnectionError:
            return False
        return True

    def hear(self) -> Message | None:
        """What it says next, waited for; None where it has died."""
        try:
            message: Message = self.line.recv()
        except (EOFError, ConnectionError):
            return None
        return message

    def end(self) -> None:
        """Ends it, whatever it does."""
        self.line.close()
        self._process.terminate()
        self._process.join()


class Crew:
    """Worker processes that stay between runs, so that many small runs do not each wait for theirs
    to begin. One starts when there is a job for it, or all with `begin`; `close` ends them."""

    def __init__(self, workers: int) -> None:
        self.workers = max(1, workers)
        self._context = _processes()
        self.signals = Signals(
            self._context.RawValue(ctypes.c_bool, False), self._context.RawValue(ctypes.c_int, 1)
        )
        self._idle: list[Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self) -> None:
        """Starts the processes now, for later."""
        while len(self._idle) < self.workers:
            self.back(self._start())

    def _start(self) -> Worker:
        return Worker(self._context, self.signals)

    def take(self, job: ClusterJob) -> Worker:
        """A worker that has begun with `job`; it belongs to the caller until it is given `back` or ended.
        One that died without a job is no fault of the next."""
        while self._idle:
            worker = self._idle.pop()
            if worker.give(job):
                return worker
            worker.end()
        worker = self._start()
        worker.give(job)  # If it is dead already, hearing it tells.
        return worker

    def back(self, worker: Worker) -> None:
        """Takes back a worker that has nothing left to do."""
        self._idle.append(worker)

    def close(self) -> None:
        """Ends the processes that have no job."""
        while self._idle:
            self._idle.pop().end()
