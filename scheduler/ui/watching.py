"""Watching background work from a page."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import streamlit as st

from scheduler.domain.agency import Agency
from scheduler.planner.result import Progress
from scheduler.publish.words import TIER_WORDS
from scheduler.service.jobs import Job
from scheduler.ui import theme
from scheduler.ui.charts import draw
from scheduler.ui.state import State

Lines = Callable[[Job], Sequence[str]]


@st.fragment(run_every=timedelta(seconds=1))
def watch(state: State, job_id: str, lines: Lines | None = None, curve: bool = False) -> None:
    """What is known so far, once a second; the whole page when it is done."""
    job = state.jobs.get(job_id)
    if job is None or job.state != "running":
        st.rerun()
        return
    left, right = st.columns([6, 1], vertical_alignment="center")
    left.info(f"{job.title}: {job.seconds:.0f} s so far.", icon=":material/hourglass_top:")
    help = "Keep what is found so far."
    right.button("Stop", key=f"stop {job_id}", help=help, width="stretch", on_click=_stop, args=(job,))
    for line in lines(job) if lines is not None else ():
        st.write(line)
    if curve:
        _curve(job)


def _stop(job: Job) -> None:
    job.stop.wanted = True


def _curve(job: Job) -> None:
    """The cost so far and what is proven, closing on each other."""
    points = [
        {"seconds": round(p.seconds, 1), "minutes": score.minutes_cost, "what": what}
        for p in job.progress
        if p.score is not None and tuple(p.score)[:-1] == tuple(p.bound)[:-1]
        for what, score in (("cost of the best so far", p.score), ("no plan can cost less", p.bound))
    ]
    if len(points) <= 2:
        return
    spec = {
        "mark": {"type": "line", "interpolate": "step-after", "point": True},
        "encoding": {
            "x": {"field": "seconds", "type": "quantitative", "title": "seconds"},
            "y": {"field": "minutes", "type": "quantitative", "title": "minutes", "scale": {"zero": False}},
            "color": {
                "field": "what", "type": "nominal", "title": None, "legend": {"orient": "top"},
                "scale": {"range": [theme.ACTION, theme.WARN]},
            },
            "strokeDash": {"field": "what", "type": "nominal", "legend": None},
        },
        "height": 130,
    }  # fmt: skip
    draw({"data": {"values": points}, **spec})


def settled(state: State, key: str) -> Job | None:
    """The last job of a key where it is over and the user's own; a failure is shown."""
    job = state.jobs.of_key(key)
    if job is None or job.owner != state.user.user_id or job.state == "running":
        return None
    if job.state == "failed":
        st.error(job.error)
        return None
    return job


def is_running(state: State, key: str) -> Job | None:
    """The job of a key while it runs."""
    job = state.jobs.of_key(key)
    return job if job is not None and job.state == "running" else None


def step_words(agency: Agency, step: Progress) -> str:
    """One line on precincts that are being planned."""
    names = ", ".join(agency.precincts[p].name for p in step.precincts)
    if step.score is None:
        return f"**{names}**: looking for a first plan"
    if step.done:
        end = "proven best" if step.score == step.bound else "best plan found in the time"
        return f"**{names}**: done, {end}"
    settled_so_far = tuple(step.score)[:-1] == tuple(step.bound)[:-1]
    if settled_so_far:
        least = step.bound.minutes_cost
        known = f"no plan can cost less than {least}" if least else "how low it can be is not known yet"
        return (
            f"**{names}**: coverage is the best there is; {step.score.minutes_cost} minutes of cost, {known}"
        )
    open_tier = next(t for t, a, b in zip(TIER_WORDS, step.score, step.bound, strict=True) if a != b)
    count, low = step.score.to_dict()[open_tier], step.bound.to_dict()[open_tier]
    one, many, _ = TIER_WORDS[open_tier]
    known = f"no plan can have fewer than {low}" if low else "whether fewer are possible is not known yet"
    return f"**{names}**: {count} {one if count == 1 else many} so far; {known}"
