"""What is to be converted into what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Conversion:
    """files: in which one or several volumes are stored, a header's before its voxels'. names: of the NIfTI files that
    become of them, without suffix. dataset: the file that told these names, if one did."""

    files: tuple[Path, ...]
    names: tuple[str, ...]
    dataset: Path | None = None

    @property
    def used(self) -> tuple[Path, ...]:
        return (*self.files, *([self.dataset] if self.dataset else []))
