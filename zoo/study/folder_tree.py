"""What lies in a folder and below it, listed once for all plugins; nothing is opened."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from zoo.errors import StudyError
from zoo.study.sources import files_of, is_folder, visible_in
from zoo.types import FolderTree

MAX_DEPTH = 6
MAX_FILES = 200_000  # some 500 exams of a scanner


def tree_of(source: Any) -> FolderTree:
    """List a folder and all below it, or files that are given together. `StudyError` of more than can be looked at."""
    if isinstance(source, str | Path) and Path(source).is_dir():
        return _listed(Path(source), MAX_DEPTH, count())
    return FolderTree(None, tuple(files_of(source)))


def _listed(folder: Path, depth: int, counted: Iterator[int]) -> FolderTree:
    inside = visible_in(folder)
    files = tuple(path for path in inside if path.is_file())
    if any(next(counted) >= MAX_FILES for _ in files):
        raise StudyError(f"More than {MAX_FILES:,} files below this folder: give a folder of fewer studies.")
    folders = [path for path in inside if is_folder(path)] if depth else []
    return FolderTree(folder, files, tuple(_listed(path, depth - 1, counted) for path in folders))
