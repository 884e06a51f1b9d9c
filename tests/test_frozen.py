"""What the frozen program must be told: PyInstaller sees no module that is imported by its name alone."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OURS = ("app", "gis", "layers", "models")


def _by_name() -> Iterator[tuple[str, str]]:
    """(module, where) of each `import_module("…")`."""
    for folder in OURS:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                    continue
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called == "import_module":
                    yield str(node.args[0].value), f"{path.relative_to(ROOT)}:{node.lineno}"


def test_modules_that_are_imported_by_name_are_named_in_the_recipe() -> None:
    recipe = ast.parse((ROOT / "build.spec").read_text("utf-8"))
    named = {n.value for n in ast.walk(recipe) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    found = {m: at for m, at in _by_name() if m.partition(".")[0] not in {*OURS, *sys.stdlib_module_names}}
    assert found, "the search finds nothing"
    missing = {m: at for m, at in found.items() if m not in named and not any(n.startswith(m + ".") for n in named)}
    assert not missing
