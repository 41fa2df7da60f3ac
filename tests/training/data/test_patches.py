"""Windows lie where they should, image and mask alike."""

from __future__ import annotations

import numpy as np
import torch

from training.data.patches import PATCHES_A_STUDY, patch, studies_of
from zoo import MODALITIES, Phase


def _study(at=(5, 3, 2)):
    """Every voxel of x knows its own place; the mask is one cell of the coarser grid."""
    d, h, w = torch.meshgrid(torch.arange(16), torch.arange(32), torch.arange(32), indexing="ij")
    x = torch.stack([d, h, w, torch.zeros_like(d)]).float()
    regions = torch.zeros(3, 16, 8, 8)
    regions[2, at[0], at[1], at[2]] = 1
    return x, regions


def _patches(x, regions, count=200):
    return [patch(x, regions, torch.Generator().manual_seed(seed)) for seed in range(count)]


def test_a_window_is_half_as_long_along_each_axis():
    (x, regions), *_ = _patches(*_study(), 1)
    assert x.shape == (4, 8, 16, 16)
    assert regions.shape == (3, 8, 4, 4)


def test_image_and_mask_are_cut_at_the_same_place():
    for x, regions in _patches(*_study()):
        found = regions[2].nonzero()
        if len(found):
            d, h, w = found[0].tolist()
            assert x[:3, d, 4 * h, 4 * w].tolist() == [5, 12, 8]


def test_most_windows_show_the_tumour_and_not_always_in_the_middle():
    shown = [regions[2].nonzero()[0].tolist() for _, regions in _patches(*_study()) if regions.any()]
    assert 150 <= len(shown) <= 190
    assert len({tuple(place) for place in shown}) > 20


def test_a_tumour_at_the_edge_is_shown_too():
    assert sum(bool(regions.any()) for _, regions in _patches(*_study((15, 0, 7)))) >= 140


def test_without_a_mask_windows_lie_anywhere():
    x, regions = _study()
    for unknown in (torch.zeros_like(regions), torch.full_like(regions, torch.nan)):
        starts = {int(found[0, 0, 0, 0]) for found, _ in _patches(x, unknown)}
        assert starts == set(range(9))


def test_a_study_that_is_one_cell_thick_stays_whole_there():
    x, regions = torch.zeros(4, 2, 4, 4), torch.zeros(3, 2, 1, 1)
    assert patch(x, regions, torch.Generator())[0].shape == (4, 1, 4, 4)


def test_an_epoch_shows_a_study_once_or_all_its_patches():
    rows = np.array([3, 1])
    assert studies_of(Phase("all", MODALITIES), rows) is rows
    assert studies_of(Phase("regions", MODALITIES, patches=True), rows).tolist() == [3] * 8 + [1] * 8
    assert PATCHES_A_STUDY == 2**3
