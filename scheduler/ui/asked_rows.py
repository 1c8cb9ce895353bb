"""What each school asks of a week, as an HTML table: what stands where the rounds will be."""

from collections.abc import Sequence
from datetime import date
from html import escape

from scheduler.publish.words import day_short, short_school
from scheduler.service.asked import SchoolAsk


def asked_html(week: date, schools: Sequence[SchoolAsk]) -> str:
    """A row a school."""
    titles = ("School", "Visits", "Due this week", f"Days since last visit, on {day_short(week)}")
    head = "".join(f"<th>{t}</th>" for t in titles)
    rows = "".join(
        f"<tr><th>{escape(short_school(s.name))}</th><td>{s.visits}</td>"
        f"<td>{'<br>'.join(escape(d) for d in s.due)}</td><td>{_seen(s)}</td></tr>"
        for s in schools
    )
    return f'<table class="asked"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _seen(school: SchoolAsk) -> str:
    if school.last_seen is None:
        return "not known"
    return f"{school.days} <small>({day_short(school.last_seen)})</small>"
