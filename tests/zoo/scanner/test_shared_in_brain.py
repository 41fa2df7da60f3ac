"""What two scans share where the brain is."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from raw_heads import motion, scan_of
from tests_support import brain_affine, make_volumes
from zoo.scanner.raw_scan import RawScan
from zoo.scanner.shared_in_brain import BINS, mutual_information, shared_in_brain

STILL = np.eye(4)


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(0).normal(size=(2, 20_000)).astype(np.float32)


def test_it_is_that_of_a_histogram(noise):
    one, other = noise[0], noise[0] + noise[1]
    binned = [np.digitize(values, np.histogram_bin_edges(values, BINS)[1:-1]) for values in (one, other)]
    assert mutual_information(one, other) == pytest.approx(mutual_info_score(*binned), abs=1e-3)


def test_what_is_independent_shares_next_to_nothing(noise):
    assert mutual_information(*noise) < 0.03
    assert mutual_information(noise[0], noise[0]) > 1.5
    assert mutual_information(noise[0][:0], noise[0][:0]) == 0


@pytest.fixture(scope="module")
def textured():
    """A head with something to recognise in it, and its scan after a motion."""
    volumes = make_volumes(brain_affine())
    rng = np.random.default_rng(1)
    pattern = np.kron(rng.uniform(50, 150, [n // 4 for n in volumes.data.shape[1:]]), np.ones((4, 4, 4)))
    x, y, z = pattern.shape
    volumes.data[:, :x, :y, :z] += pattern * (volumes.data[:, :x, :y, :z] > 0)
    moved = motion((4, -3, 6), (5, -4, 3))
    return scan_of(volumes, "t1ce"), scan_of(volumes, "t1", moved, (1.5, 1.5, 4.0)), moved


def _shared(pair, matrix):
    fixed, moving, _ = pair
    brain = RawScan((fixed.voxels > 0).astype(np.float32), fixed.affine)
    return shared_in_brain(fixed.clipped(), brain, moving.clipped(), matrix)


def test_brains_share_more_where_they_lie_on_each_other(textured):
    assert _shared(textured, textured[2]) > 2 * _shared(textured, STILL)


def test_brains_that_do_not_meet_share_nothing(textured):
    far = np.eye(4)
    far[:3, 3] = 1000
    assert _shared(textured, far) == 0
