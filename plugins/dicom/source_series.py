"""The series that a SEG refers to: its headers, so completed and corrected that a SEG can be made of them.

highdicom repeats distances between slices that contradict the slices' places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from zoo import StudyError

from .fields import text
from .frames import PER_FRAME, SHARED
from .geometry import in_order
from .headers import Slice, read_series
from .source_headers import source_headers

WRITTEN = "DICOM SEG"
PLACED_IN = "FrameOfReferenceUID"
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
        _expect_one_file(slices)
        slices = sorted(slices, key=lambda each: each.frame or 0)
    source = source_headers([each.path for each in slices], WRITTEN, (PLACED_IN,))
    _expect_one_place(source.headers)
    for header in source.headers:
        _tell_distances(header, gap)
    return SourceSeries(tuple(slices), source.headers, source.identity)


def _expect_one_file(slices: Sequence[Slice]) -> None:
    if (count := len({each.path for each in slices})) > 1:
        raise StudyError(
            f"A {WRITTEN} can refer to one enhanced file; this series is in {count}. Export it as one, or slice by "
            "slice."
        )


def _expect_one_place(headers: Sequence[Dataset]) -> None:
    if (count := len({text(header, PLACED_IN) for header in headers})) > 1:
        raise StudyError(f"A {WRITTEN} lies in one {PLACED_IN}; this series has {count}. Export it anew.")


def _tell_distances(header: Dataset, gap: float) -> None:
    """Tell the slices' distance in mm as they lie."""
    measures = header
    if PER_FRAME in header:
        shared, first = header[SHARED][0], header[PER_FRAME][0]
        for group in SHARED_GROUPS:  # which may stand in each frame: `in_order` expects them to agree
            if group not in shared:
                setattr(shared, group, first[group].value)
        measures = shared.PixelMeasuresSequence[0]
    measures.SpacingBetweenSlices = gap
    measures.SliceThickness = measures.get("SliceThickness") or gap
