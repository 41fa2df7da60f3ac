"""What a model says of one study: its grade, and the explanation of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from zoo.types.constants import MODALITIES, ONE_HALF
from zoo.types.registered import RegisteredModel
from zoo.types.segmentation import Segmentation


@dataclass(frozen=True)
class Grade:
    """One model's answer on one study.

    p_hgg: probability of HGG, calibrated where `calibration` says so. calibration_error: expected calibration error on
    the cases held out when it was trained, None where nobody measured it. warnings: sentences that make it doubtful.
    remarks: sentences on what was done with the files before.

    prevalence: share of HGG for which p_hgg holds. calibrated_at: that of its calibration. threshold: p_hgg from which
    on it is called HGG. sensitivity, specificity: there, on the held-out cases, None where nobody measured them.
    """

    study: str
    model: str
    grade: str
    p_hgg: float
    logit: float
    seconds: float
    warnings: tuple[str, ...]
    weights: str
    calibration: str
    trained_on: str
    calibration_error: float | None = None
    remarks: tuple[str, ...] = ()
    prevalence: float = ONE_HALF
    calibrated_at: float = ONE_HALF
    threshold: float = 0.5
    sensitivity: float | None = None
    specificity: float | None = None


@dataclass(frozen=True)
class Explanation:
    """Where in the study a model found its grade, or in which modality.

    values: float32 [4, D, H, W] in model space, one map a modality, or [4]; signed (positive speaks for HGG).
    affine: float64 [4, 4], model voxel (d, h, w) to world in mm. facts: see `Attribution`. seconds: that it took.
    """

    study: str
    model: str
    explainer: str
    values: np.ndarray
    affine: np.ndarray
    facts: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def by_modality(self) -> dict[str, float]:
        """Value of each modality, in an explanation by modalities."""
        return dict(zip(MODALITIES, self.values.tolist(), strict=True))


@dataclass(frozen=True)
class HeatMap:
    """An explanation on disk. path: 4-D NIfTI (x, y, z, modality). facts: see `Attribution`. seconds: that it took."""

    path: Path
    facts: Mapping[str, float]
    seconds: float


@dataclass(frozen=True)
class ModelResult:
    """What one model says, as far as it has been asked. problem: why there is no grade.

    contributions: log-odds of HGG that each modality adds, see the explainer `modality-shapley`; unexplained: why there
    are none.
    """

    spec: RegisteredModel
    grade: Grade | None = None
    parameters: int | None = None
    problem: str = ""
    contributions: Explanation | None = None
    unexplained: str = ""


@dataclass(frozen=True)
class StudyAnswers:
    """What several models say of one study.

    segmentation: the tumour's regions, None where nobody asked or there are none; no_regions: why there are none.
    """

    study: str
    results: tuple[ModelResult, ...]
    segmentation: Segmentation | None = None
    no_regions: str = ""
