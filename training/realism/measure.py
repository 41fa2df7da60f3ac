"""All that is kept of a cohort: each study is read once, measured and let go."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from tqdm import tqdm

from ..cohorts import Cohort, CohortError
from .intensities import Samples, sample_regions
from .montage import Slices, largest_slice
from .scans import measure_scan
from .shapes import measure_shape
from .study import NormalisedStudy, read_study
from .textures import describe_crop, draw_crops


@dataclass
class Measured:
    """What is measured of a cohort, in lists with an entry a case.

    All cases are in `patients`, `scans` and `crops` ([n, 5, F] each), those with a mask in the others; the rest is
    named in `without_mask`.
    """

    patients: list[str] = field(default_factory=list)
    scans: list[dict[str, float]] = field(default_factory=list)
    crops: list[np.ndarray] = field(default_factory=list)
    samples: list[Samples] = field(default_factory=list)
    shapes: list[dict[str, float]] = field(default_factory=list)
    slices: list[Slices] = field(default_factory=list)
    without_mask: list[str] = field(default_factory=list)

    def add(self, study: NormalisedStudy, rng: np.random.Generator) -> None:
        self.patients.append(study.case.patient)
        self.scans.append(measure_scan(study))
        self.crops.append(np.array([describe_crop(crop) for crop in draw_crops(study, rng)]))
        if study.regions is None:
            self.without_mask.append(study.case.id)
            return
        self.samples.append(sample_regions(study, rng))
        self.shapes.append(measure_shape(study))
        self.slices.append(largest_slice(study))


def measure(cohort: Cohort, spacing_mm: float, seed: int) -> Measured:
    """Measure every case of a cohort; raises `CohortError` when none has a mask."""
    measured = Measured()
    for index, case in enumerate(tqdm(cohort.cases, f"measuring {cohort.root}", unit="study")):
        measured.add(read_study(case, spacing_mm), np.random.default_rng([seed, index]))
    if not measured.samples:
        raise CohortError(
            f"{cohort.root}: expected tumour masks, named like case_seg.nii.gz, in some cases, found none in "
            f"{len(cohort.cases)}; add them."
        )
    return measured
