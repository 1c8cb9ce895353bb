"""agency.toml: name, time zone and policy."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from scheduler.domain.policy import (
    BreakPolicy,
    Policy,
    RotationPolicy,
    TravelPolicy,
    VisitPolicy,
)
from scheduler.errors import Problem

FILE = "agency.toml"
SECTIONS: dict[str, type[BaseModel]] = {
    "visits": VisitPolicy,
    "break": BreakPolicy,
    "travel": TravelPolicy,
    "rotation": RotationPolicy,
}
MOST_BYTES = 1_000_000


class Settings:
    """What agency.toml says; `policy` is None where it could not be read."""

    def __init__(self) -> None:
        self.name = ""
        self.timezone = "UTC"
        self.policy: Policy | None = None
        self.problems: list[Problem] = []

    def add(
        self, column: str | None, value: object, message: str, advice: str, warning: bool = False
    ) -> None:
        """Notes a problem of the file."""
        shown = None if value is None else str(value)
        self.problems.append(Problem(
            FILE, None, column, shown, message, advice, "warning" if warning else "error"))  # fmt: skip


def read_settings(folder: Path) -> Settings:
    """Reads agency.toml with every problem in it."""
    out = Settings()
    data = _load(folder / FILE, out)
    return out if data is None else settings_of(data, out)


def settings_of(data: dict[str, Any], out: Settings) -> Settings:
    """What parsed TOML says, with every problem in it added to `out`."""
    for key, words in (("name", 'name = "My Police Department"'),
                       ("timezone", 'timezone = "America/New_York"')):  # fmt: skip
        value = data.pop(key, None)
        if not isinstance(value, str) or not value.strip():
            out.add(key, value, "the setting is missing or not text", f"Write {words}.")
        else:
            setattr(out, key, value)
    if out.timezone != "UTC":
        _check_zone(out)
    sections: dict[str, dict[str, Any]] = {}
    for key, value in data.items():
        if key not in SECTIONS:
            out.add(key, None, "the setting is unknown and not read",
                    f"Known: name, timezone, {', '.join(SECTIONS)}.", warning=True)  # fmt: skip
        elif not isinstance(value, dict):
            out.add(key, value, "this is no section", f"Write [{key}] on a line of its own.")
        else:
            sections[key] = value
    out.policy = _policy(sections, out)
    if out.policy is not None:
        _warn(out.policy, out)
    return out


def _load(path: Path, out: Settings) -> dict[str, Any] | None:
    if not path.is_file():
        out.add(None, None, "the file is missing", "Add it with a name and a timezone.")
        return None
    try:
        if path.stat().st_size > MOST_BYTES:
            out.add(None, None, "the file is larger than 1 MB", "It holds settings only.")
            return None
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        return tomllib.loads(text, parse_float=Decimal)
    except OSError as error:
        out.add(None, None, f"the file cannot be read ({error.strerror})", "Check permissions.")
    except UnicodeDecodeError:
        out.add(None, None, "the file is not UTF-8", "Save it as UTF-8.")
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        out.add(None, None, f"the file is no TOML: {str(error)[:200]}", "Mend that line.")
    return None


def _check_zone(out: Settings) -> None:
    try:
        ZoneInfo(out.timezone)
    except Exception:  # zoneinfo raises many kinds for names that are no zones
        out.add("timezone", out.timezone, "the time zone is unknown",
                'Write an IANA name such as "America/New_York".')  # fmt: skip
        out.timezone = "UTC"


def _policy(sections: dict[str, dict[str, Any]], out: Settings) -> Policy | None:
    built: dict[str, Any] = {}
    for name, model in SECTIONS.items():
        values: dict[str, Any] = {}
        for key, value in sections.get(name, {}).items():
            if key not in model.model_fields:
                out.add(f"{name}.{key}", None, "the setting is unknown and not read",
                        f"Known: {', '.join(model.model_fields)}.", warning=True)  # fmt: skip
            elif not _typed(model, key, value):
                out.add(f"{name}.{key}", value, "this is no value for the setting", _words(model, key))
            else:
                values[key] = value
        try:
            built[name] = model(**values)
        except ValidationError as error:
            for fault in error.errors():
                key = ".".join([name, *map(str, fault["loc"])])
                message = fault["msg"].removeprefix("Value error, ")
                out.add(key, fault["input"] if fault["loc"] else None,
                        message[0].lower() + message[1:], "Change the value.")  # fmt: skip
    if any(p.severity == "error" and p.column and "." in p.column for p in out.problems):
        return None
    return Policy(**built) if len(built) == len(SECTIONS) else None


def _typed(model: type[BaseModel], key: str, value: object) -> bool:
    """Whether the TOML type fits, so that nothing is guessed from it."""
    default = model.model_fields[key].default
    if isinstance(value, bool):
        return False
    if isinstance(default, Decimal):
        return isinstance(value, int) or (isinstance(value, Decimal) and value.is_finite())
    if isinstance(default, str) or key in ("earliest", "latest"):
        return isinstance(value, str)
    return isinstance(value, int)


def _words(model: type[BaseModel], key: str) -> str:
    default = model.model_fields[key].default
    if key in ("earliest", "latest"):
        return 'Write a time such as "11:00".'
    if isinstance(default, str):
        return 'Write text in quotation marks, such as "sro".'
    return "Write a number." if isinstance(default, Decimal) else "Write a whole number."


def _warn(policy: Policy, out: Settings) -> None:
    if not policy.visits.lengths():
        out.add("visits.length_step_minutes", policy.visits.length_step_minutes,
                "no multiple of it lies between the shortest and the longest visit",
                "No visit can be planned; change one of the three.", warning=True)  # fmt: skip
    rest = policy.break_
    if rest.earliest + rest.minutes > rest.latest:
        out.add("break.latest", None, "no break fits between earliest and latest",
                "No break will be planned; widen the window.", warning=True)  # fmt: skip
