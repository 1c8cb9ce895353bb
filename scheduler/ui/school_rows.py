"""The schools of a precinct's week as HTML: a row each, worst first, with their visits as buttons."""

from collections.abc import Sequence
from datetime import date
from html import escape

from scheduler.domain.calendar import week_days
from scheduler.publish.summary import SchoolWeek
from scheduler.publish.words import FOCUS_LETTERS, FOCUS_WORDS, day_short, short_school
from scheduler.rules.case import Case
from scheduler.ui.grid import visit_button

LOW = 0.75
"""Below this part of its fair share a school's bar is marked."""


def schools_html(case: Case, monday: date, schools: Sequence[SchoolWeek], picked: str | None) -> str:
    """The table of the schools."""
    days = week_days(monday)
    cycle = " ".join(f'<abbr title="{FOCUS_WORDS[f]}">{letter}</abbr>' for f, letter in FOCUS_LETTERS.items())
    head = "".join(f"<th>{day_short(d)}</th>" for d in days)
    rows = "".join(_row(case, days, s, picked) for s in sorted(schools, key=_attention))
    return (
        f'<div class="wide"><table><thead><tr><th>School</th><th>Visits</th>{head}<th>Last seen</th>'
        '<th>Time against fair share</th><th title="Kinds of service that the school has had this cycle">'
        f"{cycle}</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _attention(s: SchoolWeek) -> tuple[bool, float, str]:
    return (len(s.visits) >= s.wanted, s.minutes / s.share if s.share else 9, s.school.name)


def _row(case: Case, days: Sequence[date], s: SchoolWeek, picked: str | None) -> str:
    lacks = "▲ " if len(s.visits) < s.wanted else ""
    name = escape(short_school(s.school.name))
    cells = "".join(_cell(case, s, day, picked) for day in days)
    seen = day_short(s.last_seen) if s.last_seen else "not known"
    cycle = " ".join(
        f'<abbr title="{FOCUS_WORDS[f]}: {"yes" if f in s.cycle_focuses else "not yet"}">'
        f"{'●' if f in s.cycle_focuses else '○'}</abbr>"
        for f in FOCUS_LETTERS
    )
    return (
        f"<tr><th>{name}</th><td>{lacks}{len(s.visits)} / {s.wanted}</td>{cells}<td>{seen}</td>"
        f"<td>{_bar(s)}</td><td>{cycle}</td></tr>"
    )


def _cell(case: Case, s: SchoolWeek, day: date, picked: str | None) -> str:
    here = [v for v in s.visits if v.date == day]
    if here:
        return f"<td>{''.join(visit_button(case, v, picked) for v in here)}</td>"
    closed = case.calendar.hours(s.school.school_id, day) is None
    return '<td class="closed" title="closed">closed</td>' if closed else "<td></td>"


def _bar(s: SchoolWeek) -> str:
    if not s.share:
        return f"{s.minutes} min"
    part = min(1.0, s.minutes / s.share)
    low = " low" if s.minutes < LOW * s.share else ""
    bar = f'<span class="bar{low}"><i style="width:{100 * part:.0f}%"></i></span>'
    return f"{bar} {'▲ ' if low else ''}{s.minutes} / {s.share} min"
