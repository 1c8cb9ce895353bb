"""Pictures of a week as SVG: an officer's time grid, and a map without tiles."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from html import escape
from math import cos, radians

from scheduler.domain.agency import Officer, Role, School
from scheduler.domain.calendar import Duty, week_days
from scheduler.domain.clock import Window, format_clock
from scheduler.domain.plan import Visit
from scheduler.publish.quiet import gaps, quiet_times
from scheduler.publish.words import FOCUS_LETTERS, FOCUS_WORDS, day_short, short_school
from scheduler.rules.case import Case

FOCUS_COLOURS = {"teaching": "#2473b8", "mentoring": "#edb432", "law_enforcement": "#14513a"}
"""A blue, a light gold and a dark green: told apart by colour-blind readers and, being of three
lightnesses, in black and white; the letter says it again."""
FOCUS_INK = {"teaching": "#ffffff", "mentoring": "#16202a", "law_enforcement": "#ffffff"}
"""What is written on them in."""
FOCUS_EDGE = {"teaching": "#164d80", "mentoring": "#7a5800", "law_enforcement": "#0b3325"}
"""Their edges, dark enough to be seen on white."""

STYLE = (
    "<style>text{font:11px system-ui,'Segoe UI',Arial,sans-serif}text:not(.in){fill:#16202a}"
    ".in{font-weight:500}.day{font-weight:600;text-anchor:middle;font-size:12px}"
    "text.clock{text-anchor:end;fill:#4a5866}.hour{stroke:#d9dee3}.off{fill:url(#hatch)}"
    "text.drive{fill:#4a5866;font-size:10px}.route{fill:none;stroke:#9fb2c3}"
    "text.label{font-size:10px;fill:#4a5866}</style>"
)
HATCH = (
    '<defs><pattern id="hatch" width="7" height="7" patternTransform="rotate(45)" '
    'patternUnits="userSpaceOnUse"><rect width="7" height="7" fill="#f4f5f6"/>'
    '<line x1="0" y1="0" x2="0" y2="7" stroke="#d3d8dd" stroke-width="2"/></pattern></defs>'
)
HEAD = 'xmlns="http://www.w3.org/2000/svg"'
Place = Callable[[float, float], tuple[float, float]]
LEFT, TOP, COLUMN, HOUR = 44, 26, 172, 32
WORDS = 13
"""What a line between two blocks takes; lower gaps stay empty."""


def week_grid(case: Case, officer: Officer, monday: date, visits: Sequence[Visit]) -> str:
    """An officer's week: days across, hours down; leave hatched, drives and free time quiet."""
    days = week_days(monday)
    duties = {d: case.calendar.duty(officer.officer_id, d) for d in days}
    helps = officer.role is Role.RELIEF and bool(visits)
    first, last = _hours(() if helps else duties.values(), visits)
    width, height = LEFT + COLUMN * 5 + 4, TOP + HOUR * (last - first) + 8

    def y(minute: int) -> float:
        return TOP + (minute - first * 60) * HOUR / 60

    out = [
        f'<svg {HEAD} class="grid" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="Week of {escape(officer.name)}">{STYLE}{HATCH}'
    ]
    for hour in range(first, last + 1):
        out.append(f'<line class="hour" x1="{LEFT}" x2="{width - 4}" y1="{y(hour * 60):.1f}" '
                   f'y2="{y(hour * 60):.1f}"/>')  # fmt: skip
        out.append(f'<text class="clock" x="{LEFT - 6}" y="{y(hour * 60) + 4:.1f}">{hour:02d}</text>')
    for i, day in enumerate(days):
        x = LEFT + COLUMN * i
        out.append(f'<text class="day" x="{x + COLUMN / 2}" y="16">{day_short(day)}</text>')
        out.extend(_off_duty(duties[day], x, first, last, y))
        todays = [v for v in visits if v.date == day]
        for v in todays:
            out.append(_block(case, v, x, y(v.start), y(v.end)))
        quiet = quiet_times(case, officer, day, todays, Window(first * 60, last * 60))
        for gap in gaps(quiet, todays):
            if gap.window.minutes * HOUR / 60 >= WORDS:
                middle = (y(gap.window.start) + y(gap.window.end)) / 2
                out.append(f'<text class="drive" x="{x + 8}" y="{middle + 3.5:.1f}">'
                           f"{escape(gap.words)}</text>")  # fmt: skip
    out.append("</svg>")
    return "".join(out)


def _hours(duties: Iterable[Duty | None], visits: Iterable[Visit]) -> tuple[int, int]:
    starts = [d.span.start for d in duties if d] + [v.start for v in visits]
    ends = [d.span.end for d in duties if d] + [v.end for v in visits]
    return min(starts, default=480) // 60, -(-max(ends, default=960) // 60)


def _off_duty(duty: Duty | None, x: int, first: int, last: int, y: Callable[[int], float]) -> list[str]:
    begin, end = first * 60, last * 60
    away = [(begin, end)] if duty is None else [
        (begin, duty.span.start), *((a.start, a.end) for a in duty.absences), (duty.span.end, end)
    ]  # fmt: skip
    return [
        f'<rect class="off" x="{x}" y="{y(a):.1f}" width="{COLUMN}" height="{y(b) - y(a):.1f}"/>'
        for a, b in away if b > a
    ]  # fmt: skip


