from __future__ import annotations

import numpy as np
import pytest

from training.simulation.thumbnail import SIZE, draw_thumbnail
from zoo import MODALITIES

LEVEL = 5


@pytest.fixture
def scans():
    """uint8 [4, x, y, z], RAS: a grey head of 40 x 48 voxels with a bright spot at its right front on FLAIR only."""
    scans = np.zeros((4, 60, 60, 12), np.uint8)
    scans[:, 10:50, 6:54] = 100
    scans[:, 10, 6] = 0
    scans[MODALITIES.index("flair"), 38:46, 42:50, LEVEL] = 250
    return scans


def _labels(label):
    labels = np.zeros((60, 60, 12), np.uint8)
    labels[38:46, 42:50, LEVEL] = label
    return labels


def _halves(scans, labels):
    return np.hsplit(np.asarray(draw_thumbnail(scans, labels)).astype(int), 2)


def test_t1ce_and_flair_side_by_side_the_patients_right_on_the_left(scans):
    t1ce, flair = _halves(scans, _labels(4))
    assert t1ce.shape == flair.shape == (SIZE[1], SIZE[0] // 2)
    row, column = np.unravel_index(flair.argmax(), flair.shape)
    assert row < SIZE[1] / 3
    assert column < SIZE[0] / 4
    assert t1ce[40:-40, 40:-40].min() > 250, "even where FLAIR is not"


def test_the_level_is_the_one_with_the_most_core_whatever_the_oedema(scans):
    labels = _labels(1)
    labels[:, :, LEVEL + 2] = 2
    _, flair = _halves(scans, labels)
    assert np.median(flair) < 150, "grey beside the spot"
