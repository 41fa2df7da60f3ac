"""A prepared cohort as other scanners would have given it: what grades, too, are chosen, fitted and measured by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from zoo import Recipe

from ..jobs.kept_rows import kept_rows
from .looks import study_seen
from .prepared_cohort import CACHE_VERSION, PreparedCohort, short_hash

SHIFT_VERSION = 1
"""Version of the looks: goes up with what `study_seen` makes of a study."""


class _Stored(NamedTuple):
    """One study as stored, x float16 [4, D, H, W] and present bool [4], and the seed of its other look."""

    x: np.ndarray
    present: np.ndarray
    seed: int


def shifted_cohort(cohort: PreparedCohort, recipe: Recipe, folder: Path) -> PreparedCohort:
    """Show each study of a cohort once as another scanner would have given it, by `study_seen`; all else stays.

    recipe: that `cohort` was prepared by. folder: of prepared cohorts, as `prepare_cohort` takes it. There x, float16
    [N, 4, D, H, W], is kept (2.5 MB a study in the built-in recipe), made over all cores by whoever asks first; a call
    that was stopped can be repeated. A study's look depends on its row in the cohort and on `SHIFT_VERSION` alone, so
    models, epochs and trainings all see the same. Scans that a study lacks stay 0.
    """
    home = folder / f"shifted-{short_hash(cohort.fingerprint, CACHE_VERSION, SHIFT_VERSION, recipe.as_json())}"
    studies = [
        _Stored(x, present, _seed(row)) for row, (x, present) in enumerate(zip(cohort.x, cohort.present, strict=True))
    ]
    return replace(cohort, x=kept_rows(home, "shifted", cohort.x.shape[1:], np.float16, _shifted, studies))


def _seed(row: int) -> int:
    return int(short_hash(SHIFT_VERSION, row)[:15], 16)


def _shifted(study: _Stored) -> np.ndarray:
    generator = torch.Generator().manual_seed(study.seed)
    seen = study_seen(torch.from_numpy(np.array(study.x)), generator).numpy()
    return (seen * study.present[:, None, None, None]).astype(np.float16)
