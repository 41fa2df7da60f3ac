from __future__ import annotations

import pytest
import torch

from training.data.augment import augment, hide_modalities, shift_slices


def _study():
    x = torch.randn(4, 8, 16, 12).clamp(min=-0.9)
    x[..., :2] = x[..., -2:] = -1  # background
    return x, torch.rand(3, 8, 4, 3)


def _generators(count):
    return [torch.Generator().manual_seed(seed) for seed in range(count)]


def test_same_generator_same_change_whatever_else_is_drawn():
    x, regions = _study()
    results = []
    for _ in range(2):
        torch.rand(1)
        results.append(augment(x, regions, torch.Generator().manual_seed(5)))
    assert torch.equal(results[0][0], results[1][0])
    assert torch.equal(results[0][1], results[1][1])
    assert not torch.equal(results[0][0], x)
    assert not torch.equal(results[0][0], augment(x, regions, torch.Generator().manual_seed(6))[0])


def test_the_study_itself_is_left_alone():
    x, regions = _study()
    before = x.clone(), regions.clone()
    for generator in _generators(20):
        augment(x, regions, generator)
    assert torch.equal(x, before[0])
    assert torch.equal(regions, before[1])


def test_background_stays_and_regions_move_with_the_image():
    """A region that marks the image's bright side still marks it afterwards."""
    x = torch.full((4, 8, 16, 12), -1.0)
    x[:, 2:4, :, 8:] = 1.0
    regions = (x[:3, :, ::4, ::4] > 0).float()
    sides, slices = set(), set()
    for generator in _generators(40):
        changed, moved = augment(*shift_slices(x, regions, generator), generator)
        assert torch.equal(changed[:3, :, ::4, ::4] > 0, moved > 0)
        assert (changed == -1).sum() == (x == -1).sum()
        sides.add(bool((changed[..., 0] > -1).any()))
        slices.add(int((changed[0, :, 0] > -1).any(dim=1).int().argmax()))
    assert sides == {True, False}
    assert len(slices) >= 6


def test_t1_and_t1ce_keep_their_difference_better_than_their_values():
    x = torch.ones(4, 2, 2, 2)
    x[..., 0] = -1
    regions = torch.zeros(3, 2, 1, 1)
    changed = torch.stack([augment(x, regions, generator)[0][:2].amax((1, 2, 3)) for generator in _generators(300)])
    assert (changed[:, 1] - changed[:, 0]).std() < 0.8 * changed[:, 0].std()


def test_noise_is_gaussian_and_differs_between_voxels_and_studies():
    x = torch.zeros(4, 10, 20, 20)
    x[:, 0] = -1
    regions = torch.zeros(3, 10, 5, 5)
    noise = []
    for generator in _generators(30):
        inside = augment(x, regions, generator)[0]
        values = inside[0][inside[0] > -1]
        noise.append((values - values.mean()) / values.std())
    assert torch.cat(noise).pow(4).mean() == pytest.approx(3, abs=0.15)
    assert abs(torch.corrcoef(torch.stack(noise[:2]))[0, 1]) < 0.1


def test_modality_dropout_hides_the_share_it_should_and_leaves_one():
    all_present, three = torch.ones(4, dtype=torch.bool), torch.tensor([False, True, True, True])
    generator = torch.Generator().manual_seed(3)
    kept = torch.stack([hide_modalities(all_present, 0.3, generator) for _ in range(4000)])
    assert kept.any(dim=1).all()
    assert kept.float().mean() == pytest.approx(0.7 + 0.3**4 / 4, abs=0.02)
    few = torch.stack([hide_modalities(three, 0.95, generator) for _ in range(500)])
    assert few.sum(dim=1).min() == 1
    assert not few[:, 0].any()
    assert hide_modalities(three, 0.0, generator) is three
