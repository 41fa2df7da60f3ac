"""The frames of enhanced multi-frame files, each with the header, and at last the file, that one slice would have.

So they are sorted, judged and read by the rules for single-frame files. Source: DICOM PS3.3, C.7.6.16 (functional
groups) and C.8.13 (enhanced MR).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import MRImageStorage, generate_uid
from pydicom.valuerep import DSfloat

from .fields import number

SHARED, PER_FRAME = "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"
SCALING = "PixelValueTransformationSequence"
# Where a frame tells what a single-frame header has under these names: the group, and its name there.
PLACED = {
    "ImagePositionPatient": ("PlanePositionSequence", "ImagePositionPatient"),
    "ImageOrientationPatient": ("PlaneOrientationSequence", "ImageOrientationPatient"),
    "PixelSpacing": ("PixelMeasuresSequence", "PixelSpacing"),
    "RescaleSlope": (SCALING, "RescaleSlope"),
    "RescaleIntercept": (SCALING, "RescaleIntercept"),
}
ACQUIRED = {
    "RepetitionTime": ("MRTimingAndRelatedParametersSequence", "RepetitionTime"),
    "EchoTime": ("MREchoSequence", "EffectiveEchoTime"),
    "InversionTime": ("MRModifierSequence", "InversionTimes"),
    "InversionRecovery": ("MRModifierSequence", "InversionRecovery"),
    "FrameType": ("MRImageFrameTypeSequence", "FrameType"),
    "AcquisitionContrast": ("MRImageFrameTypeSequence", "AcquisitionContrast"),
    "ComplexImageComponent": ("MRImageFrameTypeSequence", "ComplexImageComponent"),
    "ContrastBolusAgentAdministered": ("ContrastBolusUsageSequence", "ContrastBolusAgentAdministered"),
}
SCANNING_SEQUENCE = {
    ("EchoPulseSequence", "SPIN"): "SE",
    ("EchoPulseSequence", "GRADIENT"): "GR",
    ("EchoPulseSequence", "BOTH"): "SE\\GR",
    ("EchoPlanarPulseSequence", "YES"): "EP",
    ("InversionRecovery", "YES"): "IR",
}
ENHANCED_TAGS = (SHARED, PER_FRAME, *ACQUIRED, *(name for name, _ in SCANNING_SEQUENCE))
STORED = (
    "SamplesPerPixel", "PhotometricInterpretation", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit",
    "PixelRepresentation",
)  # fmt: skip
PIXELS = ("PixelData", "ExtendedOffsetTable", "ExtendedOffsetTableLengths", "NumberOfFrames", SHARED, PER_FRAME)
PADDING_BYTES = 1  # to an even length


@dataclass(frozen=True)
class FrameHeader:
    """What one frame tells, by the names of single-frame files. file: all of the header. own, shared: its groups."""

    file: Dataset
    own: Dataset = field(default_factory=Dataset)
    shared: Dataset = field(default_factory=Dataset)

    def get(self, name: str) -> Any:
        if name == "ScanningSequence":
            return "\\".join(word for (told, value), word in SCANNING_SEQUENCE.items() if self.get(told) == value)
        group, there = (PLACED | ACQUIRED).get(name, ("", ""))
        for groups in (self.own, self.shared):
            if group and group in groups:
                return groups.get(group)[0].get(there)
        return None if name in PLACED else self.file.get(name)


def frame_headers(header: Dataset) -> list[Any]:
    """The headers of a file's frames, in the order of their pixels; of a single-frame file just its own.

    Where frames aren't told, or in part only, there is one header without a place.
    """
    count = int(number(header, "NumberOfFrames") or 1)
    if count == 1 and PER_FRAME not in header:
        return [header]
    try:
        frames = list(header.get(PER_FRAME) or ())
        shared = next(iter(header.get(SHARED) or ()), Dataset())
        complete = len(frames) == count and len({SCALING in frame for frame in frames}) == 1
    except Exception:  # pydicom raises almost anything on damaged groups
        complete = False
    return [FrameHeader(header, own, shared) for own in frames] if complete else [FrameHeader(header)]


def write_frames(path: Path, indices: Sequence[int], folder: Path) -> list[Path]:
    """Write frames of a file, as they are stored, as single-frame files into a new folder; raises almost anything."""
    opened = pydicom.dcmread(path, specific_tags=[*STORED, *PIXELS])
    headers, pixels = frame_headers(opened), _stored_frames(opened)
    folder.mkdir()
    written = []
    for index in indices:
        written.append(folder / f"{index:05d}")
        _single(opened, headers[index], bytes(pixels[index])).save_as(written[-1], enforce_file_format=True)
    return written


def _stored_frames(opened: Dataset) -> list[bytes] | list[memoryview]:
    count = int(opened.NumberOfFrames)
    pixels = memoryview(opened.PixelData)
    size = opened.Rows * opened.Columns * opened.SamplesPerPixel * opened.BitsAllocated // 8
    if opened.file_meta.TransferSyntaxUID.is_encapsulated:
        tables = (opened.get("ExtendedOffsetTable"), opened.get("ExtendedOffsetTableLengths"))
        offsets = tables if all(tables) else None
        frames = list(generate_frames(opened.PixelData, number_of_frames=count, extended_offsets=offsets))
        if len(frames) != count:
            raise ValueError("not as many images as frames")
        return [encapsulate([frame]) for frame in frames]
    if len(pixels) - count * size not in (0, PADDING_BYTES):
        raise ValueError("not as many pixels as the frames have")
    return [pixels[start : start + size] for start in range(0, count * size, size)]


def _single(opened: Dataset, header: Any, pixels: bytes) -> Dataset:
    single = Dataset()
    single.file_meta = FileMetaDataset()
    single.file_meta.TransferSyntaxUID = opened.file_meta.TransferSyntaxUID
    single.SOPClassUID = single.file_meta.MediaStorageSOPClassUID = MRImageStorage
    single.SOPInstanceUID = single.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    for name in STORED:
        setattr(single, name, opened.get(name))
    for name in PLACED:
        if (value := header.get(name)) is not None:
            setattr(single, name, [DSfloat(each, auto_format=True) for each in np.array(value, float).ravel()])
    single.PixelData = pixels
    return single
