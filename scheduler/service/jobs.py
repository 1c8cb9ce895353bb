"""Long work in the background of a page: planned weeks, explanations, what-ifs. What they find for good
is in the store; a job is only how to watch and to stop them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal
from uuid import uuid4

from scheduler.errors import SchedulerError
from scheduler.planner.result import Cancel, Progress

State = Literal["running", "done", "failed"]
MOST_KEPT = 200


@dataclass
class Job:
    """One piece of work. `progress` holds the steps so far, oldest first; `result` what it found;
    `error` the sentence that it failed with. `owner` is the id of the user who began it,
    `place` the agency that it is about; `over` is set when it has ended."""

    job_id: str
    owner: str
    key: str
    title: str
    place: str = ""
    begun: float = field(default_factory=monotonic)
    state: State = "running"
    progress: list[Progress] = field(default_factory=list)
    result: Any = None
    error: str = ""
    ended: float | None = None
    stop: Cancel = field(default_factory=Cancel)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return (self.ended or monotonic()) - self.begun

    @property
    def latest(self) -> dict[tuple[str, ...], Progress]:
        """The last step of each cluster."""
        return {p.precincts: p for p in list(self.progress)}


Work = Callable[[Job], Any]


@dataclass(frozen=True)
class AgencyJobs:
    """The jobs of one agency in one store: others' with the same keys are not among them."""

    jobs: "Jobs"
    place: str

    def start(self, owner: str, key: str, title: str, work: Work) -> Job:
        """Begins work, or gives the job of the same key that runs already."""
        return self.jobs.start(owner, key, title, work, self.place)

    def get(self, job_id: str) -> Job | None:
        """A job by its id."""
        job = self.jobs.get(job_id)
        return job if job is not None and job.place == self.place else None

    def of_key(self, key: str) -> Job | None:
        """The last job of a key."""
        return self.jobs.of_key(key, self.place)

    def known(self) -> list[Job]:
        """All that are remembered, oldest first."""
        return self.jobs.known(self.place)


class Jobs:
    """The jobs of one server. One job a key runs at a time in an agency: to start it again is to watch
    it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}

    def start(self, owner: str, key: str, title: str, work: Work, place: str = "") -> Job:
        """Begins work, or gives the job of the same key that runs already."""
        with self._lock:
            for job in self._jobs.values():
                if (job.place, job.key, job.state) == (place, key, "running"):
                    return job
            job = Job(uuid4().hex, owner, key, title, place)
            self._jobs[job.job_id] = job
            while len(self._jobs) > MOST_KEPT:
                self._jobs.pop(next(iter(self._jobs)))
        threading.Thread(target=self._run, args=(job, work), name=f"job {key}", daemon=True).start()
        return job

    def _run(self, job: Job, work: Work) -> None:
        try:
            job.result = work(job)
            job.state = "done"
        except SchedulerError as error:
            job.error, job.state = str(error), "failed"
        except Exception:  # a fault of the program must not leave a page waiting for ever
            job.error = "The program failed at this; nothing was written. Please report what you did."
            job.state = "failed"
        finally:
            job.ended = monotonic()
            job.over.set()

    def get(self, job_id: str) -> Job | None:
        """A job by its id."""
        with self._lock:
            return self._jobs.get(job_id)

    def of_key(self, key: str, place: str = "") -> Job | None:
        """The last job of a key."""
        with self._lock:
            found = (j for j in reversed(self._jobs.values()) if (j.place, j.key) == (place, key))
            return next(found, None)

    def known(self, place: str = "") -> list[Job]:
        """The jobs of an agency that are remembered, oldest first."""
        with self._lock:
            return [j for j in self._jobs.values() if j.place == place]

    def running(self) -> list[Job]:
        """The jobs that run."""
        with self._lock:
            return [j for j in self._jobs.values() if j.state == "running"]
