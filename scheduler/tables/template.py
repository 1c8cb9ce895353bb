"""A blank agency folder with words on what goes where."""

from pathlib import Path

from scheduler.errors import InputError, Problem
from scheduler.tables.columns import FORMAT_WORDS, TABLES, Table
from scheduler.tables.folder import write_text
from scheduler.tables.settings import FILE

SETTINGS = """# The agency and its policy. Lines that begin with # are comments; the values shown are the
# defaults, and a line may be left out.
name = "My Police Department"
timezone = "America/New_York"    # IANA name of the time zone

[visits]
shortest_minutes = 45            # a visit lasts at least
longest_minutes = 180            # and at most
length_step_minutes = 15         # visit lengths are multiples of it
start_step_minutes = 5           # visit starts are multiples of it, counted from midnight
most_per_day = 4                 # visits of one officer
mentoring_minutes = 30           # time in the private space that makes a mentoring visit
required_qualification = ""      # such as "sro": who lacks it makes no visit

[break]
minutes = 30
earliest = "11:00"
latest = "13:30"
due_after_minutes = 360          # a day with at least this much duty has a break

[travel]
road_factor = 1.3                # roads are longer than the straight line
speed_kmh = 40
fixed_minutes = 4                # parking and signing in, once a drive

[rotation]
cycle_weeks = 4                  # fairness and focus look at this many weeks
on_site_share = 1.0              # part of the possible time that schools can expect
unpredictability_price = 0.05    # part of the reachable minutes that a random choice may cost
"""


def write_template(folder: Path) -> None:
    """Writes a blank folder. Raises InputError where one of its files is there already."""
    files = [FILE, "README.txt", *(t.file for t in TABLES.values())]
    there = [f for f in files if (folder / f).exists()]
    if folder.exists() and not folder.is_dir():
        there = [folder.name]
    if there:
        raise InputError([Problem(str(folder / f), None, None, None, "the file is there already",
                                  "Choose an empty folder; nothing was written.")
                          for f in there])  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / FILE, SETTINGS)
    for table in TABLES.values():
        write_text(folder / table.file, ",".join(c.name for c in table.columns) + "\n")
    write_text(folder / "README.txt", "\n\n".join(_words(t) for t in TABLES.values()) + "\n")


def _words(table: Table) -> str:
    lines = [f"{table.file}: {table.help}" + (" May be left out." if table.optional else "")]
    for c in table.columns:
        need = "required" if c.required else (f"default {c.default}" if c.default else "may be blank")
        lines.append(f"  {c.name}: {c.help} ({FORMAT_WORDS[c.kind]}; {need})")
    return "\n".join(lines)


def tables_document() -> str:
    """docs/tables.md, made from the columns."""
    out = ["# The tables of an agency folder", "",
           "One CSV a table (UTF-8, a header row, columns in any order) and `agency.toml`.", ""]  # fmt: skip
    for t in TABLES.values():
        out += [f"## {t.file}", "", t.help + (" The table may be absent." if t.optional else ""), "",
                "| column | holds | if blank | |", "|---|---|---|---|"]  # fmt: skip
        for c in t.columns:
            blank = "required" if c.required else (f"`{c.default}`" if c.default else "none")
            out.append(f"| {c.name} | {FORMAT_WORDS[c.kind]} | {blank} | {c.help} |")
        out.append("")
    out += ["## agency.toml", "", "```toml", SETTINGS.rstrip(), "```", ""]
    return "\n".join(out)
