"""DICOM files → one NIfTI a series. Runs in the limited process, see `zoo.compute.sandbox`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import SimpleITK

from zoo import StudyError, Unpacked

from .exam import modalities_of
from .frames import write_frames
from .geometry import NotAVolumeError, in_order
from .headers import Slice, read_series
from .left_out import Faulty, expect_no_modality_lost, remarks

UNDECIDED = "series"


def convert(files: Sequence[Path], folder: Path) -> Unpacked:
    """Write NUMBER-LABEL_MODALITY.nii of each series that is a volume, _series.nii where its modality is not clear.

    The remarks name all that is left out. Raises `StudyError` when no series of a modality that is there is a volume.
    """
    volumes: list[tuple[str | None, Path, list[Slice]]] = []
    faulty: list[Faulty] = []
    exam, other_kinds = read_series(files)
    for number, (series, modality) in enumerate(zip(exam, modalities_of(exam), strict=True), start=1):
        name = f"{number:02d}-{series.label}"
        try:
            volumes.append((modality, folder / f"{name}_{modality or UNDECIDED}.nii", in_order(series)))
        except NotAVolumeError as reason:
            faulty.append(Faulty(name, modality, str(reason)))
    expect_no_modality_lost(faulty, {modality for modality, *_ in volumes})
    folder.mkdir(parents=True)
    origins = {path: tuple(dict.fromkeys(each.path for each in slices)) for _, path, slices in volumes}
    return Unpacked([_write(slices, path) for _, path, slices in volumes], remarks(faulty, other_kinds), origins)


def _write(slices: Sequence[Slice], path: Path) -> Path:
    """Write scaled intensities as float32, as a slope may differ from slice to slice; the header has no identity."""
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)  # each would reserve memory, of which there is little
    reader = SimpleITK.ImageSeriesReader()
    reader.SetImageIO("GDCMImageIO")
    reader.SetOutputPixelType(SimpleITK.sitkFloat32)
    try:
        with TemporaryDirectory(dir=path.parent) as folder:
            reader.SetFileNames([str(file) for file in _single_files(slices, Path(folder))])
            SimpleITK.WriteImage(reader.Execute(), str(path))
    except Exception:  # of any kind; its text has the files' paths
        raise StudyError(f"The images of {path.stem} can't be decoded: export the series uncompressed.") from None
    return path


def _single_files(slices: Sequence[Slice], folder: Path) -> list[Path]:
    """A file for each slice: a frame becomes one, as SimpleITK would give all frames the first one's slope."""
    frames: dict[Path, list[int]] = {}
    for each in slices:
        if each.frame is not None:
            frames.setdefault(each.path, []).append(each.frame)
    written = {
        (path, number): file
        for position, (path, numbers) in enumerate(frames.items())
        for number, file in zip(numbers, write_frames(path, numbers, folder / f"{position}"), strict=True)
    }
    return [each.path if each.frame is None else written[each.path, each.frame] for each in slices]
