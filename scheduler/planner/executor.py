"""Runs independent jobs in worker processes, with progress, cancelling and one retry.

One job runs in this very process; several go to spawned ones (a fork would copy the locks of
threads that a page or a progress display has). A worker that dies costs its job one retry.
"""

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from threading import Thread
from time import monotonic

from scheduler.errors import InternalError
from scheduler.planner.cluster import ClusterJob, ClusterPlan, plan_cluster
from scheduler.planner.result import Cancel, Progress

ATTEMPTS = 2

_queue: "SimpleQueue[Progress | None] | None" = None
_stop: Event | None = None


def _begin(queue: "SimpleQueue[Progress | None]", stop: Event) -> None:
    global _queue, _stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent says when to stop.
    _queue, _stop = queue, stop


def _work(job: ClusterJob) -> ClusterPlan:
    queue, stop = _queue, _stop
    if queue is None or stop is None:
        raise InternalError("A worker began without its queue.")
    return plan_cluster(job, queue.put, stop.is_set)


def run_jobs(
    jobs: Sequence[ClusterJob], weights: Sequence[int], deadline: float, workers: int,
    listen: Callable[[Progress], None], cancel: Cancel, apart: bool = False,
) -> list[ClusterPlan]:  # fmt: skip
    """The plans of `jobs`, in their order. With `apart` a single job, too, goes to a process of its
    own, as a page needs that goes on answering meanwhile.

    Each job's `seconds` is set here: of the time that all workers have until `deadline`
    (seconds of the monotonic clock), the part that its weight is of the weights still to do.
    """
    jobs = [replace(job, threads=workers) for job in jobs]
    workers = max(1, min(workers, len(jobs)))
    if workers == 1 and not apart:
        return _in_turn(jobs, weights, deadline, listen, cancel)
    return _Pool(jobs, weights, deadline, workers, listen, cancel).run()


def _share(weights: Sequence[int], todo: Sequence[int], job: int, deadline: float,
           workers: int) -> float:  # fmt: skip
    left = max(0.0, deadline - monotonic())
    part = weights[job] / max(1, sum(weights[i] for i in todo))
    return min(left, left * workers * part)


def _in_turn(
    jobs: Sequence[ClusterJob], weights: Sequence[int], deadline: float,
    listen: Callable[[Progress], None], cancel: Cancel,
) -> list[ClusterPlan]:  # fmt: skip
    done: dict[int, ClusterPlan] = {}
    todo = sorted(range(len(jobs)), key=lambda i: (weights[i], i))
    while todo:
        seconds = _share(weights, todo, todo[0], deadline, 1)
        job = replace(jobs[todo[0]], seconds=seconds)
        done[todo.pop(0)] = plan_cluster(job, listen, lambda: cancel.wanted)
    return [done[i] for i in range(len(jobs))]


class _Pool:
    def __init__(
        self, jobs: Sequence[ClusterJob], weights: Sequence[int], deadline: float, workers: int,
        listen: Callable[[Progress], None], cancel: Cancel,
    ) -> None:  # fmt: skip
        self.jobs, self.weights, self.deadline, self.workers = jobs, weights, deadline, workers
        self.listen, self.cancel = listen, cancel
        self.done: dict[int, ClusterPlan] = {}
        self.tries = [0] * len(jobs)

    def run(self) -> list[ClusterPlan]:
        context = multiprocessing.get_context("spawn")
        queue: SimpleQueue[Progress | None] = context.SimpleQueue()
        stop = context.Event()
        reader = Thread(target=self._read, args=(queue,), daemon=True)
        reader.start()
        try:
            while len(self.done) < len(self.jobs):
                with ProcessPoolExecutor(self.workers, context, _begin, (queue, stop)) as pool:
                    self._round(pool, stop)
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
                      key=lambda i: (self.weights[i], i))  # fmt: skip
        running: dict[Future[ClusterPlan], int] = {}
        while todo or running:
            while todo and len(running) < self.workers:
                self._submit(pool, running, todo)
            ready, _ = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
            if self.cancel.wanted:
                stop.set()
            for future in ready:
                job = running.pop(future)
                try:
                    self.done[job] = future.result()
                except BrokenProcessPool:
                    if self.tries[job] >= ATTEMPTS:
                        raise InternalError(
                            "A worker process died twice while it planned precincts "
                            f"{', '.join(self.jobs[job].precincts)}; the machine may be out of "
                            "memory. Plan fewer precincts at once, or use --workers 1."
                        ) from None
                    return

    def _submit(self, pool: ProcessPoolExecutor, running: dict[Future[ClusterPlan], int],
                todo: list[int]) -> None:  # fmt: skip
        job = todo[0]
        seconds = _share(self.weights, [*todo, *running.values()], job, self.deadline, self.workers)
        future = pool.submit(_work, replace(self.jobs[job], seconds=seconds))
        self.tries[job] += 1
        running[future] = job
        todo.pop(0)
