"""An officer's week as a time grid that can be clicked: days across, hours down."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import date

import altair as alt
import pandas as pd

from scheduler.domain.agency import Officer
from scheduler.domain.calendar import week_days
from scheduler.domain.clock import format_clock
from scheduler.domain.plan import Visit
from scheduler.publish.calendars import visit_lines
from scheduler.publish.drawing import FOCUS_COLOURS
from scheduler.publish.words import FOCUS_LETTERS, FOCUS_WORDS, day_short
from scheduler.rules.case import Case

PICK = "pick"
SHORT = 18
"""Letters of a school's name that fit into a block."""


def visit_key(visit: Visit) -> str:
    """What names a visit in one precinct's week: a school is visited once a day."""
    return f"{visit.date}|{visit.school_id}|{visit.officer_id}"


def week_chart(
    case: Case, officer: Officer, monday: date, visits: Sequence[Visit], height: int = 330
) -> alt.LayerChart:
    """The grid of one officer. Clicking a block picks it (`PICK`, field `key`)."""
    days = [day_short(d) for d in week_days(monday)]
    blocks = pd.DataFrame([_block(case, v) for v in visits], columns=list(_EMPTY))
    quiet = pd.DataFrame(list(_quiet(case, officer, monday, visits)), columns=["day", "from", "to", "what"])
    first = min([*(v.start for v in visits), *quiet["from"], 8 * 60]) // 60 * 60
    last = -(-max([*(v.end for v in visits), *quiet["to"], 16 * 60]) // 60) * 60
    x = alt.X(
        "day:O",
        sort=days,
        scale=alt.Scale(domain=days),
        axis=alt.Axis(title=None, orient="top", labelAngle=0, labelFontSize=12, ticks=False),
    )
    hours = list(range(first, last + 1, 60))
    y = alt.Y(
        "from:Q",
        scale=alt.Scale(domain=[first, last], reverse=True, nice=False),
        axis=alt.Axis(
            title=None,
            values=hours,
            labelExpr="format(floor(datum.value/60), '02d') + ':00'",
            grid=True,
            gridColor="#e3e8ec",
        ),
    )
    pick = alt.selection_point(name=PICK, fields=["key"], on="click", empty=False)
    base = alt.Chart(blocks)
    shades = (
        alt.Chart(quiet)
        .mark_rect(opacity=0.9)
        .encode(
            x=x,
            y=y,
            y2="to:Q",
            tooltip=[alt.Tooltip("what:N", title=" ")],
            color=alt.Color(
                "what:N",
                legend=None,
                scale=alt.Scale(
                    domain=["off duty", "away", "drive", "break"],
                    range=["#eef1f3", "#d9c7b8", "#cfd6dc", "#f3ead2"],
                ),
            ),
        )
    )
    bars = (
        base.mark_rect(cornerRadius=3, cursor="pointer")
        .encode(
            x=x,
            y=y,
            y2="to:Q",
            fill=alt.Fill(
                "focus:N",
                legend=None,
                scale=alt.Scale(
                    domain=list(FOCUS_WORDS.values()), range=[FOCUS_COLOURS[f] for f in FOCUS_WORDS]
                ),
            ),
            stroke=alt.condition(pick, alt.value("#16202a"), alt.value("#ffffff")),
            strokeWidth=alt.condition(pick, alt.value(3), alt.value(1)),
            tooltip=[
                alt.Tooltip("school:N", title="School"),
                alt.Tooltip("time:N", title="Time"),
                alt.Tooltip("focus:N", title="Focus"),
                alt.Tooltip("work:N", title="To do"),
            ],
        )
        .add_params(pick)
    )
    text = base.mark_text(
        color="white", fontSize=11, lineBreak="\n", baseline="middle", align="center"
    ).encode(x=x, y=alt.Y("middle:Q"), text="label:N")
    return (
        (shades + bars + text)
        .properties(height=height)
        .configure_view(strokeWidth=0)
        .resolve_scale(color="independent", fill="independent")
    )


_EMPTY = ("key", "day", "from", "to", "middle", "school", "focus", "time", "work", "label")


def _block(case: Case, v: Visit) -> tuple[object, ...]:
    school = case.agency.schools[v.school_id].name.removesuffix(" Elementary")
    work = "; ".join(visit_lines(case, v))
    short = school if len(school) <= SHORT else school[: SHORT - 1] + "…"
    marks = ("▪" if case.attended(v) else "") + ("✓" if v.tasks else "") + ("⚲" if case.is_fixed(v) else "")
    line = f"{FOCUS_LETTERS.get(v.focus, '?')} {format_clock(v.start)}-{format_clock(v.end)} {marks}".rstrip()
    label = f"{short}\n{line}" if v.minutes >= 40 else short
    return (
        visit_key(v),
        day_short(v.date),
        v.start,
        v.end,
        (v.start + v.end) / 2,
        school,
        FOCUS_WORDS.get(v.focus, v.focus),
        f"{v.window}",
        work or "presence",
        label,
    )


def _quiet(
    case: Case, officer: Officer, monday: date, visits: Sequence[Visit]
) -> Iterator[tuple[str, int, int, str]]:
    """What is no visit: hours off duty, absences, drives."""
    for day in week_days(monday):
        name = day_short(day)
        shift = case.agency.shifts.get((officer.officer_id, day.weekday()))
        duty = case.calendar.duty(officer.officer_id, day)
        if shift is None:
            yield name, 8 * 60, 16 * 60, "off duty"
        elif duty is None:
            yield name, shift.start, shift.end, "away"
        else:
            if shift.start < duty.span.start:
                yield name, shift.start, duty.span.start, "away"
            if duty.span.end < shift.end:
                yield name, duty.span.end, shift.end, "away"
            for window in duty.absences:
                yield name, window.start, window.end, "away"
        mine = sorted((v for v in visits if v.date == day), key=lambda v: v.start)
        for a, b in itertools.pairwise(mine):
            drive = case.drive(a, b)
            if drive:
                yield name, a.end, min(a.end + drive, b.start), "drive"
