"""The simulated studies that the page offers for one click, each with its picture beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Example:
    """A simulated study that the page offers. name: of its folder and picture. caption: what the page calls it."""

    name: str
    caption: str

    @property
    def folder(self) -> Path:
        return HERE / self.name

    @property
    def picture(self) -> Path:
        """WebP: T1ce and FLAIR, a slice of each through the tumour."""
        return HERE / f"{self.name}.webp"

    def scans(self) -> list[str]:
        """Paths of the NIfTI files."""
        return [str(path) for path in sorted(self.folder.glob("*.nii.gz"))]


EXAMPLES = (
    Example("simulated-hgg", "Simulated high-grade glioma"),
    Example("simulated-lgg", "Simulated low-grade glioma"),
)
