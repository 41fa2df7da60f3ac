"""What a user gives: a folder, a file, or a list of files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NIFTI = re.compile(r"[^.].*\.nii(\.gz)?", re.IGNORECASE)


def files_of(source: Any) -> list[Path]:
    """The files given, or those in the folder given; none of a source that says already which file is which."""
    if isinstance(source, Mapping):
        return []
    if isinstance(source, str | Path):
        path = Path(source)
        return sorted(path.iterdir()) if path.is_dir() else [path]
    return [Path(item) for item in source]


def is_nifti(name: str) -> bool:
    return NIFTI.fullmatch(name) is not None
