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
    """Write the scans without their headers, two at a time; yields each modality once it is written.

    They are there when all of them are: whoever stops half-way leaves none.
    """
    rows = dict(zip(MODALITIES, volumes.data, strict=True))
    parts = {name: folder / f"{name}.part.nii.gz" for name in volumes.modalities}

    def write(name: str) -> str:
        save_nifti(parts[name], rows[name], volumes.affine)
        return name

    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(write, parts)
    for name, part in parts.items():
        part.rename(folder / f"{name}.nii.gz")
