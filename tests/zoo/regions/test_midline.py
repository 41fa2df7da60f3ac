"""The midline is found in a head that is turned, tilted and off the middle, with a tumour on one side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tests_support import brain_affine, make_volumes
from zoo.assets.references import read_references
from zoo.regions.midline import find_midline
from zoo.study.prepare import prepare
from zoo.types import Recipe


def _turned(volumes, yaw, roll, shift=(0, 0, 0)):
    turn = np.eye(4)
    turn[:3, :3] = Rotation.from_euler("zy", [yaw, roll], degrees=True).as_matrix()
    turn[:3, 3] = shift
    return replace(volumes, affine=turn @ volumes.affine), turn


def _find(volumes):
    return find_midline(prepare(volumes, Recipe()))


@pytest.mark.parametrize("yaw", [0, 10, -8])
def test_a_head_s_turn_is_found_beside_a_lesion(yaw):
    """Its tilt can't be: seen from the front the made-up brain is nearly a circle."""
    volumes, turn = _turned(make_volumes(brain_affine()), yaw, 0, (14, -3, 5))
    found = _find(volumes)
    assert np.degrees(np.arccos(turn[:3, 0] @ found.normal)) < 2.5
    assert found.distance(np.array([14, -3, 5])) == pytest.approx(0, abs=2)


@pytest.mark.parametrize(("yaw", "roll"), [(9, -6), (-8, 7)])
def test_a_brain_s_midline_turns_with_it(yaw, roll):
    brain = next(iter(read_references()))
    before = _find(brain)
    turned, turn = _turned(brain, yaw, roll, (5, 4, -8))
    after = _find(turned)
    assert np.degrees(np.arccos(min(1, after.normal @ turn[:3, :3] @ before.normal))) < 2
    centre = brain.affine @ [*(np.array(brain.brain.shape) / 2), 1]
    assert after.distance((turn @ centre)[:3]) == pytest.approx(before.distance(centre[:3]), abs=1)


def test_what_has_no_halves_has_no_midline():
    rng = np.random.default_rng(0)
    given = prepare(make_volumes(brain_affine()), Recipe())
    assert find_midline(replace(given, x=rng.normal(size=given.x.shape).astype(np.float32))) is None
    halved = given.x.copy()
    halved[:, :, :20, :, :40] = halved[:, :, 20:, :, 40:] = -1
    assert find_midline(replace(given, x=halved)) is None
