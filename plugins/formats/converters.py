"""Scans of other formats → NIfTI files. Runs in the limited process, see `zoo.compute.sandbox`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zoo import StudyError
from zoo.study.scan_stream import NotAScanError
from zoo.study.suffixes import split_suffix

from . import freesurfer, metaimage, nifti_volumes, nrrd
from .conversion import Conversion

CONVERTERS = {
    "": nifti_volumes.convert,
    "hdr": nifti_volumes.convert,
    "hdr.gz": nifti_volumes.convert,
    "mgz": freesurfer.convert,
    "mgh": freesurfer.convert,
    "mha": metaimage.convert,
    "nrrd": nrrd.convert,
}


def convert(conversions: Sequence[Conversion], folder: Path) -> list[Path]:
    """Write the NIfTI files, each conversion's into a folder of its own; raises `StudyError`."""
    written: list[Path] = []
    for number, conversion in enumerate(conversions):
        into = folder / f"{number:02d}"
        into.mkdir(parents=True)
        paths = [into / f"{name}.nii" for name in conversion.names]
        first = conversion.files[0]
        try:
            CONVERTERS[split_suffix(first.name)[1]](conversion.files, paths)
        except NotAScanError as reason:
            raise StudyError(f"{first.name}: {reason}.") from reason
        written += paths
    return written
