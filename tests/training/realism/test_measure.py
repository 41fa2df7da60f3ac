"""Cases without a mask are measured where none is needed, and named."""

from __future__ import annotations

import numpy as np
import pytest

from training.cohorts import CohortError, load_cohort
from training.realism.measure import measure


def test_without_a_mask_only_scans_and_crops_are_measured(make_cohort):
    measured = measure(load_cohort(make_cohort("real", cases=4, masks=3)), 4.0, seed=0)
    assert measured.without_mask == ["real3"]
    assert len(measured.patients) == len(measured.scans) == len(measured.crops) == 4
    assert len(measured.samples) == len(measured.shapes) == len(measured.slices) == 3


def test_the_same_seed_measures_the_same(make_cohort):
    cohort = load_cohort(make_cohort("real", cases=2))
    one, again = (measure(cohort, 4.0, seed=0) for _ in range(2))
    np.testing.assert_array_equal(one.crops[0], again.crops[0])
    assert one.scans == again.scans


def test_some_case_needs_a_mask(make_cohort):
    with pytest.raises(
        CohortError, match=r"expected tumour masks, named like case_seg.nii.gz, .* found none in 2; add"
    ):
        measure(load_cohort(make_cohort("real", cases=2, masks=0)), 4.0, seed=0)
