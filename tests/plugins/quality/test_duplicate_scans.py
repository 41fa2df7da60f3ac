from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from zoo import MODALITIES, MODALITY_TITLES
from zoo.plugins.quality.duplicate_scans import check


@pytest.mark.parametrize("pair", combinations(range(4), 2))
def test_one_image_in_two_slots_is_refused(volumes, pair):
    first, second = pair
    data = volumes.data.copy()
    data[second] = data[first]
    (finding,) = check(replace(volumes, data=data))
    assert finding.severity == "refusal"
    titles = [MODALITY_TITLES[MODALITIES[row]] for row in pair]
    assert finding.message.startswith(f"{' and '.join(titles)} are the same image")


def test_scans_that_differ_in_one_voxel_are_two(volumes):
    data = volumes.data.copy()
    data[2] = data[0]
    data[2, 28, 34, 4] += 1
    assert not np.array_equal(data[0], data[2])
    assert check(replace(volumes, data=data)) == []


def test_absent_modalities_are_no_copies(volumes):
    data = volumes.data.copy()
    data[2:] = 0
    assert check(replace(volumes, data=data, present=volumes.present & [True, True, False, False])) == []
