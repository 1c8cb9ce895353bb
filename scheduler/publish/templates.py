"""Pages from the templates beside this file, every value escaped."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape(["html"]),
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip


def render(template: str, **values: Any) -> str:
    """The page of a template, such as `report.html`."""
    return _ENVIRONMENT.get_template(template).render(**values)
