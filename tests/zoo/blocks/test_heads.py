"""What a grade is read from, by hand."""

from __future__ import annotations

import torch

from zoo.blocks import LogisticHead, RegionScores, average, average_and_peak


def test_region_scores_measure_volume_and_peak():
    logits = torch.full((1, 3, 2, 4, 4), -30.0)
    logits[0, 1, 0, :2] = 30.0
    expected = torch.tensor([[1.0, 9.0, 1.0]]).log()
    soft, sure, peak = RegionScores.pooled(logits).split(3, dim=1)
    torch.testing.assert_close(soft, expected)
    torch.testing.assert_close(sure, expected)
    torch.testing.assert_close(peak, torch.tensor([[0.0, 1.0, 0.0]]))


def test_a_cell_is_divided_into_voxels_of_its_slice():
    scores = RegionScores(1, finer=2)
    scores.classify.weight.data.zero_()
    scores.classify.bias.data.copy_(torch.arange(12.0))
    logits = scores(torch.zeros(1, 1, 5, 3, 4))
    assert logits.shape == (1, 3, 5, 6, 8)
    assert logits[0, 0, 4, :2, :4].tolist() == [[0, 1, 0, 1], [2, 3, 2, 3]]
    assert logits[0, 2, 0, 4:, 6:].tolist() == [[8, 9], [10, 11]]


def test_doubts_add_up_to_a_soft_volume_but_to_none_that_is_sure():
    doubts = torch.full((1, 3, 4, 4, 4), -1.0)
    soft, sure, _ = RegionScores.pooled(doubts).split(3, dim=1)
    torch.testing.assert_close(soft, torch.full((1, 3), 1 + 64 * 0.2689414).log())
    assert (sure < 0.03).all()


def test_pooling_by_hand():
    features = torch.arange(8.0).reshape(1, 2, 1, 2, 2)
    assert average(features).tolist() == [[1.5, 5.5]]
    assert average_and_peak(features).tolist() == [[1.5, 5.5, 3.0, 7.0]]


def test_logistic_head_gives_log_odds_as_a_difference():
    head = LogisticHead(2)
    head.linear.weight.data.copy_(torch.tensor([[2.0, -1.0]]))
    head.linear.bias.data.fill_(0.5)
    logits = head(torch.tensor([[1.0, 3.0], [0.0, 0.0]]))
    assert (logits[:, 1] - logits[:, 0]).tolist() == [-0.5, 0.5]


def test_a_bounded_head_goes_no_further_than_what_it_was_fitted_to():
    head = LogisticHead(2, bounded=True)
    head.least.copy_(torch.tensor([0.0, -1.0]))
    head.most.copy_(torch.tensor([2.0, 1.0]))
    assert head(torch.tensor([[9.0, -7.0]])).tolist() == head(torch.tensor([[2.0, -1.0]])).tolist()
    assert set(head.state_dict()) == {"linear.weight", "linear.bias", "least", "most"}
    assert set(LogisticHead(2).state_dict()) == {"linear.weight", "linear.bias"}
