"""Every widget whose use changes something is used by a test that runs its page: the labels and keys in the
sources of the pages, against those that the tests of these pages name where they use a widget. Files that
are taken out change nothing, and rounds that are clicked need a browser: both are tested in one."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from scheduler.ui import shell

PAGES, TESTS = Path(shell.__file__).parent, Path(__file__).parent
KINDS = {
    "answer", "button", "checkbox", "data_editor", "date_input", "file_uploader", "form_submit_button",
"multiselect", "number_input", "radio", "segmented_control", "select_slider", "selectbox", "text_input",
    "time_input", "toggle",
}  # fmt: skip
USERS = {"press", "choose", "fill", "upload"}
"""What uses a widget of a page by its label (`tests.pages`)."""
PART_OF = {"visit.py": "week"}
"""Whose tests use what stands in a file of its own."""
HOLE = "\0"
"""Stands where a text has something put in."""


def texts(node: ast.AST | None, module: ast.Module, steps: int = 2) -> set[str]:
    """The texts that an expression can be, as far as its module says in a few steps; HOLE where something is
    put in."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    if isinstance(node, ast.JoinedStr):
        return {"".join(str(v.value) if isinstance(v, ast.Constant) else HOLE for v in node.values)}
    if isinstance(node, ast.IfExp):
        return texts(node.body, module, steps) | texts(node.orelse, module, steps)
    found: Iterator[ast.AST] = iter(())
    if steps and isinstance(node, ast.Name):
        found = named(node.id, module)
    if steps and isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        found = returned(node.func.id, module)
    return {text for value in found for text in texts(value, module, steps - 1)}


def named(name: str, module: ast.Module) -> Iterator[ast.AST]:
    """What a name is set to in a module: there, by default, or by those who call a function of its own."""
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == name for t in node.targets):
            yield node.value
        match node:
            case ast.For(target=ast.Tuple(elts=names), iter=ast.Tuple(elts=rows)):
                at = [i for i, t in enumerate(names) if getattr(t, "id", "") == name]
                yield from (row.elts[i] for row in rows if isinstance(row, ast.Tuple) for i in at)
        if isinstance(node, ast.FunctionDef):
            taken = [a.arg for a in node.args.args]
            yield from (d for a, d in zip(taken[::-1], node.args.defaults[::-1], strict=False) if a == name)
            if name in taken:
                yield from calls_with(node.name, taken.index(name), module)


def calls_with(function: str, place: int, module: ast.Module) -> Iterator[ast.AST]:
    """What a function of a module is given at a place."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == function and len(node.args) > place:
            yield node.args[place]


def returned(name: str, module: ast.Module) -> Iterator[ast.AST]:
    """What a function of a module returns."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            yield from (n.value for n in ast.walk(node) if isinstance(n, ast.Return) and n.value is not None)


def called(call: ast.Call) -> str:
    """The last part of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def widgets() -> Iterator[tuple[Path, str, set[str]]]:
    """The widgets of the pages: their file, where they stand, the labels and keys that they can have."""
    for file in sorted(PAGES.rglob("*.py")):
        module = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and called(node) in KINDS and file.name != "asking.py":
                given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "key")]
                place = f"{file.relative_to(PAGES)}, {called(node)} in line {node.lineno}"
                yield file, place, {t for g in given for t in texts(g, module)}


def users_of(file: Path) -> list[Path]:
    """The tests that are to use what stands in a file: those of its page, with what they share, of any page
    where it is shared."""
    page = file.relative_to(PAGES / "pages").parts[0] if PAGES / "pages" in file.parents else ""
    name = PART_OF.get(page, page.removesuffix(".py"))
    own = [*TESTS.glob(f"test_page_{name}*.py"), *TESTS.glob(f"{name}.py")] if page else []
    return own or [*TESTS.glob("test_page_*.py"), TESTS / "test_app.py"]


@cache
def used(file: Path) -> set[str]:
    """The labels and keys by which tests of a file use widgets."""
    module = ast.parse(file.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(module):
        given: list[ast.AST] = []
        if isinstance(node, ast.Call) and (called(node) in USERS or takes_a_page(node)):
            given = [*node.args[1:]]
        elif isinstance(node, ast.Call) and called(node) in KINDS | {"button_group"}:
            given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "key")]
        elif isinstance(node, ast.Call) and called(node) == "startswith":
            given = [*node.args]
        elif isinstance(node, ast.Compare) and getattr(node.left, "attr", "") in ("label", "key"):
            given = [*node.comparators]
        elif isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") == "session_state":
            given = [node.slice]
        found |= {t for g in given for t in texts(g, module)}
    return found


def takes_a_page(call: ast.Call) -> bool:
    """Whether a helper of a test file is given a page that is run."""
    given = getattr(call.args[0], "id", "") if call.args else ""
    return isinstance(call.func, ast.Name) and given in ("at", "made")


def test_every_widget_is_used_by_a_test_of_its_page() -> None:
    """A widget whose label or key no test names is one that nobody would miss if it did nothing."""
    missed = []
    for file, place, known in widgets():
        names = {name for test in users_of(file) for name in used(test)}
        if not any(is_used(k, names) for k in known):
            missed.append((place, known))
    assert missed == []


def is_used(known: str, names: set[str]) -> bool:
    """Whether a label or key is among the names, with anything in its holes."""
    pattern = re.compile(".*".join(re.escape(part) for part in known.split(HOLE)), re.DOTALL)
    return known.strip(HOLE + " ") != "" and any(pattern.fullmatch(n) for n in names)
