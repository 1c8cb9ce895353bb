"""Changes of an agency's tables, and scenarios made of them (planning contract, section 7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Action = Literal["add", "remove", "update"]


@dataclass(frozen=True)
class Change:
    """One edit of an agency folder. `key` names exactly one row for `update` and `remove`;
    `values` are what the row gets. For agency.toml the key is `{"path": "visits.most_per_day"}`
    and the values are `{"value": 5}`."""

    table: str
    action: Action
    key: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As it stands in scenario files."""
        return {
            "table": self.table, "action": self.action, "key": dict(self.key),
            "values": dict(self.values),
        }  # fmt: skip

    @property
    def sentence(self) -> str:
        """What it does, for people: `schools.csv: orems: visits_per_week becomes 2.`"""
        row = ", ".join(str(v) for v in self.key.values() if v not in ("", None))
        what = "; ".join(f"{n} becomes {'blank' if v in ('', None) else v}" for n, v in self.values.items())
        if self.table == "agency.toml":
            return f"{self.table}: {row} becomes {self.values.get('value')}."
        if self.action == "remove":
            return f"{self.table}: {row} is removed."
        if self.action == "add":
            given = ", ".join(
                f"{n} {v}" for n, v in {**self.key, **self.values}.items() if v not in ("", None)
            )
            return f"{self.table}: a new row, {given}."
        return f"{self.table}: {row}: {what}."


@dataclass(frozen=True)
class Scenario:
    """Changes to look at together, under a name."""

    name: str
    changes: tuple[Change, ...]

    def to_dict(self) -> dict[str, Any]:
        """As it stands in a scenario file."""
        return {"name": self.name, "changes": [c.to_dict() for c in self.changes]}
