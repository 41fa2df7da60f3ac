"""Training is built in layers: a package imports nothing of those above it, and nobody but `__main__` the commands."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TRAINING = Path(__file__).parents[2] / "training"
LAYERS = (
    {"options", "jobs", "statistics"},
    {"cohorts"},
    {"simulation"},
    {"data"},
    {"fit"},
    {"weights"},
    {"evaluation"},
    {"report"},
    {"realism", "faithfulness", "publish", "scanner"},
    {"whole_zoo"},
    {"commands"},
    {"__main__"},
)
"""From the bottom to the top; those of one layer don't know each other."""
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def _package(path: Path) -> str:
    return path.relative_to(TRAINING).parts[0].removesuffix(".py")


def _imported(path: Path) -> set[str]:
    """Packages and modules at the top of training that a file imports, wherever in it."""
    folders = path.relative_to(TRAINING).parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = folders[: len(folders) - node.level + 1]
            dotted = (*base, *(node.module or "").split("."))
            found |= {dotted[0]} if dotted[0] else {alias.name for alias in node.names}
    return found


def test_every_package_has_its_layer():
    there = {path.stem for path in TRAINING.iterdir() if (path / "__init__.py").is_file() or path.suffix == ".py"}
    assert there - {"__init__", "__pycache__"} == set(LEVEL)


@pytest.mark.parametrize("name", sorted(LEVEL))
def test_nothing_is_imported_from_above_or_beside(name):
    for path in (path for path in TRAINING.rglob("*.py") if _package(path) == name):
        for other in _imported(path) - {name}:
            assert LEVEL[other] < LEVEL[name], f"{path.relative_to(TRAINING)} imports {other}"


def test_imports_are_relative():
    for path in TRAINING.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(from|import) (zoo\.)?training\b", text, re.MULTILINE), path


def test_only_the_command_line_imports_the_commands():
    importers = {_package(path) for path in TRAINING.rglob("*.py") if "commands" in _imported(path)}
    assert importers == {"__main__", "commands"}
