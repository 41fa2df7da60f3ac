"""DICOM files → one NIfTI a series. Runs in the limited process, see `zoo.compute.sandbox`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import SimpleITK

from zoo import MODALITY_TITLES, StudyError

from .geometry import NotAVolumeError, in_order
from .headers import Slice, read_series
from .weighting import modality_of

UNDECIDED = "series"


def convert(files: Sequence[Path], folder: Path) -> list[Path]:
    """Write NUMBER-LABEL_MODALITY.nii of each series that is a volume, _series.nii where its modality is not clear.

    Raises `StudyError` when no series of a modality that is there is a volume.
    """
    volumes: list[tuple[str, Path, list[Slice]]] = []
    failed: dict[str, str] = {}
    for number, series in enumerate(read_series(files), start=1):
        kind = modality_of(series) or UNDECIDED
        try:
            volumes.append((kind, folder / f"{number:02d}-{series.label}_{kind}.nii", in_order(series)))
        except NotAVolumeError as reason:
            failed[kind] = f"{MODALITY_TITLES.get(kind, 'Series')} ({series.label}): {reason}"
    missed = [why for kind, why in failed.items() if kind not in (UNDECIDED, *(found for found, *_ in volumes))]
    if missed or not volumes:
        raise StudyError(f"{'; '.join(missed or failed.values())}. Export these series again, or leave them out.")
    folder.mkdir(parents=True)
    return [_write(slices, path) for _, path, slices in volumes]


def _write(slices: Sequence[Slice], path: Path) -> Path:
    """Write scaled intensities as float32, as a slope may differ from slice to slice; the header has no identity."""
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)  # each would reserve memory, of which there is little
    reader = SimpleITK.ImageSeriesReader()
    reader.SetImageIO("GDCMImageIO")
    reader.SetFileNames([str(each.path) for each in slices])
    reader.SetOutputPixelType(SimpleITK.sitkFloat32)
    try:
        SimpleITK.WriteImage(reader.Execute(), str(path))
    except RuntimeError:  # whose text has the files' paths
        raise StudyError(f"The images of {path.stem} can't be decoded: export the series uncompressed.") from None
    return path
