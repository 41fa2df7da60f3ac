"""The import rules: app → zoo ← plugins, training → zoo; and nothing heavy before it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAY_IMPORT = {"zoo": {"zoo"}, "plugins": {"zoo", "plugins"}, "training": {"zoo", "training"}, "app.py": {"zoo"}}
OURS = {"zoo", "plugins", "training", "app", "tests"}
HEAVY = {"torch", "torchvision", "timm", "captum"}


def _files(place: str) -> list[Path]:
    path = ROOT / place
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def _imports(path: Path) -> set[str]:
    """Dotted names, relative ones spelled out from the repository's root."""
    names = set()
    folders = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = folders[: len(folders) - node.level + 1] if node.level else ()
            names.add(".".join((*base, *filter(None, [node.module]))))
    return names


@pytest.mark.parametrize("place", MAY_IMPORT)
def test_import_direction(place):
    for path in _files(place):
        ours = {name.partition(".")[0] for name in _imports(path)} & OURS
        assert ours <= MAY_IMPORT[place], f"{path.relative_to(ROOT)} imports {ours - MAY_IMPORT[place]}"


def test_plugins_do_not_import_each_other():
    for path in _files("plugins"):
        own = path.relative_to(ROOT / "plugins").parts[0].removesuffix(".py")
        others = {name for name in _imports(path) if name.startswith("plugins.") and name.split(".")[1] != own}
        assert not others, f"{path.relative_to(ROOT)} imports {others}"


def test_types_import_nothing_else_of_ours():
    for path in _files("zoo/types"):
        ours = {name for name in _imports(path) if name.partition(".")[0] in OURS}
        assert all(name.startswith("zoo.types") for name in ours), f"{path.relative_to(ROOT)} imports {ours}"


@pytest.mark.parametrize(
    "code", ["import app", "import zoo", "from zoo.registry import load_registry; load_registry()"]
)
def test_nothing_heavy_is_loaded(code):
    check = f"{code}; import sys; print(sorted({HEAVY!r} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
