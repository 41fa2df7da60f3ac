"""A conversion: from which files, to which."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Conversion:
    """Files in which one or several volumes are stored, and what is to become of them.

    files: a header's before its voxels'. names: of the NIfTI files, without suffix. dataset: the file that told them,
    if one did.
    """

    files: tuple[Path, ...]
    names: tuple[str, ...]
    dataset: Path | None = None

    @property
    def used(self) -> tuple[Path, ...]:
        return (*self.files, *([self.dataset] if self.dataset else []))
