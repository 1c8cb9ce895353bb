"""What people call the tables and the settings."""

from collections.abc import Mapping

POLICY = "policy"
LABELS: Mapping[str, str] = {
    "schools": "Schools", "officers": "Officers", "shifts": "Shifts", "absences": "Leave and court",
    "closures": "School calendar", "sessions": "Sessions", "tasks": "Tasks", "pins": "Pinned visits",
    "history": "Past visits", "travel": "Drive times", "precincts": "Precincts", POLICY: "Policy",
}  # fmt: skip
"""What people call the tables, in the order of the menu."""

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
REASONS = ("leave", "court", "training", "sick")
"""Why officers are away, in the order in which they are offered."""
