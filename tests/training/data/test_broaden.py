"""Appearances wider than life change what a scan looks like, not what it shows."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from training.data.broaden import broaden

T1, T1CE, T2, FLAIR = range(4)
WHITE, LESION = (slice(2, 6), slice(2, 6), slice(2, 8)), (slice(2, 6), slice(2, 6), slice(8, 14))


def _generators(count):
    return [torch.Generator().manual_seed(seed) for seed in range(count)]


def _study(contrast=0.9):
    """White matter, and beside it a lesion that takes up contrast; a background around both."""
    x = torch.full((4, 8, 8, 16), -1.0)
    x[:, 1:7, 1:7, 1:8] = 0
    x[:, 1:7, 1:7, 8:15] = torch.tensor([-0.25, 0.35, contrast, contrast])[:, None, None, None]
    return x


def test_the_generator_alone_says_what_comes_out_and_the_study_is_left_alone():
    x = _study()
    one, two, other = (broaden(x, torch.Generator().manual_seed(seed)) for seed in (3, 3, 4))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)
    assert torch.equal(x, _study())


def test_background_stays_and_brain_never_becomes_it():
    x = _study()
    for generator in _generators(20):
        changed = broaden(x, generator)
        assert torch.equal(changed == -1, x == -1)
        assert changed.max() <= 4
        assert changed.isfinite().all()


def test_a_brain_keeps_its_outline_where_a_scan_is_missing_or_dark():
    x = _study()
    x[FLAIR] = 0
    x[T2, 3] = -1
    for generator in _generators(5):
        changed = broaden(x, generator)
        assert ((changed[T1] == -1) == (_study()[T1] == -1)).all()
        assert not torch.equal(changed[T1, 3], x[T1, 3])


def test_white_matter_stays_about_where_it_is():
    levels = torch.stack([broaden(_study(), generator)[:, *WHITE].mean((1, 2, 3)) for generator in _generators(200)])
    assert levels.median(0).values.abs().max() < 0.06
    assert levels.std(0).max() < 0.3


def test_what_takes_up_contrast_still_does():
    for generator in _generators(60):
        changed = broaden(_study(), generator)
        uptake = changed[T1CE] - changed[T1]
        assert uptake[LESION].mean() > uptake[WHITE].mean() + 0.1


def test_what_is_a_little_brighter_than_white_matter_may_get_darker_on_t2_and_flair():
    darker = []
    for generator in _generators(100):
        changed = broaden(_study(contrast=0.2), generator)
        darker.append([bool(changed[scan, *LESION].mean() < changed[scan, *WHITE].mean()) for scan in (T2, FLAIR)])
    assert (np.mean(darker, axis=0) > 0.1).all()


@pytest.mark.parametrize("axis", [1, 2, 3])
def test_scans_get_sharper_and_smoother_along_each_axis(axis):
    """By how much neighbours differ, against what the appearance's own noise adds."""
    x = 0.4 * torch.randn(4, 12, 14, 16, generator=torch.Generator().manual_seed(0))
    x[:, 0] = -1
    ratios = [torch.diff(broaden(x, one)[T1, 1:], dim=axis - 1).std() for one in _generators(40)]
    before = torch.diff(x[T1, 1:], dim=axis - 1).std()
    assert min(ratios) < 0.8 * before
    assert max(ratios) > 1.3 * before


def test_what_contrast_adds_is_stretched_only_where_asked():
    def spread(**options):
        changed = [broaden(_study(), generator, **options)[:, *LESION].mean((1, 2, 3)) for generator in _generators(60)]
        added = torch.stack(changed)
        return (added[:, T1CE] - added[:, T1]).std()

    assert spread(uptake=0.0) < 0.15 < spread()
