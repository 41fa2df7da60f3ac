"""What is stored is the study to the bit, and nothing that could name a patient."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests_support import brain_affine, make_volumes
from zoo.compute.stored_study import FILE, restore_study, store_study
from zoo.types import MODALITIES


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
