"""How many images training sees in a second, as seconds an image."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from bench_training import PATCHES, STUDIES, WHOLE, images_a_second
from training.cohorts import load_cohort
from training.data.prepared_cohort import PreparedCohort, prepare_cohort
from training.simulation import write_cohort
from zoo.registry import load_registry

SPACING_MM = 2.0  # of studies that are prepared before time is taken


def epochs(study: Path) -> tuple[float, ...]:
    """Measure an image of an epoch of patches, and one of whole studies; of a cohort, not of the study."""
    return tuple(1 / images_a_second(_cohort(), *which) for which in (PATCHES, WHOLE))


@cache
def _cohort() -> PreparedCohort:
    folder = Path(tempfile.mkdtemp())
    write_cohort(folder / "cohort", STUDIES, seed=1, spacing_mm=SPACING_MM)
    cases = load_cohort(folder / "cohort").cases
    return prepare_cohort(cases, load_registry().model(WHOLE[0]).recipe, folder / "prepared")
