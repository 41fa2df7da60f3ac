"""What is stored is the study to the bit, and nothing that could name a patient."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests_support import brain_affine, make_volumes
from zoo.compute.stored_study import FILE, restore_study, store_study
from zoo.types import MODALITIES, ScannerGrid


@pytest.mark.parametrize("modalities", [MODALITIES, ("t1ce", "flair")])
def test_it_comes_back_to_the_bit(tmp_path, modalities):
    volumes = make_volumes(brain_affine(), modalities=modalities)
    store_study(tmp_path, replace(volumes, id="Jane Doe", remarks=("not used: x.nii", "µm")))
    again = restore_study(tmp_path)
    assert again.remarks == ("not used: x.nii", "µm")
    assert again.id == tmp_path.name
    for field in ("data", "present", "affine", "brain"):
        np.testing.assert_array_equal(getattr(again, field), getattr(volumes, field))
    assert again.data[0].flags.f_contiguous, "as it is read from files"
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert b"Jane" not in (tmp_path / FILE).read_bytes()


def test_the_way_back_to_the_scanner_is_kept(tmp_path):
    rng = np.random.default_rng(1)
    grids = {name: ScannerGrid((9, 8, 7), *rng.normal(size=(2, 4, 4))) for name in ("t1ce", "t2")}
    store_study(tmp_path, replace(make_volumes(brain_affine()), scanner=grids))
    again = restore_study(tmp_path).scanner
    assert list(again) == ["t1ce", "t2"]
    for name, grid in grids.items():
        assert again[name].shape == grid.shape
        np.testing.assert_array_equal(again[name].affine, grid.affine)
        np.testing.assert_array_equal(again[name].motion, grid.motion)
