"""Labels lie where the scores do, whichever way a study's voxels run, and one voxel has one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import zoo.blocks
from tests_support import SHAPE, brain_affine, make_volumes
from zoo.regions.label_map import highest, label_map, renumbered, scores_on_grid
from zoo.types import REGION_LABELS, REGION_LABELS_2023

ANISOTROPIC = np.diag([2.0, 3.0, 6.0, 1.0])
ANISOTROPIC[:3, 3] = -56, -100, -72
OBLIQUE = np.eye(4)
OBLIQUE[:3, :3] = Rotation.from_euler("zyx", [14, -9, 7], degrees=True).as_matrix() * 3
OBLIQUE[:3, 3] = -OBLIQUE[:3, :3] @ (np.array(SHAPE) - 1) / 2
AFFINES = {"flipped": brain_affine(), "anisotropic": ANISOTROPIC, "oblique": OBLIQUE}


@pytest.fixture
def scores():
    """Two blobs of 30 cells of 4 × 8 × 8 mm, [3, D, H, W], as uneven as a network's."""
    rng = np.random.default_rng(0)
    scores = rng.uniform(0, 0.45, (3, 20, 16, 14)).astype(np.float32)
    scores[0, 8:11, 5:9, 3:6] = rng.uniform(0.3, 1, (3, 4, 3))
    scores[2, 9:12, 6:10, 5:8] = rng.uniform(0.3, 1, (3, 4, 3))
    return scores


@pytest.fixture
def cells():
    affine = np.zeros((4, 4))
    affine[[2, 1, 0, 3], [0, 1, 2, 3]] = 4, 8, 8, 1
    affine[:3, 3] = -52, -60, -38
    return affine


@pytest.mark.parametrize("affine", AFFINES.values(), ids=AFFINES)
def test_labels_are_those_of_all_voxels(scores, cells, affine):
    volumes = make_volumes(affine)
    everywhere = scores_on_grid(scores, cells, volumes)
    labels = label_map(scores, cells, volumes)
    assert (labels.dtype, labels.shape) == (np.uint8, volumes.brain.shape)
    doubtful = np.abs(everywhere.max(axis=0) - 0.5) < 1e-5  # rounding
    np.testing.assert_array_equal(labels[~doubtful], highest(everywhere)[~doubtful])
    assert {1, 4} <= set(np.unique(labels))


def test_labels_end_where_the_brain_does(cells):
    volumes = make_volumes(brain_affine())
    found = label_map(np.ones((3, 40, 40, 40), np.float32), cells, volumes)
    assert found.any()
    assert not found[~volumes.brain].any()


def test_nothing_found_is_an_empty_map(scores, cells):
    volumes = make_volumes(brain_affine())
    assert not label_map(scores * 0.5, cells, volumes).any()
    far = cells.copy()
    far[0, 3] = 5000
    assert not label_map(scores, far, volumes).any()


def test_the_highest_score_above_one_half_counts():
    scores = np.array([[0.6, 0.5, 0.9, 0.2], [0.7, 0.4, 0.9, 0.1], [0.8, 0.5, 0.3, 0.51]])[..., None, None]
    assert highest(scores).ravel().tolist() == [4, 0, 1, 4]


def test_numbers_of_either_year():
    labels = np.array([0, 1, 2, 4], np.uint8)
    assert renumbered(labels, REGION_LABELS).tolist() == [0, 1, 2, 4]
    assert renumbered(labels, REGION_LABELS_2023).tolist() == [0, 1, 2, 3]
    assert renumbered(labels, REGION_LABELS_2023).dtype == np.uint8


def test_regions_are_in_the_order_of_scores():
    assert tuple(REGION_LABELS) == zoo.blocks.REGIONS
