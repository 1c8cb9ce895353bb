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


@dataclass(frozen=True)
class Scenario:
    """Changes to look at together, under a name."""

    name: str
    changes: tuple[Change, ...]

    def to_dict(self) -> dict[str, Any]:
        """As it stands in a scenario file."""
        return {"name": self.name, "changes": [c.to_dict() for c in self.changes]}
