"""What people call the tables, their columns and the settings: one place for every page and sentence."""

import re
from collections.abc import Mapping
from dataclasses import replace

from scheduler.errors import Problem
from scheduler.tables.columns import TABLES
from scheduler.tables.settings import FILE

POLICY_LABEL = "Policy"
SETTING_WORDS: Mapping[str, str] = {
    "name": "The agency's name, in reports and calendars.",
    "timezone": "The time zone of all times, such as America/New_York.",
    "visits.shortest_minutes": "A visit lasts at least so many minutes.",
    "visits.longest_minutes": "A visit lasts at most so many minutes.",
    "visits.length_step_minutes": "Visits last a multiple of so many minutes.",
    "visits.start_step_minutes": "Visits start at a multiple of so many minutes, counted from midnight.",
    "visits.most_per_day": "An officer makes at most so many visits a day.",
    "visits.mentoring_minutes": "A mentoring visit spends so many minutes in the private space.",
    "visits.required_qualification": "Who lacks this qualification makes no visit; blank for none.",
    "break.minutes": "The meal break lasts so many minutes.",
    "break.earliest": "The break starts no earlier than this (HH:MM).",
    "break.latest": "The break is over by this time (HH:MM).",
    "break.due_after_minutes": "A day with at least so many minutes of duty has a break.",
    "travel.road_factor": "Roads are so many times as long as the straight line.",
    "travel.speed_kmh": "The speed on the road, in km an hour.",
    "travel.fixed_minutes": "Minutes for parking and signing in, once a drive.",
    "rotation.cycle_weeks": "Fairness and the turn of focuses look at so many weeks.",
    "rotation.on_site_share": "The part (0 to 1) of the possible time that schools can expect.",
    "rotation.unpredictability_price":
        "The part (0 to 1) of the reachable minutes that a random choice may cost.",
}  # fmt: skip
"""A sentence for each setting, by its path."""
_FILES = re.compile(r"\b(" + "|".join(TABLES) + r")\.csv\b")


def table_label(table: str) -> str:
    """What people call a table (or the file of one)."""
    if table == FILE:
        return POLICY_LABEL
    known = TABLES.get(table.removesuffix(".csv"))
    return table if known is None else known.label


def column_label(table: str, column: str) -> str:
    """What people call a column of a table (or of the file of one), or a setting by its path."""
    if table == FILE:
        return SETTING_WORDS.get(column, column).partition(";")[0].rstrip(".")
    known = TABLES.get(table.removesuffix(".csv"))
    found = [c.label for c in known.columns if c.name == column] if known is not None else []
    return found[0] if found else column


def on_screen(problem: Problem) -> Problem:
    """A problem with the words of the pages in place of the names of files and columns."""

    def said(text: str) -> str:
        return _FILES.sub(lambda match: table_label(match[1]), text)

    column = None if problem.column is None else column_label(problem.table, problem.column)
    return replace(problem, table=table_label(problem.table), column=column,
                   message=said(problem.message), advice=said(problem.advice))  # fmt: skip
