"""Background work of pages: one job a key and agency."""

import threading

from scheduler.service.jobs import AgencyJobs, Jobs


def test_the_same_key_in_two_agencies_is_two_jobs() -> None:
    """One agency neither watches nor sees the work of another, whatever it is called."""
    jobs, go = Jobs(), threading.Event()
    here, there = AgencyJobs(jobs, "here"), AgencyJobs(jobs, "there")
    mine = here.start("a", "plan 1", "x", lambda _: go.wait(10))
    again = here.start("b", "plan 1", "x", lambda _: None)
    theirs = there.start("b", "plan 1", "x", lambda _: "theirs")
    assert again is mine and theirs is not mine
    assert theirs.over.wait(10) and there.of_key("plan 1") is theirs and here.of_key("plan 1") is mine
    assert there.get(mine.job_id) is None and [j.job_id for j in here.known()] == [mine.job_id]
    go.set()
    assert mine.over.wait(10) and mine.state == "done"
