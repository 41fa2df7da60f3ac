"""The series that a SEG refers to: its headers, so completed and corrected that a SEG can be made of them.

highdicom asks for fields that de-identified series lack, refuses values that archives hold, and repeats distances
between slices that contradict the slices' places.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from zoo import StudyError

from .fields import text
from .frames import PER_FRAME, SHARED
from .geometry import in_order
from .headers import Slice, read_series

IDENTITY = (
    "SpecificCharacterSet", "PatientID", "PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID",
    "StudyDate", "StudyTime", "ReferringPhysicianName",
)  # fmt: skip
NAMED = ("StudyInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID")
SHARED_GROUPS = ("PixelMeasuresSequence", "PlaneOrientationSequence")


@dataclass(frozen=True)
class SourceSeries:
    """One series. slices: in the order of the files, or of one enhanced file's frames.

    headers: one a file, without identity. identity: the first file's, as it stands there.
    """

    slices: tuple[Slice, ...]
    headers: tuple[Dataset, ...]
    identity: tuple[DataElement, ...]


def source_series(files: Sequence[Path]) -> SourceSeries:
    """Read the headers of one series that is a volume; raises `StudyError` where a SEG can't refer to it."""
    (series,), _ = read_series(files)
    slices = in_order(series)
    gap = float(np.median([np.linalg.norm(step) for step in np.diff([each.position for each in slices], axis=0)]))
    if slices[0].frame is not None:
        slices = sorted(slices, key=lambda each: each.frame or 0)
    paths = dict.fromkeys(each.path for each in slices)
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in paths]
    _expect_named(headers, enhanced=slices[0].frame is not None)
    identity = tuple(deepcopy(headers[0][name]) for name in IDENTITY if name in headers[0])
    for header in headers:
        _complete(header, gap)
    return SourceSeries(tuple(slices), tuple(headers), identity)


def _expect_named(headers: Sequence[Dataset], enhanced: bool) -> None:
    if enhanced and len(headers) > 1:
        raise StudyError(
            f"A DICOM SEG can refer to one enhanced file; this series is in {len(headers)}. Export it as one, or slice "
            "by slice."
        )
    for name in NAMED:
        if not all(text(header, name) for header in headers):
            raise StudyError(f"A DICOM SEG repeats {name}, which the series' headers lack. Export the study anew.")
    if (count := len({text(header, "FrameOfReferenceUID") for header in headers})) > 1:
        raise StudyError(f"A DICOM SEG lies in one FrameOfReferenceUID; this series has {count}. Export it anew.")


def _complete(header: Dataset, gap: float) -> None:
    """Put blanks in the place of identity, and tell the slices' distance in mm as they lie."""
    for name in IDENTITY:
        setattr(header, name, "")
    del header.SpecificCharacterSet
    measures = header
    if PER_FRAME in header:
        shared, first = header[SHARED][0], header[PER_FRAME][0]
        for group in SHARED_GROUPS:  # which may stand in each frame: `in_order` expects them to agree
            if group not in shared:
                setattr(shared, group, first[group].value)
        measures = shared.PixelMeasuresSequence[0]
    measures.SpacingBetweenSlices = gap
    measures.SliceThickness = measures.get("SliceThickness") or gap