def _block(case: Case, visit: Visit, x: int, top: float, bottom: float) -> str:
    school = case.school(visit)
    colour, ink = FOCUS_COLOURS.get(visit.focus, "#555"), FOCUS_INK.get(visit.focus, "#fff")
    edge = FOCUS_EDGE.get(visit.focus, "#333")
    letter = FOCUS_LETTERS.get(visit.focus, "?")
    done = [s.program for s in case.attended(visit)]
    done += [case.agency.tasks[t].program for t in visit.tasks if t in case.agency.tasks]
    lines = [
        f"{format_clock(visit.start)}-{format_clock(visit.end)} {letter}",
        _cut(short_school(school.name), 25),
    ]
    if done:
        lines.append(_cut(" + ".join(done), 24))
    room = max(1, int((bottom - top) // 13))
    if room == 1:
        lines = [f"{format_clock(visit.start)} {letter} {_cut(short_school(school.name), 20)}"]
    title = f"{school.name}, {visit.window}, {FOCUS_WORDS.get(visit.focus, visit.focus)}"
    text = "".join(
        f'<text class="in" x="{x + 9}" y="{top + 13 + 13 * i:.1f}" fill="{ink}">{escape(line)}</text>'
        for i, line in enumerate(lines[:room])
    )
    pin = ""
    if case.is_fixed(visit):
        pin = f'<text class="in" x="{x + COLUMN - 18}" y="{top + 13:.1f}" fill="{ink}">⚲</text>'
    return (
        f'<g class="visit"><title>{escape("; ".join([title, *done]))}</title>'
        f'<rect x="{x + 2}" y="{top:.1f}" width="{COLUMN - 6}" height="{bottom - top:.1f}" rx="3" '
        f'fill="{colour}" stroke="{edge}"/>{text}{pin}</g>'
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def area_map(case: Case, precinct_ids: Sequence[str], visits: Sequence[Visit], size: int = 420) -> str:
    """Schools and stations to scale, north up, sized by minutes planned, `size` wide and at most three
    quarters as high; no tiles needed."""
    agency = case.agency
    schools = [s for p in precinct_ids for s in agency.schools_of[p]]
    stations = [agency.precincts[p] for p in precinct_ids]
    points = [(s.latitude, s.longitude) for s in schools]
    points += [(p.latitude, p.longitude) for p in stations]
    middle = sum(lat for lat, _ in points) / len(points)
    squeeze = max(0.05, cos(radians(middle)))
    xs, ys = [lon * squeeze for _, lon in points], [lat for lat, _ in points]
    wide, tall = max(xs) - min(xs), max(ys) - min(ys)
    margin = 46
    scale = min((size - 2 * margin) / max(wide, 1e-6), (0.75 * size - 2 * margin) / max(tall, 1e-6))
    height, left = round(2 * margin + tall * scale), (size - wide * scale) / 2

    def at(latitude: float, longitude: float) -> tuple[float, float]:
        x = left + (longitude * squeeze - min(xs)) * scale
        return x, height - margin - (latitude - min(ys)) * scale

    minutes: dict[str, int] = {}
    for v in visits:
        minutes[v.school_id] = minutes.get(v.school_id, 0) + v.minutes
    out = [f'<svg {HEAD} class="map" viewBox="0 0 {size} {height}" role="img" aria-label="Map">{STYLE}']
    out += _routes(case, visits, at, {p.precinct_id for p in stations})
    out += _school_dots(schools, minutes, at)
    for p in stations:
        x, y = at(p.latitude, p.longitude)
        out.append(f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="#111">'
                   f"<title>{escape(p.name)} station</title></rect>")  # fmt: skip
    km = _round_km((size - 2 * margin) / scale * 111.2 / 4)
    length = km / 111.2 * scale
    out.append(f'<line x1="12" x2="{12 + length:.1f}" y1="{height - 12}" y2="{height - 12}" '
               f'stroke="#111"/><text class="label" x="14" y="{height - 17}">{km:g} km</text>')  # fmt: skip
    out.append("</svg>")
    return "".join(out)


def _round_km(km: float) -> float:
    return next((k for k in (50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1) if k <= km), 0.05)


def _routes(case: Case, visits: Sequence[Visit], at: Place, drawn: set[str]) -> list[str]:
    """A line a day; who comes from a station that is not drawn is drawn from school to school."""
    tours: dict[tuple[str, date], list[Visit]] = {}
    for v in sorted(visits, key=lambda v: v.start):
        tours.setdefault((v.officer_id, v.date), []).append(v)
    out = []
    for tour in tours.values():
        station = case.agency.precincts[case.officer(tour[0]).precinct_id]
        home = (station.latitude, station.longitude)
        stops = [(case.school(v).latitude, case.school(v).longitude) for v in tour]
        if station.precinct_id in drawn:
            stops = [home, *stops, home]
        path = " ".join("{:.1f},{:.1f}".format(*at(*place)) for place in stops)
        out.append(f'<polyline class="route" points="{path}"/>')
    return out


def _school_dots(schools: Sequence[School], minutes: dict[str, int], at: Place) -> list[str]:
    out = []
    for s in schools:
        x, y = at(s.latitude, s.longitude)
        had = minutes.get(s.school_id, 0)
        radius = 3 + (had / 60) ** 0.5 * 3
        fill = "#2473b8" if had else "#fff"
        out.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" stroke="#0b3c5d">'
            f"<title>{escape(s.name)}: {had} minutes</title></circle>"
            f'<text class="label" x="{x:.1f}" y="{y - radius - 2:.1f}" text-anchor="middle">'
            f"{escape(_cut(short_school(s.name), 18))}</text>"
        )
    return out
