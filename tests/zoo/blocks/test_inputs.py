"""Before any layer: what is absent is 0, and which slices show brain."""

from __future__ import annotations

import torch

from zoo.blocks import any_present, masked, slices_with_brain


def test_masked_zeroes_absent_modalities_even_when_they_hold_nan():
    x = torch.ones(1, 4, 2, 2, 2)
    x[0, 2] = torch.nan
    out = masked(x, torch.tensor([[True, False, False, True]]))
    assert out[0, :, 0, 0, 0].tolist() == [1, 0, 0, 1]


def test_masked_features_of_one_modality_and_of_all():
    present = torch.tensor([[True, False], [True, True]])
    of_one, of_all = torch.ones(2, 3, 2, 2, 2), torch.ones(2, 2, 3, 2, 2, 2)
    assert masked(of_one, present[:, 1:])[:, :, 0, 0, 0].tolist() == [[0, 0, 0], [1, 1, 1]]
    assert masked(of_all, present)[:, :, 0, 0, 0, 0].tolist() == [[1, 0], [1, 1]]


def test_what_lacks_nothing_is_not_copied():
    x = torch.ones(1, 2, 2, 2, 2)
    assert masked(x, torch.ones(1, 2, dtype=torch.bool)) is x


def test_any_present_means_any_study_of_the_batch():
    present = torch.tensor([[True, False, False], [True, True, False]])
    assert [any_present(here) for here in present.unbind(1)] == [True, True, False]
    assert any_present(torch.empty(2, dtype=torch.bool, device="meta"))


def test_slices_with_brain_on_the_grid_of_the_features():
    scans = torch.full((2, 2, 8, 4, 4), -1.0)
    scans[0, 1, 5, 2, 2] = 0.3  # in one of the scans is enough
    assert slices_with_brain(scans, 8)[0].tolist() == [False] * 5 + [True] + [False] * 2
    assert slices_with_brain(scans, 4)[0].tolist() == [False, False, True, False]
    assert not slices_with_brain(scans, 4)[1].any()
