"""The controls measure what they say, by hand."""

from __future__ import annotations

import math

import pytest
import torch

from zoo.plugins.controls.network import DeltaControl, VolumeControl

SHAPE = (10, 12, 8)
PRESENT = torch.ones(1, 4, dtype=torch.bool)


@pytest.fixture
def box():
    """A brain of 4×6×5 voxels at white matter's level, in background."""
    x = torch.full((1, 4, *SHAPE), -1.0)
    x[:, :, 2:6, 3:9, 1:6] = 0.0
    return x


def test_volume_control_measures_the_outline(box):
    found = VolumeControl(voxel_ml=0.016).measurements(box, PRESENT)[0]
    surface = (4 * 6 * 5 - 2 * 4 * 3) / (4 * 6 * 5)
    assert found.tolist() == pytest.approx([120 * 0.016 / 1000, 4 / 10, 6 / 12, 5 / 8, surface])


def test_volume_control_sees_no_intensity(box):
    control = VolumeControl(voxel_ml=0.016)
    brighter = torch.where(box > -1, box + torch.rand_like(box), box)
    torch.testing.assert_close(control.measurements(brighter, PRESENT), control.measurements(box, PRESENT))


def test_volume_control_takes_any_modality(box):
    control = VolumeControl(voxel_ml=0.016)
    only_t2 = torch.tensor([[False, False, True, False]])
    torch.testing.assert_close(control.measurements(box * 0, ~PRESENT), torch.zeros(1, 5))
    torch.testing.assert_close(control.measurements(box, only_t2), control.measurements(box, PRESENT))


def test_delta_control_counts_enhancement_inside_the_flair_bright_region(box):
    box[0, 1, 3, 4, 1:5] = 0.4  # T1ce − T1 = 0.4 in four voxels
    box[0, 1, 3, 5, 1:5] = 0.3  # too little
    box[0, 3, 3, 4:6, 1:4] = 0.8  # FLAIR-bright in three of each
    found = DeltaControl(voxel_ml=0.5).measurements(box, PRESENT)
    assert found.tolist() == [[pytest.approx(math.log(1 + 3 * 0.5))]]


def test_voxel_volume_is_the_recipes(registry):
    for name in ("volume-control", "delta-control"):
        spec = registry.model(name)
        assert spec.options["voxel_ml"] == pytest.approx(math.prod(spec.recipe.spacing) / 1000)
        assert not spec.differentiable
