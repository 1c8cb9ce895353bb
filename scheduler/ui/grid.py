"""The rounds as HTML: officers' weeks as time grids, days across and hours down; each visit a button."""

from collections.abc import Sequence
from datetime import date
from html import escape

from scheduler.domain.agency import Role
from scheduler.domain.calendar import week_days
from scheduler.domain.clock import Window, format_clock
from scheduler.domain.plan import Visit
from scheduler.publish.quiet import AWAY, OFF, Gap, Quiet, gaps, quiet_times
from scheduler.publish.summary import OfficerWeek
from scheduler.publish.words import FOCUS_LETTERS, FOCUS_WORDS, day_short, duration, short_school
from scheduler.rules.case import Case

HOUR = 40
"""Pixels an hour."""
LINES = ((54, 1), (79, 2))
"""Up to so many minutes a block has room for so many lines."""
HEAD, LINE = 35, 15
"""Pixels of a block's name and times, and of each line below them."""
WORDS = 13
"""Pixels of a line between blocks; where there are fewer, a mark alone stands there."""
EARLIEST, LATEST = 8 * 60, 16 * 60


def visit_key(visit: Visit) -> str:
    """What names a visit in one precinct's week: a school is visited once a day."""
    return f"{visit.date}|{visit.school_id}|{visit.officer_id}"


def officers_html(
    case: Case, monday: date, officers: Sequence[OfficerWeek], picked: str | None, reasons: bool
) -> str:
    """The grids of these officers, one below the other, with their legend."""
    return "".join(_officer(case, monday, o, picked, reasons) for o in officers) + LEGEND


def _officer(case: Case, monday: date, week: OfficerWeek, picked: str | None, reasons: bool) -> str:
    load = "" if week.load is None else f" · {week.load:.0%} of duty".replace("%", " %")
    count = "1 visit" if len(week.visits) == 1 else f"{len(week.visits)} visits"
    said = f"{count} · {duration(week.minutes)} at schools · {duration(week.travel)} driving{load}"
    hours = _hours(week)
    days = "".join(_day(case, week, day, hours, picked, reasons) for day in week_days(monday))
    clock = "".join(
        f'<i style="top:{(m - hours.start) * HOUR / 60:.0f}px">{format_clock(m)[:2]}</i>'
        for m in range(hours.start, hours.end + 1, 60)
    )
    height = (hours.end - hours.start) * HOUR / 60
    name = escape(week.officer.name)
    return (
        f'<section class="officer" lang="en" aria-label="{name}"><h3>{name} <small>'
        f'{said}</small></h3><div class="days" style="--tall:{height:.0f}px">'
        f'<div class="clock" aria-hidden="true"><b></b><div>{clock}</div></div>{days}</div></section>'
    )


