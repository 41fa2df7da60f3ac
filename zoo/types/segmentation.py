"""The regions of a tumour that a model finds in a study, as a label map, and what is measured of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

REGION_LABELS: Mapping[str, int] = {"core": 1, "oedema": 2, "enhancing": 4}
"""Number of each region in BraTS's masks until 2021, in the order of `zoo.blocks.REGIONS`. Core is necrosis and solid
tumour that does not enhance. None holds another, as BraTS's nested "tumour core" holds the enhancing tumour."""
REGION_LABELS_2023: Mapping[str, int] = {**REGION_LABELS, "enhancing": 3}
"""The numbers in BraTS's masks since 2023."""
WHOLE_TUMOUR = "whole"
"""All regions together, BraTS's "whole tumour"."""
MEASURED = (*REGION_LABELS, WHOLE_TUMOUR)
"""What is measured of a segmentation, in the order in which it is told."""

Millimetres = tuple[float, float, float]
"""A place or an extent in the world (RAS+): to the right, to the front, upwards."""
Side = Literal["left", "right", "both"]


@dataclass(frozen=True)
class Plane:
    """A plane in the world: the points whose `distance` is 0.

    normal: of length 1; of a midline it points to the patient's right. offset: of the plane from the origin along it,
    in mm.
    """

    normal: Millimetres
    offset: float

    def distance(self, points: np.ndarray) -> np.ndarray:
        """Signed distance in mm of points in the world, float [..., 3] → [...]: right of a midline above 0."""
        return points @ np.array(self.normal) - self.offset


@dataclass(frozen=True)
class RegionMeasurements:
    """What is measured of one region, or of the whole tumour; None where there is nothing to measure, or no midline.

    ml: volume. share: of the whole tumour's volume, 0 to 1.
    extent_mm: from its outermost voxels' faces, along the world's axes: left to right, back to front, bottom to top.
    diameter_mm, perpendicular_mm: the longest diameter in an axial slice, and the longest at a right angle to it in
    that slice, as RANO measures them; diameter_centre_mm: the middle of the longest.
    parts: pieces that hang together, of more than `zoo.regions.parts.SPECK_ML`; specks: smaller ones.
    centre_mm: mean place of its voxels. side: where it lies; "both" where each side has more than
    `zoo.regions.measure.BOTH_SIDES` of it. left_share: of its volume, 0 to 1.
    midline_mm: its shortest distance from the midline, 0 where it crosses it.
    """

    ml: float
    share: float | None = None
    extent_mm: Millimetres | None = None
    diameter_mm: float | None = None
    perpendicular_mm: float | None = None
    diameter_centre_mm: Millimetres | None = None
    parts: int = 0
    specks: int = 0
    centre_mm: Millimetres | None = None
    side: Side | None = None
    left_share: float | None = None
    midline_mm: float | None = None


@dataclass(frozen=True)
class Word:
    """A feature of a tumour in a radiologist's words, by a measurement of its regions; or why it is not told.

    feature: its name. vasari: its number in VASARI, such as "f5"; empty where VASARI has no such feature.
    word: the category that it falls into; None where it is not told, for the reason in `why`.
    value, unit: the measurement behind the word; None where there is none.
    threshold: what separates the categories. source: where that is from.
    """

    feature: str
    vasari: str
    word: str | None
    value: float | None = None
    unit: str = ""
    threshold: str = ""
    source: str = ""
    why: str = ""


@dataclass(frozen=True)
class Segmentation:
    """The regions that one model found in one study.

    labels: uint8 [x, y, z] on the study's own grid, numbers as in `REGION_LABELS`, 0 elsewhere.
    affine: float64 [4, 4], the study's own, from voxel to world in mm.
    scores: float32 [3, D', H', W'], 0 to 1, in the order of `REGION_LABELS`, on the model's own, coarser grid;
    scores_affine: float64 [4, 4], from its cells to world in mm. `OpenStudy.save_scores` lays them on the study's grid.
    midline: between the halves of the brain; None where it could not be told.
    measurements: of each of MEASURED.
    weights, trained_on, warnings, remarks, seconds: as in `Grade`.
    words: what the measurements mean to a radiologist.
    """

    study: str
    model: str
    labels: np.ndarray
    affine: np.ndarray
    scores: np.ndarray
    scores_affine: np.ndarray
    midline: Plane | None
    measurements: Mapping[str, RegionMeasurements]
    weights: str
    trained_on: str
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    seconds: float = 0.0
    words: tuple[Word, ...] = ()

    def mask(self, region: str) -> np.ndarray:
        """Tell where a region is, or with "whole" any of them: bool [x, y, z]."""
        return self.labels != 0 if region == WHOLE_TUMOUR else self.labels == REGION_LABELS[region]
