"""Maps whose infidelity and sensitivity are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from training.faithfulness.captum_scores import (
    CHEAP,
    RADIUS,
    REPLACED_SHARE,
    blobs,
    relative_infidelity,
    sensitivity,
)
from training.faithfulness.maps import lesion_map, scored_voxels
from zoo import Attribution, ExplainerSpec


def _explainer(values, cost=1):
    return ExplainerSpec("e", "E", cost, lambda question, progress: Attribution(values(question)))


def test_what_the_model_adds_up_is_faithful_at_any_scale(asked):
    exact = lesion_map(asked.lesion)
    exact[[0, 2, 3]] = 0
    for scale in (1, 1e-4):
        assert relative_infidelity(asked.question, asked.twin, scale * exact) == pytest.approx(0, abs=1e-5)


def test_an_empty_map_predicts_nothing_and_a_misplaced_one_little(asked):
    exact = lesion_map(asked.lesion)
    assert relative_infidelity(asked.question, asked.twin, 0 * exact) == pytest.approx(1)
    assert 0.5 < relative_infidelity(asked.question, asked.twin, exact[:, ::-1, ::-1, ::-1].copy()) <= 1


def test_a_map_with_its_signs_turned_predicts_nothing(asked):
    exact = lesion_map(asked.lesion)
    exact[[0, 2, 3]] = 0
    assert relative_infidelity(asked.question, asked.twin, -exact) == 1


def test_where_nothing_falls_there_is_nothing_to_predict(asked):
    assert relative_infidelity(asked.question, asked.question.x, lesion_map(asked.lesion)) is None


def test_a_tenth_of_the_brain_is_replaced(asked):
    asked.question.x[..., :4] = -1
    where = blobs(asked.question)
    scored = torch.from_numpy(scored_voxels(asked.question))
    assert not where[:, ~scored].any()
    shares = where[:, scored].float().mean(dim=1)
    torch.testing.assert_close(shares, torch.full_like(shares, REPLACED_SHARE), atol=0.01, rtol=0)
    assert torch.equal(where, blobs(asked.question))


def test_a_map_that_never_moves_is_not_sensitive(asked):
    assert sensitivity(_explainer(lambda question: lesion_map(asked.lesion)), asked.question) == 0


def test_a_map_that_is_the_study_moves_with_the_noise(asked):
    """Uniform noise in ±r over N voxels has the norm r √(N/3); the lesion is 1 in n voxels of each modality."""
    found = sensitivity(_explainer(lambda question: question.x[0].numpy()), asked.question)
    expected = RADIUS * np.sqrt(scored_voxels(asked.question).sum() / 3 / (4 * asked.lesion.sum()))
    assert found == pytest.approx(expected, rel=0.05)
    assert found == sensitivity(_explainer(lambda question: question.x[0].numpy()), asked.question)


def test_costly_explainers_are_left_out(asked):
    assert sensitivity(_explainer(lambda question: 1 / 0, cost=CHEAP + 1), asked.question) is None
