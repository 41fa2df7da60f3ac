from __future__ import annotations

import pytest
import torch

from training.augment import augment, hide_modalities


def _batch():
    x = torch.randn(16, 4, 8, 16, 12).clamp(min=-0.9)
    x[..., :2] = x[..., -2:] = -1  # background
    return x, torch.rand(16, 3, 8, 4, 3)


def test_same_generator_same_change():
    x, regions = _batch()
    results = []
    for _ in range(2):
        torch.manual_seed(0)
        results.append(augment(x, regions, torch.Generator().manual_seed(5)))
    assert torch.equal(results[0][0], results[1][0])
    assert torch.equal(results[0][1], results[1][1])
    assert not torch.equal(results[0][0], x)


def test_background_stays_and_regions_move_with_the_image():
    """A region that marks the image's bright side still marks it afterwards."""
    x = torch.full((16, 4, 8, 16, 12), -1.0)
    x[:, :, 2:4, :, 8:] = 1.0
    regions = (x[:, :3, :, ::4, ::4] > 0).float()
    changed, moved = augment(x, regions, torch.Generator().manual_seed(1))
    assert torch.equal(changed[:, :3, :, ::4, ::4] > 0, moved > 0)
    assert (changed == -1).sum() == (x == -1).sum()
    mirrored = changed[..., 0].amax((1, 2, 3)) > 0
    assert 0 < mirrored.sum() < 16


def test_t1_and_t1ce_keep_their_difference_better_than_their_values():
    x = torch.ones(512, 4, 2, 2, 2)
    x[..., 0] = -1
    changed, _ = augment(x, torch.zeros(512, 3, 2, 1, 1), torch.Generator().manual_seed(2))
    t1, t1ce = changed[:, 0, 0, 0, 1], changed[:, 1, 0, 0, 1]
    assert (t1ce - t1).std() < 0.8 * t1.std()


def test_modality_dropout_hides_the_share_it_should_and_leaves_one():
    present = torch.ones(20_000, 4, dtype=torch.bool)
    present[:10_000, 0] = False
    kept = hide_modalities(present, 0.3, torch.Generator().manual_seed(3))
    assert not (kept & ~present).any()
    assert kept.any(dim=1).all()
    assert kept[10_000:].float().mean() == pytest.approx(0.7 + 0.3**4 / 4, abs=0.01)
    few = hide_modalities(present[:10_000], 0.95, torch.Generator().manual_seed(4))
    assert few.sum(dim=1).min() == 1
    assert hide_modalities(present, 0.0, torch.Generator()) is present
