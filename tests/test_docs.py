"""Documents that name commands and files name ones that exist."""

import re
from pathlib import Path

from typer.main import get_command

from scheduler.cli.commands import app

ROOT = Path(__file__).parents[1]


def test_links_lead_to_files() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), (page.name, target)


def test_commands_in_the_readme_are_real() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    files = sorted((ROOT / "scheduler" / "cli").glob("*.py"))
    source = "".join(f.read_text(encoding="utf-8") for f in files)
    known = get_command(app).commands  # type: ignore[attr-defined]
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    everything = "".join(p.read_text(encoding="utf-8") for p in pages)
    for command in re.findall(r"(?:`|^|bin/)esro ([a-z]+)\b", everything, re.MULTILINE):
        if command not in ("scheduler", "folder"):
            assert command in known, command
    for option in re.findall(r"(--[a-z-]+)", text):
        assert f'"{option}"' in source, option
    for target in re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE):
        assert f"\n{target}:" in targets, target
