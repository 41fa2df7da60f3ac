"""Sizes of the built-in models, noted beside their weights, so that listing them need not build them, nor load torch.

A note holds as long as what was measured is what there is: the plugin's code, the blocks that it is built from, the way
of measuring, options, recipe and members. `python -m zoo.weights.noted_size` in a checkout writes the notes anew.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from zoo.checkout import PACKAGE
from zoo.registry import BUILT_IN, load_registry
from zoo.types import ModelSpec, RegisteredModel
from zoo.weights.metadata import identity
from zoo.weights.size import Size, measure_size

FILE = "sizes.json"
MADE_OF = "made_of"
COMMON_CODE = (PACKAGE / "blocks", PACKAGE / "weights" / "size.py")


def size_of(spec: ModelSpec) -> Size:
    """The size of a model as it is noted, where the note holds; else as measured, which loads torch."""
    return noted_size(spec) or measure_size(spec)


def noted_size(spec: ModelSpec) -> Size | None:
    """The size that is noted of a built-in model; None of others, and where something has changed since."""
    if _plugin(spec) not in BUILT_IN:
        return None
    note = _notes().get(spec.architecture, {})
    return Size(note["parameters"], note["gflops"]) if note.get(MADE_OF) == made_of(spec) else None


def note_sizes(specs: Iterable[ModelSpec], file: Path) -> None:
    """Measure built-in models and write down what was found."""
    notes = {spec.id: asdict(measure_size(spec)) | {MADE_OF: made_of(spec)} for spec in specs}
    file.write_text(json.dumps(notes, indent=2) + "\n", encoding="utf-8")


def notes_file() -> Path:
    """The file that comes with the built-in weights."""
    folder: Path = importlib.import_module("zoo.plugins").WEIGHTS
    return folder / FILE


def made_of(spec: ModelSpec) -> str:
    """The sha256 of all that decides how large a built-in model is."""
    members = [made_of(member) for member in spec.member_specs] if isinstance(spec, RegisteredModel) else []
    parts = [spec.build.__qualname__, identity(spec), members, _code_digest(_plugin(spec))]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _plugin(spec: ModelSpec) -> str:
    """The module that builds it; "" where that isn't a plain function."""
    return getattr(spec.build, "__module__", "")


@cache
def _code_digest(plugin: str) -> str:
    """The sha256 of a plugin's code and of that which all share."""
    module = Path(importlib.import_module(plugin).__file__ or "")
    return digest_of((module.parent, *COMMON_CODE))


def digest_of(places: Iterable[Path]) -> str:
    """The sha256 of Python files, and of those in folders: of their names and text, however its lines end."""
    digest = hashlib.sha256()
    for place in places:
        for file in [place] if place.is_file() else sorted(place.rglob("*.py")):
            digest.update(f"{file.relative_to(place.parent).as_posix()}\0{file.read_text(encoding='utf-8')}\0".encode())
    return digest.hexdigest()


@cache
def _notes() -> dict[str, Any]:
    file = notes_file()
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


if __name__ == "__main__":
    note_sizes((spec for spec in load_registry().models.values() if _plugin(spec) in BUILT_IN), notes_file())
