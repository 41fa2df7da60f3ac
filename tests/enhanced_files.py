"""Enhanced multi-frame DICOM: the slices of `dicom_files` folded into one file, as the standard has it (C.7.6.16)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import EnhancedMRImageStorage

from dicom_files import SeriesMaker

# What a frame's groups tell, each under its name there, and of which name in a single-frame file.
GROUPS = {
    "PlanePositionSequence": {"ImagePositionPatient": "ImagePositionPatient"},
    "PlaneOrientationSequence": {"ImageOrientationPatient": "ImageOrientationPatient"},
    "PixelMeasuresSequence": {"PixelSpacing": "PixelSpacing", "SliceThickness": "SliceThickness"},
    "PixelValueTransformationSequence": {"RescaleSlope": "RescaleSlope", "RescaleIntercept": "RescaleIntercept"},
    "MRTimingAndRelatedParametersSequence": {"RepetitionTime": "RepetitionTime"},
    "MREchoSequence": {"EffectiveEchoTime": "EchoTime"},
    "MRModifierSequence": {"InversionTimes": "InversionTime"},
}
PER_FRAME = ("PlanePositionSequence", "PixelValueTransformationSequence")
SHUFFLED = np.random.default_rng(2).permutation


def write_enhanced(
    path: Path,
    maker: SeriesMaker,
    stored: np.ndarray,
    order: Sequence[int] = (),
    per_frame: Collection[str] = PER_FRAME,
) -> Path:
    """One file of stored [slice, row, column], its frames in an order of their own where none is given."""
    slices = maker.datasets(stored, str(path))
    return save(path, folded([slices[index] for index in (order or SHUFFLED(len(slices)))], per_frame))


def save(path: Path, dataset: Dataset) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path, enforce_file_format=True)
    return path


def folded(slices: Sequence[Dataset], per_frame: Collection[str] = PER_FRAME) -> Dataset:
    """Slices as the frames of one file, in this order. per_frame: the groups that each frame has; others are shared."""
    file = Dataset()
    file.update(slices[0])
    file.file_meta = slices[0].file_meta
    file.SOPClassUID = file.file_meta.MediaStorageSOPClassUID = EnhancedMRImageStorage
    file.NumberOfFrames = len(slices)
    file.PixelData = b"".join(each.PixelData for each in slices)
    file.PerFrameFunctionalGroupsSequence = Items(_groups(each, [*per_frame]) for each in slices)
    file.SharedFunctionalGroupsSequence = Items(
        [_groups(slices[0], [name for name in GROUPS if name not in per_frame])]
    )
    _tell_sequence(file)
    for name in {name for names in GROUPS.values() for name in names.values()} & {*file.dir()}:
        del file[name]
    return file


def _groups(single: Dataset, names: Sequence[str]) -> Dataset:
    groups = Dataset()
    for name in names:
        told = {there: single.get(here) for there, here in GROUPS[name].items() if here in single}
        if told:
            setattr(groups, name, Items([Dataset()]))
            for there, value in told.items():
                setattr(groups[name][0], there, value)
    return groups


def _tell_sequence(file: Dataset) -> None:
    """Rewrite what enhanced files tell by other names for the whole file: spin echo or gradient, agent."""
    kinds = file.get("ScanningSequence", [])
    if "SE" in kinds or "GR" in kinds:
        file.EchoPulseSequence = "SPIN" if "SE" in kinds else "GRADIENT"
    if "ContrastBolusAgent" in file:
        file.ContrastBolusAgentSequence = Items([Dataset()])
        file.ContrastBolusAgentSequence[0].CodeMeaning = file.ContrastBolusAgent
    for name in {"ScanningSequence", "ContrastBolusAgent"} & {*file.dir()}:
        del file[name]
