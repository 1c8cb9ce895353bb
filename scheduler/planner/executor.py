"""Runs independent jobs in worker processes, with progress, cancelling and one retry.

One job runs in this very process; several go to others. A worker that dies costs its job one retry, alone,
as the machine may be short of memory; and so does a fault of the planner: what it meets depends on how much
time it had.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing.connection import wait
from time import monotonic

from scheduler.errors import InternalError, SchedulerError
from scheduler.planner.crew import Crew, Fault, Worker
from scheduler.planner.job import ClusterJob, ClusterPlan
from scheduler.planner.result import Cancel, Progress

ATTEMPTS = 2
LOOK = 0.2
"""Seconds between looks at whether the run is cancelled."""


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
                raise _failed(jobs[at], f"{type(fault).__name__}: {fault}") from fault
        else:
            todo.pop(0)
    return [done[i] for i in range(len(jobs))]


def _failed(job: ClusterJob, fault: str) -> InternalError:
    return InternalError(
        f"The planner failed twice at {_named(job)} ({fault}). This is a fault "
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
        self.alone: set[int] = set()
        """Jobs whose worker died."""
        self.running: dict[int, Worker] = {}
        # The lightest first, so that the time they do not need goes to the heavy ones.
        self.todo = sorted(range(len(jobs)), key=lambda i: (weights[i], i))

    def run(self) -> list[ClusterPlan]:
        signals = self.crew.signals
        signals.stop.value = False
        try:
            while self.todo or self.running:
                while self.todo and self._may_begin():
                    self._begin(self.todo.pop(0))
                # Once none waits, the cores of those that are done go to those that are not.
                shared = len(self.running) if not self.todo or self._lonely() else self.cores
                signals.threads.value = max(1, self.cores // shared)
                self._hear()
                if self.cancel.wanted:
                    signals.stop.value = True
        finally:
            for worker in self.running.values():
                worker.end()
        return [self.done[i] for i in range(len(self.jobs))]

    def _lonely(self) -> bool:
        return not self.alone.isdisjoint(self.running)

    def _may_begin(self) -> bool:
        if self._lonely() or self.todo[0] in self.alone:
            return not self.running
        return len(self.running) < self.workers

    def _begin(self, at: int) -> None:
        seconds = _share(self.weights, [at, *self.todo, *self.running], at, self.deadline, self.workers)
        self.running[at] = self.crew.take(replace(self.jobs[at], seconds=seconds))

    def _hear(self) -> None:
        """What the workers say until one of them is done, or for a moment."""
        ready = wait([worker.line for worker in self.running.values()], LOOK)
        for at, worker in [(at, worker) for at, worker in self.running.items() if worker.line in ready]:
            message = worker.hear()
            if isinstance(message, Progress):
                self.listen(message)
                continue
            del self.running[at]
            if message is None:
                worker.end()
                self._died(at)
                continue
            self.crew.back(worker)
            if isinstance(message, Fault):
                self._met(at, message)
            else:
                self.done[at] = message

    def _died(self, at: int) -> None:
        self.failures[at] += 1
        if self.failures[at] >= ATTEMPTS:
            raise InternalError(
                f"A worker process died twice while it planned {_named(self.jobs[at])}; the "
                "machine may be out of memory. Plan fewer precincts at once, or use --workers 1."
            )
        self.alone.add(at)
        self.todo.append(at)

    def _met(self, at: int, fault: Fault) -> None:
        if fault.error is not None:
            raise fault.error
        self.failures[at] += 1
        if self.failures[at] >= ATTEMPTS:
            raise _failed(self.jobs[at], fault.text)
        self.todo.insert(0, at)