def _hours(week: OfficerWeek) -> Window:
    """The hours drawn: all of an officer's own precinct, those of the visits where someone helps out."""
    starts, ends = [v.start for v in week.visits], [v.end for v in week.visits]
    if not week.visits or week.officer.role is not Role.RELIEF:
        spans = [d.span for d in week.duties.values() if d is not None]
        starts += [EARLIEST, *(s.start for s in spans)]
        ends += [LATEST, *(s.end for s in spans)]
    return Window(min(starts) // 60 * 60, -(-max(ends) // 60) * 60)


def _day(case: Case, week: OfficerWeek, day: date, hours: Window, picked: str | None, reasons: bool) -> str:
    visits = [v for v in week.visits if v.date == day]
    quiet = [
        q for q in quiet_times(case, week.officer, day, visits, hours, reasons) if q.window.overlap(hours)
    ]
    away = "".join(_away(q, hours) for q in quiet if q.kind in (AWAY, OFF))
    marks = "".join(_mark(q, hours) for q in quiet if q.kind not in (AWAY, OFF))
    blocks = [(v.start, visit_button(case, v, picked, _box(v.window, hours))) for v in visits]
    blocks += [(g.window.start, _gap(g, hours)) for g in gaps(quiet, visits)]
    told = "".join(html for _, html in sorted(blocks))
    return f'<div class="day"><b>{day_short(day)}</b><div class="hours">{away}{marks}{told}</div></div>'


def _box(window: Window, hours: Window) -> str:
    window = Window(max(window.start, hours.start), min(window.end, hours.end))
    top, tall = (window.start - hours.start) * HOUR / 60, window.minutes * HOUR / 60
    return f"top:{top:.0f}px;height:{max(tall - 1, 4):.0f}px"


def _away(quiet: Quiet, hours: Window) -> str:
    kind = quiet.kind.partition(" ")[0]
    words = escape(quiet.words)
    return (
        f'<div class="{kind}" style="{_box(quiet.window, hours)}" title="{words}"><span>{words}</span></div>'
    )


def _mark(quiet: Quiet, hours: Window) -> str:
    return f'<i class="{quiet.kind}" style="{_box(quiet.window, hours)}"></i>'


def _gap(gap: Gap, hours: Window) -> str:
    """What is said between two blocks; to ears and in the tooltip alone where it is too low for words."""
    low = " low" if gap.window.minutes * HOUR / 60 < WORDS else ""
    words = escape(gap.words)
    return (
        f'<div class="gap{low}" style="{_box(gap.window, hours)}" title="{words}"><span>{words}</span></div>'
    )


def visit_button(case: Case, visit: Visit, picked: str | None, style: str = "") -> str:
    """A visit as a button: school, focus by colour and letter, times, and what is done there; one line
    with the times alone where it has no place of its own (`style`)."""
    school = case.school(visit)
    name, focus = short_school(school.name), FOCUS_WORDS.get(visit.focus, visit.focus)
    done = [f"▪ {s.program}" for s in case.attended(visit)]
    done += [f"✓ {case.agency.tasks[t].program}" for t in visit.tasks if t in case.agency.tasks]
    pinned = " ⚲" if case.is_fixed(visit) else ""
    lines = next((n for most, n in LINES if visit.minutes <= most), 3)
    key, letter = visit_key(visit), FOCUS_LETTERS.get(visit.focus, "?")
    said = f"{school.name}, {day_short(visit.date)}, {visit.window}, {focus.lower()}"
    said += "".join(f"; {d[2:]}" for d in done) + ("; pinned" if pinned else "")
    times = f"<s>{format_clock(visit.start)}</s><u>-{format_clock(visit.end)}</u>"
    text = f"<b>{escape(name)}</b>"
    marks = ("▪" if case.attended(visit) else "") + ("✓" if visit.tasks else "")
    if not style:
        text = f"<span><em>{letter}</em> {times}{pinned} {marks}</span>"
    elif lines == 1:
        text = f"<b><em>{letter}</em> {format_clock(visit.start)} {escape(name)}{pinned} {marks}</b>"
    elif lines == 2:
        text += f"<span><em>{letter}</em> {times}{pinned} {marks}</span>"
    else:
        text += f"<span><em>{letter}</em> {times}{pinned}</span>"
        text += "".join(f"<span>{escape(d)}</span>" for d in _fitted(done, visit.minutes))
    return (
        f'<button type="button" class="visit lines-{lines} {escape(visit.focus)}" style="{style}" '
        f'data-key="{escape(key)}" aria-pressed="{"true" if key == picked else "false"}" '
        f'title="{escape(said)}" aria-label="{escape(said)}">{text}</button>'
    )


def _fitted(done: list[str], minutes: int) -> list[str]:
    """What is done at a visit in as many lines as its block has room for; the last holds the rest."""
    room = max(1, int(minutes * HOUR / 60 - HEAD) // LINE)
    return done if len(done) <= room else [*done[: room - 1], " ".join(done[room - 1 :])]


LEGEND = (
    '<p class="legend">'
    + "".join(
        f'<span><i class="visit {f}">{FOCUS_LETTERS[f]}</i> {w.lower()}</span>'
        for f, w in FOCUS_WORDS.items()
    )
    + '<span>▪ session</span><span>✓ task</span><span>⚲ pinned or begun</span><span><i class="away"></i> away'
    '</span><span><i class="off"></i> off duty</span><span><i class="drive"></i> driving</span>'
    '<span><i class="break"></i> break</span></p>'
)
