"""Overlap and surface distance, beside SimpleITK's and figures by hand, on voxels longer than wide."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK
from scipy.spatial.distance import directed_hausdorff

from training.statistics.overlap import dice, surface_distance, volume_correlation

SHAPE = (22, 18, 9)
SPACINGS_MM = [(1.0, 1.0, 1.0), (0.9, 1.3, 5.5), (6.0, 1.0, 2.0)]
EMPTY = np.zeros(SHAPE, bool)


def _ball(centre, radius):
    grid = np.stack(np.meshgrid(*map(np.arange, SHAPE), indexing="ij"), axis=-1)
    return ((grid - centre) ** 2).sum(axis=-1) < radius**2


PAIRS = {
    "shifted": (_ball((8, 8, 4), 4), _ball((11, 9, 5), 3)),
    "one within the other": (_ball((10, 9, 4), 6), _ball((10, 9, 4), 2)),
    "in two parts": (_ball((5, 8, 4), 3) | _ball((17, 8, 4), 2), _ball((6, 8, 4), 3)),
    "hollow": (_ball((10, 9, 4), 6) & ~_ball((10, 9, 4), 3), _ball((10, 9, 4), 5)),
    "ragged": tuple(np.random.default_rng(0).random((2, *SHAPE)) > 0.7),
    "at the grid's edge": (_ball((1, 1, 0), 4), _ball((0, 3, 1), 4)),
}


def _image(mask, spacing):
    image = SimpleITK.GetImageFromArray(mask.T.astype(np.uint8))
    image.SetSpacing(spacing)
    return image


def _distances_by_simpleitk(one, other, spacing):
    """From each voxel at one's surface to the other's, by another library and another method: distance maps."""
    surfaces = [
        image - SimpleITK.BinaryErode(image, (1, 1, 1), SimpleITK.sitkCross, 0, 1, False)
        for image in (_image(mask, spacing) for mask in (one, other))
    ]
    field = SimpleITK.SignedMaurerDistanceMap(surfaces[1], squaredDistance=False, useImageSpacing=True)
    return np.abs(SimpleITK.GetArrayFromImage(field))[SimpleITK.GetArrayFromImage(surfaces[0]) > 0]


@pytest.mark.parametrize("spacing", SPACINGS_MM, ids=str)
@pytest.mark.parametrize("pair", PAIRS)
def test_both_agree_with_simpleitk(pair, spacing):
    one, other = PAIRS[pair]
    overlap = SimpleITK.LabelOverlapMeasuresImageFilter()
    overlap.Execute(_image(one, spacing), _image(other, spacing))
    assert dice(one, other) == pytest.approx(overlap.GetDiceCoefficient())
    for percentile in (50, 95, 100):
        apart = [_distances_by_simpleitk(*masks, spacing) for masks in ((one, other), (other, one))]
        expected = max(np.percentile(distances, percentile) for distances in apart)
        found = surface_distance(one, other, np.diag([*spacing, 1]), percentile)
        assert found == pytest.approx(expected, abs=1e-4)  # distance maps are float32


def test_the_hundredth_percentile_is_hausdorff_s_distance():
    one, other = PAIRS["in two parts"]
    places = [np.argwhere(mask) * SPACINGS_MM[1] for mask in (one, other)]
    expected = max(directed_hausdorff(*places)[0], directed_hausdorff(*places[::-1])[0])
    assert surface_distance(one, other, np.diag([*SPACINGS_MM[1], 1]), 100) == pytest.approx(expected)


def test_a_distance_is_in_millimetres_along_every_axis():
    voxel = EMPTY.copy()
    voxel[5, 5, 5] = True
    for axis, spacing in enumerate((2.0, 3.0, 7.0)):
        assert surface_distance(voxel, np.roll(voxel, 1, axis), np.diag([2.0, 3.0, 7.0, 1.0])) == spacing


def test_few_stray_voxels_hardly_count():
    one, stray = _ball((8, 9, 4), 5), _ball((8, 9, 4), 5)
    stray[21, 17, 8] = True
    assert surface_distance(one, stray, np.eye(4)) == 0
    assert surface_distance(one, stray, np.eye(4), 100) > 8


def test_where_the_study_lies_in_the_world_does_not_matter():
    one, other = PAIRS["shifted"]
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(0.4), -np.sin(0.4)], [np.sin(0.4), np.cos(0.4)]]
    turn[:3, 3] = [50, -20, 7]
    plain = np.diag([*SPACINGS_MM[1], 1])
    expected = surface_distance(one, other, plain)
    assert surface_distance(one, other, turn @ plain) == pytest.approx(expected)
    mirrored = (one.T[::-1], other.T[::-1], plain[:, [2, 1, 0, 3]])
    assert surface_distance(*mirrored) == pytest.approx(expected)


def test_it_is_symmetric():
    one, other = PAIRS["in two parts"]
    assert surface_distance(one, other, np.eye(4)) == surface_distance(other, one, np.eye(4))


def test_empty_masks():
    ball = PAIRS["shifted"][0]
    assert dice(EMPTY, EMPTY) is None
    assert dice(EMPTY, ball) == dice(ball, EMPTY) == 0
    for pair in ((EMPTY, EMPTY), (EMPTY, ball), (ball, EMPTY)):
        assert surface_distance(*pair, np.eye(4)) is None


def test_volumes_that_follow_each_other():
    true = np.array([1.0, 5.0, 20.0])
    assert volume_correlation(3 * true + 2, true) == pytest.approx(1)
    assert volume_correlation(-true, true) == pytest.approx(-1)
    assert volume_correlation(np.array([0.0, 0.0, 0.0]), true) is None
    assert volume_correlation(true, np.array([2.0, 2.0, 2.0])) is None
    assert volume_correlation(true[:1], true[:1]) is None
