"""What people call the tables on the page, in the order of its menu."""

from collections.abc import Mapping

from scheduler.tables.columns import TABLES
from scheduler.tables.labels import POLICY_LABEL

POLICY = "policy"
MENU = ("schools", "officers", "shifts", "absences", "closures", "sessions", "tasks", "pins", "history",
        "travel", "precincts")  # fmt: skip
LABELS: Mapping[str, str] = {**{name: TABLES[name].label for name in MENU}, POLICY: POLICY_LABEL}
"""What people call the tables, in the order of the menu."""
REASONS = ("leave", "court", "training", "sick")
"""Why officers are away, in the order in which they are offered."""
