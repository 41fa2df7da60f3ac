"""A study's scans as a viewer shows them: copies without their headers."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from zoo.study.save import save_nifti
from zoo.types import MODALITIES, Volumes


def copies(folder: Path) -> dict[str, Path]:
    """The copies that are there, by modality."""
    paths = {name: folder / f"{name}.nii.gz" for name in MODALITIES}
    return {name: path for name, path in paths.items() if path.is_file()}


def write_copies(folder: Path, volumes: Volumes) -> Iterator[str]:
    """Write the scans without their headers, two at a time; yields each modality once its copy is there."""
    rows = dict(zip(MODALITIES, volumes.data, strict=True))

    def write(name: str) -> str:
        written = folder / f"{name}.part.nii.gz"  # so that what is there is whole
        save_nifti(written, rows[name], volumes.affine)
        written.rename(folder / f"{name}.nii.gz")
        return name

    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(write, volumes.modalities)
